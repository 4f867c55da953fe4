"""What the tests of the `garrison` command share: running it, and looking at files as they were."""

import hashlib
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

GARRISON = os.environ.get('GARRISON', 'garrison')
CRASHED = 99  # what a sanitizer exits with

SUPPRESSIONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../support/lsan.supp')
ENVIRONMENT = dict(os.environ, LC_ALL='C',
                   ASAN_OPTIONS='exitcode=%d:detect_leaks=1' % CRASHED,
                   LSAN_OPTIONS='print_suppressions=0:suppressions=' + SUPPRESSIONS,
                   UBSAN_OPTIONS='halt_on_error=1:exitcode=%d' % CRASHED)

# Where the layout puts things: typed here, not taken from port/stm32h573/layout.h.
PLACES = {'urot': 0x0C008000, 'manager': 0x0C014000, 'application': 0x0803E000}
STACKS = {'urot': 0x30050000, 'manager': 0x30050000, 'application': 0x20040000}
HEADER = 0x400


class Answer:
    def __init__(self, run):
        self.status = run.returncode
        self.out = run.stdout
        self.err = run.stderr.decode('utf-8', 'replace')

    @property
    def lines(self):
        return self.err.splitlines()


def garrison(*args, cwd=None, timeout=60, stdin=b''):
    run = subprocess.run([GARRISON, *map(str, args)], cwd=cwd, env=ENVIRONMENT, input=stdin,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
                         check=False)
    answer = Answer(run)
    if answer.status == CRASHED or answer.status < 0:
        raise AssertionError('garrison %s crashed:\n%s' % (args, answer.err))
    return answer


def hashes(folder):
    """Every file below the folder: its path, mode and hash."""
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            with open(path, 'rb') as file:
                digest = hashlib.sha256(file.read()).hexdigest()
            found[path] = (os.stat(path).st_mode, digest)
    return found


def write(path, data):
    with open(path, 'wb') as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def body(role, size=600):
    """A body that a stage would start, as far as it looks: stack pointer, reset vector, bytes."""
    start = struct.pack('<II', STACKS[role], PLACES[role] + HEADER + 0x101)
    return start + bytes((7 * i + len(role)) & 0xFF for i in range(size - 8))


DEVICE = '''schema_version: 1
device: {seed: 7}
option_bytes:
  product_state: open
  trustzone: on
  boot_ube: user-flash
  secure_boot_address: 0x0C000000
  secure_watermark: {bank1: 0-30, bank2: 3-127}
  hdp: {bank1: 0-3, bank2: none}
  write_protect: {bank1: [0]}
keys:
  - {role: urot, file: urot.pem}
  - {role: manager, file: manager.pem}
  - {role: application, file: application.pem}
images:
  - {role: irot, address: 0x0C000000, file: irot.bin}
  - {role: urot, address: 0x0C008000, file: urot.img}
  - {role: manager, address: 0x0C014000, file: manager.img}
  - {role: application, address: 0x0803E000, file: application.img}
'''


class Case(unittest.TestCase):
    """A test with a folder of its own as self.dir."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='garrison-cli.')
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def run_ok(self, *args):
        answer = garrison(*args, cwd=self.dir)
        self.assertEqual(answer.status, 0, answer.err)
        return answer

    def start_run(self, *args):
        """`garrison run` with these arguments, in the background until the test is over."""
        run = subprocess.Popen([GARRISON, 'run', *args], cwd=self.dir, env=ENVIRONMENT,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(run.stdout.close)
        self.addCleanup(run.stderr.close)
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        return run

    def make_device_files(self):
        """Keys, signed images and their description, in self.dir."""
        write(self.path('irot.bin'), b'\0' * 64)
        for role in PLACES:
            self.run_ok('key', 'new', role + '.pem')
            write(self.path(role + '.bin'), body(role))
            self.run_ok('image', 'sign', '-k', role + '.pem', '--slot', role, '--version', '1.2.3',
                        role + '.bin', role + '.img')
        write(self.path('device.yaml'), DEVICE)

    def assert_refused(self, status, reason, *args):
        """One line with the reason, the status, and no file made, changed or removed."""
        before = hashes(self.dir)
        answer = garrison(*args, cwd=self.dir)
        self.assertEqual(answer.status, status, '%s: %s' % (args, answer.err))
        self.assertEqual(len(answer.lines), 1, answer.err)
        self.assertRegex(answer.lines[0], '^garrison: ')
        self.assertRegex(answer.lines[0], reason)
        self.assertEqual(hashes(self.dir), before, args)


def main():
    """usage: test_cli_X.py GARRISON [unittest's own arguments]"""
    global GARRISON
    GARRISON = os.path.abspath(sys.argv.pop(1))
    unittest.main(module='__main__', verbosity=1)
