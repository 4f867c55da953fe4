#!/usr/bin/env python3
"""Images go to MCUboot's imgtool and come from it: the other side is a writer and a reader over
python3-cryptography that share no code with the command. Without that package: skipped."""

import json
import sys
import unittest

import cli
import mcuboot

try:
    import mcuboot_keys
except ImportError as error:
    print('skipped: python3-cryptography: %s' % error)
    sys.exit(77)

MANAGER = 0x0C014000


class Case(cli.Case):
    """With an owner, a device and a stranger: keys in python, and in PEM files for the command."""

    def setUp(self):
        super().setUp()
        self.owner, self.device, self.stranger = (mcuboot_keys.Key() for _ in range(3))
        for name in ('owner', 'device', 'stranger'):
            key = getattr(self, name)
            cli.write(self.path(name + '.pem'), key.private_pem())
            cli.write(self.path(name + '.pub'), key.public_pem())
        self.body = cli.body('manager', 1000)
        cli.write(self.path('body.bin'), self.body)

    def sign(self, *options):
        self.run_ok('image', 'sign', '-k', 'owner.pem', *options, 'body.bin', 'out.img')
        return mcuboot.Image(cli.read(self.path('out.img')))

    def imgtool(self, name='in.img', body=None, **options):
        cli.write(self.path(name), mcuboot.write(self.body if body is None else body, self.owner,
                                                 **options))

    def verify(self, *options, name='in.img'):
        return self.run_ok('image', 'verify', '-k', 'owner.pub', *options, name)

    def check_whole(self, image, body):
        """The signature is the owner's and over the image with that body."""
        signed = image.signed_with(body)
        digest, _ = self.owner.sign(signed)
        self.assertEqual(image.only(mcuboot.SHA256), digest)
        self.assertEqual(image.only(mcuboot.KEYHASH), self.owner.hash)
        self.assertTrue(self.owner.verifies(signed, image.only(mcuboot.ECDSA)))


class ToImgtool(Case):
    def test_what_is_signed_is_imgtools_byte_for_byte(self):
        for options, protected in [
                ((), []),
                (('--counter', '7'), [(mcuboot.COUNTER, b'\x07\0\0\0')]),
                (('--depends', 'manager@1.2.3'), [mcuboot.dependency(3, (1, 2, 3, 0))]),
                (('--boot-record', 'NSPE'),
                 [mcuboot.boot_record('NSPE', (4, 5, 600, 0), self.owner.hash)]),
                (('--depends=urot@9.8.7', '--depends=module7@255.255.65535', '--counter', '9',
                  '--depends=application@0.0.1', '--boot-record', 'twelve chars',
                  '--depends', 'module0@1.0.0'),
                 [(mcuboot.COUNTER, b'\x09\0\0\0'),
                  mcuboot.boot_record('twelve chars', (4, 5, 600, 0), self.owner.hash),
                  mcuboot.dependency(2, (9, 8, 7, 0)),
                  mcuboot.dependency(23, (255, 255, 65535, 0)),
                  mcuboot.dependency(4, (0, 0, 1, 0)), mcuboot.dependency(16, (1, 0, 0, 0))])]:
            with self.subTest(options):
                image = self.sign('--version', '4.5.600+70', '--slot', 'manager', *options)
                theirs = mcuboot.Image(mcuboot.write(
                    self.body, self.owner, version=(4, 5, 600, 70), rom_fixed=MANAGER,
                    protected=protected))
                self.assertEqual(image.signed, theirs.signed)
                self.assertEqual([kind for kind, _ in image.tlvs],
                                 [kind for kind, _ in theirs.tlvs])
                self.check_whole(image, self.body)
                self.verify(name='out.img')

    def test_a_boot_record_is_what_a_cbor_reader_expects(self):
        """The same bytes, typed from RFC 8949, not made by the writer."""
        image = self.sign('--boot-record', 'ARoT', '--version', '1.2.3')
        record = bytes.fromhex('a5' '01' '64' '41526f54' '04' '65' '312e322e33' '05' '5820')
        record += self.owner.hash + bytes.fromhex('06' '66' '534841323536' '02' '5820') + bytes(32)
        self.assertEqual(image.protected, [(0x60, record)])

    def test_an_encrypted_image_opens_with_the_devices_key(self):
        for bits, flag, size in (('128', 0x4, 113), ('256', 0x8, 129)):
            for length in (1000, 1008, 1009, 1):
                with self.subTest((bits, length)):
                    body = self.body[:length]
                    cli.write(self.path('body.bin'), body)
                    image = self.sign('--encrypt-to', 'device.pub', '--aes', bits, '--counter', '1')
                    wrapped = image.only(mcuboot.ECIES)
                    padded = body + bytes(-len(body) % 16)
                    self.assertEqual(image.flags, flag)
                    self.assertEqual(len(wrapped), size)
                    self.assertEqual([kind for kind, _ in image.tlvs], [0x10, 0x01, 0x22, 0x32])
                    self.assertNotEqual(image.body, padded)
                    self.assertEqual(self.device.unwrap(wrapped, image.body), padded)
                    self.check_whole(image, padded)
                    self.verify('--decrypt-key', 'device.pem', name='out.img')

    def test_the_fill_of_an_encrypted_body_counts_the_header(self):
        image = self.sign('--encrypt-to', 'device.pub', '--header-size', '36')
        theirs = mcuboot.Image(mcuboot.write(self.body, self.owner, header_size=36,
                                             encrypt=self.device))
        self.assertEqual(image.body_size, theirs.body_size)
        self.assertEqual((36 + image.body_size) % 16, 0)

    def test_no_two_encrypted_images_share_a_key(self):
        first = self.sign('--encrypt-to', 'device.pub')
        second = self.sign('--encrypt-to', 'device.pub')
        self.assertNotEqual(first.body, second.body)
        self.assertNotEqual(first.only(mcuboot.ECIES)[:65], second.only(mcuboot.ECIES)[:65])

    def test_a_clear_image_says_that_it_is_delivered_encrypted(self):
        image = self.sign('--encrypt-to', 'device.pub', '--clear', '--aes', '256')
        self.assertEqual(image.flags, 0x8)
        self.assertEqual(image.body, self.body + bytes(8))
        self.check_whole(image, image.body)
        self.verify(name='out.img')
        self.verify('--decrypt-key', 'device.pem', name='out.img')


class FromImgtool(Case):
    def test_images_of_every_sort_verify(self):
        for options in [
                {}, {'header_size': 0x20}, {'header_size': 0x200, 'version': (1, 2, 3, 4)},
                {'rom_fixed': MANAGER, 'protected': [(mcuboot.COUNTER, b'\1\0\0\0')]},
                {'protected': [mcuboot.dependency(4, (1, 0, 0, 7), slot=1), (0xA0, b'custom'),
                               mcuboot.boot_record('NSPE', (0, 0, 0), self.owner.hash)]}]:
            with self.subTest(options):
                self.imgtool(**options)
                self.assertEqual(self.verify().err, '')

    def test_encrypted_images_verify_with_the_devices_key(self):
        for keylen in (128, 256):
            for size in (1000, 1008, 70000):
                with self.subTest((keylen, size)):
                    self.imgtool(body=cli.body('manager', size), encrypt=self.device, keylen=keylen)
                    self.verify('--decrypt-key', 'device.pem')
                    self.imgtool(encrypt=self.device, keylen=keylen, clear=True)
                    self.verify()

    def test_a_trailer_is_said_not_to_be_signed(self):
        self.imgtool(pad=0x4000)
        self.assertRegex(self.verify().err, r'in.img: \d+ bytes behind .* \(a trailer of MCUboot\)')
        for behind, name in ((b'\xff' * 40, 'erased'), (b'x', 'other data')):
            self.imgtool()
            cli.write(self.path('in.img'), cli.read(self.path('in.img')) + behind)
            self.assertRegex(self.verify().err, r'in.img: %d bytes .*\(%s\)' % (len(behind), name))

    def test_what_a_boot_stage_does_not_take_is_named(self):
        for options, reason in [
                ({'public_key_format': 'full'},
                 r'unprotected TLVs: .*0x02 \(full public key\) at byte 0x810: .*must be hash'),
                ({'load_addr': 0x20000000}, r'header: not supported.*flag 0x20 \(RAM load\)'),
                ({'protected': [(0x70, b'\0' * 4)]},
                 r'protected TLVs: .*0x70 \(size when decompressed\) at byte 0x7EC'),
                ({'protected': [(0x99, b'')]}, r'protected TLVs: .*0x99 \(without a name\)')]:
            with self.subTest(reason):
                self.imgtool(**options)
                self.assert_refused(2, '^garrison: in.img: is an image that no boot stage takes: '
                                    + reason, 'image', 'verify', '-k', 'owner.pub', 'in.img')

    def test_what_is_missing_is_named(self):
        signed = mcuboot.Image(mcuboot.write(self.body, self.owner)).signed
        digest, signature = self.owner.sign(signed)
        tlvs = [(0x10, digest), (0x01, self.owner.hash), (0x22, signature)]
        for left, reason in [
                (tlvs[1:], r'0x10 \(SHA-256\) is there 0 times, not once'),
                (tlvs[:1], r'0x01 \(key hash\) is there 0 times'),
                (tlvs[:2], r'0x22 \(ECDSA signature\) is there 0 times'),
                (tlvs + tlvs[:1], r'0x10 \(SHA-256\) is there 2 times'),
                (tlvs + [(0x32, b'x' * 113)], r'0x32 .* is there 1 times, not never')]:
            with self.subTest(reason):
                cli.write(self.path('in.img'), signed + mcuboot.entries(left, 0x6907))
                self.assert_refused(2, 'in.img: is not an image: unprotected TLVs: .*' + reason,
                                    'image', 'verify', '-k', 'owner.pub', 'in.img')

    def test_the_part_that_does_not_hold_is_named(self):
        good = mcuboot.write(self.body, self.owner, encrypt=self.device)
        wrapped_at = good.index(mcuboot.Image(good).only(mcuboot.ECIES))
        key_at = good.index(self.owner.hash)
        signature_at = good.index(mcuboot.Image(good).only(mcuboot.ECDSA))
        for at, key, reason in [
                (20, 'device', 'content: '), (0x7FF, 'device', 'content: '),
                (key_at, 'device', 'key hash: '), (signature_at + 10, 'device', 'signature: '),
                (wrapped_at + 40, 'device', 'image key: its point'),
                (wrapped_at + 70, 'device', 'image key: encrypted to another key than device.pem'),
                (wrapped_at + 100, 'device', 'image key: encrypted to another key'),
                (None, 'stranger', 'image key: encrypted to another key than stranger.pem')]:
            with self.subTest((at, key)):
                bad = bytearray(good)
                if at is not None:
                    bad[at] ^= 1
                cli.write(self.path('in.img'), bytes(bad))
                self.assert_refused(1, '^garrison: in.img: refused: ' + reason, 'image', 'verify',
                                    '-k', 'owner.pub', '--decrypt-key', key + '.pem', 'in.img')
        cli.write(self.path('in.img'), good)
        self.assert_refused(1, 'refused: key hash: .*another key than stranger.pub', 'image',
                            'verify', '-k', 'stranger.pub', '--decrypt-key', 'device.pem', 'in.img')
        self.assert_refused(2, 'in.img: its body is encrypted.*--decrypt-key', 'image', 'verify',
                            '-k', 'owner.pub', 'in.img')
        self.assert_refused(2, 'device.pub: is a public key; the private', 'image', 'verify', '-k',
                            'owner.pub', '--decrypt-key', 'device.pub', 'in.img')

    def test_a_key_for_aes_256_under_aes_128_is_recognised(self):
        self.imgtool(encrypt=mcuboot_keys.ShortWrap(self.device), keylen=256)
        self.assert_refused(1, 'in.img: refused: image key: .*AES-256, but encrypted with AES-128',
                            'image', 'verify', '-k', 'owner.pub', '--decrypt-key', 'device.pem',
                            'in.img')
        self.imgtool(encrypt=mcuboot_keys.ShortWrap(self.device), keylen=128)
        self.verify('--decrypt-key', 'device.pem')


class Encrypting(Case):
    def encrypt(self, *options):
        self.run_ok('image', 'encrypt', *options, 'in.img', 'out.img')
        return mcuboot.Image(cli.read(self.path('out.img')))

    def test_a_clear_image_is_encrypted_under_its_signature(self):
        for keylen in (128, 256):
            self.imgtool(encrypt=self.stranger, keylen=keylen, clear=True, pad=0x4000)
            before = mcuboot.write(self.body, self.owner, encrypt=self.stranger, keylen=keylen)
            image = self.encrypt('--encrypt-to', 'device.pub')
            self.assertEqual(image.header_size, mcuboot.Image(before).header_size)
            clear = self.device.unwrap(image.only(mcuboot.ECIES), image.body)
            self.assertEqual(clear, self.body + bytes(8))
            self.check_whole(image, clear)
            self.verify('--decrypt-key', 'device.pem', name='out.img')

    def test_an_encrypted_image_is_passed_on_to_another_key(self):
        self.imgtool(encrypt=self.stranger)
        image = self.encrypt('--encrypt-to', 'device.pub', '--decrypt-key', 'stranger.pem')
        clear = self.device.unwrap(image.only(mcuboot.ECIES), image.body)
        self.check_whole(image, clear)

    def test_an_image_is_put_in_clear(self):
        self.imgtool(encrypt=self.device, keylen=256, pad=0x4000)
        self.run_ok('image', 'decrypt', '--decrypt-key', 'device.pem', 'in.img', 'out.img')
        image = mcuboot.Image(cli.read(self.path('out.img')))
        self.assertEqual(image.body, self.body + bytes(8))
        self.assertEqual(image.flags, mcuboot.AES256)
        self.check_whole(image, image.body)
        self.verify(name='out.img')

    def test_what_cannot_be_encrypted_is_refused(self):
        self.imgtool('plain.img')
        self.imgtool('secret.img', encrypt=self.device)
        self.imgtool('clear.img', encrypt=self.device, clear=True)
        damaged = cli.read(self.path('plain.img'))
        cli.write(self.path('damaged.img'), damaged[:0x500] + b'?' + damaged[0x501:])
        for status, reason, args in [
                (2, 'plain.img: header: was not signed to be encrypted', ['plain.img']),
                (1, 'damaged.img: refused: content', ['damaged.img']),
                (2, 'secret.img: its body is encrypted, or damaged', ['secret.img']),
                (1, 'image key: encrypted to another', ['secret.img', '--decrypt-key',
                                                        'stranger.pem'])]:
            self.assert_refused(status, reason, 'image', 'encrypt', '--encrypt-to', 'device.pub',
                                *args, 'out.img')
        self.assert_refused(2, '--encrypt-to is missing', 'image', 'encrypt', 'clear.img', 'out.img')
        self.assert_refused(2, '--decrypt-key is missing', 'image', 'decrypt', 'secret.img',
                            'out.img')
        self.assert_refused(2, 'plain.img: header: was not signed', 'image', 'decrypt',
                            '--decrypt-key', 'device.pem', 'plain.img', 'out.img')

    def test_the_key_that_signs_is_never_encrypted_to(self):
        self.assert_refused(2, 'owner.pub: is the key that signs', 'image', 'sign', '-k',
                            'owner.pem', '--encrypt-to', 'owner.pub', 'body.bin', 'out.img')


class Info(Case):
    def info(self, *options):
        return json.loads(self.run_ok('image', 'info', '--json', *options, 'in.img').out)

    def test_all_that_an_image_says_is_told(self):
        record = mcuboot.boot_record('NSPE', (1, 2, 3, 4), self.owner.hash)
        self.imgtool(version=(1, 2, 3, 4), rom_fixed=MANAGER, encrypt=self.device, pad=0x2000,
                     protected=[(mcuboot.COUNTER, b'\x09\0\0\0'), record,
                                mcuboot.dependency(4, (5, 6, 7, 0)), (0xA1, b'mine')])
        info = self.info('--decrypt-key', 'device.pem')
        image = mcuboot.Image(cli.read(self.path('in.img'))[:info['total_size']])
        self.assertEqual(info['version'], '1.2.3+4')
        self.assertEqual(info['flags'], 0x104)
        self.assertEqual(info['protected_size'], image.protected_size)
        self.assertEqual(info['signed_size'], len(image.signed))
        self.assertEqual(info['file_size'], 0x2000)
        self.assertEqual(info['dependencies'],
                         [{'role': 4, 'name': 'application', 'version': '5.6.7+0'}])
        self.assertEqual(info['boot_record'], 'NSPE')
        self.assertEqual(info['body'], 'encrypted')
        self.assertIs(info['digest_matches'], True)
        self.assertEqual([(tlv['type'], bytes.fromhex(tlv['value'])) for tlv in info['tlvs']],
                         image.protected + image.tlvs)
        self.assertEqual([tlv['protected'] for tlv in info['tlvs']], [True] * 4 + [False] * 4)
        data = cli.read(self.path('in.img'))
        for tlv in info['tlvs']:
            value = bytes.fromhex(tlv['value'])
            self.assertEqual(data[tlv['offset']:tlv['offset'] + len(value)], value)

    def test_a_digest_under_encryption_is_not_judged(self):
        self.imgtool(encrypt=self.device)
        self.assertIsNone(self.info()['digest_matches'])
        self.imgtool(encrypt=self.device, clear=True)
        self.assertIs(self.info()['digest_matches'], True)
        self.assertEqual(self.info()['body'], 'clear')
        self.imgtool()
        self.assertEqual((self.info()['body'], self.info()['boot_record']), ('plain', None))

    def test_the_same_is_told_in_words(self):
        self.imgtool(encrypt=self.device, pad=0x2000, protected=[
            mcuboot.boot_record('NS\x07E', (1, 2, 3, 4), self.owner.hash),
            mcuboot.dependency(17, (5, 6, 7, 0))])
        shown = self.run_ok('image', 'info', 'in.img').out.decode()
        for line in (r'flags +0x4: AES-128', r'body +1008 bytes, encrypted',
                     r'behind it +\d+ bytes: a trailer of MCUboot',
                     r'depends on +module 1 \(17\) 5\.6\.7 or later',
                     r'content +not known without the key',
                     r'TLV 0x60 boot record, \d+ bytes at 0x[0-9A-F]+, protected, of NS\?E',
                     r'TLV 0x32 image key by ECIES-P256, 113 bytes'):
            self.assertRegex(shown, r'(?m)^%s' % line)


class Keys(Case):
    def test_both_sides_read_the_same_keys(self):
        self.run_ok('key', 'new', 'new.pem')
        self.assertEqual(self.run_ok('key', 'public', 'new.pem').out,
                         mcuboot_keys.Key(cli.read(self.path('new.pem'))).public_pem())
        for name, private in (('owner.pem', True), ('owner.pub', False)):
            info = json.loads(self.run_ok('key', 'info', '--json', name).out)
            self.assertEqual(info['sha256'], self.owner.hash.hex())
            self.assertEqual(bytes.fromhex(info['x'] + info['y']), self.owner.public[-64:])
            self.assertIs(info['private'], private)
            shown = self.run_ok('key', 'info', name).out.decode()
            self.assertIn(self.owner.hash.hex(), shown)
            self.assertIn('private' if private else 'public', shown)


if __name__ == '__main__':
    unittest.TestCase.maxDiff = None
    cli.main()
