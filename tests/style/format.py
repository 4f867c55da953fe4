#!/usr/bin/env python3
"""Every C file is as clang-format would write it. Without clang-format: skipped."""

import itertools
import os
import re
import shutil
import subprocess
import sys

import sources

SKIPPED = 77


def comparable(text):
    """The lines of the text; in macros without spaces, where clang-format's releases disagree."""
    lines = []
    in_macro = False
    for line in text.split('\n'):
        in_macro = in_macro or line.startswith('#define')
        lines.append(re.sub(r'\s+', '', line) if in_macro else line)
        in_macro = in_macro and line.endswith('\\')
    return lines


def check(root):
    problems = []
    for path in sources.c_files(root):
        run = subprocess.run(['clang-format', '--style=file', path], cwd=root, capture_output=True,
                             text=True, check=True)
        pairs = itertools.zip_longest(comparable(sources.read(root, path)), comparable(run.stdout))
        changed = [number for number, (is_so, formatted) in enumerate(pairs, 1)
                   if is_so != formatted]
        if changed:
            problems.append('%s:%d: clang-format -i %s would change it' % (path, changed[0], path))
    return problems


if __name__ == '__main__':
    if shutil.which('clang-format') is None:
        sys.exit(SKIPPED)
    sys.exit(sources.report(check(os.path.abspath(sys.argv[1]))))
