#!/usr/bin/env python3
"""Compares the core's CMAC, key derivation and AES-SIV with those of python3-cryptography (OpenSSL)
for random keys and messages. Exits with 77 without that package. The seed is in the messages of a
failure; GARRISON_SEED in the environment is another one.

usage: test_mac_oracle.py MAC_TOOL
"""

import os
import random
import subprocess
import sys

try:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.cmac import CMAC
    from cryptography.hazmat.primitives.kdf.kbkdf import CounterLocation, KBKDFCMAC, Mode
except ImportError as error:
    print('skipped: python3-cryptography: %s' % error)
    sys.exit(77)

SEED = int(os.environ.get('GARRISON_SEED', '5297'))
ROUNDS = 400


def cmac(key, message):
    mac = CMAC(AES(key))
    mac.update(message)
    return mac.finalize()


def kdf(key, label, context, length):
    return KBKDFCMAC(algorithm=AES, mode=Mode.CounterMode, length=length, rlen=4, llen=4,
                     location=CounterLocation.BeforeFixed, label=label, context=context,
                     fixed=None).derive(key)


def doubled(block):
    number = int.from_bytes(block, 'big') << 1
    if number >> 128:
        number = (number ^ 0x87) & ((1 << 128) - 1)
    return number.to_bytes(16, 'big')


def siv(key, associated, data):
    if data:
        return AESSIV(key).encrypt(data, [associated])
    # The package refuses or miscounts empty data: S2V by the words of RFC 5297, over its CMAC.
    mac_key = key[:len(key) // 2]
    d = bytes(a ^ b for a, b in zip(doubled(cmac(mac_key, bytes(16))), cmac(mac_key, associated)))
    return cmac(mac_key, bytes(a ^ b for a, b in zip(doubled(d), b'\x80' + bytes(15))))


def field(data):
    return data.hex() or '-'


def requests(rng):
    """Pairs of a line for the tool and the bytes that must come back."""
    for round_number in range(ROUNDS):
        key = rng.randbytes(rng.choice((16, 24, 32)))
        # Each short length once, then any.
        length = round_number if round_number < 70 else rng.randrange(1200)
        message = rng.randbytes(length)
        yield 'cmac %s %s' % (key.hex(), field(message)), cmac(key, message)

        label, context = rng.randbytes(rng.randrange(1, 65)), rng.randbytes(rng.randrange(64))
        size = 16 * rng.randrange(1, 9)
        yield ('kdf %s %s %s %d' % (key.hex(), field(label), field(context), size),
               kdf(key, label, context, size))

        key = rng.randbytes(rng.choice((32, 48, 64, 64)))
        associated = rng.randbytes(rng.randrange(1, 80))
        yield ('siv %s %s %s' % (key.hex(), field(associated), field(message)),
               siv(key, associated, message))


def main(tool):
    pairs = list(requests(random.Random(SEED)))
    run = subprocess.run([tool], input=''.join(line + '\n' for line, _ in pairs), text=True,
                         stdout=subprocess.PIPE, check=True)
    answers = run.stdout.splitlines()
    if len(answers) != len(pairs):
        sys.exit('seed %d: %d answers to %d requests' % (SEED, len(answers), len(pairs)))
    wrong = [line for (line, expected), answer in zip(pairs, answers) if expected.hex() != answer]
    if wrong:
        sys.exit('seed %d: %d of %d differ, the first: %s' % (SEED, len(wrong), len(pairs), wrong[0]))
    print('%d requests answered alike' % len(pairs))


if __name__ == '__main__':
    main(*sys.argv[1:])
