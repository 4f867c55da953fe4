#!/usr/bin/env python3
"""Counts the programs that have really been compared: by both transcripts of a run, not by source.

usage: census.py QEMU STUB_AN505 RUN_SIM STUB_STM32H573 IMAGE...

Every program of subjects.py must have run on both machines and noted something on each, and agree
but for what defects.py lists. Images that this QEMU cannot be the measure for are left out: of their
programs it is only seen that they run on our simulator. Exits with 77 when no image is left.
"""

import os
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


def census(qemu, ours, table, left_out=()):
    """Problems of all transcripts of a run, and how many programs of each subject were compared.
    Programs that are left out have a subject too, and their subject may consist of them."""
    transcripts = (('QEMU', qemu), ('our simulator', ours))
    listed = [name for names in table.values() for name in names]
    problems = ['%s: named twice' % name for name in sorted(set(listed))
                if listed.count(name) > 1]
    problems += ['%s: of no subject' % name for name in sorted(set(qemu) | set(ours) | set(left_out))
                 if name not in listed]
    counted = {}
    for subject, all_names in table.items():
        names = [name for name in all_names if name not in left_out]
        missing = [problem for problem in (silent(name, transcripts) for name in names) if problem]
        problems += missing
        counted[subject] = len(names) - len(missing)
        if counted[subject] == 0 and (names or not all_names):
            problems.append('%s: not one program' % subject)
    total = sum(counted.values())
    if total < AT_LEAST:
        problems.append('%d programs compared, of at least %d' % (total, AT_LEAST))
    return problems, counted


def programs_left_out(run_sim, stub, reasons):
    """Problems and programs of the images that are not compared, which our simulator runs alone."""
    problems = []
    left_out = {}
    for image, reason in reasons.items():
        run = compare.start([run_sim, stub, image])
        found = compare.programs(compare.finish(run, 'our simulator'))
        problems += compare.wrong(found)
        problems += ['%s: has noted nothing on our simulator' % name
                     for name, lines in found.items() if not lines]
        left_out.update(found)
        print('left out: %s, %d programs: %s' % (os.path.basename(image), len(found), reason))
    return problems, left_out


def main(qemu, stub_an505, run_sim, stub_stm32h573, images):
    reasons = {image: reason for image in images
               if (reason := compare.unfit(qemu, image)) is not None}
    if len(reasons) == len(images):
        print(reasons[images[0]])
        return compare.SKIPPED
    problems, left_out = programs_left_out(run_sim, stub_stm32h573, reasons)
    all_theirs = {}
    all_ours = {}
    for image in [image for image in images if image not in reasons]:
        their_run = compare.start(compare.qemu_command(qemu, stub_an505, image))
        our_run = compare.start([run_sim, stub_stm32h573, image])
        theirs = compare.programs(compare.finish(their_run, 'QEMU'))
        ours = compare.programs(compare.finish(our_run, 'our simulator'))
        problems += compare.compare(theirs, ours)[0]
        problems += ['%s: in two images' % name for name in theirs if name in all_theirs]
        all_theirs.update(theirs)
        all_ours.update(ours)
    more, counted = census(all_theirs, all_ours, subjects.SUBJECTS, left_out)
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
