#!/usr/bin/env python3
"""Mbed TLS, as we build it, defines no global psa_*: those names are the client's.

usage: symbols.py NM LIBRARY
"""

import subprocess
import sys

import sources


def check(nm, library):
    run = subprocess.run([nm, '--defined-only', '--extern-only', '--format=posix', library],
                         capture_output=True, text=True, check=True)
    names = [line.split()[0] for line in run.stdout.split('\n') if line.strip()]
    if 'mbed_psa_crypto_init' not in names:
        return ['%s: mbed_psa_crypto_init is missing: is this the library?' % library]
    return ['%s is not renamed: add it to garrison_psa_rename.h' % name
            for name in names if name.startswith('psa_')]


if __name__ == '__main__':
    sys.exit(sources.report(check(sys.argv[1], sys.argv[2])))
