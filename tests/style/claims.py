#!/usr/bin/env python3
"""Claims of docs/SECURITY.md: each test that one names is there and is run, and each claim names one.

A test is named as `FOLDER/FILE: NAME, NAME`, below tests/. In a table whose last column is "shown by",
each row names at least one.

usage: claims.py ROOT
"""

import os
import re
import sys

import sources

PAGE = 'docs/SECURITY.md'
SPAN = re.compile(r'`([a-z0-9_]+(?:/[a-z0-9_]+)*\.(?:c|h|py)): (\w+(?:, \w+)*)`')
LIKE_SPAN = re.compile(r'`[^`]*\.(?:c|h|py):[^`]*`')
COLUMN = 'shown by'


def is_in_c(text, name):
    """Whether a function of a test program has that name, and the list of its tests has it too."""
    text = sources.without_comments(text)
    defined = re.search(r'^static void %s\(void \*\*' % name, text, re.M)
    return defined is not None and re.search(r'^ +\w+\(\s*%s\b' % name, text, re.M) is not None


def is_in_list(text, name):
    """Whether a row of an X-macro has that name."""
    return re.search(r'^ +X\(%s,' % name, text, re.M) is not None


def is_in_python(text, name):
    """Whether a test case has that method, which unittest finds by its name."""
    return name.startswith('test_') and re.search(r'^ +def %s\(self' % name, text, re.M) is not None


KINDS = {'.c': is_in_c, '.h': is_in_list, '.py': is_in_python}


def is_run(root, path, name):
    """Whether the build runs a test of that name whose program is the file: of those without cases."""
    folder = os.path.dirname(path)
    build = sources.read(root, os.path.join('tests', folder, 'meson.build'))
    return os.path.basename(path) in build and "'%s/%s'" % (folder, name) in build


def missing(root, path, names):
    """Problems of one reference."""
    if not os.path.isfile(os.path.join(root, 'tests', path)):
        return ['%s: there is no tests/%s' % (PAGE, path)]
    text = sources.read(root, os.path.join('tests', path))
    is_in = KINDS[os.path.splitext(path)[1]]
    return ['%s: tests/%s has no %s' % (PAGE, path, name) for name in names
            if not is_in(text, name) and not is_run(root, path, name)]


def rows(text):
    """(line number, row) of each row of the tables whose last column is to name tests."""
    shown = False
    for number, line in enumerate(text.split('\n'), 1):
        cells = [cell.strip() for cell in line.strip().strip('|').split('|')]
        if not line.startswith('|'):
            shown = False
        elif cells[-1] == COLUMN:
            shown = True
        elif shown and set(line) - set('|-: '):
            yield number, line


def check(root):
    text = sources.read(root, PAGE)
    problems = []
    for path, names in SPAN.findall(text):
        problems += missing(root, path, names.split(', '))
    problems += ['%s: %s is not FOLDER/FILE: NAME, NAME' % (PAGE, span)
                 for span in LIKE_SPAN.findall(text) if SPAN.fullmatch(span) is None]
    problems += ['%s:%d: no test is named' % (PAGE, number) for number, row in rows(text)
                 if SPAN.search(row) is None]
    return problems


if __name__ == '__main__':
    sys.exit(sources.report(check(sys.argv[1])))
