"""The cryptography of MCUboot's images, by python3-cryptography (OpenSSL)."""

import hashlib
import os

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.backends import default_backend
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def counter_mode(key, data):
    cipher = Cipher(algorithms.AES(key), modes.CTR(bytes(16)), backend=default_backend())
    encryptor = cipher.encryptor()
    return encryptor.update(data) + encryptor.finalize()


def derive(shared, length):
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=b'MCUBoot_ECIES_v1',
                backend=default_backend()).derive(shared)


def authenticate(key, data):
    mac = hmac.HMAC(key, hashes.SHA256(), backend=default_backend())
    mac.update(data)
    return mac.finalize()


class Key:
    """A P-256 key pair, made here or read from PEM text."""

    def __init__(self, pem=None):
        if pem is None:
            self.key = ec.generate_private_key(ec.SECP256R1(), default_backend())
        else:
            self.key = serialization.load_pem_private_key(pem, None, default_backend())
        self.public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.hash = hashlib.sha256(self.public).digest()

    def private_pem(self):
        return self.key.private_bytes(serialization.Encoding.PEM,
                                      serialization.PrivateFormat.PKCS8,
                                      serialization.NoEncryption())

    def public_pem(self):
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def sign(self, data):
        return hashlib.sha256(data).digest(), self.key.sign(data, ec.ECDSA(hashes.SHA256()))

    def verifies(self, data, signature):
        try:
            self.key.public_key().verify(signature, data, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True

    def wrap(self, keylen, wrapping=None):
        """A new body key: the TLV's value, and what encrypts with it. `wrapping`: bytes of the key
        that encrypts the key, as many as it has itself unless something is wrong."""
        body_key = os.urandom(keylen // 8)
        wrapping = wrapping or len(body_key)
        once = ec.generate_private_key(ec.SECP256R1(), default_backend())
        keys = derive(once.exchange(ec.ECDH(), self.key.public_key()), wrapping + 32)
        encrypted = counter_mode(keys[:wrapping], body_key)
        point = once.public_key().public_bytes(serialization.Encoding.X962,
                                               serialization.PublicFormat.UncompressedPoint)
        return (point + authenticate(keys[wrapping:], encrypted) + encrypted,
                lambda body: counter_mode(body_key, body))

    def unwrap(self, wrapped, body):
        """The body in clear, opened with the private key."""
        point, mac, encrypted = wrapped[:65], wrapped[65:97], wrapped[97:]
        assert len(encrypted) in (16, 32)
        once = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        keys = derive(self.key.exchange(ec.ECDH(), once), len(encrypted) + 32)
        assert authenticate(keys[len(encrypted):], encrypted) == mac
        return counter_mode(counter_mode(keys[:len(encrypted)], encrypted), body)


class ShortWrap:
    """Encrypts as imgtool has done for AES-256 since 2021, which MCUboot itself does not open."""

    def __init__(self, key):
        self.key = key

    def wrap(self, keylen):
        return self.key.wrap(keylen, 16)
