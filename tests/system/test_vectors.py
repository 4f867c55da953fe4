#!/usr/bin/env python3
"""The tables of tests/vectors over the manager: natively, hosted, and on the chip. What the same
application says must be the same; a manager with the set "medium" refuses what it lacks, and serves
the rest.

usage: test_vectors.py GARRISON VECTORS-BUILT-FOR-THE-HOST hosted|target|medium
"""

import os
import re
import shutil
import subprocess
import sys

import cli

TARGET = os.environ.get('GARRISON_TARGET_DIR', '')
FIRMWARE = 'tests/system/firmware/vectors'
STORAGE = 'examples/storage/storage'
UPDATE = 'examples/update/update'
ROLES = {'urot': 'port/stm32h573/urot', 'manager': 'port/stm32h573/manager'}
LIMIT = 40_000_000_000  # instructions; a run takes a third of them
SECONDS = 900           # of a machine that does much else

# Groups of tables that a manager with the set "medium" can be asked for.
GROUPS_OF_MEDIUM = ['hash', 'mac', 'cipher', 'aead', 'derive', 'ecdsa', 'ecdsa changed', 'ecc keys',
                    'agreement', 'rsa verify', 'rsa crypt', 'key lengths']
NATIVE = ''


def lines_of(output):
    """What the application has said, without what others have."""
    return [line for line in output.splitlines()
            if re.match('(vectors: |call |FAILED |row)', line)]


class Vectors(cli.Case):
    def native(self):
        run = subprocess.run([NATIVE], env=cli.ENVIRONMENT, capture_output=True, text=True,
                             timeout=SECONDS, check=False)
        self.assertEqual(run.returncode, 0, run.stdout[-2000:] + run.stderr)
        return lines_of(run.stdout)

    def sign(self, role, image, version, name):
        self.run_ok('image', 'sign', '-k', role + '.pem', '--slot', role, '--version', version,
                    os.path.join(TARGET, image + '.bin'), name)

    def make_device(self, application):
        shutil.copy(os.path.join(TARGET, 'port/stm32h573/irot.bin'), self.path('irot.bin'))
        for role, image in dict(ROLES, application=application).items():
            self.run_ok('key', 'new', role + '.pem')
            self.sign(role, image, '1.0.0', role + '.img')
        cli.write(self.path('device.yaml'), cli.DEVICE)
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')

    def chip(self, until, *what):
        answer = cli.garrison('run', *what, '--until-text', until, '--fail-text', '^vectors: FAILED',
                              '--max-insns', LIMIT, '--timeout', SECONDS, cwd=self.dir,
                              timeout=SECONDS + 60)
        text = answer.out.decode()
        self.assertEqual(answer.status, 0, text[-2000:] + answer.err)
        return text

    def test_hosted(self):
        image = os.path.join(TARGET, FIRMWARE + '.bin')
        self.assertEqual(lines_of(self.chip('vectors: ok', '--hosted', image)), self.native())

    def test_target(self):
        self.make_device(FIRMWARE)
        self.assertEqual(lines_of(self.chip('vectors: ok', 'device.gar')), self.native())

    def test_medium(self):
        self.make_device(FIRMWARE)
        lines = lines_of(self.chip('vectors: ok', 'device.gar'))
        checks = {}
        for line in lines[:-1]:
            group, count = re.fullmatch(r'vectors: (.*): (\d+) checks, 0 failed', line).groups()
            checks[group] = int(count)
        self.assertEqual(list(checks), GROUPS_OF_MEDIUM)
        for group in ('hash', 'mac', 'aead', 'derive', 'ecdsa changed', 'ecc keys'):
            self.assertGreater(checks[group], 100, group)

    def test_medium_updates(self):
        self.make_device(UPDATE)
        self.sign('application', UPDATE, '2.0.0', 'next.img')
        self.chip('version 2 accepted', 'device.gar', '--send', self.path('next.img'))

    def test_medium_stores(self):
        self.make_device(STORAGE)
        for boot in (1, 2):
            text = self.chip('storage: ok', 'device.gar')
            self.assertIn('storage: boot %d\n' % boot, text.replace('\r', ''))


if __name__ == '__main__':
    if not os.path.exists(os.path.join(TARGET, FIRMWARE + '.bin')):
        print('skipped: no images in %s' % TARGET)
        sys.exit(77)
    NATIVE = os.path.abspath(sys.argv.pop(2))
    way = sys.argv.pop(2)
    sys.argv += ['-k', 'test_' + way]
    cli.main()
