#!/usr/bin/env python3
"""Reads attestation tokens with python3-cbor2 and verifies them with python3-cryptography, which share
no code with ours: both profiles, three sizes of challenge, every claim; then alters each byte, and
whatever verifies no more the command must refuse too. Exits with 77 without these packages.

usage: test_token_oracle.py TOKEN_TOOL GARRISON
"""

import hashlib
import itertools
import os
import subprocess
import sys
import tempfile

try:
    import cbor2
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, utils
except ImportError as error:
    print('skipped: python3-cbor2, python3-cryptography: %s' % error)
    sys.exit(77)

SECRET = hashlib.sha256(b'device key').digest()
# Name: key in RFC 9783, key in PSA IoT profile 1.
KEYS = {
    'nonce': (10, -75008), 'instance': (256, -75009), 'profile': (265, -75000),
    'seed': (268, -75004), 'client': (2394, -75001), 'life': (2395, -75002),
    'implementation': (2396, -75003), 'certification': (2398, -75005),
    'software': (2399, -75006), 'verifier': (2400, -75010)}
PROFILE = ('tag:psacertified.org,2023:psa#tfm', 'PSA_IOT_PROFILE_1')


def run_of(first, length):
    return bytes((first + i) & 0xFF for i in range(length))


def expected(profile, challenge, components, optional):
    """The claims that token_tool was asked for, from the specifications' tables."""
    values = {'nonce': run_of(0, challenge), 'instance': run_of(1, 33),
              'profile': PROFILE[profile], 'implementation': run_of(6, 32),
              'client': 0x7FFFFFFF if optional else -1, 'life': 0x3000}
    if optional or profile == 1:
        values['seed'] = run_of(3, 32)
    if optional:
        values['certification'] = '1234567890123' + ('-12345' if profile == 0 else '')
        values['verifier'] = 'verifier.example'
    software = [{1: 'iROT', 2: run_of(8, 32), 5: run_of(9, 32)}]
    for i in range(1, components):
        software.append({1: 'manager', 2: run_of(8 + i, 48 if i == 1 else 32), 4: '1.2.3',
                         5: run_of(9 + i, 32), 6: 'sha-256'})
    claims = {KEYS[name][profile]: value for name, value in values.items()}
    if components:
        claims[KEYS['software'][profile]] = software
    else:
        claims[-75007] = 1
    return claims


def verified(public, data):
    """The claims of a token whose signature is right; ValueError otherwise."""
    try:
        token = cbor2.loads(data)
        if cbor2.dumps(token) != data or token.tag != 18 or len(token.value) != 4:
            raise ValueError('not a COSE_Sign1 in its shortest form')
        protected, unprotected, payload, signature = token.value
        if cbor2.loads(protected) != {1: -7} or unprotected != {} or len(signature) != 64:
            raise ValueError('headers or signature')
        der = utils.encode_dss_signature(int.from_bytes(signature[:32], 'big'),
                                         int.from_bytes(signature[32:], 'big'))
        public.verify(der, cbor2.dumps(['Signature1', protected, b'', payload]),
                      ec.ECDSA(hashes.SHA256()))
        return cbor2.loads(payload)
    except InvalidSignature as error:
        raise ValueError('signature') from error
    except Exception as error:  # cbor2 has many ways to say that bytes are no CBOR
        raise ValueError(str(error)) from error


def refuses(garrison, folder, data, challenge):
    path = os.path.join(folder, 'altered')
    with open(path, 'wb') as file:
        file.write(data)
    command = [garrison, 'token', 'verify', '-k', os.path.join(folder, 'key.pem'),
               '--challenge', challenge.hex(), path]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    assert result.returncode in (0, 1), (result.returncode, result.stderr)
    return result.returncode == 1


def alterations(data):
    for at in range(len(data)):
        yield data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1:]
    for length in (0, 1, len(data) // 2, len(data) - 1):
        yield data[:length]
    yield data + b'\0'


def check(tool, garrison, folder, public, case):
    profile, challenge, components, optional = case
    path = os.path.join(folder, 'token')
    subprocess.run([tool, str(profile), str(challenge), str(components), str(optional),
                    os.path.join(folder, 'secret'), path], check=True)
    with open(path, 'rb') as file:
        data = file.read()
    claims = verified(public, data)
    assert claims == expected(*case), (case, claims)
    nonce = run_of(0, challenge)
    assert not refuses(garrison, folder, data, nonce), case
    assert refuses(garrison, folder, data, nonce[:-1] + b'\xff'), case
    return data, nonce


def main(tool, garrison):
    key = ec.derive_private_key(int.from_bytes(SECRET, 'big'), ec.SECP256R1())
    public = key.public_key()
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'secret'), 'wb') as file:
            file.write(SECRET)
        with open(os.path.join(folder, 'key.pem'), 'wb') as file:
            file.write(public.public_bytes(serialization.Encoding.PEM,
                                           serialization.PublicFormat.SubjectPublicKeyInfo))
        tokens = 0
        for case in itertools.product((0, 1), (32, 48, 64), (0, 1, 5), (0, 1)):
            if case[0] == 0 and case[2] == 0:
                continue
            data, nonce = check(tool, garrison, folder, public, case)
            tokens += 1
        altered = 0
        for case in ((0, 32, 1, 1), (1, 64, 1, 0)):
            data, nonce = check(tool, garrison, folder, public, case)
            for other in alterations(data):
                try:
                    verified(public, other)
                    raise AssertionError('the oracle takes an altered token')
                except ValueError:
                    pass
                assert refuses(garrison, folder, other, nonce), other.hex()
                altered += 1
        print('%u tokens verified, %u altered ones refused' % (tokens, altered))


if __name__ == '__main__':
    main(*sys.argv[1:])
