#!/usr/bin/env python3
"""The manager's own images: one BXNS, at the end of the gate, and no BLXNS."""

import os
import re
import struct
import subprocess
import unittest

TARGET = os.environ['GARRISON_TARGET_DIR']
MANAGER = os.path.join(TARGET, 'port/stm32h573/manager.elf')


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


class OneExit(unittest.TestCase):
    def setUp(self):
        self.symbols = {}
        for line in run('arm-none-eabi-nm', MANAGER).splitlines():
            addr, name = line.split()[0], line.split()[-1]
            self.symbols[name] = int(addr, 16)

    def test_the_gate_has_the_one_bxns_and_it_takes_lr(self):
        found = re.findall(r'^\s*([0-9a-f]+):\s+[0-9a-f]+\s+(bl?xns)\s+(\w+)',
                           run('arm-none-eabi-objdump', '-d', MANAGER), re.M)
        self.assertEqual([(what, where) for _, what, where in found], [('bxns', 'lr')])
        addr = int(found[0][0], 16)
        self.assertLess(self.symbols['gate_leave'], addr)
        self.assertLess(addr, self.symbols['gate_start_application'])

    def test_no_other_halfword_of_the_gate_is_one(self):
        """All that is unprivileged runs the gate, from wherever in it."""
        listing = run('arm-none-eabi-objdump', '-s', '-j', '.gate', MANAGER)
        data = b''
        for line in listing.splitlines():
            match = re.match(r' [0-9a-f]{6,8} ((?:[0-9a-f]{2,8} ){1,4})', line)
            if match:
                data += bytes.fromhex(match.group(1).replace(' ', ''))
        self.assertGreater(len(data), 100)
        halves = struct.unpack('<%dH' % (len(data) // 2), data[:len(data) & ~1])
        self.assertEqual([half for half in halves if half & 0xFF04 == 0x4704], [0x4774])


if __name__ == '__main__':
    unittest.main()
