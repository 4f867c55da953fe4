"""ECDSA-P256 verification and just enough DER, from the standards (FIPS 186-5, SEC 1, X.690):
an oracle that shares no line with the code under test. Slow, and not for secrets."""

import base64
import hashlib

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def on_curve(point):
    x, y = point
    return (y * y - (x * x * x - 3 * x + B)) % P == 0


def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def multiply(k, point):
    result = None
    while k:
        if k & 1:
            result = add(result, point)
        point = add(point, point)
        k >>= 1
    return result


def verify(point, digest, r, s):
    if not (0 < r < N and 0 < s < N and on_curve(point)):
        return False
    w = pow(s, -1, N)
    z = int.from_bytes(digest, 'big')
    found = add(multiply(z * w % N, G), multiply(r * w % N, point))
    return found is not None and found[0] % N == r


def der(data):
    """One DER element: (tag, content, what is behind)."""
    tag, length, at = data[0], data[1], 2
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(data[2:2 + count], 'big')
        at += count
    assert at + length <= len(data)
    return tag, data[at:at + length], data[at + length:]


def children(data):
    found = []
    while data:
        tag, content, data = der(data)
        found.append((tag, content))
    return found


def pem(text, label):
    lines = text.decode().strip().split('\n')
    assert lines[0] == '-----BEGIN %s-----' % label, lines[0]
    assert lines[-1] == '-----END %s-----' % label, lines[-1]
    return base64.b64decode(''.join(lines[1:-1]), validate=True)


EC_P256 = [(0x06, bytes.fromhex('2a8648ce3d0201')), (0x06, bytes.fromhex('2a8648ce3d030107'))]


def point_of(bits):
    assert len(bits) == 66 and bits[:2] == b'\x00\x04'
    point = int.from_bytes(bits[2:34], 'big'), int.from_bytes(bits[34:], 'big')
    assert on_curve(point)
    return point


def public_key(text):
    """The point of a PEM SubjectPublicKeyInfo, and the SHA-256 of its DER."""
    data = pem(text, 'PUBLIC KEY')
    tag, content, rest = der(data)
    assert tag == 0x30 and not rest
    algorithm, bits = children(content)
    assert children(algorithm[1]) == EC_P256 and bits[0] == 0x03
    return point_of(bits[1]), hashlib.sha256(data).digest()


def private_key(text):
    """The number and the point of a PEM PKCS#8 key."""
    tag, content, rest = der(pem(text, 'PRIVATE KEY'))
    assert tag == 0x30 and not rest
    version, algorithm, octets = children(content)
    assert version == (0x02, b'\0') and children(algorithm[1]) == EC_P256
    tag, inner, rest = der(octets[1])
    assert tag == 0x30 and not rest
    parts = children(inner)
    assert parts[0] == (0x02, b'\1') and parts[1][0] == 0x04 and parts[-1][0] == 0xA1
    return int.from_bytes(parts[1][1], 'big'), point_of(children(parts[-1][1])[0][1])


def signature(data):
    """r and s of a DER signature in its only shortest form."""
    tag, content, rest = der(data)
    parts = children(content)
    assert tag == 0x30 and not rest and [part[0] for part in parts] == [0x02, 0x02]
    for _, number in parts:
        assert number and not number[0] & 0x80 and not (
            len(number) > 1 and number[0] == 0 and not number[1] & 0x80)
    return tuple(int.from_bytes(number, 'big') for _, number in parts)
