#!/usr/bin/env python3
"""Runs one test image on QEMU and on our simulator and compares the transcripts.

usage: compare.py QEMU STUB_AN505 RUN_SIM STUB_STM32H573 IMAGE

The image is the same file for both. Exits with 77 when QEMU is missing, or not one to measure by.
"""

import difflib
import os
import re
import shutil
import subprocess
import sys

import defects

SKIPPED = 77
TIMEOUT = 120  # seconds
IMAGE_ADDR = 0x10010000  # on the an505: the stub's vectors and MACHINE_IMAGE_OFF
CONTEXT = 3  # lines shown around a difference


def qemu_command(qemu, stub, image, *more):
    return [qemu, '-M', 'mps2-an505', '-nodefaults', '-display', 'none', '-monitor', 'none',
            '-serial', 'none', '-chardev', 'stdio,id=out,signal=off',
            '-semihosting-config', 'enable=on,target=native,chardev=out',
            '-kernel', stub,
            '-device', 'loader,file=%s,addr=%#x,force-raw=on' % (image, IMAGE_ADDR), *more]


def unfit(qemu, image):
    """Why this QEMU cannot be the measure for an image, or None. QEMU 10 checks of a double access
    (LDRD, STRD) the first word only, so what lies across a border cannot be compared there."""
    if shutil.which(qemu) is None:
        return '%s is missing' % qemu
    version = subprocess.run([qemu, '--version'], stdout=subprocess.PIPE, text=True, check=True)
    major = int(re.search(r'version (\d+)', version.stdout).group(1))
    if major >= 8 and os.path.basename(image) in ('borders.bin', 'regions.bin', 'random.bin'):
        return 'QEMU %d checks double accesses at borders by halves: needs QEMU 7.2' % major
    return None


def start(command):
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, errors='replace')


def finish(process, who):
    """The transcript of a machine; ends the test when it did not get to its end."""
    try:
        out, err = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        err += 'timed out after %d s' % TIMEOUT
        process.returncode = -1
    if process.returncode != 0:
        sys.exit('%s failed (%d) after:\n%s%s' % (who, process.returncode, out[-400:], err[-2000:]))
    return out


def programs(transcript):
    """Program name: its lines, in order."""
    found = {}
    for line in transcript.splitlines():
        if line.startswith('== '):
            lines = found.setdefault(line[3:], [])
        else:
            lines.append(line)
    return found


def hunks(qemu, ours):
    """(QEMU's line number, QEMU's lines, ours) of each place that differs."""
    matcher = difflib.SequenceMatcher(None, qemu, ours, autojunk=False)
    return [(a, qemu[a:b], ours[c:d]) for tag, a, b, c, d in matcher.get_opcodes()
            if tag != 'equal']


def excused(name, hunk):
    """The row of the table that says why a place differs, or None."""
    for defect in defects.TABLE:
        if name in defect.programs and re.fullmatch(defect.qemu, '\n'.join(hunk[1])) and \
                re.fullmatch(defect.ours, '\n'.join(hunk[2])):
            return defect
    return None


def describe(name, qemu, hunk):
    at, theirs, ours = hunk
    lines = ['%s: line %d of its transcript' % (name, at + 1)]
    lines += ['      both  ' + line for line in qemu[max(0, at - CONTEXT):at]]
    lines += ['      QEMU  ' + line for line in theirs or ['(nothing)']]
    lines += ['      ours  ' + line for line in ours or ['(nothing)']]
    return '\n'.join(lines)


def wrong(programs_run):
    """What programs say themselves about what they found wrong."""
    problems = []
    for name, lines in programs_run.items():
        for at, line in enumerate(lines):
            if line.startswith('wrong'):
                problems.append('%s: line %d: %s, after %s' % (
                    name, at + 1, line, ', '.join(lines[max(0, at - CONTEXT):at])))
    return problems


def compare_program(name, qemu, ours, used):
    """Problems of one program; rows of the table that hold go into `used`."""
    for hunk in hunks(qemu, ours):
        defect = excused(name, hunk)
        if defect is None:
            return [describe(name, qemu, hunk)]
        used.add((defect.name, name))
    return []


def compare(qemu, ours):
    problems = []
    used = set()
    if not qemu or not ours:
        problems.append('an empty transcript: QEMU ran %d programs, ours %d' % (
            len(qemu), len(ours)))
    problems += ['%s: notes nothing' % name for name in qemu
                 if not qemu[name] and not ours.get(name)]
    if list(qemu) != list(ours):
        problems.append('programs run: QEMU %d, ours %d; first only on one side: %s' % (
            len(qemu), len(ours), sorted(set(qemu) ^ set(ours))[:1]))
    for name in [name for name in qemu if name in ours]:
        problems += compare_program(name, qemu[name], ours[name], used)
    listed = {(defect.name, name) for defect in defects.TABLE for name in defect.programs
              if name in qemu}
    problems += ['%s: listed as "%s", and does not differ so' % (program, name)
                 for name, program in sorted(listed - used)]
    return problems, used


def main(qemu, stub_an505, run_sim, stub_stm32h573, image):
    reason = unfit(qemu, image)
    if reason:
        print(reason)
        return SKIPPED
    theirs = start(qemu_command(qemu, stub_an505, image))
    ours = start([run_sim, stub_stm32h573, image])
    their_text = finish(theirs, 'QEMU')
    our_text = finish(ours, 'our simulator')
    problems, used = compare(programs(their_text), programs(our_text))
    problems += wrong(programs(our_text))
    for problem in problems:
        print(problem)
    print('%d programs, %d lines; differences listed: %d' % (
        len(programs(their_text)), their_text.count('\n'), len(used)))
    return 1 if problems else 0


if __name__ == '__main__':
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
