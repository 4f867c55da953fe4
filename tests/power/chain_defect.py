#!/usr/bin/env python3
"""A sweep of the boot chain's power cuts finds a defect that is put into one of its sources.

usage: chain_defect.py make NAME SOURCE OUTPUT
       chain_defect.py find NAME ROOT SWEEP
  make  writes the source with the defect
  find  runs the sweep that was linked with it, and fails when the sweep does not; or when the
        defect can no longer be put in, because the source has changed
"""

import os
import subprocess
import sys

from chain_defects import DEFECTS

SECONDS = 240


def put_in(defect, text):
    """The text with the defect, or None."""
    for old, new in defect.edits:
        if text.count(old) != 1:
            print('defect %s: core/%s has this %d times, not once; it must be written anew:\n%s'
                  % (defect.name, defect.source, text.count(old), old))
            return None
        text = text.replace(old, new)
    return text


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def make(defect, source, output):
    text = read(source)
    changed = put_in(defect, text)
    # A build must not fail over it: the test does.
    with open(output, 'w', encoding='utf-8') as file:
        file.write(text if changed is None else changed)
    return 0


def find(defect, root, sweep):
    if put_in(defect, read(os.path.join(root, 'core', defect.source))) is None:
        return 1
    try:
        run = subprocess.run([sweep, '--quick', '--jobs', '1', '--share', '0'],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        print('%s: not found in %d s' % (defect.name, SECONDS))
        return 1
    print('%s: %s' % (defect.name, defect.what))
    found = [line for line in run.stdout.splitlines()
             if ' FAILED, first: cut ' in line or ' ends otherwise without a cut: ' in line]
    print('\n'.join(found) if found else run.stdout)
    if run.returncode == 0 or not found:
        print('%s: NOT FOUND (exit status %d)' % (defect.name, run.returncode))
        return 1
    return 0


def main(verb, name, *paths):
    defect = next(defect for defect in DEFECTS if defect.name == name)
    return make(defect, *paths) if verb == 'make' else find(defect, *paths)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
