#!/usr/bin/env python3
"""Compiles every public header alone, as C and as C++.

usage: headers.py ROOT CC CXX COMPILER-ARGUMENT...
"""

import os
import subprocess
import sys

import sources

WARNINGS = ['-Wall', '-Wextra', '-Wpedantic', '-Werror', '-fsyntax-only']


def check(root, compilers, arguments):
    """compilers: (command, language, standard)."""
    problems = []
    for path in sources.c_files(root):
        if not path.startswith('include/'):
            continue
        name = os.path.relpath(path, 'include')
        for command, language, standard in compilers:
            run = subprocess.run(
                [command, '-x', language, '-std=' + standard, *WARNINGS,
                 '-I' + os.path.join(root, 'include'), *arguments, '-'],
                input='#include <%s>\n' % name, capture_output=True, text=True, check=False)
            if run.returncode != 0:
                problems.append('%s: does not compile alone as %s\n%s'
                                % (path, standard, run.stderr))
    return problems


if __name__ == '__main__':
    sys.exit(sources.report(check(sys.argv[1], [(sys.argv[2], 'c', 'c11'),
                                                (sys.argv[3], 'c++', 'c++17')], sys.argv[4:])))
