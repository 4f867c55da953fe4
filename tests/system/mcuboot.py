"""A reader and a writer of MCUboot's image format, from its documentation (docs/design.md,
docs/encrypted_images.md, image.h). The writer does what imgtool does with options of those names."""

import struct

MAGIC = 0x96F3B83D
AES128, AES256, RAM_LOAD, ROM_FIXED = 0x4, 0x8, 0x20, 0x100
KEYHASH, PUBKEY, SHA256, ECDSA, ECIES = 0x01, 0x02, 0x10, 0x22, 0x32
DEPENDENCY, COUNTER, BOOT_RECORD = 0x40, 0x50, 0x60

TRAILER_MAGIC = bytes.fromhex('77c295f360d2ef7f3552500f2cb67980')


class Image:
    def __init__(self, data):
        (magic, self.load_addr, self.header_size, self.protected_size, self.body_size, self.flags,
         *version, pad) = struct.unpack('<IIHHIIBBHII', data[:32])
        assert magic == MAGIC and pad == 0
        self.version = tuple(version)
        self.header_fill = data[32:self.header_size]
        self.body = data[self.header_size:self.header_size + self.body_size]
        assert len(self.body) == self.body_size
        at = self.header_size + self.body_size
        self.protected = []
        if self.protected_size:
            self.protected, end = self.area(data, at, 0x6908)
            assert end - at == self.protected_size
            at = end
        self.signed = data[:at]
        self.tlvs, end = self.area(data, at, 0x6907)
        assert end == len(data)

    @staticmethod
    def area(data, at, magic):
        found, size = struct.unpack_from('<HH', data, at)
        assert found == magic
        end, at, entries = at + size, at + 4, []
        while at < end:
            kind, length = struct.unpack_from('<HH', data, at)
            entries.append((kind, data[at + 4:at + 4 + length]))
            at += 4 + length
        assert at == end <= len(data)
        return entries, end

    def only(self, kind):
        values = [value for found, value in self.tlvs if found == kind]
        assert len(values) == 1
        return values[0]

    def signed_with(self, body):
        """What was signed, if that is the body in clear."""
        assert len(body) == self.body_size
        return (self.signed[:self.header_size] + body
                + self.signed[self.header_size + self.body_size:])


def entries(items, magic):
    content = b''.join(struct.pack('<HH', kind, len(value)) + value for kind, value in items)
    return struct.pack('<HH', magic, len(content) + 4) + content if items else b''


def dependency(role, version, slot=0):
    """`slot` is a byte that imgtool of 2025 fills in, and earlier ones leave 0."""
    return DEPENDENCY, struct.pack('<BB2xBBHI', role, slot, *version)


def boot_record(sw_type, version, signer):
    """CBOR, its keys in imgtool's order; the measurement is the boot loader's to fill in."""
    def text(value):
        assert len(value) < 24
        return bytes([0x60 + len(value)]) + value.encode()

    def data(value):
        assert 24 <= len(value) < 256
        return bytes([0x58, len(value)]) + value

    return BOOT_RECORD, (b'\xa5' + b'\x01' + text(sw_type) + b'\x04' + text('%d.%d.%d' % version[:3])
                         + b'\x05' + data(signer) + b'\x06' + text('SHA256')
                         + b'\x02' + data(bytes(32)))


def write(body, key, version=(0, 0, 0, 0), header_size=0x400, rom_fixed=None, load_addr=0,
          protected=(), encrypt=None, keylen=128, clear=False, public_key_format='hash', pad=0):
    """`key` signs and `encrypt` encrypts, as in mcuboot_keys; `pad` is the slot's size."""
    flags = (RAM_LOAD if load_addr else 0) | (ROM_FIXED if rom_fixed else 0)
    if encrypt:
        flags |= AES256 if keylen == 256 else AES128
        body += bytes(-(header_size + len(body)) % 16)
    area = entries(protected, 0x6908)
    header = struct.pack('<IIHHIIBBHII', MAGIC, rom_fixed or load_addr, header_size, len(area),
                         len(body), flags, *version, 0)
    header += b'\xff' * (header_size - len(header))
    digest, signature = key.sign(header + body + area)
    tlvs = [(SHA256, digest),
            (KEYHASH, key.hash) if public_key_format == 'hash' else (PUBKEY, key.public),
            (ECDSA, signature)]
    if encrypt:
        wrapped, apply = encrypt.wrap(keylen)
        tlvs.append((ECIES, wrapped))
        body = body if clear else apply(body)
    image = header + body + area + entries(tlvs, 0x6907)
    if pad:
        image += b'\xff' * (pad - len(image) - len(TRAILER_MAGIC)) + TRAILER_MAGIC
    return image
