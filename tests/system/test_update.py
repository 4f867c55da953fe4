#!/usr/bin/env python3
"""examples/update in the simulator: it takes its next version over the console, and what is no good
goes again. After each step the state is read from the update journal, as docs/SPEC.md has it.

usage: test_update.py GARRISON UPDATE-BUILT-FOR-THE-HOST
"""

import binascii
import contextlib
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import unittest

import cli

JOURNAL = (239, 240)  # sectors of the default layout
APPLICATION = 2       # as the journal numbers components
READY, WRITING, CANDIDATE, STAGED, FAILED, TRIAL, REJECTED, UPDATED = range(8)
PACKET = 2860000      # instructions that a packet takes on the line

TARGET = os.environ.get('GARRISON_TARGET_DIR', '')
PORT = {'urot': 'port/stm32h573/urot', 'manager': 'port/stm32h573/manager'}

# The versions that are sent: security counter and major number, and which of the programs.
VERSIONS = {'v1': (1, 'update'), 'v2': (2, 'update'), 'crash': (3, 'update_crash'),
            'hang': (3, 'update_hang'), 'refuse': (3, 'update_refuse')}

NATIVE = ''
folder = None


def setUpModule():
    """Keys, images and a device that runs version 1, for all tests."""
    global folder
    folder = cli.tempfile.mkdtemp(prefix='garrison-update.')
    unittest.addModuleCleanup(shutil.rmtree, folder)

    def run(*args):
        answer = cli.garrison(*args, cwd=folder)
        assert answer.status == 0, answer.err

    def sign(key, role, version, counter, program, image):
        run('image', 'sign', '-k', key + '.pem', '--slot', role, '--version', version, '--counter',
            counter, os.path.join(TARGET, program + '.bin'), image + '.img')

    shutil.copy(os.path.join(TARGET, 'port/stm32h573/irot.bin'), folder)
    for role in ('urot', 'manager', 'application', 'stranger'):
        run('key', 'new', role + '.pem')
    for role, program in PORT.items():
        sign(role, role, '1.0.0', 1, program, role)
    for name, (number, program) in VERSIONS.items():
        sign('application', 'application', '%d.0.0' % number, number,
             'examples/update/' + program, name)
    sign('stranger', 'application', '2.0.0', 2, 'examples/update/update', 'stranger')
    shutil.copy(os.path.join(folder, 'v1.img'), os.path.join(folder, 'application.img'))
    cli.write(os.path.join(folder, 'device.yaml'), cli.DEVICE)
    run('provision', 'new.gar', '-c', 'device.yaml')


def sound(record, sequence):
    """Whether the CRC of a quad-word of the journal is right."""
    crc = binascii.crc32(record[:12] + struct.pack('<I', sequence))
    return record[12:] == struct.pack('<I', crc)


def records(sectors):
    """The records of the sector that counts, in order."""
    newest = (0, b'')
    for data in sectors:
        magic, _, _, sequence = struct.unpack('<IHHI', data[:12])
        if magic == 0x4C4A4147 and sound(data[:16], sequence) and sequence > newest[0]:
            newest = (sequence, data)
    sequence, data = newest
    return [data[at:at + 16] for at in range(16, len(data), 16) if sound(data[at:at + 16], sequence)]


def received(version, name):
    """What the application says when it has an image whole: XMODEM-1K sends whole kilobytes."""
    return 'update: version %d received, %d KB' % (
        version, -(-os.path.getsize(os.path.join(folder, name)) // 1024))


class Update(cli.Case):
    def setUp(self):
        super().setUp()
        shutil.copy(os.path.join(folder, 'new.gar'), self.path('device.gar'))

    def state(self):
        """State and reason of the application."""
        with contextlib.closing(sqlite3.connect(self.path('device.gar'))) as device:
            rows = device.execute('select data from flash where sector in (?, ?)', JOURNAL)
            sectors = [row[0] for row in rows]
        found = (READY, 0)
        for record in records(sectors):
            if record[0] == 1 and record[1] == APPLICATION:
                found = (record[2], record[3])
            if record[0] == 2 and struct.unpack('<H', record[2:4])[0] & 1 << APPLICATION:
                found = (record[8], record[9])
        return found

    def go(self, status, *options):
        """One run, which is one boot or more; then the power is off. Gives what it has said."""
        answer = cli.garrison('run', 'device.gar', '--fail-text', 'FAILED', '--settle', 0,
                              '--max-insns', 4000000000, *options, cwd=self.dir, timeout=300)
        self.assertEqual(answer.status, status, answer.err + answer.out.decode())
        self.said = answer.err
        return [line for line in answer.out.decode().splitlines() if line.startswith('update: ')]

    def send(self, name, text, *options):
        return self.go(0, '--send', os.path.join(folder, name + '.img'), '--until-text', text,
                       *options)

    def watchdog_resets(self):
        return self.run_ok('log', 'device.gar').out.decode().count('independent watchdog')

    def update_to_2(self):
        self.send('v2', 'version 2 accepted$')

    def test_a_good_version_goes_through_all_states(self):
        self.assertEqual(self.state(), (READY, 0))
        lines = self.send('v2', 'installing$')
        self.assertEqual(lines[:2], ['update: this is version 1',
                                     'update: send the next version by XMODEM-1K'])
        self.assertEqual(self.state(), (STAGED, 0))
        shutil.copy(self.path('device.gar'), self.path('staged.gar'))
        self.assertEqual(self.go(0, '--until-text', 'on trial$'),
                         ['update: this is version 2', 'update: version 2 on trial'])
        self.assertEqual(self.state(), (TRIAL, 0))
        shutil.copy(self.path('staged.gar'), self.path('device.gar'))
        self.assertEqual(self.go(0, '--until-text', 'accepted$')[-1], 'update: version 2 accepted')
        self.assertEqual(self.state(), (UPDATED, 0))
        self.assertEqual(self.go(0, '--until-text', 'XMODEM-1K$')[0], 'update: this is version 2')
        self.assertEqual(self.state(), (UPDATED, 0))
        self.assertEqual(self.watchdog_resets(), 0)

    def test_a_power_cut_in_the_trial_brings_the_old_version_back(self):
        self.send('v2', 'on trial$')
        self.assertEqual(self.state(), (TRIAL, 0))
        lines = self.go(0, '--until-text', r'rolled back .*\)$')
        self.assertEqual(lines, ['update: this is version 1', 'update: version 2 was rolled back '
                                 '(reset before it was accepted)'])
        self.assertEqual(self.state()[0], FAILED)

    def check_rolled_back(self, name, reason, resets, *options):
        """Version 3 comes and goes; the reason is what psa_fwu_query() told, in words."""
        self.update_to_2()
        lines = self.send(name, r'version 3 was .*\)$', *options)
        self.assertEqual(lines[2:], [received(3, name + '.img'), 'update: installing',
                                     'update: this is version 3', 'update: version 3 on trial',
                                     *(['update: version 3 rejects itself'] if resets == 0 else []),
                                     'update: this is version 2',
                                     'update: version 3 was rolled back (%s)' % reason])
        self.assertEqual(self.state()[0], FAILED)
        self.assertEqual(self.watchdog_resets(), resets)
        # It has left no counter behind: version 2 runs again, and takes another one.
        self.go(0, '--until-text', 'XMODEM-1K$')
        self.assertEqual(self.state(), (READY, 0))
        self.send('v2', 'version 2 accepted$')

    def test_a_version_that_crashes_is_rolled_back_by_the_watchdog(self):
        self.check_rolled_back('crash', 'reset before it was accepted', 1, '--allow-faults')

    def test_a_version_that_hangs_is_rolled_back_by_the_watchdog(self):
        self.check_rolled_back('hang', 'reset before it was accepted', 1)

    def test_a_version_that_rejects_itself_is_rolled_back(self):
        self.check_rolled_back('refuse', 'it has rejected itself', 0)

    def test_a_transfer_goes_on_after_power_cuts(self):
        self.go(0, '--until-text', 'XMODEM-1K$')
        log = self.run_ok('log', 'device.gar').out.decode().splitlines()
        boot = max(int(line.split()[1]) for line in log)
        here = 0
        for packets in (5, 8, 11):
            answer = cli.garrison('run', 'device.gar', '--send', os.path.join(folder, 'v2.img'),
                                  '--max-insns', boot + packets * PACKET, cwd=self.dir, timeout=300)
            self.assertIn('has not taken all of it', answer.err)
            self.assertEqual(answer.status, 1)
            self.assertEqual(self.state()[0], WRITING)
            lines = self.go(0, '--until-text', 'XMODEM-1K$')
            self.assertEqual(lines[0], 'update: this is version 1')
            self.assertRegex(lines[1], 'update: [0-9]+ bytes are here from before')
            self.assertGreater(int(lines[1].split()[1]), here)
            here = int(lines[1].split()[1])
        lines = self.send('v2', 'version 2 accepted$')
        self.assertEqual(lines[1], 'update: %d bytes are here from before' % here)

    def test_what_the_owner_has_not_signed_is_refused(self):
        lines = self.send('stranger', r'version 2 was .*\)$')
        self.assertEqual(lines[-2:], ['update: this is version 1', 'update: version 2 was refused '
                                      '(not signed by the owner, or damaged)'])
        self.assertEqual(self.state()[0], FAILED)

    def test_an_older_version_is_refused(self):
        self.update_to_2()
        lines = self.send('v1', r'version 1 was .*\)$')
        self.assertEqual(lines[-1], 'update: version 1 was refused '
                         '(older than what has run, or for another slot)')
        self.assertEqual(self.go(0, '--until-text', 'XMODEM-1K$')[0], 'update: this is version 2')

    def test_what_is_no_image_is_cancelled(self):
        cli.write(self.path('words'), b'no image\n' * 1000)
        self.go(1, '--send', 'words', '--until-text', 'the transfer stopped at byte 0$')
        self.assertIn('words was not sent: the chip has cancelled it', self.said)
        self.assertEqual(self.state(), (READY, 0))

    def test_without_anybody_who_sends_it_ends(self):
        lines = self.go(0)
        self.assertEqual(lines[-1], 'update: nothing came')

    def test_a_process_of_the_host_stages_what_the_chip_installs(self):
        image = cli.read(os.path.join(folder, 'v2.img'))
        line = b''
        for number, at in enumerate(range(0, len(image), 1024), 1):
            block = image[at:at + 1024].ljust(1024, b'\x1A')
            line += bytes((2, number, 255 - number)) + block
            line += struct.pack('>H', binascii.crc_hqx(block, 0))
        run = subprocess.run([NATIVE], input=line + b'\x04', stdout=subprocess.PIPE,
                             env=dict(cli.ENVIRONMENT, GARRISON_DEVICE=self.path('device.gar')),
                             timeout=60, check=True)
        self.assertIn((received(2, 'v2.img') + '\nupdate: installing\n').encode(), run.stdout)
        self.assertEqual(self.state(), (STAGED, 0))
        self.assertEqual(self.go(0, '--until-text', 'accepted$')[-1], 'update: version 2 accepted')

    def test_the_hosted_way_stages_and_installs_too(self):
        answer = cli.garrison('run', '--hosted', os.path.join(TARGET, 'examples/update/update.elf'),
                              '--device', 'device.gar', '--send', os.path.join(folder, 'v2.img'),
                              '--until-text', 'version 2 accepted$', '--fail-text', 'FAILED',
                              '--max-insns', 4000000000, cwd=self.dir, timeout=300)
        self.assertEqual(answer.status, 0, answer.err)
        lines = [line for line in answer.out.decode().splitlines() if line.startswith('update: ')]
        at = lines.index(received(2, 'v2.img'))
        self.assertEqual(lines[at + 1:at + 5], ['update: installing', 'update: this is version 2',
                                                'update: version 2 on trial',
                                                'update: version 2 accepted'])
        self.assertEqual(self.state(), (UPDATED, 0))
        self.assertEqual(self.go(0, '--until-text', 'XMODEM-1K$')[0], 'update: this is version 2')

    def test_files_that_cannot_be_sent(self):
        self.go(2, '--send', 'nothing.img')
        cli.write(self.path('empty'), b'')
        self.go(2, '--send', 'empty')
        self.assertIn('it is empty', self.said)
        cli.write(self.path('early'), b'early')
        self.go(1, '--send', 'early', '--until-text', 'this is version 1$')
        self.assertIn('early was not sent: the chip has not asked for it', self.said)


if __name__ == '__main__':
    if not os.path.exists(os.path.join(TARGET, 'examples/update/update.bin')):
        sys.exit(77)
    NATIVE = os.path.abspath(sys.argv.pop(2))
    cli.main()
