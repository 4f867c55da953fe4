"""A host of debug authentication, written from docs/SPEC.md alone: the mailbox over its socket, the
packets, and certificates made and signed by another implementation of P-256."""

import base64
import hashlib
import os
import socket
import struct

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

DISCOVERY, START, RESPONSE, RESUME, LOCK = 1, 2, 3, 5, 6
OK, FAILURE, MORE, UNSUPPORTED, UNAUTHORIZED, INVALID = range(6)
ROOT, INTERMEDIATE, LEAF = 1, 2, 3
LEVEL1_NS, LEVEL3_NS, LEVEL1, LEVEL3 = 0x01, 0x04, 0x10, 0x40
PARTIAL, FULL = 0x1000, 0x4000
CERTIFICATE, TOKEN, PASSWORD = 0x0201, 0x0200, 0x8000
PATIENCE = 120


def new_key():
    return ec.generate_private_key(ec.SECP256R1())


def point(key):
    numbers = key.public_key().public_numbers()
    return numbers.x.to_bytes(32, 'big') + numbers.y.to_bytes(32, 'big')


def sign(key, data):
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, 'big') + s.to_bytes(32, 'big')


def pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


def tlv(kind, value):
    return struct.pack('<HHI', 0, kind, len(value)) + value


def certificate(role, key, issuer, *, usage=1, life_cycle=0, oem=0, soc_class=0, soc_id=bytes(16),
                mask=0x5077):
    body = struct.pack('<BBBBBBHHHII', 1, 0, 1, 1, role, usage, 0, life_cycle, oem, 0, soc_class)
    body += soc_id + struct.pack('<H14x', mask) + point(key) + bytes(32)
    return body + sign(issuer, body)


def token(key, challenge, permissions):
    body = struct.pack('<BBBBIH14x', 1, 0, 1, 0, 0, permissions) + bytes(32)
    return body + sign(key, body + challenge)


def obk(secret_hash, mask=0x5077):
    """An .obk file of debug-authentication data."""
    rest = secret_hash + struct.pack('<H14x', mask) + bytes(16)
    data = hashlib.sha256(rest).digest() + rest
    return struct.pack('<III', 0x0FFD0100, len(data), 1) + data


class Mailbox:
    """The words, and NRST."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(path)
        self.file = self.socket.makefile('rw', newline='\n')

    def close(self):
        self.file.close()
        self.socket.close()

    def ask(self, line):
        self.file.write(line + '\n')
        self.file.flush()
        return self.file.readline().rstrip('\n')

    def send(self, word):
        for _ in range(100000):
            answer = self.ask('send %08X' % word)
            if answer == 'ok':
                return
            assert answer == 'busy', answer
        raise AssertionError('the chip takes no words')

    def receive(self, tries=100000):
        """The next word; None: there is none after so many looks."""
        for _ in range(tries):
            answer = self.ask('receive')
            if answer != 'none':
                assert answer.startswith('word '), answer
                return int(answer[5:], 16)
        return None

    def begin(self, tries=100000):
        """Begins a session. Whether somebody answers."""
        assert self.ask('begin 4F454441') == 'ok'
        return self.receive(tries) == 0x44414F4B

    def request(self, command, data=b''):
        """Status and data of the answer."""
        assert len(data) % 4 == 0
        packet = struct.pack('<HHI', 0, command, len(data) // 4) + data
        for (word,) in struct.iter_unpack('<I', packet):
            self.send(word)
        head, words = self.receive(), self.receive()
        assert head & 0xFFFF == 0, hex(head)
        return head >> 16, b''.join(struct.pack('<I', self.receive()) for _ in range(words))

    def challenge(self):
        status, data = self.request(START)
        assert status == OK and len(data) == 36 and data[:4] == bytes([1, 0, 0, 0]), (status, data)
        return data[4:]

    def why(self):
        answer = self.ask('why')
        assert answer.startswith('why'), answer
        return answer[4:]

    def authenticate(self, chain, key, permissions):
        """The status of the answer that ends it."""
        status, data = self.request(START)
        if status != OK:
            return status
        for cert in chain:
            status, _ = self.request(RESPONSE, tlv(CERTIFICATE, cert))
            if status != MORE:
                return status
        return self.request(RESPONSE, tlv(TOKEN, token(key, data[4:], permissions)))[0]

    def discover(self):
        """Type and value of each thing that the chip says of itself."""
        status, data = self.request(DISCOVERY)
        assert status == OK, status
        said = {}
        while len(data) >= 8:
            zero, kind, size = struct.unpack_from('<HHI', data)
            assert zero == 0 and size <= len(data) - 8 and kind not in said, data
            said[kind] = data[8:8 + size]
            data = data[8 + size:]
        assert data == bytes(len(data))
        return said


class Owners:
    """A root, an intermediate and a leaf, and the chain of their certificates."""

    def __init__(self):
        self.keys = [new_key() for _ in range(3)]

    def chain(self, **leaf):
        root, middle, last = self.keys
        return [certificate(ROOT, root, root), certificate(INTERMEDIATE, middle, root),
                certificate(LEAF, last, middle, **leaf)]

    def hash(self):
        return hashlib.sha256(point(self.keys[0])).digest()

    def write(self, folder, chain=None):
        """leaf.pem and chain.b64, as the command reads them."""
        with open(os.path.join(folder, 'leaf.pem'), 'wb') as file:
            file.write(pem(self.keys[2]))
        data = b''.join(tlv(CERTIFICATE, cert) for cert in chain or self.chain())
        with open(os.path.join(folder, 'chain.b64'), 'wb') as file:
            file.write(base64.b64encode(data) + b'\n')
