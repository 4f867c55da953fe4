#!/usr/bin/env python3
"""The module SDK as it is installed: the example, built with nothing else, is the example."""

import os
import subprocess
import sys
import tempfile
import unittest

GARRISON = sys.argv.pop(1)
TARGET = os.environ['GARRISON_TARGET_DIR']
EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../examples/secure_module')
CPU = ['-mcpu=cortex-m33', '-mthumb', '-mfloat-abi=soft']


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    return done.stdout


class Installed(unittest.TestCase):
    def test_the_example_is_built_from_what_is_installed(self):
        with tempfile.TemporaryDirectory() as folder:
            prefix = os.path.join(folder, 'sdk')
            run('meson', 'install', '-C', TARGET, '--no-rebuild', '--destdir', prefix)
            found = {}
            for path, _, names in os.walk(prefix):
                found.update({name: os.path.join(path, name) for name in names})
            include = os.path.dirname(os.path.dirname(found['module.h']))
            memory = run(GARRISON, 'layout', 'ld', '--module', '0', EXAMPLE + '/device.yaml')
            with open(os.path.join(folder, 'module_memory.ld'), 'w') as file:
                file.write(memory)
            elf = os.path.join(folder, 'otp.elf')
            run('arm-none-eabi-gcc', *CPU, '-std=c11', '-Os', '-Wall', '-Werror', '-ffunction-sections',
                '-fdata-sections', '-fno-jump-tables', '--specs=nano.specs', '-nostartfiles', '-Wl,--gc-sections',
                '-I' + include, '-L' + folder, '-T', found['module.ld'],
                EXAMPLE + '/module.c', EXAMPLE + '/sha1.c', found['libgarrison_module.a'], '-o', elf)
            body = os.path.join(folder, 'otp.bin')
            said = run(GARRISON, 'module', 'pack', '-s', 'module0', '-l', EXAMPLE + '/device.yaml',
                       elf, body)
            self.assertIn('module otp, ', said)
            with open(body, 'rb') as made, \
                    open(os.path.join(TARGET, 'examples/secure_module/otp.bin'), 'rb') as ours:
                self.assertEqual(len(made.read()), len(ours.read()))

    def test_the_examples_memory_is_that_of_its_layout(self):
        with open(EXAMPLE + '/module_memory.ld') as file:
            self.assertEqual(file.read(), run(GARRISON, 'layout', 'ld', '--module', '0',
                                              EXAMPLE + '/device.yaml'))


if __name__ == '__main__':
    unittest.main()
