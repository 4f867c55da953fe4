"""A reader of MCUboot's image format, written from its documentation (docs/design.md, image.h)."""

import struct


class Image:
    def __init__(self, data):
        (magic, self.load_addr, self.header_size, self.protected_size, self.body_size, self.flags,
         *version, pad) = struct.unpack('<IIHHIIBBHII', data[:32])
        assert magic == 0x96F3B83D and pad == 0
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
