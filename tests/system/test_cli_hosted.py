#!/usr/bin/env python3
"""garrison run --hosted: an application alone, with what the host's core stores for it.

usage: test_cli_hosted.py GARRISON WITH-SANITIZERS(yes|no)
"""

import json
import os
import re
import shutil
import sqlite3
import struct
import sys

import cli

TARGET = os.environ.get('GARRISON_TARGET_DIR', '')
HELLO = os.path.join(TARGET, 'examples/hello_psa/hello_psa')
MODULE_CLIENT = 'examples/secure_module/secure_module'
STORAGE = os.path.join(TARGET, 'examples/storage/storage')
VECTORS = 0x0803E400
SLOT = range(31, 131)  # sectors of the application's slot

LOOP = [0xE7FE]
READ_SECURE = [0x4801, 0x6800, 0xE7FE, 0xBF00]  # ldr r0, [pc, #4]; ldr r0, [r0]; b .
RESET = [0x4801, 0x4902, 0x6001, 0xE7FE]        # AIRCR from the two words behind the code

SANITIZED = ''


def program(code, words=(), stack=0x20040000, entry=VECTORS + 9):
    """An application of a few half-words, with the words that they load behind them."""
    return (struct.pack('<II', stack, entry) + struct.pack('<%dH' % len(code), *code) +
            struct.pack('<%dI' % len(words), *words))


class Hosted(cli.Case):
    def go(self, status, application, *options):
        answer = cli.garrison('run', '--hosted', application, '--timeout', '50', *options,
                              cwd=self.dir)
        self.assertEqual(answer.status, status, answer.err)
        return answer

    def app(self, *args, **more):
        cli.write(self.path('app.bin'), program(*args, **more))
        return 'app.bin'

    def provisioned(self):
        """A device with the images of the cross build; its application is hello_psa."""
        shutil.copy(os.path.join(TARGET, 'port/stm32h573/irot.bin'), self.path('irot.bin'))
        for role, image in (('urot', 'port/stm32h573/urot'), ('manager', 'port/stm32h573/manager'),
                            ('application', 'examples/hello_psa/hello_psa')):
            self.run_ok('key', 'new', role + '.pem')
            self.run_ok('image', 'sign', '-k', role + '.pem', '--slot', role, '--version', '1.0.0',
                        os.path.join(TARGET, image + '.bin'), role + '.img')
        cli.write(self.path('device.yaml'), cli.DEVICE)
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')

    def with_module(self):
        """A device with the example's module and its application."""
        folder = os.path.join(os.path.dirname(__file__), '../../examples/secure_module')
        text = cli.read(os.path.join(folder, 'device.yaml')).decode()
        cli.write(self.path('device.yaml'), re.sub(r'file: \S*/', 'file: ', re.sub(
            r'(urot|others): [./a-z]*/', r'\1: ', text)))
        shutil.copy(os.path.join(TARGET, 'port/stm32h573/irot.bin'), self.path('irot.bin'))
        for key in ('urot', 'manager', 'application', 'module', 'urot-decryption', 'decryption'):
            self.run_ok('key', 'new', key + '.pem')
        for role, image, name in (('urot', 'port/stm32h573/urot', 'urot'),
                                  ('manager', 'port/stm32h573/manager', 'manager'),
                                  ('application', MODULE_CLIENT, 'secure_module')):
            self.run_ok('image', 'sign', '-k', role + '.pem', '--slot', role, '--layout',
                        'device.yaml', '--version', '1.0.0', os.path.join(TARGET, image + '.bin'),
                        name + '.img')
        self.run_ok('module', 'pack', '--slot', 'module0', '--layout', 'device.yaml',
                    os.path.join(TARGET, 'examples/secure_module/otp.elf'), 'otp.bin')
        self.run_ok('image', 'sign', '-k', 'module.pem', '--slot', 'module0', '--layout',
                    'device.yaml', '--version', '1.0.0', '--encrypt-to', 'decryption.pem',
                    '--clear', 'otp.bin', 'otp.img')
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')

    def slot(self):
        """What the device file has in the application's slot."""
        with sqlite3.connect(self.path('device.gar')) as device:
            return device.execute('select * from flash where sector between ? and ? order by sector',
                                  (SLOT[0], SLOT[-1])).fetchall()


class Runs(Hosted):
    def test_elf_image_and_bytes_are_the_same_application(self):
        self.run_ok('key', 'new', 'stranger.pem')
        self.run_ok('image', 'sign', '-k', 'stranger.pem', '--slot', 'application', '--version',
                    '1.0.0', HELLO + '.bin', 'hello.img')
        outputs = [self.go(0, name, '--until-text', '^hello_psa: ok$', '--seed', '5').out
                   for name in (HELLO + '.elf', HELLO + '.bin', 'hello.img')]
        self.assertIn(b'application 0.1.0\n', outputs[0])
        self.assertEqual(outputs, outputs[:1] * 3)
        self.assertEqual(sorted(os.listdir(self.dir)), ['hello.img', 'stranger.pem'])

    def test_the_services_are_those_of_this_build(self):
        line = 'manager [0-9.]+ on the host, %s sanitizers' % (
            'with' if SANITIZED == 'yes' else 'without')
        self.assertRegex(self.go(0, HELLO + '.bin', '--until-text', 'hello_psa: ok').err, line)

    def test_a_device_file_is_made_and_kept(self):
        for boot in (1, 2):
            answer = self.go(0, STORAGE + '.elf', '--device', 'new.gar')
            self.assertIn(b'storage: boot %d\n' % boot, answer.out)
        before = cli.hashes(self.dir)
        answer = self.go(0, STORAGE + '.elf', '--device', 'new.gar', '--ephemeral')
        self.assertIn(b'storage: boot 3\n', answer.out)
        self.assertEqual(cli.hashes(self.dir), before)
        state = json.loads(self.run_ok('state', '--json', 'new.gar').out)
        self.assertEqual(state['boots'], 2)

    def test_a_device_that_the_environment_names_is_used(self):
        cli.ENVIRONMENT['GARRISON_DEVICE'] = self.path('named.gar')
        self.addCleanup(cli.ENVIRONMENT.pop, 'GARRISON_DEVICE')
        self.go(0, STORAGE + '.bin')
        self.assertIn(b'storage: boot 2\n', self.go(0, STORAGE + '.bin').out)

    def test_a_provisioned_device_keeps_its_application(self):
        self.provisioned()
        before = self.slot()
        self.assertTrue(before)
        answer = self.go(0, STORAGE + '.elf', '--device', 'device.gar', '--until-text', 'storage: ok')
        self.assertIn(b'storage: boot 1\n', answer.out)
        self.assertEqual(self.slot(), before)
        answer = cli.garrison('run', 'device.gar', '--until-text', 'hello_psa: ok', cwd=self.dir)
        self.assertEqual(answer.status, 0, answer.err)

    def test_a_reset_begins_anew(self):
        reset = self.app(RESET, (0xE000ED0C, 0x05FA0004))
        self.assertRegex(self.go(0, reset, '--boots', 3).err, 'number of boots')
        self.provisioned()
        before = self.slot()
        self.go(0, reset, '--boots', 3, '--device', 'device.gar')
        self.assertEqual(self.slot(), before)
        log = self.run_ok('log', 'device.gar').out.decode()
        self.assertEqual(log.count('reset: software'), 3)

    def test_a_module_is_refused_by_name_and_with_what_to_do_instead(self):
        self.with_module()
        client = os.path.join(TARGET, MODULE_CLIENT + '.elf')
        answer = self.go(0, client, '--device', 'device.gar', '--ephemeral',
                         '--until-text', 'secure_module: FAILED no one-time passwords')
        why = 'refused: modules run over the manager\'s image only, `garrison run` without --hosted'
        self.assertEqual([line for line in answer.err.split('\n') if 'module 0' in line],
                         ['garrison: module 0 (otp): ' + why,
                          'garrison: module 0 (otp): asked for, but ' + why])
        # An application that does without the module is served.
        answer = self.go(0, STORAGE + '.elf', '--device', 'device.gar', '--ephemeral',
                         '--until-text', 'storage: ok')
        self.assertEqual(answer.err.count('module 0 (otp): '), 1)
        # And what was advised is so.
        answer = cli.garrison('run', 'device.gar', '--until-text', 'secure_module: ok',
                              cwd=self.dir)
        self.assertEqual(answer.status, 0, answer.err)

    def test_a_refused_access_is_explained(self):
        answer = self.go(1, self.app(READ_SECURE, (0x30040000,)), '--device', 'new.gar')
        self.assertRegex(answer.err, r'refused +Non-secure privileged thread code, HDPL 3, '
                                     r'PC 0x0803E40A: read of 4 bytes at 0x30040000 refused by SAU')
        self.assertRegex(answer.err, r'unexpected fault: .*SecureFault.*; garrison log new.gar tells')
        answer = self.go(1, self.app(READ_SECURE, (0x30040000,)))
        self.assertRegex(answer.err, r'unexpected fault: .*; -v shows every event\n')
        answer = self.go(0, 'app.bin', '--allow-faults', '--max-insns', 100000)
        self.assertRegex(answer.err, 'manager: SecureFault of the application')


class Refused(Hosted):
    def refused(self, reason, application, *options):
        before = cli.hashes(self.dir)
        answer = self.go(2, application, *options)
        self.assertRegex(answer.lines[-1], '^garrison: ' + reason)
        self.assertEqual(cli.hashes(self.dir), before)

    def test_files_that_are_no_applications(self):
        elf = cli.read(HELLO + '.elf')
        offset = struct.unpack('<I', elf[28:32])[0]
        no_program = 'is not a program for this chip that could be loaded'
        cases = {
            'empty': (b'', 'it is empty'),
            'short.elf': (elf[:40], no_program),
            'wide.elf': (elf[:4] + b'\2' + elf[5:], no_program),
            'x86.elf': (elf[:18] + b'\3\0' + elf[20:], no_program),
            'cut.elf': (elf[:offset + 40], no_program),
            'none.elf': (elf[:44] + b'\0\0' + elf[46:], no_program),
            'large': (b'\1' * 0x200001, "it is larger than the chip's flash"),
        }
        for name, (data, reason) in cases.items():
            cli.write(self.path(name), data)
            self.refused(name + ': ' + reason, name)
        self.refused('nothing.elf: cannot be ', 'nothing.elf')

    def test_programs_that_are_not_linked_for_the_slot(self):
        elf = bytearray(cli.read(HELLO + '.elf'))
        offset, = struct.unpack('<I', elf[28:32])
        for at in range(offset, offset + 32 * struct.unpack('<H', elf[44:46])[0], 32):
            kind, _, _, addr, size = struct.unpack('<5I', elf[at:at + 20])
            if kind == 1 and size > 0:
                elf[at + 12:at + 16] = struct.pack('<I', addr - 0x20000)
        cli.write(self.path('moved.elf'), bytes(elf))
        self.refused('moved.elf: the application, 0x[0-9A-F]+ bytes at 0x0801E400, is not within '
                     'its slot', 'moved.elf')
        self.refused("app.bin: the application's first vector, at 0x0803E400, is no stack of its "
                     "RAM: 0x30040000", self.app(LOOP, stack=0x30040000))
        for entry in (VECTORS + 8, 0x0C000001, VECTORS - 0x3FF, 0x08106001):
            self.refused("app.bin: the application's reset vector, at 0x0803E404, is no code of its "
                         "slot: 0x%08X" % entry, self.app(LOOP, entry=entry))
        self.refused("tiny: the application's first vector", self.tiny())

    def tiny(self):
        cli.write(self.path('tiny'), b'ab')
        return 'tiny'

    def test_images_that_are_damaged(self):
        self.run_ok('key', 'new', 'a.pem')
        self.run_ok('image', 'sign', '-k', 'a.pem', '--slot', 'application', '--version', '1.0.0',
                    HELLO + '.bin', 'hello.img')
        image = bytearray(cli.read(self.path('hello.img')))
        image[0x500] ^= 1
        cli.write(self.path('changed.img'), bytes(image))
        self.refused('changed.img: its digest does not match', 'changed.img')
        cli.write(self.path('cut.img'), bytes(image[:0x600]))
        self.refused('cut.img: ', 'cut.img')

    def test_devices_that_cannot_be_used(self):
        self.app(LOOP)
        cli.write(self.path('words.gar'), b'no device')
        self.refused('.*words.gar', 'app.bin', '--device', 'words.gar')
        self.refused('none.gar: No such file', 'app.bin', '--device', 'none.gar', '--ephemeral')
        answer = cli.garrison('run', 'app.bin', '--device', 'x.gar', cwd=self.dir)
        self.assertEqual(answer.status, 2)
        self.assertRegex(answer.err, '--device: without --hosted')


class Help(Hosted):
    def test_help_has_the_way(self):
        text = self.run_ok('run', '--help').out.decode()
        self.assertTrue(re.search(r'--hosted +run an application', text))
        self.assertIn('neither keys nor other images are needed', text)


if __name__ == '__main__':
    if not os.path.exists(HELLO + '.bin'):
        sys.exit(77)
    SANITIZED = sys.argv.pop(2)
    cli.main()
