#!/usr/bin/env python3
"""Attestation as clients get it, natively, hosted and on the chip, in several product states: each token
is read with python3-cbor2 and verified with python3-cryptography, which share no code with ours, and
each claim is compared with what the images' files, the owners' keys and the device's description say.
Exits with 77 without these packages.

usage: test_attest.py GARRISON ATTEST-CLIENT-BUILT-FOR-THE-HOST
"""

import hashlib
import os
import shutil
import struct
import subprocess
import sys

import cli

try:
    import cbor2
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, utils
except ImportError as error:
    print('skipped: python3-cbor2, python3-cryptography: %s' % error)
    sys.exit(77)

TARGET = os.environ.get('GARRISON_TARGET_DIR', '')
CLIENT = 'tests/system/firmware/attest_client'
EXAMPLE = 'examples/attest/attest'
MODULE = 'tests/system/firmware/attest_module'
NATIVE = ''
WAYS = ('target', 'hosted', 'native')
# Product state: what clients are told.
STATES = {'open': 0x1000, 'tz-closed': 0x4000, 'closed': 0x3000, 'locked': 0x3000}
NON_SECURE, MODULE_0 = -1, 16
NO_WAY_BACK = ('--accept', 'no-way-back') # closed for good: nobody needs debug authentication here
IROT_BYTES = 0x8000
# Name: key in RFC 9783, key in PSA IoT profile 1.
KEYS = {'nonce': (10, -75008), 'instance': (256, -75009), 'profile': (265, -75000),
        'seed': (268, -75004), 'client': (2394, -75001), 'life': (2395, -75002),
        'implementation': (2396, -75003), 'software': (2399, -75006)}
PROFILE = ('tag:psacertified.org,2023:psa#tfm', 'PSA_IOT_PROFILE_1')
ARGUMENT, TOO_SMALL, NOT_SUPPORTED, PROGRAMMER = -135, -138, -134, -129

DEVICE = cli.DEVICE.replace('bank2: 3-127', 'bank2: 0-127').replace(
    'product_state: open', 'product_state: %s').replace('keys:\n', '''layout:
  journal: {offset: 0x1DE000, size: 16K}
  slots:
    - {role: urot, offset: 0x8000, size: 48K, download: {offset: 0x1D0000, size: 56K}}
    - {role: manager, offset: 0x14000, size: 168K, download: {offset: 0x1A4000, size: 176K}}
    - {role: application, offset: 0x3E000, size: 776K, download: {offset: 0x106000, size: 784K}}
    - {role: module0, offset: 0x100000, size: 24K, ram: 8K,
       download: {offset: 0x106000, size: 32K}}
keys:
  - {role: module0, file: module0.pem}
''') + '  - {role: module0, address: 0x0C100000, file: module0.img}\n'

# What is refused, in the order of the client's lines.
REFUSED = [
    'challenge of %u bytes: %d 0, %d 0' % (size, ARGUMENT, ARGUMENT)
    for size in (0, 1, 31, 33, 47, 49, 63, 65, 96, 1024)] + [
    'buffer %s: %d 0 untouched' % (room, TOO_SMALL)
    for room in ('one byte short', 'of one byte', 'of none')] + [
    '%s: %d' % row for row in (
        ('no buffer', ARGUMENT), ('no challenge', ARGUMENT), ('no size', ARGUMENT),
        ('no size to tell', ARGUMENT), ('no key', ARGUMENT), ('profile 2', NOT_SUPPORTED),
        ('request of 11 bytes', PROGRAMMER), ('request of 16 bytes', PROGRAMMER),
        ('request of none', PROGRAMMER), ('function 0', NOT_SUPPORTED),
        ('function 4', NOT_SUPPORTED), ('type 1', NOT_SUPPORTED),
        ('key of 64 bytes', PROGRAMMER), ('size of 3 bytes', PROGRAMMER),
        ('size of 8 bytes', PROGRAMMER), ('token without a challenge', ARGUMENT),
        ('connect', PROGRAMMER), ('version', 1))]
ADDRESSES = ['at 0x%08x: %d, %d, %d' % (addr, ARGUMENT, ARGUMENT, ARGUMENT)
             for addr in (0x30040000, 0x20040000, 0x0C014000, 0x0BF90000, 4)]


def signed_part(image):
    """Header, body and protected area: what is hashed and signed."""
    header, protected, body = struct.unpack('<HHI', image[8:16])
    return image[:header + body + protected]


def public_point(pem):
    """X and Y of a key of ours."""
    numbers = serialization.load_pem_private_key(pem, None).public_key().public_numbers()
    return numbers.x.to_bytes(32, 'big') + numbers.y.to_bytes(32, 'big')


def challenge_of(profile, size):
    return bytes((7 * i + size + profile) & 0xFF for i in range(size))


def verifies(point, token):
    """Whether the token is COSE_Sign1 by that key, as RFC 9052 has it."""
    try:
        message = cbor2.loads(token)
        protected, unprotected, payload, signature = message.value
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        if (message.tag, cbor2.loads(protected), unprotected) != (18, {1: -7}, {}):
            return False
        signed = cbor2.dumps(['Signature1', protected, b'', payload])
        r, s = (int.from_bytes(half, 'big') for half in (signature[:32], signature[32:]))
        key.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
        return len(signature) == 64
    except (InvalidSignature, ValueError, TypeError, AttributeError, cbor2.CBORError):
        return False


class Said:
    """What a client has said in one boot."""

    def __init__(self, text):
        self.lines = [line[len('attest: '):] for line in text.splitlines()
                      if line.startswith('attest: ')]
        self.tokens = {}
        self.sizes = {}
        self.rest = []
        for line in self.lines:
            words = line.split()
            told = len(words) > 2 and words[1].isdigit()
            if told and words[0] in ('token', 'module'):
                client = NON_SECURE if words[0] == 'token' else MODULE_0
                name = (client, int(words[1]), int(words[2][:-1]))
                self.tokens[name] = bytes.fromhex(words[3])
            elif told and words[0] == 'size':
                self.sizes[int(words[1]), int(words[2][:-1])] = (int(words[3]), int(words[4]))
            elif words[0] == 'key:':
                self.point = bytes.fromhex(words[1])
            elif words[0] == 'standard:':
                self.standard = bytes.fromhex(words[1])
            elif line.startswith('life cycle: '):
                self.life = int(words[2], 16)
            else:
                self.rest.append(line)

    def claims(self, name):
        return cbor2.loads(cbor2.loads(self.tokens[name]).value[2])

    def seeds(self):
        return {self.claims(name)[KEYS['seed'][name[1]]] for name in self.tokens}


class Attest(cli.Case):
    def sign(self, role, version, program, *extra):
        self.run_ok('image', 'sign', '-k', role + '.pem', '--slot', role, '--version', version,
                    *extra, program, role + '.img')
        image = cli.read(self.path(role + '.img'))
        point = public_point(cli.read(self.path(role + '.pem')))
        return {1: role if role != 'urot' else 'uROT', 2: hashlib.sha256(signed_part(image)).digest(),
                4: version, 5: hashlib.sha256(point).digest(), 6: 'sha-256'}

    def make_images(self):
        """Signed images, and the components that tell of them."""
        shutil.copy(os.path.join(TARGET, 'port/stm32h573/irot.bin'), self.dir)
        irot = cli.read(self.path('irot.bin')).ljust(IROT_BYTES, b'\xFF')
        self.irot = hashlib.sha256(irot).digest()
        self.software = []
        for role, version, program in (
                ('urot', '1.2.3+4', 'port/stm32h573/urot'),
                ('manager', '0.1.0', 'port/stm32h573/manager'),
                ('application', '255.255.65535+4294967295', CLIENT)):
            self.run_ok('key', 'new', role + '.pem')
            self.software.append(self.sign(role, version, os.path.join(TARGET, program + '.bin')))
        self.run_ok('key', 'new', 'module0.pem')
        cli.write(self.path('device.yaml'), DEVICE % 'open')
        layout = ('--layout', 'device.yaml')
        self.run_ok('module', 'pack', '--slot', 'module0', *layout,
                    os.path.join(TARGET, MODULE + '.elf'), 'module0.bin')
        self.software.append(self.sign('module0', '3.0.0', 'module0.bin', *layout))
        self.software[-1][1] = 'module 0'

    def make_device(self, state):
        cli.write(self.path('device.yaml'), DEVICE % state)
        self.run_ok('provision', state + '.gar', '-c', 'device.yaml', *NO_WAY_BACK)

    def run_way(self, way, device):
        """What the client says; the device file goes on from boot to boot."""
        if way == 'native':
            run = subprocess.run([NATIVE], capture_output=True, text=True, timeout=120, check=False,
                                 env=dict(cli.ENVIRONMENT, GARRISON_DEVICE=self.path(device)))
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
            return Said(run.stdout)
        what = [device] if way == 'target' else [
            '--hosted', os.path.join(TARGET, CLIENT + '.bin'), '--device', device]
        answer = cli.garrison('run', *what, '--until-text', 'attest: done', '--fail-text', 'FAILED',
                              '--timeout', '300', cwd=self.dir, timeout=320)
        self.assertEqual(answer.status, 0, answer.err + answer.out.decode())
        return Said(answer.out.decode())

    def check_claims(self, said, name, life):
        client, profile, size = name
        claims = said.claims(name)
        seed = claims.pop(KEYS['seed'][profile])
        self.assertEqual(len(seed), 32)
        software = claims.pop(KEYS['software'][profile])
        irot = software.pop(0)
        self.assertEqual({1: irot[1], 2: irot[2], 5: irot[5], 6: irot[6]},
                         {1: 'iROT', 2: self.irot, 5: bytes(32), 6: 'sha-256'})
        self.assertRegex(irot[4], r'^\d+\.\d+\.\d+$')
        self.assertEqual(software, self.software)
        self.assertEqual(claims, {
            KEYS['nonce'][profile]: challenge_of(profile, size),
            KEYS['instance'][profile]: b'\x01' + hashlib.sha256(said.point).digest(),
            KEYS['profile'][profile]: PROFILE[profile],
            KEYS['client'][profile]: client,
            KEYS['life'][profile]: life,
            KEYS['implementation'][profile]: self.irot})

    def check(self, way, said, life):
        clients = (NON_SECURE, MODULE_0) if way == 'target' else (NON_SECURE,)
        self.assertEqual(said.life, life)
        self.assertEqual(set(said.tokens), {(client, profile, size) for client in clients
                                            for profile in (0, 1) for size in (32, 48, 64)})
        for name, token in said.tokens.items():
            self.assertTrue(verifies(said.point, token), name)
            self.check_claims(said, name, life)
            if name[0] == NON_SECURE:
                self.assertEqual(said.sizes[name[1:]], (0, len(token)))
        self.assertTrue(verifies(said.point, said.standard))
        claims = cbor2.loads(cbor2.loads(said.standard).value[2])
        self.assertEqual((claims[265], claims[10]), (PROFILE[0], challenge_of(9, 32)))
        self.assertEqual(len(said.seeds()), 1)
        refused = list(REFUSED)
        if way != 'native':
            refused = ['life cycle in a handler: 0x0000'] + refused + ADDRESSES
        self.assertEqual(said.rest, refused + ['done'])

    def test_every_claim_in_every_state_and_way_is_what_the_files_say(self):
        self.make_images()
        points = {}
        for state, life in STATES.items():
            self.make_device(state)
            seeds = set()
            for way in WAYS:
                with self.subTest(state=state, way=way):
                    said = self.run_way(way, state + '.gar')
                    self.check(way, said, life)
                    points.setdefault(state, said.point)
                    self.assertEqual(said.point, points[state])
                    seeds |= said.seeds()
            self.assertEqual(len(seeds), len(WAYS)) # each boot has its own
        # The key is the device's when it leaves OPEN, and stays.
        self.assertEqual(points['tz-closed'], points['closed'])
        self.assertEqual(points['closed'], points['locked'])
        self.assertNotEqual(points['open'], points['closed'])

    def test_each_device_has_its_key_but_in_open(self):
        self.make_images()
        points = {}
        for state in ('open', 'closed'):
            for seed in (7, 8):
                cli.write(self.path('device.yaml'),
                          (DEVICE % state).replace('seed: 7', 'seed: %d' % seed))
                self.run_ok('provision', 'device%d.gar' % seed, '-c', 'device.yaml', *NO_WAY_BACK)
                points[state, seed] = self.run_way('hosted', 'device%d.gar' % seed).point
                os.remove(self.path('device%d.gar' % seed))
        self.assertEqual(points['open', 7], points['open', 8])
        self.assertEqual(len(set(points.values())), 3)

    def test_the_tool_gets_the_key_of_a_device_and_verifies_with_it(self):
        self.make_images()
        for state in ('open', 'closed'):
            self.make_device(state)
            before = cli.read(self.path(state + '.gar'))
            key = self.run_ok('token', 'key', state + '.gar')
            self.assertEqual('all devices have this key' in key.err, state == 'open')
            self.assertEqual(cli.read(self.path(state + '.gar')), before)
            said = self.run_way('target', state + '.gar')
            self.assertEqual(serialization.load_pem_public_key(key.out).public_bytes(
                serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint), said.point)
            cli.write(self.path('token.cbor'), said.tokens[MODULE_0, 1, 64])
            challenge = challenge_of(1, 64).hex()
            verify = ('token', 'verify', '-c', challenge, 'token.cbor')
            self.run_ok(*verify, '--device', state + '.gar')
        cli.write(self.path('device.yaml'), (DEVICE % 'closed').replace('seed: 7', 'seed: 8'))
        self.run_ok('provision', 'other.gar', '-c', 'device.yaml', *NO_WAY_BACK)
        self.assert_refused(1, 'not by this key', *verify, '--device', 'other.gar')
        self.assert_refused(2, 'needs --key or --device', *verify)
        self.assert_refused(2, 'needs --key or --device', *verify, '-d', 'open.gar', '-k', 'x')
        self.assert_refused(2, 'No such file', *verify, '--device', 'none.gar')
        self.assert_refused(2, 'No such file', 'token', 'key', 'none.gar')
        self.assert_refused(1, 'device.yaml', 'token', 'key', 'device.yaml')

    def test_the_example_is_verified_from_what_it_prints(self):
        self.make_images()
        self.run_ok('image', 'sign', '-k', 'application.pem', '--slot', 'application',
                    '--version', '1.0.0', os.path.join(TARGET, EXAMPLE + '.bin'),
                    'application.img')
        self.make_device('tz-closed')
        answer = cli.garrison('run', 'tz-closed.gar', '--until-text', 'attest: ok', '--fail-text',
                              'FAILED', '--timeout', '300', cwd=self.dir, timeout=320)
        lines = dict(line.split()[1:3] for line in answer.out.decode().splitlines()
                     if line.startswith('attest: ') and len(line.split()) == 3)
        verify = ('token', 'verify', '-d', 'tz-closed.gar', '-c', lines['challenge'], 'token.txt')
        token = lines['token']
        for text in (token, token.upper() + '\n', ' '.join(
                token[at:at + 2] for at in range(0, len(token), 2)), bytes.fromhex(token)):
            cli.write(self.path('token.txt'), text)
            self.run_ok(*verify)
            shown = self.run_ok('token', 'show', 'token.txt').out.decode()
            self.assertRegex(shown, r'life cycle +0x4000, Non-secure debug open\n')
        for text in (token[:-1], token + 'g', token + '\0', token[:-2], ''):
            cli.write(self.path('token.txt'), text)
            self.assert_refused(1, 'not as it must be', *verify)

    def write_key(self, point, name):
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        cli.write(self.path(name), key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))

    def test_an_altered_token_is_refused(self):
        self.make_images()
        self.make_device('closed')
        said = self.run_way('hosted', 'closed.gar')
        self.write_key(said.point, 'key.pem')
        for profile in (0, 1):
            token = said.tokens[NON_SECURE, profile, 48]
            verify = ('token', 'verify', '-k', 'key.pem', '-c',
                      challenge_of(profile, 48).hex(), 'token.cbor')
            cli.write(self.path('token.cbor'), token)
            self.run_ok(*verify)
            for at in range(len(token)):
                altered = bytearray(token)
                altered[at] ^= 1 << at % 8
                self.assertFalse(verifies(said.point, bytes(altered)), at)
                if at % 7 == 0:
                    cli.write(self.path('token.cbor'), bytes(altered))
                    self.assertEqual(cli.garrison(*verify, cwd=self.dir).status, 1, at)


if __name__ == '__main__':
    if not os.path.exists(os.path.join(TARGET, CLIENT + '.bin')):
        sys.exit(77)
    NATIVE = os.path.abspath(sys.argv.pop(2))
    cli.main()
