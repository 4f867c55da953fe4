#!/usr/bin/env python3
"""garrison module pack: what it takes, what it refuses, and that nothing it is given makes it fall."""

import os
import random
import struct

import cli

TARGET = os.environ['GARRISON_TARGET_DIR']
LAYOUT = cli.read(os.path.join(os.path.dirname(__file__),
                               '../../examples/secure_module/device.yaml')).decode()
RECORD = 192

# Offset and format of a field, its value, and the words of the refusal.
REFUSED = [
    (0, '<I', 0, 'no module record'),
    (4, '<H', 2, 'module record of another version'),
    (8, '<B', 0, 'name is not of'),
    (24, '<I', 0x0C100800, 'linked for another slot'),
    (28, '<I', 1760, 'code is not whole 32 bytes'),
    (32, '<I', 0x3009E400, 'linked for other RAM'),
    (36, '<I', 0x2020, 'more RAM than the layout gives it'),
    (40, '<I', 480, 'stack does not fit its RAM, or is too small'),
    (160, '<I', 0x0C100500 - 16, 'code is not whole 32 bytes'),
    (44, '<I', 0x0C014401, 'entry or handler is not in its code'),
    (52, '<I', 0x30040000, 'initialised data do not fit'),
    (60, '<I', 60001, 'time limit too long'),
    (64, '<B', 0, 'not 1 to 4 services'),
    (68, '<I', 0x47410001, 'service id or version'),
    (76, '<I', 2, 'callers of a service not known'),
    (65, '<B', 9, 'list of services that it calls'),
    (148, '<I', 2, 'device not granted'),
    (67, '<B', 1, 'interrupt not granted'),
    (164, '<I', 2, 'licence has a wrong form'),
    (188, '<I', 1, 'unused parts of the record are not zero'),
]


class Packed(cli.Case):
    def setUp(self):
        super().setUp()
        cli.write(self.path('device.yaml'), LAYOUT)
        for kind in ('elf', 'bin'):
            cli.write(self.path('otp.' + kind), cli.read(
                os.path.join(TARGET, 'examples/secure_module/otp.' + kind)))

    def pack(self, *args):
        return ('module', 'pack', '--slot', 'module0', '--layout', 'device.yaml') + args

    def test_elf_and_binary_give_the_same(self):
        said = self.run_ok(*self.pack('otp.elf', 'a.bin')).out.decode()
        self.assertRegex(said, r'^a\.bin: module otp, \d+ bytes, \d+ of RAM, services 0x4F545001\n$')
        self.run_ok(*self.pack('otp.bin', 'b.bin'))
        body = cli.read(self.path('otp.bin'))
        self.assertEqual(cli.read(self.path('a.bin')), body)
        self.assertEqual(cli.read(self.path('b.bin')), body)

    def test_a_licence_stands_in_the_record(self):
        self.run_ok(*self.pack('--licence', '00112233445566778899aAbB', 'otp.elf', 'a.bin'))
        body = bytearray(cli.read(self.path('otp.bin')))
        body[164:180] = struct.pack('<I', 1) + bytes.fromhex('00112233445566778899aabb')
        self.assertEqual(cli.read(self.path('a.bin')), bytes(body))
        for text in ('0', '00112233445566778899aabbcc', '00112233445566778899aabg'):
            self.assert_refused(2, 'is not 24 hexadecimal digits',
                                *self.pack('--licence', text, 'otp.elf', 'a.bin'))

    def test_what_the_manager_would_refuse(self):
        body = cli.read(self.path('otp.bin'))
        for offset, form, value, words in REFUSED:
            with self.subTest(words):
                bad = bytearray(body)
                struct.pack_into(form, bad, offset, value)
                cli.write(self.path('bad.bin'), bytes(bad))
                self.assert_refused(2, r'bad\.bin: refused: ' + words,
                                    *self.pack('bad.bin', 'out.bin'))
                self.assertFalse(os.path.exists(self.path('out.bin')))

    def test_code_that_could_leave_the_secure_state(self):
        body = cli.read(self.path('otp.bin'))
        code = struct.unpack_from('<I', body, 160)[0] - struct.unpack_from('<I', body, 24)[0]
        places = {code, code + 2, len(body) - 2}
        for half in (0x4704, 0x4774, 0x4784, 0x47FC, 0x4787):
            for at in places:
                bad = bytearray(body)
                struct.pack_into('<H', bad, at, half)
                cli.write(self.path('bad.bin'), bytes(bad))
                self.assert_refused(2, r'bad\.bin: refused: BXNS or BLXNS in its code, at 0x%08X'
                                    % (0x0C100400 + at), *self.pack('bad.bin', 'out.bin'))
                self.assertFalse(os.path.exists(self.path('out.bin')))
        # All of them are counted; constants may be what they like.
        bad = bytearray(body)
        for at in places:
            struct.pack_into('<H', bad, at, 0x4784)
        cli.write(self.path('bad.bin'), bytes(bad))
        self.assert_refused(2, 'at 0x%08X, 3 in all' % (0x0C100400 + code),
                            *self.pack('bad.bin', 'out.bin'))
        bad = bytearray(body)
        self.assertGreater(code, RECORD)
        struct.pack_into('<H', bad, code - 2, 0x4784)
        cli.write(self.path('good.bin'), bytes(bad))
        self.run_ok(*self.pack('good.bin', 'out.bin'))

    def test_other_places_and_files(self):
        self.assert_refused(2, '--slot is missing', 'module', 'pack', 'otp.elf', 'a.bin')
        self.assert_refused(2, '--layout is missing', 'module', 'pack', '-s', 'module0', 'otp.elf',
                            'a.bin')
        self.assert_refused(2, "'manager' is not module0 to module7", 'module', 'pack', '-s',
                            'manager', '-l', 'device.yaml', 'otp.elf', 'a.bin')
        self.assert_refused(2, 'has no module1', 'module', 'pack', '-s', 'module1', '-l',
                            'device.yaml', 'otp.elf', 'a.bin')
        cli.write(self.path('device.yaml'), LAYOUT.replace('0x100000, size: 24K', '0x102000, size: 16K'))
        self.assert_refused(2, 'is linked for 0x0C100400; the slot\'s body is at 0x0C102400',
                            *self.pack('otp.elf', 'a.bin'))
        cli.write(self.path('device.yaml'), LAYOUT)
        cli.write(self.path('big.bin'), bytes(23553))
        self.assert_refused(2, 'has 23553 bytes; its slot has 23552', *self.pack('big.bin', 'a.bin'))
        cli.write(self.path('small.bin'), cli.read(self.path('otp.bin'))[:RECORD - 1])
        self.assert_refused(2, 'no module record', *self.pack('small.bin', 'a.bin'))

    def test_a_damaged_elf_file_is_refused_or_packed(self):
        elf = cli.read(self.path('otp.elf'))
        chosen = random.Random(1)
        phoff, shoff = struct.unpack_from('<II', elf, 28)
        heads = [*range(52), *range(phoff, phoff + 64), *range(shoff, shoff + 240)]
        for i in range(150):
            bad = bytearray(elf)
            bad[chosen.choice(heads)] = chosen.choice((0, 1, 0x7F, 0x80, 0xFF))
            if i % 5 == 0:
                bad = bad[:chosen.randrange(len(bad))]
            cli.write(self.path('bad.elf'), bytes(bad))
            answer = cli.garrison(*self.pack('bad.elf', 'out.bin'), cwd=self.dir)
            self.assertIn(answer.status, (0, 2), answer.err)


if __name__ == '__main__':
    cli.main()
