#!/usr/bin/env python3
"""examples/storage in the simulator, natively and hosted: the same lines, and the same bytes in the
storage areas.

usage: test_storage.py GARRISON STORAGE-BUILT-FOR-THE-HOST
"""

import os
import shutil
import sqlite3
import subprocess
import sys

import cli

# Sectors of the storage areas in the device file: the last ten of bank 2.
FIRST_SECTOR = 246
ITS, PS, COUNTERS = range(246, 250), range(250, 254), range(254, 256)

TARGET = os.environ.get('GARRISON_TARGET_DIR', '')
IMAGES = {'urot': 'port/stm32h573/urot', 'manager': 'port/stm32h573/manager',
          'application': 'examples/storage/storage'}
WAYS = ('target', 'native', 'hosted')
NATIVE = ''


class Storage(cli.Case):
    def make_device(self):
        shutil.copy(os.path.join(TARGET, 'port/stm32h573/irot.bin'), self.path('irot.bin'))
        for role, image in IMAGES.items():
            self.run_ok('key', 'new', role + '.pem')
            self.run_ok('image', 'sign', '-k', role + '.pem', '--slot', role, '--version', '1.0.0',
                        os.path.join(TARGET, image + '.bin'), role + '.img')
        cli.write(self.path('device.yaml'), cli.DEVICE)
        self.run_ok('provision', 'target.gar', '-c', 'device.yaml')
        for way in WAYS[1:]:
            shutil.copy(self.path('target.gar'), self.path(way + '.gar'))

    def areas(self, name):
        """Data and state of each sector of the storage areas that is not erased."""
        with sqlite3.connect(self.path(name)) as device:
            return {row[0]: row[1:] for row in device.execute(
                'select sector, data, cells from flash where sector >= ?', (FIRST_SECTOR,))}

    def run_target(self):
        return self.run_chip('target.gar')

    def run_hosted(self):
        return self.run_chip('--hosted', os.path.join(TARGET, IMAGES['application'] + '.bin'),
                             '--device', 'hosted.gar')

    def run_chip(self, *what):
        answer = cli.garrison('run', *what, '--until-text', 'storage: ok', '--fail-text',
                              'FAILED', '--timeout', '100', cwd=self.dir, timeout=120)
        self.assertEqual(answer.status, 0, answer.err)
        return [line for line in answer.out.decode().splitlines() if line.startswith('storage:')]

    def run_native(self):
        run = subprocess.run([NATIVE], env=dict(cli.ENVIRONMENT,
                                                GARRISON_DEVICE=self.path('native.gar')),
                             capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout.splitlines()

    def test_all_ways_say_and_store_the_same(self):
        self.make_device()
        self.assertEqual(self.areas('target.gar'), {})
        for boot in (1, 2, 3):
            secret = 'storage: secret made' if boot == 1 else 'storage: secret kept, 32 bytes'
            expected = ['storage: boot %d' % boot, secret, 'storage: ok']
            self.assertEqual(self.run_native(), expected)
            self.assertEqual(self.run_target(), expected)
            self.assertEqual(self.run_hosted(), expected)
            target = self.areas('target.gar')
            for way in WAYS[1:]:
                other = self.areas(way + '.gar')
                self.assertEqual(sorted(target), sorted(other), way)
                for sector, content in target.items():
                    self.assertEqual(content, other[sector], '%s: sector %d' % (way, sector))
            for area in (ITS, PS, COUNTERS):
                self.assertTrue(any(sector in target for sector in area), area)


if __name__ == '__main__':
    if not os.path.exists(os.path.join(TARGET, IMAGES['application'] + '.bin')):
        sys.exit(77)
    NATIVE = os.path.abspath(sys.argv.pop(2))
    cli.main()
