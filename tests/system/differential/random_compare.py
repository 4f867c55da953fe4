#!/usr/bin/env python3
"""Runs random sequences of instructions on QEMU and on our simulator and compares what they leave.

usage: random_compare.py [--seed N] [--count N] [--first N] RANDOM_MAKE QEMU STUB_AN505 RUN_SIM
                         STUB_STM32H573 IMAGE

Prints the command that repeats it; GARRISON_SEED in the environment is a seed too. Exits with 77
when QEMU is missing.
"""

import argparse
import os
import shlex
import struct
import subprocess
import sys
import tempfile

import compare

BATCH = 4000  # sequences that fit into the STM32H573's blob
BLOB_ADDR = 0x38100000  # on the an505
HEADER = 16  # bytes of struct random_blob
CODE_AT = 92  # of struct random_sequence
CODE_BYTES = 128
SLOTS = (0x30001800, 0x20005800)  # where the code runs, only for show
SHOWN = 3  # sequences that differ and are shown in full
LINES = 40  # of a sequence that is


def make(args, first, count, verbose, path):
    subprocess.run([args.random_make, str(args.seed), str(first), str(count), str(int(verbose)),
                    path], check=True)


def run(args, blob):
    """Both transcripts of one file of sequences."""
    theirs = compare.start(compare.qemu_command(
        args.qemu, args.stub_an505, args.image,
        '-device', 'loader,file=%s,addr=%#x,force-raw=on' % (blob, BLOB_ADDR)))
    ours = compare.start([args.run_sim, args.stub_stm32h573, args.image, blob])
    return (compare.finish(theirs, 'QEMU').splitlines()[1:],
            compare.finish(ours, 'our simulator').splitlines()[1:])


def disassemble(code, base, folder):
    path = os.path.join(folder, 'code')
    with open(path, 'wb') as file:
        file.write(code)
    run_objdump = subprocess.run(
        ['arm-none-eabi-objdump', '-D', '-b', 'binary', '-marm', '-Mforce-thumb',
         '--adjust-vma=%#x' % base, path], capture_output=True, text=True, check=False)
    lines = run_objdump.stdout.splitlines()[7:]
    ends = [i for i, line in enumerate(lines) if 'svc' in line]
    return '\n'.join(lines[:ends[0] + 1] if ends else lines)


def show(args, number, folder):
    """One sequence that differs: its code, and both sides of everything that differs."""
    blob = os.path.join(folder, 'one')
    make(args, number, 1, True, blob)
    with open(blob, 'rb') as file:
        record = file.read()[HEADER:]
    flags = struct.unpack_from('<I', record)[0]
    print('sequence %d of seed %d, flags %d: --seed %d --first %d --count 1' % (
        number, args.seed, flags, args.seed, number))
    print(disassemble(record[CODE_AT:CODE_AT + CODE_BYTES], SLOTS[flags & 1], folder))
    theirs, ours = run(args, blob)
    different = [(line, mine) for line, mine in zip(theirs, ours) if line != mine]
    for line, mine in different[:LINES]:
        print('    QEMU %-28s ours %s' % (line, mine))


def command(args):
    """The command that runs exactly these sequences again."""
    machines = [os.path.abspath(path) for path in (
        args.stub_an505, args.run_sim, args.stub_stm32h573, args.image)]
    return shlex.join([
        sys.executable, os.path.abspath(__file__), '--seed', str(args.seed),
        '--count', str(args.count), '--first', str(args.first),
        os.path.abspath(args.random_make), args.qemu, *machines])


def default_seed():
    given = os.environ.get('GARRISON_SEED')
    return int(given, 0) if given else int.from_bytes(os.urandom(4), 'little')


def main(args):
    reason = compare.unfit(args.qemu, args.image)
    if reason:
        print(reason)
        return compare.SKIPPED
    print('seed %d, sequences %d to %d; to repeat:\n%s' % (
        args.seed, args.first, args.first + args.count - 1, command(args)), flush=True)
    different = []
    with tempfile.TemporaryDirectory() as folder:
        blob = os.path.join(folder, 'blob')
        for first in range(args.first, args.first + args.count, BATCH):
            count = min(BATCH, args.first + args.count - first)
            make(args, first, count, False, blob)
            theirs, ours = run(args, blob)
            if len(theirs) != count or len(ours) != count:
                sys.exit('of %d sequences QEMU ran %d, our simulator %d' % (
                    count, len(theirs), len(ours)))
            different += [first + i for i in range(count) if theirs[i] != ours[i]]
        for number in different[:SHOWN]:
            show(args, number, folder)
    print('%d of %d differ' % (len(different), args.count))
    return 1 if different else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seed', type=int, default=default_seed())
    parser.add_argument('--count', type=int, default=20000)
    parser.add_argument('--first', type=int, default=0)
    for name in ('random_make', 'qemu', 'stub_an505', 'run_sim', 'stub_stm32h573', 'image'):
        parser.add_argument(name)
    return parser.parse_args()


if __name__ == '__main__':
    sys.exit(main(arguments()))
