#!/usr/bin/env python3
"""Runs a test image on our simulator only: its programs compute what is right by themselves.

usage: alone.py RUN_SIM STUB_STM32H573 IMAGE
"""

import sys

import compare


def main(run_sim, stub, image):
    text = compare.finish(compare.start([run_sim, stub, image]), 'our simulator')
    programs = compare.programs(text)
    problems = compare.wrong(programs)
    problems += ['%s: has run nothing' % name for name, lines in programs.items() if not lines]
    for problem in problems:
        print(problem)
    print('%d programs, %d lines' % (len(programs), text.count('\n')))
    return 1 if problems or not programs else 0


if __name__ == '__main__':
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
