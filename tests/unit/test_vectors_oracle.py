#!/usr/bin/env python3
"""Computes each row of tests/vectors with python3-cryptography (OpenSSL), so that a table and the
implementation it tests are never wrong together: what is right must come out, what is wrong must be
refused. Exits with 77 without that package.

usage: test_vectors_oracle.py VECTORS-THAT-TELL-THEIR-ROWS
"""

import collections
import hashlib
import hmac
import subprocess
import sys
import warnings

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils, x448, x25519
    from cryptography.hazmat.primitives.ciphers import Cipher, aead, algorithms, modes
    from cryptography.hazmat.primitives.cmac import CMAC
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
except ImportError as error:
    print('skipped: python3-cryptography: %s' % error)
    sys.exit(77)
try:
    from cryptography.hazmat.decrepit.ciphers import algorithms as old_algorithms
    from cryptography.hazmat.decrepit.ciphers import modes as old_modes
except ImportError:  # where they still are is a question of the version
    old_algorithms, old_modes = algorithms, modes

warnings.simplefilter('ignore')

# Of each table, at least so many rows. A table that is never told is never checked.
ROWS = {'hash': 35, 'mac': 45, 'cipher': 20, 'aead': 25, 'derive': 20, 'ecdsa': 8,
        'ecdsa changed': 25, 'points': 28, 'scalars': 12, 'peers': 12, 'agreement': 9,
        'rsa verify': 35, 'rsa crypt': 18}

# Typed from their documents, since the package has no ARIA, and may have no RIPEMD-160.
TYPED = {
    'ARIA-ECB RFC 5794 128': 'd718fbd6ab644c739da95f3be6451778',
    'ARIA-ECB RFC 5794 192': '26449c1805dbe7aa25a468ce263a9e79',
    'ARIA-ECB RFC 5794 256': 'f92bd7c79fb72e2f2b8f80c1972d24fc',
    'RIPEMD-160 empty': '9c1185a5c5e9fc54612808977ee8f548b2258d31',
    'RIPEMD-160 abc': '8eb208f7e05d987a9b044a8e98c6b087f15a0bfc',
    'RIPEMD-160 448 bits': '12a053384a9c0c88e405a06c27dcf49ada62eb2b',
    'HMAC-RIPEMD-160 RFC 2286 1': '24cb4bd67d20fc1a5d2ed7732dcc39377f0a5668',
    'HMAC-RIPEMD-160 RFC 2286 2': 'dda6c0213a485a9e24f4742064a7f033b43c4069',
}

CURVES = {'P-192': ec.SECP192R1, 'P-224': ec.SECP224R1, 'P-256': ec.SECP256R1,
          'P-384': ec.SECP384R1, 'P-521': ec.SECP521R1, 'secp256k1': ec.SECP256K1,
          'brainpoolP256r1': ec.BrainpoolP256R1}


# FIPS 186-4, D.1.2.3 and D.1.2.4.
ORDERS = {
    'P-256': 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    'P-384': 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
}


def old(module, name):
    return getattr(old_algorithms if module is algorithms else old_modes, name, None) or getattr(
        module, name)


def hash_named(name):
    """SHA-256 as hashlib and as the package have it."""
    python = name.lower().replace('sha3-', 'sha3_').replace('-', '')
    return python, getattr(hashes, name.replace('SHA3-', 'SHA3_').replace('-', ''))()


def cmac(key, message):
    mac = CMAC(algorithms.AES(key))
    mac.update(message)
    return mac.finalize()


def hash_row(name, message, digest):
    if name in TYPED:
        return TYPED[name] == digest.hex()
    return hashlib.new(hash_named(name.split()[0])[0], message).digest() == digest


def mac_row(name, key, message, mac):
    if name in TYPED:
        return TYPED[name] == mac.hex()
    algorithm = name.split()[0]
    if algorithm == 'CMAC-AES':
        return cmac(key, message) == mac
    return hmac.new(key, message, hash_named(algorithm[5:])[0]).digest()[:len(mac)] == mac


def cipher_row(name, key, iv, plain, expected):
    if name in TYPED:
        return TYPED[name] == expected.hex()
    algorithm = name.split()[0]
    if algorithm == 'ChaCha20':
        cipher, mode = algorithms.ChaCha20(key, bytes(4) + iv), None
    else:
        kind, mode = algorithm.split('-')
        cipher = {'AES': algorithms.AES, 'Camellia': old(algorithms, 'Camellia'),
                  'TDES': old(algorithms, 'TripleDES')}[kind](key)
        mode = {'ECB': modes.ECB, 'CBC': modes.CBC, 'CTR': modes.CTR, 'CFB': old(modes, 'CFB'),
                'OFB': old(modes, 'OFB')}[mode](*[iv][:len(iv)])
    encryptor = Cipher(cipher, mode).encryptor()
    return encryptor.update(plain) + encryptor.finalize() == expected


def aead_row(name, key, nonce, data, plain, expected):
    algorithm = name.split()[0]
    if algorithm == 'AES-CCM':
        cipher = aead.AESCCM(key, tag_length=len(expected) - len(plain))
    else:
        cipher = {'AES-GCM': aead.AESGCM, 'ChaCha20-Poly1305': aead.ChaCha20Poly1305}[algorithm](key)
    return cipher.encrypt(nonce, plain, data) == expected


def pbkdf2_cmac(password, salt, rounds, length):
    """RFC 4615's function as the one of PBKDF2."""
    key = password if len(password) == 16 else cmac(bytes(16), password)
    output = b''
    while len(output) < length:
        block = value = cmac(key, salt + (len(output) // 16 + 1).to_bytes(4, 'big'))
        for _ in range(rounds - 1):
            value = cmac(key, value)
            block = bytes(a ^ b for a, b in zip(block, value))
        output += block
    return output[:length]


def tls12_prf(name, secret, seed, length):
    output, value = b'', seed
    while len(output) < length:
        value = hmac.new(secret, value, name).digest()
        output += hmac.new(secret, value + seed, name).digest()
    return output[:length]


def derive(algorithm, length, rounds, first, second, third):
    """Inputs as the tables have them: salt, secret, info; salt, password; seed, secret, label."""
    if algorithm == 'PBKDF2-AES-CMAC-PRF-128':
        return pbkdf2_cmac(second, first, rounds, length)
    if algorithm == 'TLS12-ECJPAKE-to-PMS':
        return hashlib.sha256(first[1:33]).digest()
    function, name = algorithm.split('-SHA-')
    name, package = hash_named('SHA-' + name)
    if function == 'HKDF':
        return HKDF(package, length, first, third).derive(second)
    if function == 'HKDF-Extract':
        return hmac.new(first, second, name).digest()
    if function == 'HKDF-Expand':
        return HKDFExpand(package, length, second).derive(first)
    if function == 'PBKDF2-HMAC':
        return hashlib.pbkdf2_hmac(name, second, first, rounds, length)
    if function == 'TLS12-PSK-to-MS':
        half = len(second).to_bytes(2, 'big')
        second = half + bytes(len(second)) + half + second
    return tls12_prf(name, second, third + first, length)


def derive_row(name, output, rounds, *inputs):
    return derive(name.split()[0], len(output), int.from_bytes(rounds, 'big'), *inputs) == output


def verifies(curve, name, point, message, signature):
    """As DER has it: two numbers, which must have the same length before."""
    half = len(signature) // 2
    size = (curve.key_size + 7) // 8
    if len(signature) != 2 * size:
        return False
    der = utils.encode_dss_signature(int.from_bytes(signature[:half], 'big'),
                                     int.from_bytes(signature[half:], 'big'))
    key = ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
    try:
        key.verify(der, message, ec.ECDSA(hash_named(name)[1]))
    except InvalidSignature:
        return False
    return True


def ecdsa_row(name, key, point, message, signature):
    curve, algorithm = name.split()[:2]
    curve = CURVES[curve]()
    public = ec.derive_private_key(int.from_bytes(key, 'big'), curve).public_key()
    encoded = public.public_bytes(serialization.Encoding.X962,
                                  serialization.PublicFormat.UncompressedPoint)
    return encoded == point and verifies(curve, algorithm, point, message, signature)


def ecdsa_changed_row(name, point, signature, right):
    curve = name.split(':')[0]
    return verifies(CURVES[curve](), curve.replace('P-', 'SHA-'), point, b'sample',
                    signature) == right


def points_row(name, point, right):
    """The package knows compressed points as well, which are no keys of PSA Crypto."""
    curve = CURVES[name.split(':')[0]]()
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
    except ValueError:
        return not right
    return right == (point[:1] == b'\4')


def scalars_row(name, scalar, right):
    order = ORDERS[name.split(':')[0]]
    inside = 0 < int.from_bytes(scalar, 'big') < order
    return right == (inside and len(scalar) == (order.bit_length() + 7) // 8)


def peers_row(_, point, right):
    try:
        x25519.X25519PrivateKey.from_private_bytes(bytes([0x5A]) * 32).exchange(
            x25519.X25519PublicKey.from_public_bytes(point))
    except ValueError:
        return not right
    return right


def agreement_row(name, key, peer, secret):
    curve = name.split()[0]
    if curve == 'X25519':
        return x25519.X25519PrivateKey.from_private_bytes(key).exchange(
            x25519.X25519PublicKey.from_public_bytes(peer)) == secret
    if curve == 'X448':
        return x448.X448PrivateKey.from_private_bytes(key).exchange(
            x448.X448PublicKey.from_public_bytes(peer)) == secret
    curve = CURVES[curve]()
    own = ec.derive_private_key(int.from_bytes(key, 'big'), curve)
    return own.exchange(ec.ECDH(),
                        ec.EllipticCurvePublicKey.from_encoded_point(curve, peer)) == secret


def der_numbers(der):
    """The numbers of a SEQUENCE of INTEGERs: keys as PKCS #1 has them."""
    def item(at):
        length, at = der[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(der[at:at + count], 'big'), at + count
        return at, at + length
    at, end = item(0)
    numbers = []
    while at < end:
        start, at = item(at)
        numbers.append(int.from_bytes(der[start:at], 'big'))
    return numbers


def public_key(der):
    modulus, exponent = der_numbers(der)
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def rsa_verify_row(name, key, message, signature, right):
    kind, algorithm = name.split(':')[0].rsplit(' ', 1)
    algorithm = hash_named(algorithm)[1]
    if kind == 'PKCS#1 v1.5':
        scheme = padding.PKCS1v15()
    else:
        salt = padding.PSS.AUTO if kind == 'PSS any salt' else algorithm.digest_size
        scheme = padding.PSS(padding.MGF1(algorithm), salt)
    try:
        public_key(key).verify(signature, message, scheme, algorithm)
    except InvalidSignature:
        return not right
    return right


def pkcs1_text(padded):
    """RFC 8017, section 7.2.2, step 3. The package's answer to a wrong padding is a random text."""
    end = padded.find(b'\0', 2)
    return padded[end + 1:] if padded[:2] == b'\0\2' and end >= 10 else None


def rsa_crypt_row(name, pair, label, sealed, text, right):
    numbers = der_numbers(pair)
    modulus, exponent, private = numbers[1:4]
    kind = name.split(':')[0]
    if kind == 'PKCS#1 v1.5':
        padded = pow(int.from_bytes(sealed, 'big'), private, modulus)
        found = pkcs1_text(padded.to_bytes(len(sealed), 'big'))
    else:
        first, second = numbers[4:6]
        key = rsa.RSAPrivateNumbers(first, second, private, *numbers[6:9],
                                    rsa.RSAPublicNumbers(exponent, modulus)).private_key()
        algorithm = hash_named(kind.split()[1])[1]
        try:
            found = key.decrypt(sealed, padding.OAEP(padding.MGF1(algorithm), algorithm, label))
        except ValueError:
            found = None
    return found == (text if right else None)


def check(fields):
    table, name, *values = fields
    values = [value == 'right' if value in ('right', 'wrong') else bytes.fromhex(value)
              for value in values]
    return globals()[table.replace(' ', '_') + '_row'](name, *values)


def main(vectors):
    output = subprocess.run([vectors], text=True, stdout=subprocess.PIPE, check=False).stdout
    rows = [line.split('\t')[1:] for line in output.splitlines() if line.startswith('row\t')]
    counts = collections.Counter(row[0] for row in rows)
    wrong = ['%s: %s' % (row[0], row[1]) for row in rows if not check(row)]
    wrong += ['%s: only %d rows' % (table, counts[table]) for table, least in ROWS.items()
              if counts[table] < least]
    if wrong:
        sys.exit('\n'.join(wrong))
    print('%d rows' % len(rows))


if __name__ == '__main__':
    main(*sys.argv[1:])
