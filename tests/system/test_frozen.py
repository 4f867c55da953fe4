#!/usr/bin/env python3
"""An application is not built again when the manager is: the gate stands where SPEC.md says, and
applications that know nothing else run over a manager whose every other address is another one.

usage: test_frozen.py GARRISON FWU-PUT
"""

import contextlib
import hashlib
import os
import shutil
import sqlite3
import struct
import subprocess
import sys

import cli

TARGET = os.environ.get('GARRISON_TARGET_DIR', '')
FIRMWARE = 'tests/system/firmware/'
MANAGER = 'port/stm32h573/manager'
MOVED = FIRMWARE + 'moved_manager'
FROZEN = FIRMWARE + 'frozen_client'
STOPS = FIRMWARE + 'probe_manager'  # never starts an application

# Of the application's binary. It has left the factory: do not change it.
FROZEN_SHA256 = '65283877e020816addc65949bb18f9fc3fa84d375531b95db25682d21f396da7'

GATE, GATE_END = 0x0C014800, 0x0C014C00
ENTRIES = 6
SG = bytes.fromhex('7fe97fe9')  # the one instruction at which Non-secure code may enter
APPLICATION_SECTORS = range(31, 131)

PAYLOAD = '  - {role: data, address: 0x080A0000, file: payload.bin}\n'
FWU_PUT = ''


def target(name):
    return os.path.join(TARGET, name)


class Elf:
    """What a linked image has: bytes of its sections in the flash, and its functions."""

    def __init__(self, path):
        data = cli.read(path)
        at, = struct.unpack('<I', data[32:36])
        size, count, _ = struct.unpack('<HHH', data[46:52])
        self.sections = [struct.unpack('<10I', data[at + i * size:at + i * size + 40])
                         for i in range(count)]
        self.data = data

    def read(self, addr, length):
        for _, kind, _, start, off, size, *_ in self.sections:
            if kind == 1 and start <= addr and addr + length <= start + size:
                return self.data[off + addr - start:off + addr - start + length]
        raise AssertionError('0x%08X is not in the image' % addr)

    def functions(self):
        found = {}
        for _, kind, _, _, off, size, link, *_ in self.sections:
            names = self.sections[link][4]
            for at in range(off, off + size if kind == 2 else off, 16):
                name, value, _, info = struct.unpack('<IIIB', self.data[at:at + 13])
                if info & 15 == 2:
                    text = self.data[names + name:self.data.index(b'\0', names + name)].decode()
                    found.setdefault(text, set()).add(value & ~1)
        return found


class Frozen(cli.Case):
    def sign(self, role, version, program, image):
        self.run_ok('image', 'sign', '-k', role + '.pem', '--slot', role, '--version', version,
                    target(program + '.bin'), image + '.img')

    def make_device(self, application, more=''):
        """A device with version 1 of the manager; version 2, which is elsewhere, as moved.img."""
        shutil.copy(target('port/stm32h573/irot.bin'), self.dir)
        for role in ('urot', 'manager', 'application'):
            self.run_ok('key', 'new', role + '.pem')
        self.sign('urot', '1.0.0', 'port/stm32h573/urot', 'urot')
        self.sign('manager', '1.0.0', MANAGER, 'manager')
        self.sign('manager', '2.0.0', MOVED, 'moved')
        self.sign('application', '1.0.0', application, 'application')
        image = cli.read(self.path('moved.img'))
        cli.write(self.path('payload.bin'), struct.pack('<4I', len(image), 0, 0, 0) + image)
        cli.write(self.path('device.yaml'), cli.DEVICE + more)
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')

    def go(self, text, *options):
        answer = cli.garrison('run', 'device.gar', '--until-text', text, '--fail-text', 'FAILED',
                              '--max-insns', 4000000000, *options, cwd=self.dir, timeout=300)
        self.assertEqual(answer.status, 0, answer.err + answer.out.decode())
        return answer.out.decode().splitlines()

    def application(self):
        """All bytes of the application's slot."""
        with contextlib.closing(sqlite3.connect(self.path('device.gar'))) as device:
            return dict(device.execute('select sector, data from flash where sector between ? and ?',
                                       (APPLICATION_SECTORS[0], APPLICATION_SECTORS[-1])))

    def test_the_gate_stands_still_and_all_else_moves(self):
        images = [Elf(target(name + '.elf')) for name in (MANAGER, MOVED)]
        for image in images:
            for entry in range(ENTRIES):
                self.assertEqual(image.read(GATE + 8 * entry, 4), SG, 'entry %d' % entry)
            self.assertEqual(image.read(GATE, GATE_END - GATE).count(SG), ENTRIES)
        old, new = (image.functions() for image in images)
        self.assertEqual(sorted(old), sorted(new))
        alone = {name: min(places) for name, places in old.items() if len(places) == 1}
        self.assertGreater(len(alone), 200)
        for name, address in alone.items():
            if not GATE <= address < GATE_END:
                self.assertNotIn(address, new[name], name)

    def test_the_application_is_the_one_that_left_the_factory(self):
        digest = hashlib.sha256(cli.read(target(FROZEN + '.bin'))).hexdigest()
        self.assertEqual(digest, FROZEN_SHA256)

    def test_a_frozen_application_updates_the_manager_under_itself(self):
        self.make_device(FROZEN, PAYLOAD)
        before = self.application()
        first, trial = 'frozen: framework 1, update service 1, manager %d, state %d'.__mod__, (2, 5)
        lines = [line for line in self.go('frozen: accepted$') if line.startswith('frozen')]
        self.assertEqual(lines, [first((1, 0)), first(trial), 'frozen: accepted'])
        self.assertEqual(self.go('state .$')[-1], first((2, 7)))
        self.assertEqual(self.application(), before)

    def put_manager(self, image):
        subprocess.run([FWU_PUT, '0', self.path(image)], check=True, timeout=60,
                       env=dict(cli.ENVIRONMENT, GARRISON_DEVICE=self.path('device.gar')))

    def test_a_manager_that_starts_no_application_is_taken_back(self):
        self.make_device('examples/hello_psa/hello_psa')
        self.sign('manager', '2.0.0', STOPS, 'stops')
        self.put_manager('stops.img')
        lines = self.go('hello_psa: ok$', '--allow-faults')  # on trial, reset by the watchdog, back
        self.assertEqual(lines.count('uROT 0.1.0'), 2)
        self.assertIn('manager 1.0.0', lines)
        log = self.run_ok('log', 'device.gar').out.decode()
        self.assertEqual(log.count('independent watchdog'), 1)

    def test_an_application_of_today_runs_over_a_later_manager(self):
        self.make_device('examples/hello_psa/hello_psa')
        before = self.application()
        self.assertIn('manager 1.0.0', self.go('hello_psa: ok$'))
        self.put_manager('moved.img')
        self.assertIn('manager 2.0.0', self.go('hello_psa: ok$'))
        self.assertEqual(self.application(), before)
        self.assertIn('manager 1.0.0', self.go('hello_psa: ok$'))  # it does not accept


if __name__ == '__main__':
    if not os.path.exists(target(FROZEN + '.bin')):
        sys.exit(77)
    FWU_PUT = os.path.abspath(sys.argv.pop(2))
    cli.main()
