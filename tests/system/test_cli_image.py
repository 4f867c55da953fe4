#!/usr/bin/env python3
"""Keys and images of the `garrison` command, judged by oracles that share no code with it."""

import hashlib
import json
import os
import shutil
import stat
import subprocess
import unittest

import cli
import mcuboot
import p256

ROM_FIXED = 0x100


class Keys(cli.Case):
    def test_a_new_key_is_a_p256_key_of_its_owner_alone(self):
        self.run_ok('key', 'new', 'key.pem')
        self.assertEqual(stat.S_IMODE(os.stat(self.path('key.pem')).st_mode), 0o600)
        secret, point = p256.private_key(cli.read(self.path('key.pem')))
        self.assertEqual(p256.multiply(secret, p256.G), point)
        public = self.run_ok('key', 'public', 'key.pem').out
        self.assertEqual(p256.public_key(public)[0], point)
        cli.write(self.path('public.pem'), public)
        self.assertEqual(self.run_ok('key', 'public', 'public.pem').out, public)

    def test_two_keys_differ(self):
        self.run_ok('key', 'new', 'a.pem')
        self.run_ok('key', 'new', 'b.pem')
        self.assertNotEqual(cli.read(self.path('a.pem')), cli.read(self.path('b.pem')))

    def test_a_key_for_development_says_so_in_either_form(self):
        self.run_ok('key', 'new', '--development', 'key.pem')
        self.run_ok('key', 'new', 'other.pem')
        cli.write(self.path('public.pem'), self.run_ok('key', 'public', 'key.pem').out)
        private, public = (cli.read(self.path(name)).split(b'\n', 1)[1]
                           for name in ('key.pem', 'public.pem'))
        secret, point = p256.private_key(private)
        self.assertEqual(p256.multiply(secret, p256.G), point)
        self.assertEqual(p256.public_key(public)[0], point)
        for name, development in [('key.pem', True), ('public.pem', True), ('other.pem', False)]:
            answer = self.run_ok('key', 'info', '--json', name)
            self.assertEqual(json.loads(answer.out)['development'], development, name)
            self.assertEqual(b', for development' in self.run_ok('key', 'info', name).out,
                             development, name)
            first = cli.read(self.path(name)).split(b'\n')[0]
            self.assertEqual(first.startswith(b'For development only'), development, name)

    def test_a_key_is_never_replaced(self):
        self.run_ok('key', 'new', 'key.pem')
        self.assert_refused(2, 'key.pem: exists already', 'key', 'new', 'key.pem')
        self.assert_refused(2, 'nowhere/key.pem: cannot be written: No such file',
                            'key', 'new', 'nowhere/key.pem')

    @unittest.skipUnless(shutil.which('openssl'), 'a second opinion, where openssl is installed')
    def test_openssl_agrees(self):
        def openssl(*args):
            return subprocess.run(['openssl', *args], cwd=self.dir, check=True,
                                  capture_output=True).stdout

        self.run_ok('key', 'new', 'key.pem')
        self.assertEqual(openssl('pkey', '-in', 'key.pem', '-pubout'),
                         self.run_ok('key', 'public', 'key.pem').out)
        self.run_ok('key', 'new', '--development', 'marked.pem')
        self.assertIn(openssl('pkey', '-in', 'marked.pem', '-pubout'),
                      self.run_ok('key', 'public', 'marked.pem').out)
        openssl('ecparam', '-name', 'prime256v1', '-genkey', '-out', 'sec1.pem')
        self.assertEqual(openssl('pkey', '-in', 'sec1.pem', '-pubout'),
                         self.run_ok('key', 'public', 'sec1.pem').out)
        cli.write(self.path('body'), cli.body('urot'))
        self.run_ok('image', 'sign', '-k', 'sec1.pem', 'body', 'image')
        image = mcuboot.Image(cli.read(self.path('image')))
        cli.write(self.path('signed'), image.signed)
        cli.write(self.path('signature'), image.only(0x22))
        openssl('dgst', '-sha256', '-prverify', 'sec1.pem', '-signature', 'signature', 'signed')


class Images(cli.Case):
    def setUp(self):
        super().setUp()
        self.run_ok('key', 'new', 'key.pem')
        self.point, self.key_hash = p256.public_key(self.run_ok('key', 'public', 'key.pem').out)
        self.body = cli.body('manager', 1001)
        cli.write(self.path('body.bin'), self.body)

    def sign(self, *options):
        self.run_ok('image', 'sign', '--key', 'key.pem', *options, 'body.bin', 'out.img')
        return mcuboot.Image(cli.read(self.path('out.img')))

    def check_signature(self, image):
        digest = hashlib.sha256(image.signed).digest()
        self.assertEqual([kind for kind, _ in image.tlvs], [0x10, 0x01, 0x22])
        self.assertEqual(image.only(0x10), digest)
        self.assertEqual(image.only(0x01), self.key_hash)
        self.assertTrue(p256.verify(self.point, digest, *p256.signature(image.only(0x22))))

    def test_an_image_is_as_mcuboot_defines_it(self):
        image = self.sign('--slot', 'manager', '--version', '1.2.3+4', '--counter', '9')
        self.assertEqual(image.load_addr, 0x0C014000)
        self.assertEqual(image.flags, ROM_FIXED)
        self.assertEqual(image.header_size, 0x400)
        self.assertEqual(image.version, (1, 2, 3, 4))
        self.assertEqual(image.body, self.body)
        self.assertEqual(image.protected, [(0x50, b'\x09\0\0\0')])
        self.assertEqual(set(image.header_fill), {0xFF})
        self.check_signature(image)

    def test_without_options_it_runs_anywhere(self):
        image = self.sign()
        self.assertEqual((image.load_addr, image.flags, image.protected_size), (0, 0, 0))
        self.assertEqual(image.version, (0, 0, 0, 0))
        self.check_signature(image)

    def test_limits_of_options_are_reached(self):
        image = self.sign('--load-addr', '0xFFFFFFF0', '--header-size', '32', '--counter',
                          '0xFFFFFFFF', '--version', '255.255.65535+4294967295')
        self.assertEqual(image.load_addr, 0xFFFFFFF0)
        self.assertEqual(image.header_size, 32)
        self.assertEqual(image.protected, [(0x50, b'\xff' * 4)])
        self.assertEqual(image.version, (255, 255, 65535, 4294967295))
        self.check_signature(image)

    def test_every_signature_verifies(self):
        """Numbers with leading zeros take other paths through DER: many signatures find them."""
        for _ in range(20):
            self.check_signature(self.sign())

    def test_info_tells_what_the_image_says(self):
        image = self.sign('--slot', 'manager', '--version', '1.2.3+4', '--counter', '9')
        info = json.loads(self.run_ok('image', 'info', '--json', 'out.img').out)
        self.assertEqual(info['version'], '1.2.3+4')
        self.assertEqual(info['load_addr'], 0x0C014000)
        self.assertEqual(info['counter'], 9)
        self.assertEqual(info['sha256'], image.only(0x10).hex())
        self.assertEqual(info['keyhash'], self.key_hash.hex())
        self.assertEqual(info['signature'], image.only(0x22).hex())
        self.assertIs(info['digest_matches'], True)
        self.assertIn(b'1.2.3+4', self.run_ok('image', 'info', 'out.img').out)

    def test_verify_accepts_either_form_of_the_key(self):
        self.sign()
        cli.write(self.path('public.pem'), self.run_ok('key', 'public', 'key.pem').out)
        for key in ('key.pem', 'public.pem'):
            self.run_ok('image', 'verify', 'out.img', '--key', key)

    def test_a_body_linked_elsewhere_is_warned_of(self):
        answer = self.run_ok('image', 'sign', '--key', 'key.pem', '--slot', 'urot', 'body.bin',
                             'out.img')
        self.assertRegex(answer.err, r'warning: body.bin: its reset vector 0x0C014501 is not in')

    def test_signing_replaces_the_output_whole(self):
        cli.write(self.path('out.img'), b'old')
        self.sign()
        self.assertEqual(stat.S_IMODE(os.stat(self.path('out.img')).st_mode), 0o644)
        self.assertEqual(sorted(os.listdir(self.dir)), ['body.bin', 'key.pem', 'out.img'])


def s_records(text):
    """Address to byte of a file of S-records (Motorola), as objcopy writes it."""
    memory = {}
    for line in text.splitlines():
        raw = bytes.fromhex(line[2:])
        assert raw[0] == len(raw) - 1 and sum(raw) & 0xFF == 0xFF, line
        size = {'1': 2, '2': 3, '3': 4}.get(line[1])
        if size:
            start = int.from_bytes(raw[1:1 + size], 'big')
            memory.update((start + i, byte) for i, byte in enumerate(raw[1 + size:-1]))
    return memory


class Hex(cli.Case):
    """What objcopy makes of the file is what was to be written, where it was to be."""

    def setUp(self):
        super().setUp()
        self.make_device_files()
        cli.write(self.path('irot.bin'), bytes(range(256)) * 81 + b'end')

    def memory(self, *args):
        self.run_ok('image', 'hex', *args, 'out.hex')
        subprocess.run(['objcopy', '-I', 'ihex', '-O', 'srec', 'out.hex', 'out.srec'],
                       cwd=self.dir, check=True)
        return s_records(cli.read(self.path('out.srec')).decode())

    def expected(self, *files):
        return {address + i: byte for name, address in files
                for i, byte in enumerate(cli.read(self.path(name)))}

    def test_a_whole_device_at_its_addresses(self):
        memory = self.memory('-i', 'application.img', '-i', 'urot.img', '-i', 'manager.img',
                             '-d', 'irot.bin@0x0C000000')
        self.assertEqual(memory, self.expected(
            ('irot.bin', 0x0C000000), ('urot.img', 0x0C008000), ('manager.img', 0x0C014000),
            ('application.img', 0x0803E000)))

    def test_lines_stop_at_64_kilobytes(self):
        cli.write(self.path('long.bin'), bytes(i * 7 & 0xFF for i in range(0x20013)))
        for address in ('0x0C00FFF0', '0x08010000', '0x081DFFE0'):
            self.assertEqual(self.memory('--data', 'long.bin@' + address),
                             self.expected(('long.bin', int(address, 16))))
        for line in cli.read(self.path('out.hex')).decode().splitlines():
            self.assertRegex(line, '^:([0-9A-F]{2})+$')
            raw = bytes.fromhex(line[1:])
            self.assertEqual((len(raw), sum(raw) & 0xFF), (raw[0] + 5, 0))
            self.assertLessEqual(int.from_bytes(raw[1:3], 'big') + raw[0], 0x10000)

    def test_an_image_is_put_elsewhere_and_without_what_is_behind_it(self):
        before = self.expected(('urot.img', 0x0C100000))
        cli.write(self.path('urot.img'), cli.read(self.path('urot.img')) + b'\xff' * 99)
        self.assertEqual(self.memory('-i', 'urot.img@0x0C100000'), before)

    def test_the_highest_bytes_of_flash_are_reached(self):
        cli.write(self.path('last.bin'), b'last sixteen is!')
        self.assertEqual(self.memory('-d', 'last.bin@0x0C1FFFF0'),
                         self.expected(('last.bin', 0x0C1FFFF0)))

    def test_an_encrypted_image_goes_to_a_download_area_only(self):
        self.run_ok('key', 'new', 'device.pem')
        self.run_ok('image', 'sign', '-k', 'urot.pem', '--slot', 'urot', '-e', 'device.pem',
                    'urot.bin', 'secret.img')
        self.assert_refused(2, 'secret.img: its body is encrypted and would not run', 'image', 'hex',
                            '-i', 'secret.img', 'out.hex')
        self.assertEqual(self.memory('-i', 'secret.img@0x0C1D2000'),
                         self.expected(('secret.img', 0x0C1D2000)))
        self.run_ok('image', 'decrypt', '--decrypt-key', 'device.pem', 'secret.img', 'clear.img')
        self.assertEqual(stat.S_IMODE(os.stat(self.path('clear.img')).st_mode), 0o600)
        self.assertEqual(self.memory('-i', 'clear.img'), self.expected(('clear.img', 0x0C008000)))


if __name__ == '__main__':
    cli.main()
