#!/usr/bin/env python3
"""clang-tidy and cppcheck over the project's own files.

usage: lint.py BUILD_FOLDER   (with its compile_commands.json)
"""

import json
import os
import subprocess
import sys

import sources

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CPPCHECK = ['cppcheck', '--quiet', '--std=c11', '--enable=warning,performance,portability',
            '--inline-suppr', '--error-exitcode=1', '--suppress=missingIncludeSystem',
            '--suppress=uninitvar',  # the compiler and clang-tidy see more of it
            '-Iinclude']


def own_sources(build):
    """The .c files of the project that the build compiles."""
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as file:
        compiled = {os.path.relpath(os.path.join(entry['directory'], entry['file']), ROOT)
                    for entry in json.load(file)}
    return [path for path in sources.c_files(ROOT) if path in compiled]


def main(build):
    files = own_sources(build)
    if not files:
        return 0
    tidy = subprocess.run(['clang-tidy', '--quiet', '-p', build, *files], cwd=ROOT, check=False)
    cppcheck = subprocess.run([*CPPCHECK, *files], cwd=ROOT, check=False)
    return 1 if tidy.returncode or cppcheck.returncode else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
