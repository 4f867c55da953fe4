#!/usr/bin/env python3
"""Every C file is as clang-format would write it. Without clang-format: skipped."""

import os
import re
import shutil
import subprocess
import sys

import sources

SKIPPED = 77


def comparable(text):
    """(line number, text) of each line; a macro is one line without spaces, since inside macros
    clang-format's releases disagree."""
    lines = []
    macro = None
    for number, line in enumerate(text.split('\n'), 1):
        if macro is None and not line.startswith('#define'):
            lines.append((number, line))
            continue
        macro = (macro or '') + re.sub(r'\s+|\\$', '', line)
        if not line.endswith('\\'):
            lines.append((number, macro))
            macro = None
    return lines


def check(root):
    problems = []
    for path in sources.c_files(root):
        run = subprocess.run(['clang-format', '--style=file', path], cwd=root, capture_output=True,
                             text=True, check=True)
        written = comparable(sources.read(root, path))
        formatted = comparable(run.stdout)
        changed = [number for (number, line), (_, wanted) in zip(written, formatted)
                   if line != wanted]
        if changed or len(written) != len(formatted):
            problems.append('%s:%d: clang-format -i %s would change it'
                            % (path, (changed + [written[-1][0]])[0], path))
    return problems


if __name__ == '__main__':
    if shutil.which('clang-format') is None:
        sys.exit(SKIPPED)
    sys.exit(sources.report(check(os.path.abspath(sys.argv[1]))))
