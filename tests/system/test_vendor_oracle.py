#!/usr/bin/env python3
"""The vendor's files under another implementation: struct, hashlib and python3-cryptography, which
share no code with ours. What we write it reads and verifies; what it writes we read and verify; of
certificates each byte is altered, and whatever it accepts no more we must refuse too. Exits with 77
without python3-cryptography.

usage: test_vendor_oracle.py GARRISON
"""

import base64
import hashlib
import json
import struct
import sys

import cli

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, utils
except ImportError as error:
    print('skipped: python3-cryptography: %s' % error)
    sys.exit(77)

CERT = '<BBBBBBHHHII16s16s64s32s64s'
ROLES = {1: 'root', 2: 'intermediate', 3: 'leaf'}
BITS = {14: 'full-regression', 12: 'partial-regression', 6: 'level3', 5: 'level2', 4: 'level1',
        2: 'level3-nonsecure', 1: 'level2-nonsecure', 0: 'level1-nonsecure'}


def tlv(cert):
    return struct.pack('<HHI', 0, 0x201, len(cert)) + cert


def point_of(key):
    numbers = key.public_key().public_numbers()
    return numbers.x.to_bytes(32, 'big') + numbers.y.to_bytes(32, 'big')


def key_at(point):
    return ec.EllipticCurvePublicNumbers(int.from_bytes(point[:32], 'big'),
                                         int.from_bytes(point[32:], 'big'),
                                         ec.SECP256R1()).public_key()


def make(owner, issuer, role, **fields):
    """A certificate as the specification lays it out, signed."""
    signed = struct.pack('<BBBBBBHHHII16s16s', 1, 0, 1, 1, role, fields.get('usage', 1), 0,
                         fields.get('life', 0), fields.get('constraint', 0), 0,
                         fields.get('soc_class', 0), fields.get('soc_id', 0).to_bytes(16, 'little'),
                         fields.get('mask', 0x5077).to_bytes(16, 'little'))
    signed += point_of(owner) + bytes(32)
    assert len(signed) == 148
    pair = utils.decode_dss_signature(issuer.sign(signed, ec.ECDSA(hashes.SHA256())))
    return signed + b''.join(number.to_bytes(32, 'big') for number in pair)


def is_signed(cert, point):
    pair = utils.encode_dss_signature(int.from_bytes(cert[148:180], 'big'),
                                      int.from_bytes(cert[180:212], 'big'))
    try:
        key_at(point).verify(pair, cert[:148], ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def split(data):
    """The certificates of a chain."""
    certs = []
    while data:
        reserved, kind, size = struct.unpack('<HHI', data[:8])
        assert (reserved, kind, size) == (0, 0x201, 212)
        certs.append(data[8:220])
        data = data[220:]
    return certs


class VendorOracle(cli.Case):
    def setUp(self):
        super().setUp()
        self.keys = {}
        for name in ('root', 'intermediate', 'leaf'):
            self.keys[name] = ec.generate_private_key(ec.SECP256R1())
            pem = self.keys[name].private_bytes(serialization.Encoding.PEM,
                                                serialization.PrivateFormat.PKCS8,
                                                serialization.NoEncryption())
            cli.write(self.path(name + '.pem'), pem)

    def read(self, name):
        return cli.read(self.path(name))

    def chain(self, **fields):
        """A chain of three of the oracle's own; the fields are the leaf's."""
        root, middle, leaf = (self.keys[name] for name in ('root', 'intermediate', 'leaf'))
        return (tlv(make(root, root, 1)) + tlv(make(middle, root, 2)) +
                tlv(make(leaf, middle, 3, **fields)))

    def make_chain(self):
        """The same of ours."""
        self.run_ok('cert', 'new', '-k', 'root.pem', 'root.b64')
        self.run_ok('cert', 'new', '-k', 'intermediate.pem', '-i', 'root.b64', '--issuer-key',
                    'root.pem', '-r', 'intermediate', '-p', 'level3,level3-nonsecure,0x4000',
                    '--life-cycle', '0x3000', 'intermediate.b64')
        self.run_ok('cert', 'new', '-k', 'leaf.pem', '-i', 'intermediate.b64', '--issuer-key',
                    'intermediate.pem', '-p', 'level3-nonsecure', '--usage', 'neutral',
                    '--soc-class', '0x484', '--oem-constraint', '4660',
                    '--soc-id', '0x00000000_31393834_32335111_00510055', 'leaf.b64')
        return split(base64.b64decode(self.read('leaf.b64'), validate=False))

    def test_every_field_of_ours_is_where_the_oracle_looks(self):
        certs = self.make_chain()
        expected = [
            (1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, bytes(16), (0x5077).to_bytes(16, 'little')),
            (1, 0, 1, 1, 2, 1, 0, 0x3000, 0, 0, 0, bytes(16), (0x4044).to_bytes(16, 'little')),
            (1, 0, 1, 1, 3, 0, 0, 0, 4660, 0, 0x484,
             bytes.fromhex('55005100115133323438393100000000'), (4).to_bytes(16, 'little'))]
        issuer = point_of(self.keys['root'])
        self.assertEqual(len(certs), 3)
        for cert, fields, name in zip(certs, expected, ('root', 'intermediate', 'leaf')):
            values = struct.unpack(CERT, cert)
            point = point_of(self.keys[name])
            self.assertEqual(values[:13], fields)
            self.assertEqual(values[13:15], (point, bytes(32)))
            self.assertTrue(is_signed(cert, issuer), name)
            issuer = point
        # One line, as the vendor's tools write it.
        text = self.read('leaf.b64')
        self.assertEqual(text, base64.b64encode(b''.join(tlv(cert) for cert in certs)) + b'\n')

    def test_chains_of_the_oracle_are_verified_and_shown(self):
        data = self.chain(mask=0x1044, life=0x3000, constraint=7, soc_class=0x484, soc_id=1 << 127)
        cli.write(self.path('chain.b64'), base64.b64encode(data))
        answer = self.run_ok('cert', 'verify', '--root-key', 'root.pem', '-k', 'leaf.pem', '-p',
                             'partial-regression', 'chain.b64')
        self.assertEqual(answer.out.decode(), 'chain.b64: verified, permits partial-regression,'
                         'level3,level3-nonsecure\n')
        shown = json.loads(self.run_ok('cert', 'show', '--json', 'chain.b64').out)
        self.assertEqual(int(shown['permission_mask'].replace('_', ''), 16), 0x1044)
        for number, cert in enumerate(shown['certificates'], 1):
            name = ROLES[number]
            self.assertEqual(cert['role'], name)
            self.assertEqual(cert['usage'], 'authentication')
            self.assertTrue(cert['signature_right'])
            self.assertEqual(cert['key_hash'],
                             hashlib.sha256(point_of(self.keys[name])).hexdigest())
        leaf = shown['certificates'][2]
        self.assertEqual((leaf['life_cycle'], leaf['oem_constraint'], leaf['soc_class']),
                         (0x3000, 7, 0x484))
        self.assertEqual(int(leaf['soc_id'].replace('_', ''), 16), 1 << 127)

    def test_each_altered_byte_is_refused(self):
        data = self.chain()
        root = point_of(self.keys['root'])
        for at in range(0, len(data), 3):
            altered = bytearray(data)
            altered[at] ^= 0x10
            altered = bytes(altered)
            certs = [altered[start + 8:start + 220] for start in (0, 220, 440)]
            heads = [altered[start:start + 8] for start in (0, 220, 440)]
            issuers = [certs[0][52:116], certs[0][52:116], certs[1][52:116]]
            sound = (heads == [tlv(bytes(212))[:8]] * 3 and certs[0][52:116] == root and
                     all(is_signed(*pair) for pair in zip(certs, issuers)))
            self.assertFalse(sound, at)
            answer = cli.garrison('cert', 'verify', '--root-key', 'root.pem', '-', cwd=self.dir,
                                  stdin=base64.b64encode(altered))
            self.assertEqual(answer.status, 1, at)
            self.assertRegex(answer.err, '^garrison: -: certificate [123] ')

    def test_permissions_are_the_bits_that_the_oracle_knows(self):
        for bit, name in BITS.items():
            self.run_ok('cert', 'new', '-k', 'root.pem', '-p', name, 'root.b64')
            cert = split(base64.b64decode(self.read('root.b64')))[0]
            self.assertEqual(int.from_bytes(cert[36:52], 'little'), 1 << bit)
            shown = json.loads(self.run_ok('cert', 'show', '--json', 'root.b64').out)
            self.assertEqual(shown['permissions'], name)

    def test_debug_authentication_data_is_what_the_oracle_makes(self):
        password = bytes(range(16))
        cli.write(self.path('words'), password)
        self.run_ok('password', 'new', '--from', 'words', 'password.bin')
        self.assertEqual(self.read('password.bin'), struct.pack('<HHI', 0, 0x8000, 16) + password)
        for option, file, known in (('--root-key', 'root.pem', point_of(self.keys['root'])),
                                    ('--password', 'password.bin', password)):
            self.run_ok('obk', 'new', option, file, '-p', '0x5044', 'da.obk')
            rest = hashlib.sha256(known).digest() + struct.pack('<I', 0x5044) + bytes(28)
            self.assertEqual(self.read('da.obk'), struct.pack('<III', 0x0FFD0100, 0x60, 1) +
                             hashlib.sha256(rest).digest() + rest)
            shown = json.loads(self.run_ok('obk', 'show', '--json', option, file, 'da.obk').out)
            self.assertEqual(shown['verdict'], 'sound')
            self.assertEqual(shown['debug_authentication']['permissions'],
                             'full-regression,partial-regression,level3,level3-nonsecure')

    def test_configurations_get_the_digest_that_the_oracle_computes(self):
        body = bytearray(range(100, 164))
        body[0x2E - 0x20:0x36 - 0x20] = struct.pack('<II', 0x30050000, 0x3006AFFF)
        cli.write(self.path('body'), bytes(body))
        self.run_ok('obk', 'new', '--kind', 'sm-general', '-d', 'body', 'general.obk')
        self.assertEqual(self.read('general.obk'), struct.pack('<III', 0x0FFD0A80, 0x60, 1) +
                         hashlib.sha256(body).digest() + body)
        shown = json.loads(self.run_ok('obk', 'show', '--json', 'general.obk').out)
        fields = shown['fields']
        self.assertEqual((fields['module_authentication'], fields['flash_layout'],
                          fields['jump_to_bootloader']), (100, 101, 160))
        self.assertEqual((fields['secure_sram_first'], fields['secure_sram_last']),
                         (0x30050000, 0x3006AFFF))


if __name__ == '__main__':
    cli.main()
