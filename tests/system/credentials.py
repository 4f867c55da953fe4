"""Credentials of debug authentication, made from the facts with Python's own tools: certificates,
.obk files and a password, sound ones and such that a device must not take. Shares no code with ours."""

import base64
import hashlib
import os
import struct

import cli
import p256

PERMISSIONS = 0x5077
ROOT, LEAF = 1, 3


def sign(secret, data):
    """ECDSA-P256 over SHA-256; the nonce comes from the key and the data."""
    digest = int.from_bytes(hashlib.sha256(data).digest(), 'big')
    seed = hashlib.sha256(secret.to_bytes(32, 'big') + data).digest()
    nonce = int.from_bytes(seed, 'big') % (p256.N - 1) + 1
    r = p256.multiply(nonce, p256.G)[0] % p256.N
    s = pow(nonce, -1, p256.N) * (digest + r * secret) % p256.N
    return r.to_bytes(32, 'big') + s.to_bytes(32, 'big')


def raw(point):
    return point[0].to_bytes(32, 'big') + point[1].to_bytes(32, 'big')


def certificate(role, point, issuer, permissions=PERMISSIONS, life_cycle=0, soc_id=bytes(16)):
    body = struct.pack('<BBBBBBHHHII', 1, 0, 1, 1, role, 1, 0, life_cycle, 0, 0, 0)
    body += soc_id + permissions.to_bytes(16, 'little') + raw(point) + bytes(32)
    return body + sign(issuer, body)


def chain(*certificates):
    tlvs = b''.join(struct.pack('<HHI', 0, 0x0201, len(one)) + one for one in certificates)
    return base64.b64encode(tlvs) + b'\n'


def data(known, permissions=PERMISSIONS):
    """What the device keeps: the hash of a root's key or of a password, and a mask."""
    rest = hashlib.sha256(known).digest() + permissions.to_bytes(16, 'little') + bytes(16)
    return hashlib.sha256(rest).digest() + rest


def obk(content, addr=0x0FFD0100, encrypt=1):
    return struct.pack('<III', addr, len(content), encrypt) + content


def make_all(folder):
    def put(name, content):
        cli.write(os.path.join(folder, name), content)

    def key(name):
        text = cli.read(os.path.join(folder, name + '.pem'))
        return p256.private_key(text[text.index(b'-----BEGIN'):])

    root, root_point = key('root')
    _, leaf_point = key('leaf')
    other, _ = key('other')
    top = certificate(ROOT, root_point, root)
    put('chain.b64', chain(top, certificate(LEAF, leaf_point, root)))
    put('debug.b64', chain(top, certificate(LEAF, leaf_point, root, permissions=0x0077)))
    put('chip.b64', chain(top, certificate(LEAF, leaf_point, root, soc_id=b'other chip' + bytes(6))))
    put('state.b64', chain(top, certificate(LEAF, leaf_point, root, life_cycle=0xC6)))
    put('forged.b64', chain(top, certificate(LEAF, leaf_point, other)))
    sound = data(raw(root_point))
    put('sound.obk', obk(sound))
    put('plain.obk', obk(sound, encrypt=0))
    put('damaged.obk', obk(sound[:70] + bytes([sound[70] ^ 4]) + sound[71:]))
    put('short.obk', obk(hashlib.sha256(sound[32:80]).digest() + sound[32:80]))
    put('elsewhere.obk', obk(sound, addr=0x0FFD0200))
    put('unaligned.obk', obk(sound, addr=0x0FFD0108))
    put('zeros.obk', obk(bytes(0x60)))
    put('password.bin', struct.pack('<HHI', 0, 0x8000, 16) + b'sixteen letters!')
    put('password.obk', obk(data(b'another password')))
