#!/usr/bin/env python3
"""A test finds a defect that is put into a copy of the store.

usage: defects.py ROOT FOLDER CC NAME LIBRARY...
  FOLDER    for the copy and what is built of it
  NAME      one of DEFECTS
  LIBRARY   the test without the store, and what it needs

Fails when the defect can no longer be put in, or when the test does not find it.
"""

import os
import shutil
import subprocess
import sys

from store_defects import DEFECTS

CC_FLAGS = ['-std=c11', '-O1', '-g', '-w']
SECONDS = 240


def put_in(folder, defect):
    """Changes the copy; each piece of source must be there exactly once."""
    for name, old, new in defect.edits:
        path = os.path.join(folder, name)
        with open(path, encoding='utf-8') as file:
            text = file.read()
        if text.count(old) != 1:
            sys.exit('defect %s: %s has this %d times, not once; the store has changed, so the '
                     'defect must be written anew:\n%s' % (defect.name, name, text.count(old), old))
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text.replace(old, new))


def build(root, folder, cc, libraries):
    copy = os.path.join(folder, 'store')
    sources = sorted(name for name in os.listdir(copy) if name.endswith('.c'))
    executable = os.path.join(folder, 'test')
    # The copy's folder comes first, so that "store/..." means the copy.
    includes = ['-I' + folder, '-I' + os.path.join(root, 'include'),
                '-I' + os.path.join(root, 'core')]
    # As an archive: what the test does not need of the folder is left out.
    subprocess.run([cc] + CC_FLAGS + includes + ['-c'] + sources, cwd=copy, check=True)
    archive = os.path.join(folder, 'store.a')
    subprocess.run(['ar', 'rcs', archive] + [name[:-1] + 'o' for name in sources], cwd=copy,
                   check=True)
    command = [cc, '-o', executable, '-Wl,--start-group', *libraries, archive, '-Wl,--end-group',
               '-lcmocka']
    if subprocess.run(command, check=False).returncode != 0:
        sys.exit('the copy of the store cannot be built')
    return executable


def main(root, folder, cc, name, *libraries):
    defect = next(defect for defect in DEFECTS if defect.name == name)
    folder = os.path.join(folder, name)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(os.path.join(root, 'core', 'store'), os.path.join(folder, 'store'))
    put_in(os.path.join(folder, 'store'), defect)
    executable = build(root, folder, cc, libraries)
    # The sweep's options; a test made with CMocka has none, and no use for them.
    options = ['--quick', '--jobs', '1'] if 'sweep' in libraries[0] else []
    try:
        run = subprocess.run([executable] + options, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        print('%s: not found in %d s' % (name, SECONDS))
        return 1
    print('%s: %s' % (name, defect.what))
    found = [line for line in run.stdout.splitlines()
             if (' FAILED, first: ' in line or line.startswith('ERROR: '))
             and 'cannot be built' not in line and not line.startswith('all ')]
    print('\n'.join(found) if found else run.stdout)
    if run.returncode == 0 or not found:
        print('%s: NOT FOUND (exit status %d)' % (name, run.returncode))
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
