#!/usr/bin/env python3
"""Runs every executable of a folder, each printing lines `name = value unit`, adds the sizes of the
target's images, prints all of it in the same form and writes a JSON object of name: value.

usage: run.py BENCH_FOLDER TARGET_FOLDER JSON_FILE
"""

import glob
import json
import os
import re
import subprocess
import sys

LINE = re.compile(r'([a-z][a-z0-9_.]*) = (-?[0-9.]+(?:e[-+]?[0-9]+)?)(?: (\S+))?$')


def parse(text, source):
    figures = []
    for line in text.splitlines():
        match = LINE.match(line)
        if not match:
            sys.exit('%s: not a figure: %s' % (source, line))
        figures.append((match.group(1), float(match.group(2)), match.group(3) or ''))
    return figures


def measured(folder, environment):
    """The figures of each executable, in the order of the names."""
    figures = []
    for path in sorted(glob.glob(os.path.join(folder, 'bench_*'))):
        if os.path.isfile(path) and os.access(path, os.X_OK):
            run = subprocess.run([path], env=environment, stdout=subprocess.PIPE, text=True,
                                 check=False)
            if run.returncode != 0:
                sys.exit('%s: exit status %d' % (path, run.returncode))
            figures += parse(run.stdout, path)
    return figures


def sizes(target):
    """Flash (code, constants, initial data) and RAM (data, zeroed data, stacks) of the images."""
    figures = []
    for stage, wanted in (('irot', ['flash']), ('urot', ['flash']), ('manager', ['flash', 'ram'])):
        elf = glob.glob(os.path.join(target, '**', stage + '.elf'), recursive=True)
        if len(elf) != 1:
            sys.exit('%s: %d files %s.elf, not one' % (target, len(elf), stage))
        run = subprocess.run(['arm-none-eabi-size', elf[0]], stdout=subprocess.PIPE, text=True,
                             check=True)
        text, data, bss = map(int, run.stdout.splitlines()[1].split()[:3])
        size = {'flash': text + data, 'ram': data + bss}
        figures += [('size.%s_%s' % (stage, what), float(size[what]), 'bytes') for what in wanted]
    return figures


def main(bench, target, output):
    environment = dict(os.environ, GARRISON_TARGET_DIR=target)
    figures = measured(bench, environment) + sizes(target)
    for name, value, unit in figures:
        print(('%s = %.10g %s' % (name, value, unit)).rstrip())
    with open(output, 'w', encoding='utf-8') as file:
        json.dump({name: value for name, value, _ in figures}, file, indent=2)
        file.write('\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
