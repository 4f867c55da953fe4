#!/usr/bin/env python3
"""No conditional compilation in core/ and include/, and `#pragma once` in every header."""

import re
import sys

import sources

FREE_OF_CONDITIONALS = ('core/', 'include/')
# C++ needs extern "C" and C does not know it: one header says so for all.
EXCEPTION = 'include/garrison/abi.h'


def check(root):
    problems = []
    for path in sources.c_files(root):
        text = sources.without_comments(sources.read(root, path))
        if path.endswith('.h') and not re.search(r'^#pragma once$', text, re.MULTILINE):
            problems.append('%s: no #pragma once' % path)
        if not path.startswith(FREE_OF_CONDITIONALS) or path == EXCEPTION:
            continue
        problems += ['%s:%d: conditional compilation: make it two files' % (path, number)
                     for number, line in enumerate(text.split('\n'), 1)
                     if re.match(r'\s*#\s*(if|ifdef|ifndef|elif)\b', line)]
    return problems


if __name__ == '__main__':
    sys.exit(sources.report(check(sys.argv[1])))
