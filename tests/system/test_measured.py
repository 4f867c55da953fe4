#!/usr/bin/env python3
"""Measured boot: the hand-over record tells of every image that runs what this test computes from
the image files and the owners' keys, also after updates and when they were taken back.

usage: test_measured.py GARRISON FWU-PUT MEMORY-AT
"""

import base64
import hashlib
import os
import shutil
import struct
import subprocess
import sys

import cli

TARGET = os.environ.get('GARRISON_TARGET_DIR', '')
FWU_PUT = MEMORY_AT = ''

# docs/SPEC.md, "Hand-over record".
RECORD, RECORD_BYTES, ENTRIES, ENTRY_BYTES = 0x30040000, 2240, 16, 88
ROLES = {1: 'irot', 2: 'urot', 3: 'manager', 4: 'application', 16: 'module0'}
IROT_BYTES = 0x8000
ADDRESSES = {'irot': 0x0C000000, 'urot': 0x0C008400, 'manager': 0x0C014400,
             'application': 0x0803E400, 'module0': 0x0C100400}

# As psa_fwu_*() numbers components.
COMPONENTS = {'manager': 0, 'application': 1, 'urot': 2, 'module0': 4}

# With a module where bank 2 begins.
DEVICE = cli.DEVICE.replace('bank2: 3-127', 'bank2: 0-127').replace('keys:\n', '''layout:
  journal: {offset: 0x1DC000, size: 16K}
  slots:
    - {role: urot, offset: 0x8000, size: 48K, download: {offset: 0x1C8000, size: 56K}}
    - {role: manager, offset: 0x14000, size: 168K, download: {offset: 0x104000, size: 176K}}
    - {role: application, offset: 0x3E000, size: 776K, download: {offset: 0x104000, size: 784K}}
    - {role: module0, offset: 0x100000, size: 16K, download: {offset: 0x1D6000, size: 24K}}
keys:
  - {role: module0, file: module0.pem}
''') + '  - {role: module0, address: 0x0C100000, file: module0.img}\n'


def signed_part(image):
    """Header, body and protected area: what is hashed and signed."""
    header, protected, body = struct.unpack('<HHI', image[8:16])
    return image[:header + body + protected]


def public_point(pem):
    """X and Y of a key pair: the bit string of 66 bytes at the end of SEC 1's structure."""
    lines = [line for line in pem.decode().splitlines() if not line.startswith('-----')]
    der = base64.b64decode(''.join(lines))
    at = der.index(bytes.fromhex('03420004')) + 4
    return der[at:at + 64]


class Measured(cli.Case):
    def sign(self, role, version, program, image):
        place = ('--load-addr', '0x0C100000') if role == 'module0' else ('--slot', role)
        self.run_ok('image', 'sign', '-k', role + '.pem', *place, '--version', version,
                    '--counter', 1, '--boot-record', role, program, image)

    def make_device(self):
        self.programs = {'module0': self.path('module0.bin'),
                         'application': os.path.join(TARGET, 'examples/hello_psa/hello_psa.bin')}
        for role in ('urot', 'manager'):
            self.programs[role] = os.path.join(TARGET, 'port/stm32h573/%s.bin' % role)
        cli.write(self.path('module0.bin'), bytes(range(256)) * 20)
        shutil.copy(os.path.join(TARGET, 'port/stm32h573/irot.bin'), self.dir)
        self.expected = {}
        for number, (role, program) in enumerate(self.programs.items(), 1):
            self.run_ok('key', 'new', role + '.pem')
            self.sign(role, '1.%d.3+9' % number, program, role + '.img')
            self.expect(role, (1, number, 3, 9), role + '.img')
        irot = cli.read(self.path('irot.bin')).ljust(IROT_BYTES, b'\xFF')
        self.expected['irot'] = (None, IROT_BYTES, hashlib.sha256(irot).digest(), bytes(32))
        cli.write(self.path('device.yaml'), DEVICE)
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')

    def expect(self, role, version, name):
        """What is to be told of an image file: version, bytes of the body, measurement, signer."""
        image = cli.read(self.path(name))
        point = public_point(cli.read(self.path(role + '.pem')))
        self.expected[role] = (version, struct.unpack('<I', image[12:16])[0],
                               hashlib.sha256(signed_part(image)).digest(),
                               hashlib.sha256(point).digest())

    def check(self):
        """Boots, and compares the record with what is expected."""
        run = subprocess.run([MEMORY_AT, self.path('device.gar'), 'hello_psa: ok', str(RECORD),
                              str(RECORD_BYTES)], capture_output=True, timeout=300, check=False,
                             env=cli.ENVIRONMENT)
        self.assertEqual(run.returncode, 0, run.stderr)
        record = bytes.fromhex(run.stdout.decode())
        self.assertEqual(record[-32:], hashlib.sha256(record[:-32]).digest())
        magic, version, count = struct.unpack('<IHH', record[:8])
        self.assertEqual((magic, version, count), (0x46484147, 2, len(ROLES)))
        told = {}
        for at in range(ENTRIES, ENTRIES + count * ENTRY_BYTES, ENTRY_BYTES):
            fields = struct.unpack('<4IBBHI32s32s', record[at:at + ENTRY_BYTES])
            role = ROLES[fields[0]]
            self.assertEqual(fields[1], ADDRESSES[role])
            self.assertEqual(fields[3], 0 if role == 'irot' else 1)
            told[role] = (None if role == 'irot' else fields[4:8], fields[2], *fields[8:])
        self.assertEqual(list(told), list(ROLES.values()))
        for role, entry in told.items():
            self.assertEqual(entry, self.expected[role], role)

    def install(self, *roles):
        """Has other images of these roles installed at the next boot, and expects them."""
        arguments = []
        for role in roles:
            program = self.path(role + '.other')
            cli.write(program, cli.read(self.programs[role]) + role.encode() * 40)
            self.sign(role, '2.0.0', program, role + '.new')
            self.expect(role, (2, 0, 0, 0), role + '.new')
            arguments += [str(COMPONENTS[role]), self.path(role + '.new')]
        subprocess.run([FWU_PUT, *arguments], check=True, timeout=120,
                       env=dict(cli.ENVIRONMENT, GARRISON_DEVICE=self.path('device.gar')))

    def test_the_record_tells_what_runs_before_and_after_updates(self):
        self.make_device()
        self.check()
        before = dict(self.expected)
        self.install('application', 'module0')
        self.check()
        self.expected = dict(before)  # nobody has accepted them
        self.check()
        self.install('manager')
        self.check()
        self.expected = dict(before)
        self.install('urot')  # this boot, natively, takes the manager back
        self.check()
        self.check()


if __name__ == '__main__':
    if not os.path.exists(os.path.join(TARGET, 'port/stm32h573/irot.bin')):
        sys.exit(77)
    MEMORY_AT = os.path.abspath(sys.argv.pop(3))
    FWU_PUT = os.path.abspath(sys.argv.pop(2))
    cli.main()
