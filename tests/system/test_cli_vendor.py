#!/usr/bin/env python3
"""The verbs for the vendor's files: what they refuse and how, pipes, modes of files, option bytes."""

import json
import os
import re
import struct

import cli

CSV = '''OPTSR_PRG,0x30F0C6F8
OPTSR2_PRG,0xB4000034
NSBOOTR_PRG,0x080000C3
SECBOOTR_PRG,0x0C0000B4
SECWM1R_PRG,0x001E0000
SECWM2R_PRG,0x0000007F
WRP1R_PRG,0xFFFFFFFF
WRP2R_PRG,0xFFFFFFFF
EDATA1R_PRG,0x00000000
EDATA2R_PRG,0x00000000
HDP1R_PRG,0x00030000
HDP2R_PRG,0x0000007F
'''


def obk(dest, data, encrypt=1, size=None):
    return struct.pack('<III', dest, len(data) if size is None else size, encrypt) + data


class Vendor(cli.Case):
    def setUp(self):
        super().setUp()
        for name in ('root', 'intermediate', 'leaf'):
            self.run_ok('key', 'new', name + '.pem')
        self.run_ok('cert', 'new', '-k', 'root.pem', 'root.b64')

    def make_chain(self):
        self.run_ok('cert', 'new', '-k', 'intermediate.pem', '-i', 'root.b64', '--issuer-key',
                    'root.pem', '-r', 'intermediate', 'two.b64')
        self.run_ok('cert', 'new', '-k', 'leaf.pem', '-i', 'two.b64', '--issuer-key',
                    'intermediate.pem', '-p', 'level3-nonsecure', 'three.b64')

    # Certificates.

    def test_cert_new_refuses_and_writes_nothing(self):
        self.make_chain()
        new = ('cert', 'new', '-k', 'leaf.pem', 'out.b64')
        behind = new + ('-i', 'root.b64', '--issuer-key', 'root.pem')
        for reason, args in (
                ('--key is missing', ('cert', 'new', 'out.b64')),
                ('--issuer and --issuer-key go together', new + ('-i', 'root.b64')),
                ('--issuer and --issuer-key go together', new + ('--issuer-key', 'root.pem')),
                ('leaf needs an issuer', new + ('-r', 'leaf')),
                ('root has not an issuer', behind + ('-r', 'root')),
                ("'boss' is none of root, intermediate and leaf", behind + ('-r', 'boss')),
                ("did you mean 'level3'", new + ('-p', 'lvel3')),
                ('--usage: .rma. is neither', new + ('--usage', 'rma')),
                ('--life-cycle: more than 16 bits', new + ('--life-cycle', '0x10000')),
                ('--oem-constraint: more than 16 bits', new + ('--oem-constraint', '65536')),
                ('--soc-class: more than 32 bits', new + ('--soc-class', '0x100000000')),
                ('--soc-id: .12. is not a number of at most 128 bits', new + ('--soc-id', '12')),
                ('missing.pem: cannot be opened', ('cert', 'new', '-k', 'missing.pem', 'out.b64')),
                ('intermediate.pem: is not the key of the last certificate of root.b64',
                 new + ('-i', 'root.b64', '--issuer-key', 'intermediate.pem')),
                ('three.b64: has three certificates already',
                 new + ('-i', 'three.b64', '--issuer-key', 'leaf.pem')),
                ('root.pem: certificate 1 is not text in base 64',
                 new + ('-i', 'root.pem', '--issuer-key', 'root.pem')),
                ('folder/out.b64: cannot be written',
                 ('cert', 'new', '-k', 'root.pem', 'folder/out.b64'))):
            self.assert_refused(2, reason, *args)

    def test_a_public_key_does_below_a_root(self):
        cli.write(self.path('public.pem'), self.run_ok('key', 'public', 'leaf.pem').out)
        self.assert_refused(2, 'the private one is needed', 'cert', 'new', '-k', 'public.pem', 'o')
        self.run_ok('cert', 'new', '-k', 'public.pem', '-i', 'root.b64', '--issuer-key', 'root.pem',
                    'leaf.b64')
        self.run_ok('cert', 'verify', '-k', 'leaf.pem', 'leaf.b64')

    def test_a_certificate_cannot_be_made_for_no_chip(self):
        self.run_ok('cert', 'new', '-k', 'root.pem', '--soc-id', '0x1', 'one.b64')
        self.assert_refused(2, 'the new certificate is for another chip', 'cert', 'new', '-k',
                            'leaf.pem', '-i', 'one.b64', '--issuer-key', 'root.pem', '--soc-id',
                            '0x2', 'leaf.b64')

    def test_more_than_the_issuer_permits_is_noted(self):
        self.run_ok('cert', 'new', '-k', 'root.pem', '-p', 'level3', 'less.b64')
        answer = self.run_ok('cert', 'new', '-k', 'leaf.pem', '-i', 'less.b64', '--issuer-key',
                             'root.pem', '-p', 'level3,level2', 'leaf.b64')
        self.assertIn('permits more than its issuer', answer.err)
        self.assertEqual(self.run_ok('cert', 'verify', 'leaf.b64').out,
                         b'leaf.b64: verified, permits level3\n')

    def test_cert_verify_says_why_not(self):
        self.make_chain()
        self.run_ok('obk', 'new', '--root-key', 'root.pem', '-p', 'full-regression', 'da.obk')
        self.run_ok('obk', 'new', '--root-key', 'leaf.pem', 'other.obk')
        cli.write(self.path('cut.b64'), cli.read(self.path('three.b64'))[:400])
        for status, reason, args in (
                (1, 'three.b64: certificate 1 is of another root', ('--root-key', 'leaf.pem')),
                (1, 'three.b64: certificate 1 is of another root', ('--obk', 'other.obk')),
                (1, 'refused: certificate 3 is not of the key root.pem', ('-k', 'root.pem')),
                (1, 'refused: it does not permit full-regression,level2',
                 ('-p', 'level2,level3-nonsecure,full-regression')),
                (1, 'refused: it does not permit level3-nonsecure',
                 ('--obk', 'da.obk', '-p', 'level3-nonsecure')),
                (2, "--permissions: 'x' is no permission", ('-p', 'x')),
                (2, 'exclude each other', ('--obk', 'da.obk', '--root-key', 'root.pem')),
                (2, 'three.b64: byte 881: the file ends', ('--obk', 'three.b64'))):
            self.assert_refused(status, reason, 'cert', 'verify', 'three.b64', *args)
        self.assert_refused(1, 'cut.b64: certificate 2 is cut off', 'cert', 'verify', 'cut.b64')
        self.assert_refused(1, 'cut.b64: certificate 2 is cut off', 'cert', 'show', 'cut.b64')
        self.assert_refused(2, 'none.b64: cannot be opened', 'cert', 'verify', 'none.b64')
        self.assertEqual(self.run_ok('cert', 'verify', '--obk', 'da.obk', 'three.b64').out,
                         b'three.b64: verified, permits none\n')

    def test_a_chain_without_its_leaf_is_noted(self):
        self.make_chain()
        self.assertIn("ends with an intermediate's", self.run_ok('cert', 'verify', 'two.b64').err)
        for name in ('root.b64', 'three.b64'):
            self.assertEqual(self.run_ok('cert', 'verify', name).err, '')

    def test_show_tells_a_wrong_signature_and_goes_on(self):
        self.make_chain()
        self.run_ok('cert', 'new', '-k', 'intermediate.pem', 'stranger.b64')
        mixed = (cli.read(self.path('stranger.b64')) + cli.read(self.path('root.b64')))
        answer = cli.garrison('cert', 'show', '-', cwd=self.dir, stdin=mixed)
        self.assertEqual(answer.status, 0)
        self.assertEqual(re.findall(r'signature +(.*)', answer.out.decode()), ['by itself', 'WRONG'])

    def test_chains_go_through_pipes(self):
        root = self.run_ok('cert', 'new', '-k', 'root.pem', '-').out
        leaf = cli.garrison('cert', 'new', '-k', 'leaf.pem', '-i', '-', '--issuer-key', 'root.pem',
                            '-', cwd=self.dir, stdin=root)
        self.assertEqual(leaf.status, 0, leaf.err)
        answer = cli.garrison('cert', 'verify', '-', cwd=self.dir, stdin=leaf.out)
        self.assertEqual((answer.status, answer.out), (0, b'-: verified, permits all\n'))
        answer = cli.garrison('cert', 'verify', '-', cwd=self.dir, stdin=b' ' * 16385)
        self.assertEqual(answer.status, 2)
        self.assertIn('standard input: has more bytes than the 16384', answer.err)
        answer = cli.garrison('cert', 'verify', '-', cwd=self.dir)
        self.assertEqual(answer.status, 1)
        self.assertIn('-: certificate 1 is missing', answer.err)

    # Option-byte keys.

    def test_obk_new_refuses_and_writes_nothing(self):
        self.run_ok('password', 'new', 'password.bin')
        for name, size in (('16', 16), ('17', 17), ('64', 64), ('big', 0xC01), ('empty', 0)):
            cli.write(self.path(name), bytes(size))
        for reason, args in (
                ('one of --root-key, --password and --data', ()),
                ('one of --root-key, --password and --data',
                 ('--root-key', 'root.pem', '--password', 'password.bin')),
                ('--permissions is for', ('-d', '16', '--address', '0x0FFD0100', '-p', 'all')),
                ('are for --data', ('--root-key', 'root.pem', '--encrypt')),
                ('are for --data', ('--password', 'password.bin', '--kind', 'sm-keys')),
                ('could never be opened again', ('--root-key', 'root.pem', '-p', 'none')),
                ('could never be opened again', ('--root-key', 'root.pem', '-p', '0x8000')),
                ('permits a full regression and nothing else',
                 ('--password', 'password.bin', '-p', 'level3,partial-regression')),
                ("--permissions: 'y' is no permission", ('--root-key', 'root.pem', '-p', 'y')),
                ('16: is not a password file: it has not 24 bytes', ('--password', '16')),
                ('password.bin: holds no key', ('--root-key', 'password.bin')),
                ('needs --kind or --address', ('-d', '16')),
                ("'sm-key' is none of debug-authentication, .*sm-keys", ('-d', '16', '--kind',
                                                                         'sm-key')),
                ('exclude each other', ('-d', '16', '--kind', 'sm-keys', '--address', '0x0FFD0200')),
                ('16: as sm-keys: its size', ('-d', '16', '--kind', 'sm-keys')),
                ('17: 17 bytes for 0x0FFD0100: the size is not one of whole slots',
                 ('-d', '17', '--address', '0x0FFD0100')),
                ('empty: 0 bytes for 0x0FFD0100: the size', ('-d', 'empty', '--address',
                                                             '0x0FFD0100')),
                ('64: 64 bytes for 0x0FFD08D0: the size reaches over',
                 ('-d', '64', '--address', '0x0FFD08D0')),
                ('16: 16 bytes for 0x0FFD1800: the address is not', ('-d', '16', '--address',
                                                                    '0x0FFD1800')),
                ('--address: more than 32 bits', ('-d', '16', '--address', '0x10FFD0100')),
                ('big: has 3073 bytes; at most 3072', ('-d', 'big', '--address', '0x0FFD0C00'))):
            self.assert_refused(2, reason, 'obk', 'new', 'out.obk', *args)

    def test_any_bytes_go_where_they_are_told_to(self):
        data = bytes(range(48))
        cli.write(self.path('data'), data)
        answer = self.run_ok('obk', 'new', '-d', 'data', '--address', '0x0FFD0C00', '-')
        self.assertEqual(answer.out, obk(0x0FFD0C00, data, 0))
        answer = cli.garrison('obk', 'new', '-d', '-', '--address', '0x0FFD0C00', '--encrypt', '-',
                              cwd=self.dir, stdin=data)
        self.assertEqual(answer.out, obk(0x0FFD0C00, data, 1))
        digested = self.run_ok('obk', 'new', '-d', 'data', '--address', '0x0FFD0C00', '--digest',
                               '-').out
        self.assertEqual(digested[44:], data)
        shown = cli.garrison('obk', 'show', '-', cwd=self.dir, stdin=digested)
        self.assertEqual(shown.status, 0, shown.err)
        self.assertRegex(shown.out.decode(), r'kind +unknown\n.*HDPL3\n.*\n.*\nintegrity +right')

    def test_obk_show_judges(self):
        self.run_ok('obk', 'new', '--root-key', 'root.pem', 'da.obk')
        self.run_ok('password', 'new', 'password.bin')
        good = cli.read(self.path('da.obk'))
        files = {
            'digest': good[:60] + b'\x55' + good[61:], 'size': obk(0x0FFD0100, good[12:92]),
            'plain': good[:8] + b'\0' + good[9:], 'flag': good[:8] + b'\2' + good[9:],
            'cut': good[:-1], 'more': good + b'\0', 'header': good[:11],
            'address': b'\x04' + good[1:], 'strange': obk(0x0FFD0300, bytes(16), 0)}
        for name, data in files.items():
            cli.write(self.path(name), data)
        for name, reason in (
                ('digest', 'its data does not begin with the SHA-256'), ('size', 'its size is not'),
                ('plain', '.*to be encrypted by the chip'), ('flag', 'byte 8: .* neither 0 nor 1'),
                ('cut', 'byte 107: the file ends'), ('more', 'byte 108: there is more'),
                ('header', 'byte 11: the header'), ('address', 'byte 0: .*multiple of 16')):
            self.assert_refused(1, name + ': ' + reason, 'obk', 'show', name)
        self.assert_refused(1, 'the hash is not of the credential asked about', 'obk', 'show',
                            '--root-key', 'leaf.pem', 'da.obk')
        self.assert_refused(1, 'the hash is not of the credential asked about', 'obk', 'show',
                            '--password', 'password.bin', 'da.obk')
        self.assert_refused(1, 'is not debug-authentication data', 'obk', 'show',
                            '--root-key', 'leaf.pem', 'strange')
        self.assert_refused(2, 'exclude each other', 'obk', 'show', '--root-key', 'leaf.pem',
                            '--password', 'password.bin', 'da.obk')
        shown = {name: json.loads(cli.garrison('obk', 'show', '--json', name, cwd=self.dir).out)
                 for name in ('da.obk', 'digest', 'strange')}
        self.assertEqual([shown[name]['verdict'] for name in shown], ['sound', 'wrong', 'unknown'])
        answer = self.run_ok('obk', 'show', '--root-key', 'root.pem', 'da.obk').out.decode()
        self.assertRegex(answer, 'credential +certificates of that root key\n')

    def test_private_keys_are_not_shown(self):
        secret = bytes(range(0x40, 0x40 + 0xB0))
        cli.write(self.path('keys.obk'), obk(0x0FFD09D0, secret))
        answer = self.run_ok('obk', 'show', 'keys.obk')
        self.assertRegex(answer.out.decode(), 'kind +sm-keys: ')
        self.assertNotIn(secret[0x20:0x28].hex(), answer.out.decode())
        self.assertRegex(answer.out.decode(), 'integrity +none')

    # Passwords.

    def test_passwords_are_new_secret_and_never_replaced(self):
        self.run_ok('password', 'new', 'a.bin')
        self.run_ok('password', 'new', 'b.bin')
        first, second = cli.read(self.path('a.bin')), cli.read(self.path('b.bin'))
        self.assertEqual((len(first), first[:8]), (24, second[:8]))
        self.assertNotEqual(first[8:], second[8:])
        self.assertEqual(os.stat(self.path('a.bin')).st_mode & 0o777, 0o600)
        self.assert_refused(2, 'a.bin: exists already', 'password', 'new', 'a.bin')
        for words in (b'sixteen letters!', b'sixteen letters!\n'):
            answer = cli.garrison('password', 'new', '--from', '-', '-', cwd=self.dir, stdin=words)
            self.assertEqual(answer.out[8:], b'sixteen letters!')
        for words in (b'', b'fifteen letters', b'seventeen letters', b'eighteen letters\n\n'):
            answer = cli.garrison('password', 'new', '--from', '-', 'c.bin', cwd=self.dir,
                                  stdin=words)
            self.assertEqual(answer.status, 2)
            self.assertIn('-: has %d bytes; a password has 16' % len(words), answer.err)
        self.assertFalse(os.path.exists(self.path('c.bin')))

    def test_secrets_are_the_owners_alone(self):
        self.run_ok('obk', 'new', '--root-key', 'root.pem', 'da.obk')
        self.assertEqual(os.stat(self.path('da.obk')).st_mode & 0o777, 0o600)
        self.assertEqual(os.stat(self.path('root.b64')).st_mode & 0o777, 0o644)

    # Option bytes.

    def test_options_are_shown_in_words(self):
        cli.write(self.path('ob.csv'), CSV)
        text = self.run_ok('options', 'show', 'ob.csv').out.decode()
        for line in (r'product state +TZ-CLOSED \(0xC6\)', r'starts from +ST-iROT \(0xC3\)',
                     r'TrustZone +on', r'Non-secure boot lock +off', r'Secure boot lock +on',
                     'banks swapped +no', 'Secure boot address +0x0C000000',
                     'Secure, bank 1 +sectors 0-30', 'Secure, bank 2 +none',
                     'hidden, bank 1 +sectors 0-3', 'OPTSR2 +0xB4000034'):
            self.assertRegex(text, '(?m)^' + line)
        answer = cli.garrison('options', 'show', '--json', '-', cwd=self.dir, stdin=CSV.encode())
        shown = json.loads(answer.out)
        self.assertEqual((shown['product_state'], shown['trustzone']), ('TZ-CLOSED', True))
        self.assertEqual(shown['option_words']['SECBOOTR'], 0x0C0000B4)
        cli.write(self.path('ob.csv'), CSV.replace('0x30F0C6F8', '0x30F000F8'))
        self.assertRegex(self.run_ok('options', 'show', 'ob.csv').out.decode(), 'INVALID')

    def test_wrong_files_of_options_are_refused_at_their_line(self):
        for reason, text in (
                ("line 3: is about 'SECBOOTR_PRG'; NSBOOTR_PRG comes here",
                 CSV.replace('NSBOOTR_PRG,0x080000C3\n', '')),
                ('line 13: is one too many', CSV + 'OTPBLR_PRG,0x00000000\n'),
                ('line 12: is missing', CSV[:-1].rpartition('\n')[0] + '\n'),
                ('line 12: the value of HDP2R_PRG is not 0x and 8', CSV[:-2]),
                ('line 1: is not a name, a comma', '\n' + CSV)):
            cli.write(self.path('ob.csv'), text)
            self.assert_refused(2, 'ob.csv: ' + reason, 'options', 'show', 'ob.csv')

    def test_options_of_a_device_come_out_and_read_back(self):
        cli.write(self.path('device.yaml'), 'schema_version: 1\noption_bytes: {trustzone: on, '
                  'product_state: provisioning, secure_watermark: {bank1: 0-9, bank2: none}}\n')
        self.run_ok('provision', 'device.gar', '--config', 'device.yaml')
        text = self.run_ok('options', 'export', 'device.gar', '-').out
        state = json.loads(self.run_ok('state', '--json', 'device.gar').out)['option_words']
        answer = cli.garrison('options', 'show', '--json', '-', cwd=self.dir, stdin=text)
        shown = json.loads(answer.out)
        self.assertEqual(shown['product_state'], 'PROVISIONING')
        self.assertEqual(shown['option_words'], {name: state[name] for name in shown['option_words']})
        self.assertEqual(len(shown['option_words']), 12)
        self.run_ok('options', 'export', 'device.gar', 'out.csv')
        self.assertEqual(cli.read(self.path('out.csv')), text)
        self.assert_refused(2, 'root.pem', 'options', 'export', 'root.pem', 'out2.csv')


if __name__ == '__main__':
    cli.main()
