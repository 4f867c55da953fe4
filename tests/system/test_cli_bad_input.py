#!/usr/bin/env python3
"""Malformed files of every sort: the right exit status, one line that says why, no file changed."""

import os
import re
import sqlite3
import stat
import struct

import cli


def edit(text, old, new):
    assert old in text, old
    return text.replace(old, new, 1)


# What is wrong with the description; the line and column of the message; its reason.
DESCRIPTIONS = [
    ('empty', lambda d: '', '1:1', 'is empty'),
    ('not text', lambda d: b'\xff\xfe\x00', '1:1', 'UTF-8'),
    ('no mapping', lambda d: 'hello\n', '1:1', 'a mapping is expected'),
    ('open bracket', lambda d: d + '  - {role: data\n', '21:1', 'did not find'),
    ('tab', lambda d: edit(d, '  trustzone', '\ttrustzone'), '5:1', 'tab'),
    ('no version', lambda d: edit(d, 'schema_version: 1\n', ''), '1:1', 'schema_version'),
    ('later version', lambda d: edit(d, 'version: 1', 'version: 2'), '1:17', 'reads 1'),
    ('unknown key', lambda d: edit(d, 'images:', 'image:'), '15:1', "did you mean 'images'"),
    ('unknown option', lambda d: edit(d, 'trustzone', 'trust_zone'), '5:3', "mean 'trustzone'"),
    ('double key', lambda d: d + 'images: []\n', '20:1', 'first in line 15'),
    ('anchor', lambda d: edit(d, 'product_state: open', 'product_state: &a open'), '4:18',
     'anchors'),
    ('alias', lambda d: edit(d, 'product_state: open', 'product_state: *a'), '4:18', 'aliases'),
    ('deep', lambda d: d + 'x: ' + '[' * 100, '20:19', 'nested too deeply'),
    ('unknown state', lambda d: edit(d, ': open', ': ajar'), '4:18', 'is not one of: open'),
    ('not a bool', lambda d: edit(d, 'trustzone: on', 'trustzone: 1'), '5:14', 'true or false'),
    ('sector', lambda d: edit(d, 'bank1: 0-30', 'bank1: 0-128'), '8:29', 'from 0 to 127'),
    ('backwards', lambda d: edit(d, 'bank1: 0-3,', 'bank1: 3-0,'), '9:16', 'not a range'),
    ('staged not Secure', lambda d: edit(d, 'bank2: 3-127', 'bank2: none'), '8:42',
     'with this layout the secure_watermark of bank 2 is 3-127'),
    ('staged Secure in part', lambda d: edit(d, 'bank2: 3-127', 'bank2: 4-127'), '8:42',
     'with this layout the secure_watermark of bank 2 is 3-127'),
    ('storage Secure in part', lambda d: edit(d, 'bank2: 3-127', 'bank2: 3-126'), '8:42',
     'with this layout the secure_watermark of bank 2 is 3-127'),
    ('application Secure in part', lambda d: edit(d, 'bank2: 3-127', 'bank2: 2-127'), '8:42',
     'with this layout the secure_watermark of bank 2 is 3-127'),
    ('code Secure in part', lambda d: edit(d, 'bank1: 0-30', 'bank1: 0-29'), '8:29',
     'with this layout the secure_watermark of bank 1 is 0-30'),
    ('more than code Secure', lambda d: edit(d, 'bank1: 0-30', 'bank1: 0-31'), '8:29',
     'with this layout the secure_watermark of bank 1 is 0-30'),
    ('group', lambda d: edit(d, '[0]', '[32]'), '10:27', 'from 0 to 31'),
    ('boot address', lambda d: edit(d, '0x0C000000\n  secure_w', '0x0C000001\n  secure_w'),
     '7:24', 'multiple of 0x100'),
    ('uid', lambda d: edit(d, 'seed: 7', 'uid: 0102'), '2:15', '12 bytes in hexadecimal'),
    ('seed', lambda d: edit(d, 'seed: 7', 'seed: 0'), '2:16', 'is not from 1'),
    ('key role', lambda d: edit(d, 'role: urot, file', 'role: root, file'), '12:12',
     'is not one of: urot'),
    ('key twice', lambda d: edit(d, 'role: application, file: app', 'role: manager, file: app'),
     '14:12', 'has a key already'),
    ('no file', lambda d: edit(d, ', file: irot.bin', ''), '16:5', "'file' is missing"),
    ('not in flash', lambda d: edit(d, '0x0C000000, file', '0x20000000, file'), '16:27',
     'user flash'),
    ('not aligned', lambda d: edit(d, '0x0C000000, file', '0x0C000008, file'), '16:27',
     'multiple of 16'),
    ('overlap', lambda d: edit(d, '0x0C000000, file', '0x08008010, file'), '17:27', 'overlaps'),
    ('nothing in system flash', lambda d: edit(d, 'user-flash', 'st-irot'), '16:45',
     'iROT image will not start: with this boot_ube the chip starts the one in system flash'),
    ('nothing in user flash', lambda d: edit(d, '0x0C000000, file', '0x0FF88000, file'), '16:45',
     'iROT image will not start: without boot_ube: st-irot the chip starts the user flash'),
    ('uROT in system flash', lambda d: edit(d, '0x0C008000', '0x0FF88000'), '17:27',
     'holds nothing but an iROT'),
    ('beyond system flash', lambda d: edit(d, '0x0C000000, file', '0x0FF8FFF0, file'), '16:45',
     'does not fit'),
    ('elsewhere in system flash', lambda d: edit(d, '0x0C000000, file', '0x0FF80000, file'), '16:27',
     'user flash'),
    ('too long', lambda d: edit(d, '0x0803E000', '0x081FFFF0'), '19:52', 'does not fit'),
    ('wrong address', lambda d: edit(d, '0x0C014000', '0x0C016000'), '18:48',
     'signed for another address'),
    ('wrong owner', lambda d: edit(d, 'file: manager.img', 'file: urot.img'), '18:48',
     'signature is not by the expected owner'),
    ('no key', lambda d: edit(d, '  - {role: urot, file: urot.pem}\n', ''), '16:45',
     "owner's key is absent"),
    ('not an image', lambda d: edit(d, 'file: urot.img', 'file: urot.bin'), '17:45',
     'not of the expected form'),
]

# A file that the description names: what it is instead, and the reason.
NAMED = [
    ('urot.pem', None, 'urot.pem: cannot be opened: No such file'),
    ('urot.pem', b'', 'urot.pem: holds no key'),
    ('urot.pem', b'-----BEGIN PRIVATE KEY-----\n????\n-----END PRIVATE KEY-----\n', 'damaged'),
    ('urot.pem', b'-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n', 'urot.pem: '),
    ('urot.pem', b'-----BEGIN EC PRIVATE KEY-----\n' + b'MIIC' * 999
     + b'\n-----END EC PRIVATE KEY-----\n', 'urot.pem: is not a P-256 key'),
    ('urot.pem', b'-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n',
     'urot.pem: is not a P-256 key'),
    ('urot.pem', b'x' * 70000, 'urot.pem: has 70000 bytes; at most'),
    ('irot.bin', None, 'irot.bin: cannot be opened'),
    ('irot.bin', b'', 'irot.bin: is empty'),
    ('irot.bin', bytes((0, 0xC, 4, 0x30, 1, 0x81, 0xF8, 0xF)),
     'iROT image will not start: it was linked for another memory'),
    ('irot.bin', b'x' * 0x200001, 'irot.bin: has 2097153 bytes; at most 2097152'),
]


class Provisioning(cli.Case):
    def setUp(self):
        super().setUp()
        self.make_device_files()

    def test_the_sound_description_is_accepted(self):
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')

    def test_malformed_descriptions(self):
        for name, change, place, reason in DESCRIPTIONS:
            with self.subTest(name):
                cli.write(self.path('device.yaml'), change(cli.DEVICE))
                self.assert_refused(2, r'^garrison: device\.yaml:%s: .*%s' % (place, reason),
                                    'provision', 'device.gar', '-c', 'device.yaml')

    def test_malformed_files_that_it_names(self):
        for name, content, reason in NAMED:
            with self.subTest(reason):
                kept = cli.read(self.path(name))
                os.unlink(self.path(name))
                if content is not None:
                    cli.write(self.path(name), content)
                self.assert_refused(2, reason, 'provision', 'device.gar', '-c', 'device.yaml')
                cli.write(self.path(name), kept)

    def test_what_is_no_file(self):
        self.assert_refused(2, r'missing.yaml: cannot be opened', 'provision', 'device.gar', '-c',
                            'missing.yaml')
        self.assert_refused(2, r'is not a regular file', 'provision', 'device.gar', '-c', '.')
        self.assert_refused(2, r'nowhere/device.gar.*: cannot be (written|opened)', 'provision',
                            'nowhere/device.gar', '-c', 'device.yaml')
        cli.write(self.path('device.yaml'), '#' * 300000)
        self.assert_refused(2, r'device.yaml: is longer than', 'provision', 'device.gar', '-c',
                            'device.yaml')

    def test_a_device_is_replaced_only_when_asked(self):
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')
        self.assert_refused(2, 'device.gar: exists already; --force', 'provision', 'device.gar',
                            '-c', 'device.yaml')
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml', '--force')

    def test_only_a_device_is_ever_replaced(self):
        self.run_ok('provision', 'other.gar', '-c', 'device.yaml')
        with sqlite3.connect(self.path('foreign.db')) as db:
            db.execute('CREATE TABLE t(x)')
        db.close()
        cli.write(self.path('notes.txt'), 'do not lose me\n')
        cli.write(self.path('empty'), b'')
        os.mkdir(self.path('folder'))
        for name, reason in [
                ('notes.txt', 'is not a device file'), ('foreign.db', 'is not a device file'),
                ('empty', 'is not a device file'), ('folder', 'is not a regular file'),
                ('device.yaml', 'is made from it'), ('urot.pem', 'is made from it'),
                ('irot.bin', 'is made from it')]:
            with self.subTest(name):
                self.assert_refused(2, '%s.* %s' % (name, reason), 'provision', name, '-c',
                                    'device.yaml', '--force')
        os.symlink('nowhere', self.path('dangling'))
        answer = cli.garrison('provision', 'dangling', '-c', 'device.yaml', '-f', cwd=self.dir)
        self.assertEqual(answer.status, 2)
        self.assertRegex(answer.err, '^garrison: dangling: cannot be opened: No such file')
        self.assertTrue(os.path.islink(self.path('dangling')))

    def test_a_device_that_is_an_image_of_itself_is_not_replaced(self):
        self.run_ok('provision', 'other.gar', '-c', 'device.yaml')
        cli.write(self.path('device.yaml'), 'schema_version: 1\nimages:\n'
                  '  - {role: data, address: 0x08000000, file: other.gar}\n')
        self.assert_refused(2, 'other.gar: the device is made from it', 'provision', 'other.gar',
                            '-c', 'device.yaml', '--force')

    def test_a_pipe_is_not_replaced(self):
        os.mkfifo(self.path('pipe'))
        before = sorted(os.listdir(self.dir))
        answer = cli.garrison('provision', 'pipe', '-c', 'device.yaml', '-f', cwd=self.dir)
        self.assertEqual(answer.status, 2)
        self.assertRegex(answer.err, r'^garrison: pipe is not a regular file\n$')
        self.assertTrue(stat.S_ISFIFO(os.lstat(self.path('pipe')).st_mode))
        self.assertEqual(sorted(os.listdir(self.dir)), before)

    def test_a_damaged_device_is_replaced_when_asked(self):
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')
        good = cli.read(self.path('device.gar'))
        for bad in (good[:100], good[:len(good) // 2], good[:4096] + bytes(len(good) - 4096)):
            cli.write(self.path('device.gar'), bad)
            cli.write(self.path('device.gar-wal'), b'no log at all')
            self.run_ok('provision', 'device.gar', '-c', 'device.yaml', '--force')
            self.run_ok('state', 'device.gar')
            self.assertFalse(os.path.exists(self.path('device.gar-wal')))

    def test_a_device_is_replaced_where_a_symlink_leads(self):
        os.mkdir(self.path('there'))
        self.run_ok('provision', 'there/device.gar', '-c', 'device.yaml')
        before = os.stat(self.path('there/device.gar')).st_ino
        os.symlink('there/device.gar', self.path('link.gar'))
        self.run_ok('provision', 'link.gar', '-c', 'device.yaml', '-f')
        self.assertTrue(os.path.islink(self.path('link.gar')))
        self.assertNotEqual(os.stat(self.path('there/device.gar')).st_ino, before)
        self.assertEqual(os.listdir(self.path('there')), ['device.gar'])

    def test_an_invalid_image_is_written_only_when_asked(self):
        cli.write(self.path('manager.img'), cli.read(self.path('urot.img')))
        self.assert_refused(2, 'manager image will be refused', 'provision', 'device.gar', '-c',
                            'device.yaml')
        answer = self.run_ok('provision', 'device.gar', '-c', 'device.yaml', '--allow-invalid')
        self.assertRegex(answer.err, 'manager image will be refused: signature')

    def test_watermarks_that_the_chain_refuses_are_written_only_when_asked(self):
        cli.write(self.path('device.yaml'), edit(cli.DEVICE, 'bank2: 3-127', 'bank2: none'))
        answer = self.run_ok('provision', 'device.gar', '-c', 'device.yaml', '--allow-invalid')
        self.assertRegex(answer.err, 'the chain will refuse to run')

    def test_a_watermark_that_is_not_given_is_what_the_layout_needs(self):
        text = edit(cli.DEVICE, '  secure_watermark: {bank1: 0-30, bank2: 3-127}\n', '')
        cli.write(self.path('device.yaml'), text)
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')
        shown = self.run_ok('state', 'device.gar').out.decode()
        self.assertRegex(shown, 'secure, bank 1 *sectors 0-30\n')
        self.assertRegex(shown, 'secure, bank 2 *sectors 3-127\n')

    def test_every_truncation_is_answered(self):
        for length in range(0, len(cli.DEVICE), 7):
            cli.write(self.path('device.yaml'), cli.DEVICE[:length])
            answer = cli.garrison('provision', 'device.gar', '-c', 'device.yaml', '--force',
                                  cwd=self.dir)
            self.assertIn(answer.status, (0, 2), answer.err)
            self.assertLessEqual(len(answer.lines), 1)


def field(at, form, value):
    """Changes a field of an image."""
    return lambda image: image[:at] + struct.pack(form, value) + image[at + struct.calcsize(form):]


BODY_END = cli.HEADER + 600

# Something wrong with an image; the status of `image verify`, and the reason.
IMAGES = [
    ('empty', lambda i: b'', 2, 'is empty'),
    ('one byte', lambda i: i[:1], 2, 'is not an image'),
    ('half a header', lambda i: i[:16], 2, 'is not an image'),
    ('header only', lambda i: i[:32], 2, 'is not an image'),
    ('cut in the body', lambda i: i[:cli.HEADER + 100], 2, 'is not an image'),
    ('cut before the TLVs', lambda i: i[:BODY_END], 2, 'is not an image'),
    ('cut in the TLVs', lambda i: i[:-1], 2, 'is not an image'),
    ('erased', lambda i: b'\xff' * len(i), 2, 'nothing is stored there'),
    ('magic', field(0, '<I', 0x96F3B83C), 2, 'is not an image: header'),
    ('header size', field(8, '<H', 16), 2, 'is not an image'),
    ('huge header', field(8, '<H', 0xFFFF), 2, 'is not an image'),
    ('no body', field(12, '<I', 0), 2, 'is not an image'),
    ('huge body', field(12, '<I', 0xFFFFFFFF), 2, 'is not an image'),
    ('unknown flag', field(16, '<I', 0x102), 2, 'header: not supported.*: flag 0x2 .primary'),
    ('nameless flag', field(16, '<I', 0x80000000), 2, 'header: not supported.*: flag 0x80000000$'),
    ('encrypted without a key', field(16, '<I', 0x104), 2, '0x32 .* is there 0 times, not once'),
    ('pad', field(28, '<I', 1), 2, 'is not an image'),
    ('TLV magic', field(BODY_END, '<H', 0x6906), 2, 'is not an image'),
    ('TLV size', field(BODY_END + 2, '<H', 5), 2, 'is not an image'),
    ('TLV length', field(BODY_END + 6, '<H', 0xFFFF), 2, 'is not an image'),
    ('protected size', field(10, '<H', 8), 2, 'is not an image'),
    ('digest', field(BODY_END + 8, '<B', 0), 1, 'does not match its digest'),
    ('body', field(cli.HEADER + 99, '<B', 0x55), 1, 'does not match its digest'),
    ('version', field(20, '<B', 99), 1, 'does not match its digest'),
    ('another signer', 'other', 1, 'key hash: .*not by the expected owner.*: .*key.pem'),
    ('signature', lambda i: i[:-1] + bytes([i[-1] ^ 1]), 1, 'signature: .*not by the expected'),
    ('an ELF file', lambda i: b'\x7fELF' + i[4:], 2, 'header: .*it is an ELF file'),
    ('Intel HEX', lambda i: b':020000040C00EE\n' + i, 2, 'looks like Intel HEX'),
    ('big-endian', lambda i: i[3::-1] + i[4:], 2, 'for a big-endian CPU'),
    ('of ST', field(0, '<I', 0x73AB1024), 2, "of ST's own boot stage"),
]


class Images(cli.Case):
    def setUp(self):
        super().setUp()
        for name in ('key', 'other'):
            self.run_ok('key', 'new', name + '.pem')
        cli.write(self.path('body.bin'), cli.body('urot'))
        self.run_ok('image', 'sign', '-k', 'key.pem', 'body.bin', 'good.img')
        self.run_ok('image', 'sign', '-k', 'other.pem', 'body.bin', 'other.img')

    def test_malformed_images(self):
        good = cli.read(self.path('good.img'))
        for name, change, status, reason in IMAGES:
            with self.subTest(name):
                bad = cli.read(self.path('other.img')) if change == 'other' else change(good)
                self.assertNotEqual(bad, good)
                cli.write(self.path('bad.img'), bad)
                self.assert_refused(status, '^garrison: bad.img: .*' + reason, 'image', 'verify',
                                    '-k', 'key.pem', 'bad.img')
                if status == 2:
                    self.assert_refused(2, '^garrison: bad.img: .*' + reason, 'image', 'info',
                                        'bad.img')

    def test_wrong_options_of_sign(self):
        for reason, options in [
                ('--key is missing', []),
                ('no.pem: cannot be opened', ['-k', 'no.pem']),
                ('public key', ['-k', 'public.pem']),
                ("'kernel' is not urot", ['-k', 'key.pem', '--slot', 'kernel']),
                ("'module8' is not urot", ['-k', 'key.pem', '--slot', 'module8']),
                ('default layout has no module0', ['-k', 'key.pem', '--slot', 'module0']),
                ('--layout needs --slot', ['-k', 'key.pem', '--layout', 'no.yaml']),
                ('no.yaml: cannot be opened',
                 ['-k', 'key.pem', '--slot', 'urot', '--layout', 'no.yaml']),
                ('exclude each other', ['-k', 'key.pem', '--slot', 'urot', '--load-addr', '0']),
                ('beyond 32 bits', ['-k', 'key.pem', '--load-addr', '0x100000000']),
                ('is not a number', ['-k', 'key.pem', '--counter', '-1']),
                ('beyond 32 bits', ['-k', 'key.pem', '--counter', '4294967296']),
                ('multiple of 4', ['-k', 'key.pem', '--header-size', '30']),
                ('multiple of 4', ['-k', 'key.pem', '--header-size', '64K']),
                ('is not like 1.2.3', ['-k', 'key.pem', '--version', '1.2']),
                ('is not like 1.2.3', ['-k', 'key.pem', '--version', '256.0.0']),
                ('is not like 1.2.3', ['-k', 'key.pem', '--version', '1.2.3+']),
                ('did you mean --slot', ['-k', 'key.pem', '--slt', 'urot']),
                ("'manager' is not like manager@1.2.3", ['-k', 'key.pem', '--depends', 'manager']),
                ("'kernel' is not urot", ['-k', 'key.pem', '--depends', 'kernel@1.2.3']),
                ("'module8' is not urot", ['-k', 'key.pem', '--depends', 'module8@1.2.3']),
                ("'1.2' is not like 1.2.3", ['-k', 'key.pem', '--depends', 'manager@1.2']),
                ('build number does not count', ['-k', 'key.pem', '--depends', 'urot@1.2.3+4']),
                ("'urot' was given twice", ['-k', 'key.pem', '--depends', 'urot@1.2.3',
                                            '--depends', 'urot@1.2.4']),
                ('more than 4 times', ['-k', 'key.pem', *['--depends=urot@1.2.3'] * 5]),
                ('is not 1 to 12 ASCII', ['-k', 'key.pem', '--boot-record', 'thirteen char']),
                ('is not 1 to 12 ASCII', ['-k', 'key.pem', '--boot-record', '']),
                ('is not 1 to 12 ASCII', ['-k', 'key.pem', '--boot-record', 'N\u00fc']),
                ('--aes needs --encrypt-to', ['-k', 'key.pem', '--aes', '128']),
                ('--clear needs --encrypt-to', ['-k', 'key.pem', '--clear']),
                ('must be 128 or 256', ['-k', 'key.pem', '-e', 'other.pem', '--aes', '192']),
                ('no.pem: cannot be opened', ['-k', 'key.pem', '-e', 'no.pem']),
                ('body.bin: holds no key', ['-k', 'key.pem', '-e', 'body.bin']),
                ('public.pem: is the key that signs', ['-k', 'key.pem', '-e', 'public.pem'])]:
            with self.subTest(' '.join(options)):
                cli.write(self.path('public.pem'), self.run_ok('key', 'public', 'key.pem').out)
                self.assert_refused(2, reason, 'image', 'sign', *options, 'body.bin', 'out.img')

    def test_wrong_options_of_hex(self):
        self.run_ok('image', 'sign', '-k', 'key.pem', '--slot', 'urot', 'body.bin', 'fixed.img')
        cli.write(self.path('damaged.img'), cli.read(self.path('fixed.img')).replace(b'\x41', b'?'))
        cli.write(self.path('empty'), b'')
        for status, reason, options in [
                (2, '--image or --data is missing', []),
                (2, 'no.img: cannot be opened', ['-i', 'no.img']),
                (2, 'body.bin: is not an image', ['-i', 'body.bin']),
                (2, 'good.img: runs at any address', ['-i', 'good.img']),
                (2, 'good.img: its address 0x0C000008 is not', ['-i', 'good.img@0x0C000008']),
                (2, 'are not in user flash', ['-i', 'good.img@0x0BFFFFF0']),
                (2, 'are not in user flash', ['-i', 'good.img@0x0C1FFFF0']),
                (2, 'are not in user flash', ['-d', 'body.bin@0x08200000']),
                (2, 'are not in user flash', ['-d', 'body.bin@0']),
                (2, 'beyond 32 bits', ['-i', 'good.img@0x100000000']),
                (2, 'body.bin: at 0x08008000 it overlaps fixed.img at 0x0C008000',
                 ['-i', 'fixed.img', '-d', 'body.bin@0x08008000']),
                (2, "'body.bin' is not like FILE@ADDR", ['-d', 'body.bin']),
                (2, "'body.bin@home' is not like", ['-d', 'body.bin@home']),
                (2, 'empty: is empty', ['-d', 'empty@0x0C000000']),
                (1, 'damaged.img: refused: content', ['-i', 'damaged.img'])]:
            with self.subTest(' '.join(options)):
                self.assert_refused(status, reason, 'image', 'hex', *options, 'out.hex')

    def test_every_truncation_of_an_encrypted_image_is_refused(self):
        self.run_ok('image', 'sign', '-k', 'key.pem', '-e', 'other.pem', '--header-size', '32',
                    'body.bin', 'secret.img')
        good = cli.read(self.path('secret.img'))
        for length in [*range(0, 640, 53), *range(640, len(good), 17)]:
            cli.write(self.path('bad.img'), good[:length])
            self.assert_refused(2, 'bad.img: is (not an image|empty)', 'image', 'verify', '-k',
                                'key.pem', '--decrypt-key', 'other.pem', 'bad.img')

    def test_an_image_too_long_for_its_slot(self):
        cli.write(self.path('long.bin'), cli.body('urot', 0xC000))
        answer = cli.garrison('image', 'sign', '-k', 'key.pem', '--slot', 'urot', 'long.bin',
                              'out.img', cwd=self.dir)
        self.assertEqual(answer.status, 2)
        self.assertRegex(answer.err, r'long.bin|out.img')
        self.assertFalse(os.path.exists(self.path('out.img')))


# Something wrong with a device file, and the reason.
DEVICES = [
    ('empty', lambda d: b'', 'is empty, not a device file'),
    ('text', lambda d: b'hello\n', 'is not a device file'),
    ('zeros', lambda d: bytes(len(d)), 'is not a device file'),
    ('header only', lambda d: d[:100], 'is damaged'),
    ('cut', lambda d: d[:len(d) // 2], 'is damaged'),
    ('cut at a page', lambda d: d[:len(d) // 4096 * 2048 // 4096 * 4096], 'is damaged'),
    ('another program', lambda d: d[:68] + b'\0\0\0\1' + d[72:], 'is not a device file'),
    ('later format', lambda d: d[:60] + b'\0\0\0\2' + d[64:], 'device file format 2'),
    ('page size', lambda d: d[:16] + b'\2\0' + d[18:], 'is damaged'),
    ('garbled', lambda d: d[:4096] + bytes(len(d) - 4096), 'is damaged'),
]

STATEMENTS = [
    ('DROP TABLE obk', 'tables'),
    ('DELETE FROM identity', 'table identity'),
    ('UPDATE options SET value = value + 1 WHERE word = 1', 'checksum'),
    ("UPDATE flash SET cells = zeroblob(3)", 'table flash'),
    ('UPDATE state SET obk_current = 9', 'table state'),
]


class Devices(cli.Case):
    def setUp(self):
        super().setUp()
        self.make_device_files()
        self.run_ok('provision', 'good.gar', '-c', 'device.yaml')
        self.good = cli.read(self.path('good.gar'))

    def check(self, reason, verbs=('run', 'state')):
        for verb in verbs:
            self.assert_refused(2, r'^garrison: bad.gar.* ' + reason, verb, 'bad.gar')

    def test_malformed_device_files(self):
        for name, change, reason in DEVICES:
            with self.subTest(name):
                bad = change(self.good)
                self.assertNotEqual(bad, self.good)
                cli.write(self.path('bad.gar'), bad)
                self.check(reason, ('run', 'state', 'log'))

    def test_changed_device_files(self):
        for statement, reason in STATEMENTS:
            with self.subTest(statement):
                cli.write(self.path('bad.gar'), self.good)
                with sqlite3.connect(self.path('bad.gar')) as db:
                    db.execute(statement)
                db.close()
                self.check('.*' + re.escape(reason))

    def test_what_is_no_file(self):
        self.assert_refused(2, 'bad.gar: cannot be opened: No such file', 'run', 'bad.gar')
        self.assert_refused(2, 'bad.gar: cannot be opened', 'log', 'bad.gar')
        os.mkdir(self.path('bad.gar'))
        self.assert_refused(2, 'bad.gar is not a regular file', 'state', 'bad.gar')


class CommandLine(cli.Case):
    def test_mistakes_are_named(self):
        for reason, args in [
                ('which verb', []),
                ("no verb 'fly'", ['fly']),
                ("did you mean 'provision'", ['provison']),
                ("did you mean 'image sign'", ['image', 'sing']),
                ("no verb 'image'", ['image']),
                ('did you mean --timeout', ['run', '--timeuot', '1', 'x']),
                ('no option -z', ['run', '-z', 'x']),
                ('--timeout needs a value', ['run', 'x', '--timeout']),
                ('is not a number of seconds', ['run', 'x', '--timeout', 'soon']),
                ('is not a number', ['run', 'x', '--max-insns', '1e6']),
                ('0 boots are none', ['run', 'x', '--boots', '0']),
                ('--until-text was given twice', ['run', 'x', '-u', 'a', '--until-text=b']),
                ('--fail-text was given twice', ['run', 'x', '--fail-text', 'a', '--fail-text',
                                                 'a']),
                ('--boots was given twice', ['run', 'x', '-b', '1', '--boots', '2']),
                ('--timeout was given twice', ['run', 'x', '-t', '1', '-t', '2']),
                ('--config was given twice', ['provision', 'x', '-c', 'a', '-c', 'b']),
                ('--quiet takes no value', ['run', 'x', '--quiet=1']),
                ('is too much', ['run', 'x', 'y']),
                ('run: DEVICE.APPLICATION is missing; usage: garrison run', ['run']),
                ('options export: OUT is missing', ['options', 'export', 'x']),
                ('usage: garrison rehearse \\[OPTION\\]\\.\\.\\.$', ['rehearse', 'x']),
                ("no verb 'debug'; there are 'debug discover', 'debug open'", ['debug']),
                ("no verb 'obk'; there are 'obk new', 'obk show'", ['obk']),
                ('--challenge: .zz. is not hexadecimal', ['token', 'verify', '-c', 'zz', '-k', 'x',
                                                          'x']),
                ('not a regular expression', ['run', 'x', '--until-text', '(']),
                ('--config is missing', ['provision', 'x'])]:
            with self.subTest(' '.join(args)):
                self.assert_refused(2, reason, *args)

    def test_a_token_may_come_by_standard_input(self):
        answer = cli.garrison('token', 'show', '-', cwd=self.dir, stdin=b'no token')
        self.assertEqual(answer.status, 1)
        self.assertIn('-: refused: not as it must be', answer.err)

    def test_help_of_every_verb_ends_with_its_exit_status(self):
        text = self.run_ok('help').out.decode()
        verbs = re.findall(r'^  ((?:[a-z]+ )?[a-z]+)  +[a-z]', text, re.MULTILINE)
        self.assertGreaterEqual(len(verbs), 9)
        for verb in verbs:
            with self.subTest(verb):
                shown = self.run_ok('help', *verb.split()).out
                self.assertEqual(shown, self.run_ok(*verb.split(), '--help').out)
                self.assertRegex(shown.decode(), r'^usage: garrison %s' % verb)
                self.assertIn('exit status', shown.decode())
                self.assertLessEqual(max(map(len, shown.decode().splitlines())), 100)
        self.assertRegex(self.run_ok('--version').out.decode(), r'^garrison \d')


if __name__ == '__main__':
    cli.main()
