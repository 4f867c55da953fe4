#!/usr/bin/env python3
"""Lengths of functions and files: the limits as a check, the figures as a report.

usage: lengths.py ROOT            fails when a limit is passed
       lengths.py --report ROOT   median, 95th percentile and longest
"""

import sys

import sources

FUNCTION_LIMIT = 80
FILE_LIMIT = 600  # const tables apart


def check(root):
    problems = []
    for path in sources.c_files(root):
        text = sources.read(root, path)
        lines = text.count('\n') - sources.table_lines(text)
        if lines >= FILE_LIMIT:
            problems.append('%s: %d lines without its tables; %d is too long'
                            % (path, lines, FILE_LIMIT))
        problems += ['%s:%d: %s has %d lines; %d is the most' % (path, first, name, length,
                                                                 FUNCTION_LIMIT)
                     for name, first, length in sources.functions(text) if length > FUNCTION_LIMIT]
    return problems


def summary(what, lengths):
    """lengths: (lines, name) of each thing measured."""
    if not lengths:
        return '%-10s none' % what
    lengths = sorted(lengths)
    p95 = lengths[min(len(lengths) - 1, len(lengths) * 95 // 100)]
    return '%-10s %5d   median %3d   p95 %3d   longest %3d  %s' % (
        what, len(lengths), lengths[len(lengths) // 2][0], p95[0], *lengths[-1])


def figures(root):
    texts = [(path, sources.read(root, path)) for path in sources.c_files(root)]
    print(summary('functions', [(length, '%s (%s)' % (name, path)) for path, text in texts
                                for name, _, length in sources.functions(text)]))
    print(summary('files', [(text.count('\n'), path) for path, text in texts]))


if __name__ == '__main__':
    if sys.argv[1] == '--report':
        figures(sys.argv[2])
    else:
        sys.exit(sources.report(check(sys.argv[1])))
