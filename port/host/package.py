#!/usr/bin/env python3
"""Packs what an application that is built elsewhere needs of the native way.

usage: package.py library OUT AR OBJCOPY CC... -- ROOT... -- LIBRARY...
       package.py headers OUT CC... -- INCLUDE MBEDTLS HEADER...

library: one archive with one object in it. It has all of the ROOT libraries and what they need of
the others, from the first that has it; its only global symbols are what the public headers declare,
so that nothing in it can clash with a function of the application or of its other libraries. Only a
chip with a processor calls Unicorn, and here is none: its functions need not be there.

headers: a folder of the public headers that are named, and what they include of Mbed TLS's, with
the client's configuration in the place of Mbed TLS's own.
"""

import os
import shutil
import subprocess
import sys

# Functions of the public headers. psa_read() and its kin are for partitions.
PUBLIC = ['psa_*', '!psa_read', '!psa_skip', '!psa_write', '!psa_panic', '!psa_wait',
          '!psa_reset_signal', '!psa_irq_*', 'garrison_host_*']

# Mbed TLS's headers look for their configuration under this name unless told otherwise.
CONFIG_NAME = 'mbedtls/mbedtls_config.h'


def library(out, archiver, objcopy, compiler, roots, others):
    whole = out + '.o'
    subprocess.run(compiler + ['-r', '-nostdlib', '-o', whole,
                               '-Wl,--whole-archive', *roots, '-Wl,--no-whole-archive',
                               '-Wl,--start-group', *others, '-Wl,--end-group'], check=True)
    # The last pattern that is negated counts before the others do.
    keep = [argument for name in sorted(PUBLIC, key=lambda name: name[0] != '!')
            for argument in ('--keep-global-symbol', name)]
    subprocess.run([objcopy, '--wildcard', *keep, '--weaken-symbol', 'uc_*', whole], check=True)
    if os.path.exists(out):
        os.remove(out)
    subprocess.run([archiver, 'rcs', out, whole], check=True)
    os.remove(whole)


def included(compiler, include, mbedtls, config, headers):
    """The paths of Mbed TLS's headers that the ones named include, themselves among them."""
    run = subprocess.run(
        compiler + ['-M', '-x', 'c', '-I', include, '-I', mbedtls,
                    '-I', os.path.join(mbedtls, 'include'),
                    '-DMBEDTLS_CONFIG_FILE="%s"' % config, '-'],
        input=''.join('#include <%s>\n' % name for name in headers),
        capture_output=True, text=True, check=True)
    paths = run.stdout.replace('\\\n', ' ').split()
    return {path for path in paths if path.startswith(mbedtls + '/')}


def headers(out, compiler, include, mbedtls, config, names):
    shutil.rmtree(out, ignore_errors=True)
    places = {name: os.path.join(include, name) for name in names
              if os.path.exists(os.path.join(include, name))}
    for path in included(compiler, include, mbedtls, config, names):
        name = os.path.relpath(path, mbedtls)
        name = os.path.relpath(name, 'include') if name.startswith('include/') else name
        places[CONFIG_NAME if name == config else name] = path
    for name, path in places.items():
        os.makedirs(os.path.dirname(os.path.join(out, name)), exist_ok=True)
        shutil.copyfile(path, os.path.join(out, name))


def split(arguments):
    """The lists that stand between `--`."""
    lists = [[]]
    for argument in arguments:
        if argument == '--':
            lists.append([])
        else:
            lists[-1].append(argument)
    return lists


def main(verb, out, *arguments):
    if verb == 'library':
        library(out, arguments[0], arguments[1], *split(arguments[2:]))
    else:
        compiler, (include, mbedtls, config, *names) = split(arguments)
        headers(out, compiler, include, mbedtls, config, names)


if __name__ == '__main__':
    main(*sys.argv[1:])
