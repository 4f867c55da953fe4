#!/usr/bin/env python3
"""Encrypted images: devices with keys to decrypt with, and what `garrison rescue` brings to them.

usage: test_cli_encrypted.py GARRISON
"""

import base64
import os
import sqlite3

import cli
import test_cli_rescue

KEYS = 'decryption_keys: {urot: urot-decryption.pem, others: decryption.pem}\n'
LAYOUT = '''layout:
  journal: {offset: 0x1DE000, size: 16K}
  slots:
    - {role: urot, offset: 0x8000, size: 48K, download: {offset: 0x1D0000, size: 56K}%s}
    - {role: manager, offset: 0x14000, size: 168K, download: {offset: 0x1A4000, size: 176K}%s}
    - {role: application, offset: 0x3E000, size: 800K, download: {offset: 0x106000, size: 808K}%s}
'''


def private_scalar(path):
    """The 32 bytes of a PEM private key: what follows the version of the inner structure (SEC 1)."""
    lines = [line for line in cli.read(path).decode().splitlines() if not line.startswith('-')]
    return base64.b64decode(''.join(lines)).split(bytes.fromhex('0201010420'), 1)[1][:32]


class Encrypted(test_cli_rescue.Rescue):
    def setUp(self):
        super().setUp()
        for name in ('urot-decryption', 'decryption', 'other'):
            self.run_ok('key', 'new', name + '.pem')

    def describe(self, text):
        cli.write(self.path('device.yaml'), text)

    def encrypt(self, role, key, *options):
        """encrypted.img, for the slot of a role."""
        self.run_ok('image', 'sign', '-k', role + '.pem', '--slot', role, '--version', '2.0.0',
                    '--encrypt-to', key + '.pem', *options, role + '.bin', 'encrypted.img')

    def store(self):
        with sqlite3.connect(self.path('device.gar')) as db:
            current = db.execute('SELECT obk_current FROM state').fetchone()[0]
            return db.execute('SELECT data FROM obk WHERE sector = ?', (current,)).fetchone()[0]

    def flash(self):
        """The user flash as the device file has it."""
        flash = bytearray(b'\xff' * 0x200000)
        with sqlite3.connect(self.path('device.gar')) as db:
            for sector, data in db.execute('SELECT sector, data FROM flash'):
                flash[sector * 0x2000:(sector + 1) * 0x2000] = data
        return bytes(flash)


class Provisioning(Encrypted):
    def test_each_level_gets_its_key(self):
        for text, urot, others in ((cli.DEVICE + KEYS, True, True), (cli.DEVICE, False, False),
                                   (cli.DEVICE + 'decryption_keys: {others: decryption.pem}\n',
                                    False, True)):
            self.describe(text)
            self.run_ok('provision', 'device.gar', '-c', 'device.yaml', '--force')
            store = self.store()
            for off, name, given in ((0x7A0, 'urot-decryption', urot),
                                     (0x960, 'decryption', others)):
                secret = private_scalar(self.path(name + '.pem'))
                self.assertEqual(store[off:off + 32], secret if given else store[0xA00:0xA20])
                self.assertEqual(store.count(secret), 1 if given else 0)

    def test_keys_that_will_not_do_are_refused(self):
        public = self.run_ok('key', 'public', 'decryption.pem').out
        cli.write(self.path('public.pem'), public)
        for key, reason in (('public.pem', 'public.pem'),
                            ('manager.pem', r'device.yaml:\d+:\d+: .*is a key that signs'),
                            ('absent.pem', 'absent.pem'), ('manager.bin', 'manager.bin')):
            for level in ('urot', 'others'):
                with self.subTest(key, level=level):
                    self.describe(cli.DEVICE + 'decryption_keys: {%s: %s}\n' % (level, key))
                    self.assert_refused(2, reason, 'provision', 'device.gar', '-c', 'device.yaml')
                    self.assertFalse(os.path.exists(self.path('device.gar')))

    def test_a_slot_for_encrypted_images_needs_its_key(self):
        on = ', encrypted: on'
        for flags, given, level in (((on, '', ''), 'others', 'urot'),
                                    (('', on, ''), 'urot', 'others'),
                                    (('', '', on), 'urot', 'others')):
            with self.subTest(flags):
                self.describe(cli.DEVICE + LAYOUT % flags
                              + 'decryption_keys: {%s: decryption.pem}\n' % given)
                reason = 'every update of this slot will be refused: there is no ' \
                         'decryption_keys.' + level
                self.assert_refused(2, reason, 'provision', 'device.gar', '-c', 'device.yaml')
                answer = cli.garrison('provision', 'device.gar', '-c', 'device.yaml',
                                      '--allow-invalid', '--force', cwd=self.dir)
                self.assertEqual(answer.status, 0, answer.err)
                self.assertRegex(answer.err, reason)
                os.unlink(self.path('device.gar'))

    def test_a_key_is_never_replaced_by_the_device(self):
        self.describe(cli.DEVICE + KEYS)
        before = cli.read(self.path('decryption.pem'))
        self.assert_refused(2, 'the device is made from it', 'provision', 'decryption.pem', '-c',
                            'device.yaml', '--force')
        self.assertEqual(cli.read(self.path('decryption.pem')), before)


class Rescued(Encrypted):
    """A device that waits takes what is encrypted to it, and nothing else."""

    def device_without(self, missing, keys=KEYS, layout=''):
        self.device(missing)
        text = cli.read(self.path('device.yaml')).decode()
        self.describe(text + keys + layout)
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml', '--force')

    def assert_comes_back(self, role, bits):
        key = 'urot-decryption' if role == 'urot' else 'decryption'
        self.encrypt(role, key, '--aes', bits)
        self.device_without(role, layout=LAYOUT % ((', encrypted: on',) * 3))
        answer = self.check(0, '^$', image='encrypted.img')
        self.assertIn('installed', answer.out.decode())
        self.assert_runs()
        body = cli.read(self.path(role + '.bin'))
        blocks = {body[i:i + 16] for i in range(0, len(body) - 15, 16)} - {bytes(16), b'\xff' * 16}
        flash = self.flash()
        staged = {flash[i:i + 16] for i in range(0x106000, 0x1DE000, 16)}
        self.assertEqual(blocks & staged, set())
        at = {'urot': 0x8400, 'manager': 0x14400, 'application': 0x3E400}[role]
        self.assertEqual(flash[at:at + len(body)], body)

    def test_each_component_comes_back(self):
        for role, bits in (('urot', '128'), ('urot', '256'), ('manager', '256'),
                           ('application', '128')):
            with self.subTest(role, bits=bits):
                self.assert_comes_back(role, bits)

    def test_what_is_encrypted_to_another_key_is_refused(self):
        reason = 'refused it as %s: encrypted, and not to a key of this device'
        for role, key, keys in (('application', 'other', KEYS), ('application', 'decryption', ''),
                                ('application', 'urot-decryption', KEYS),
                                ('urot', 'decryption', KEYS), ('urot', 'urot-decryption', '')):
            with self.subTest(role, key=key, keys=keys):
                self.encrypt(role, key)
                self.device_without(role, keys)
                self.check(1, reason % test_cli_rescue.NAMES[role], image='encrypted.img')
        self.assert_waits('urot')


if __name__ == '__main__':
    cli.main()
