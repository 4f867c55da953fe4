#!/usr/bin/env python3
"""Counts the programs that have really been compared: by both transcripts of a run, not by source.

usage: census.py QEMU STUB_AN505 RUN_SIM STUB_STM32H573 IMAGE...

Every program of subjects.py must have run on both machines and noted something on each, and agree
but for what defects.py lists. Exits with 77 when QEMU is missing, or not one to measure by.
"""

import sys

import compare
import subjects

AT_LEAST = 60


def silent(name, transcripts):
    """What is missing of a program, or None."""
    for who, programs in transcripts:
        if name not in programs:
            return '%s: has not run on %s' % (name, who)
        if not programs[name]:
            return '%s: has noted nothing on %s' % (name, who)
    return None


def census(qemu, ours, table):
    """Problems of all transcripts of a run, and how many programs of each subject were compared."""
    transcripts = (('QEMU', qemu), ('our simulator', ours))
    listed = [name for names in table.values() for name in names]
    problems = ['%s: named twice' % name for name in sorted(set(listed))
                if listed.count(name) > 1]
    problems += ['%s: of no subject' % name for name in sorted(set(qemu) | set(ours))
                 if name not in listed]
    counted = {}
    for subject, names in table.items():
        missing = [problem for problem in (silent(name, transcripts) for name in names) if problem]
        problems += missing
        counted[subject] = len(names) - len(missing)
        if counted[subject] == 0:
            problems.append('%s: not one program' % subject)
    total = sum(counted.values())
    if total < AT_LEAST:
        problems.append('%d programs compared, of at least %d' % (total, AT_LEAST))
    return problems, counted


def main(qemu, stub_an505, run_sim, stub_stm32h573, images):
    reasons = [reason for reason in (compare.unfit(qemu, image) for image in images) if reason]
    if reasons:
        print(reasons[0])
        return compare.SKIPPED
    problems = []
    all_theirs = {}
    all_ours = {}
    for image in images:
        their_run = compare.start(compare.qemu_command(qemu, stub_an505, image))
        our_run = compare.start([run_sim, stub_stm32h573, image])
        theirs = compare.programs(compare.finish(their_run, 'QEMU'))
        ours = compare.programs(compare.finish(our_run, 'our simulator'))
        problems += compare.compare(theirs, ours)[0]
        problems += ['%s: in two images' % name for name in theirs if name in all_theirs]
        all_theirs.update(theirs)
        all_ours.update(ours)
    more, counted = census(all_theirs, all_ours, subjects.SUBJECTS)
    problems += more
    for problem in problems:
        print(problem)
    for subject, count in counted.items():
        print('%4d %s' % (count, subject))
    print('%4d programs compared, %d lines' % (
        sum(counted.values()), sum(len(lines) for lines in all_theirs.values())))
    return 1 if problems else 0


if __name__ == '__main__':
    if len(sys.argv) < 6:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:5], sys.argv[5:]))
