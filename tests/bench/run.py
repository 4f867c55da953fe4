#!/usr/bin/env python3
"""Runs every executable of a folder, each printing lines `name = value unit`, adds the sizes of the
target's images, prints all of it in the same form, writes a JSON object of name: value, and says
which bounds of bounds.py are missed: one line each, and exit status 1.

An executable whose figure misses its bound runs again, at most ATTEMPTS times in all, and the best
value of each bounded figure counts: what else the host does makes a figure worse, never better.

usage: run.py BENCH_FOLDER TARGET_FOLDER MEDIUM_FOLDER JSON_FILE
"""

import glob
import json
import operator
import os
import re
import subprocess
import sys

import bounds

LINE = re.compile(r'([a-z][a-z0-9_.]*) = (-?[0-9.]+(?:e[-+]?[0-9]+)?)(?: (\S+))?$')
ATTEMPTS = 4
COMPARE = {'>=': operator.ge, '<=': operator.le, '<': operator.lt}
BETTER = {'>=': max, '<=': min, '<': min}
# The manager's parts: what bounds the flash and the RAM of each, stack included.
PARTS = {
    'spm': ('spm_text', 'spm_text_end', 'stack_limit', 'spm_ram_end'),
    'gate': (None, None, 'gate_stack_limit', 'gate_ram_end'),
    'crypto': ('crypto_text', 'crypto_text_end', 'crypto_ram', 'crypto_ram_end'),
    'update': ('update_text', 'update_text_end', 'update_ram', 'update_ram_end'),
    'its': ('its_text', 'its_text_end', 'its_ram', 'its_ram_end'),
    'ps': ('ps_text', 'ps_text_end', 'ps_ram', 'ps_ram_end'),
    'attest': ('attest_text', 'attest_text_end', 'attest_ram', 'attest_ram_end'),
    'library': ('library_text', 'library_text_end', None, None),
}


def parse(text, source):
    """The figures of an output, as {name: (value, unit)} in the order of its lines."""
    figures = {}
    for line in text.splitlines():
        match = LINE.match(line)
        if not match:
            sys.exit('%s: not a figure: %s' % (source, line))
        figures[match.group(1)] = (float(match.group(2)), match.group(3) or '')
    return figures


def run_once(path, environment):
    run = subprocess.run([path], env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode != 0:
        sys.exit('%s: exit status %d' % (path, run.returncode))
    return parse(run.stdout, path)


def misses(figures, table):
    """The rows of a table that figures do not meet; a figure that is not there is not judged."""
    return [row for row in table
            if row[0] in figures and not COMPARE[row[1]](figures[row[0]][0], row[2])]


def run_best(path, environment, table):
    """The figures of an executable, with the best value of those that have a bound."""
    best = run_once(path, environment)
    for _ in range(ATTEMPTS - 1):
        if not misses(best, table):
            break
        again = run_once(path, environment)
        for name, kind, _ in table:
            if name in best and name in again:
                value = BETTER[kind](best[name][0], again[name][0])
                best[name] = (value, best[name][1])
    return best


def measured(folder, environment, table):
    """The figures of each executable, in the order of the names."""
    figures = {}
    for path in sorted(glob.glob(os.path.join(folder, 'bench_*'))):
        if os.path.isfile(path) and os.access(path, os.X_OK):
            figures.update(run_best(path, environment, table))
    return figures


def slots(target):
    """The room that the default layout has for an application: what its linker script says."""
    path = os.path.join(target, 'port', 'stm32h573', 'application_memory.ld')
    with open(path, encoding='utf-8') as file:
        found = re.search(r'FLASH .*LENGTH = (0x[0-9a-fA-F]+) - (0x[0-9a-fA-F]+)', file.read())
    if found is None:
        sys.exit('%s: no size of FLASH' % path)
    return {'layout.app_slot': (float(int(found.group(1), 16)), 'bytes')}


def output_of(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def image_path(target, image):
    found = glob.glob(os.path.join(target, '**', image + '.elf'), recursive=True)
    if len(found) != 1:
        sys.exit('%s: %d files %s.elf, not one' % (target, len(found), image))
    return found[0]


def image_sizes(elf, name, wanted):
    """Flash (code, constants, initial data) and RAM (data, zeroed data, stacks) of an image."""
    text, data, bss = map(int, output_of('arm-none-eabi-size', elf).splitlines()[1].split()[:3])
    size = {'flash': text + data, 'ram': data + bss}
    return {'size.%s_%s' % (name, what): (float(size[what]), 'bytes') for what in wanted}


def part_sizes(elf, name):
    """The same of the manager's parts, by the symbols of its linker script."""
    symbols = {fields[2]: int(fields[0], 16) for fields in
               (line.split() for line in output_of('arm-none-eabi-nm', elf).splitlines())
               if len(fields) == 3}
    figures = {}
    for part, bounding in PARTS.items():
        for what, first, end in (('flash', *bounding[:2]), ('ram', *bounding[2:])):
            if first is not None:
                size = symbols['linker_' + end] - symbols['linker_' + first]
                figures['size.%s.%s_%s' % (name, part, what)] = (float(size), 'bytes')
    return figures


def sizes(target, medium):
    """What the images take, the manager with both sets of algorithms, and what an application has."""
    figures = {}
    for stage in ('irot', 'urot'):
        figures.update(image_sizes(image_path(target, stage), stage, ['flash']))
    for name, folder in (('manager', target), ('manager_medium', medium)):
        elf = image_path(folder, 'manager')
        figures.update(image_sizes(elf, name, ['flash', 'ram']))
        figures.update(part_sizes(elf, name))
    figures.update(slots(target))
    return figures


def complaints(figures, table):
    """One line for each row of a table that is not met, or whose figure nothing has measured."""
    missing = [row for row in table if row[0] not in figures]
    lines = ['missed: %s = %.10g, wanted %s %g' % (name, figures[name][0], kind, bound)
             for name, kind, bound in misses(figures, table)]
    return lines + ['missed: %s was not measured' % row[0] for row in missing]


def main(bench, target, medium, output):
    environment = dict(os.environ, GARRISON_TARGET_DIR=target)
    figures = measured(bench, environment, bounds.BOUNDS)
    figures.update(sizes(target, medium))
    for name, (value, unit) in figures.items():
        print(('%s = %.10g %s' % (name, value, unit)).rstrip())
    with open(output, 'w', encoding='utf-8') as file:
        json.dump({name: value for name, (value, _) in figures.items()}, file, indent=2)
        file.write('\n')
    lines = complaints(figures, bounds.BOUNDS)
    for line in lines:
        print(line, file=sys.stderr)
    return 1 if lines else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
