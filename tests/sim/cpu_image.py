#!/usr/bin/env python3
"""Turns a small ELF file into a C file: its segments, and its global symbols as constants."""
import struct
import sys


def segments(data):
    phoff, = struct.unpack_from('<I', data, 28)
    size, count = struct.unpack_from('<HH', data, 42)
    for i in range(count):
        kind, offset, _, addr, length = struct.unpack_from('<IIIII', data, phoff + i * size)
        if kind == 1 and length:
            yield addr, data[offset:offset + length]


def symbols(data):
    shoff, = struct.unpack_from('<I', data, 32)
    size, count = struct.unpack_from('<HH', data, 46)
    headers = [struct.unpack_from('<10I', data, shoff + i * size) for i in range(count)]
    for header in headers:
        if header[1] != 2:
            continue
        strings = headers[header[6]][4]
        for at in range(header[4], header[4] + header[5], 16):
            name, value, _, info, _, section = struct.unpack_from('<IIIBBH', data, at)
            if info >> 4 == 1 and section:
                end = data.index(b'\0', strings + name)
                yield data[strings + name:end].decode(), value & ~1


def main(elf, out):
    data = open(elf, 'rb').read()
    lines = ['#include "cpu_image.h"']
    table = []
    for number, (addr, body) in enumerate(segments(data)):
        text = ','.join(str(byte) for byte in body)
        lines.append(f'static const uint8_t part{number}[] = {{{text}}};')
        table.append(f'{{0x{addr:08X}u, sizeof part{number}, part{number}}}')
    lines.append('const struct cpu_part cpu_parts[] = {' + ', '.join(table) + ', {0, 0, NULL}};')
    names = ', '.join(f'{{"{name}", 0x{value:08X}u}}' for name, value in sorted(symbols(data)))
    lines.append('const struct cpu_label cpu_labels[] = {' + names + ', {NULL, 0}};')
    open(out, 'w').write('\n'.join(lines) + '\n')


main(sys.argv[1], sys.argv[2])
