#!/usr/bin/env python3
"""Who may include whom. The table below is the project's architecture: a line that has to be
widened is a decision, to be written down in docs/DESIGN.md."""

import fnmatch
import os
import re
import sys

import sources

# C11's freestanding headers, and string.h, whose memcpy and kin a compiler needs anyway.
FREESTANDING = ['<%s.h>' % name for name in (
    'float', 'iso646', 'limits', 'stdalign', 'stdarg', 'stdbool', 'stddef', 'stdint',
    'stdnoreturn', 'string')]
# Words that every part shares: status codes and the C linkage macros.
COMMON = FREESTANDING + ['include/garrison/abi.h', 'include/garrison/status.h']
PSA = ['include/psa/*', '<psa/crypto*.h>']
BOOT_CRYPTO = ['<mbedtls/sha256.h>', '<mbedtls/aes.h>', '<mbedtls/platform_util.h>', '<p256-m.h>']

SPM = COMMON + PSA + ['include/garrison/port.h', 'include/garrison/partition.h',
                      'include/garrison/gate.h', 'include/garrison/spm.h',
                      'include/garrison/handoff.h', 'include/garrison/layout.h',
                      'include/garrison/measured.h', 'include/garrison/module.h',
                      'include/garrison/version.h', 'core/base/*']

# Folder or file: what its files may include. The first match counts, its own folder is implied.
# A project file is written as its path, a foreign header in angle brackets.
RULES = [
    ('include/psa/', COMMON + PSA),
    ('include/garrison/', COMMON + PSA + ['include/garrison/*']),
    ('core/base/', COMMON),
    ('core/store/', COMMON + ['include/garrison/flash.h', 'core/base/*']),
    ('core/boot/', COMMON + BOOT_CRYPTO + ['include/garrison/*', 'core/base/*', 'core/store/*']),
    # The table names the services' functions; the others tell services what only the manager knows.
    ('core/spm/partition_rows.h', SPM + ['core/services/*.h']),
    ('core/spm/partition_table', SPM + ['core/services/*.h']),
    ('core/spm/prepare_attest.c', SPM + ['core/services/*.h']),
    ('core/spm/manager.c', SPM + ['core/services/*.h']),
    ('core/spm/', SPM),
    # update.c knows components by their roles, and where the layout has put them.
    # garrison_psa_slot.h is ours, in the overlay of Mbed TLS.
    ('core/services/', COMMON + PSA + ['<mbedtls/*.h>', '<garrison_psa_slot.h>',
                                       'include/garrison/area.h', 'include/garrison/entropy.h',
                                       'include/garrison/handoff.h', 'include/garrison/layout.h',
                                       'include/garrison/measured.h', 'include/garrison/reset.h',
                                       'core/base/*', 'core/store/*', 'core/token/*']),
    ('core/client/', COMMON + PSA + ['core/services/*_protocol.h',
                                     'include/garrison/attestation.h']),
    ('core/token/', COMMON + ['<cbor.h>', '<cbor/*.h>', 'core/base/*']),
    # The host runs the chip's own drivers and boot tables on the simulated chip.
    # It asks the storage services what they found, since there is a log for that.
    ('port/host/', ['<*>', 'include/*', 'sim/*', 'port/stm32h573/*.h',
                    'core/services/*_protocol.h']),
    ('port/stm32h573/ns_', COMMON + PSA + ['<stdlib.h>', '<errno.h>', '<sys/stat.h>',
                                           'include/garrison/*']),
    # Key derivation: the arithmetic is the core's, the key is the hardware's.
    ('port/stm32h573/saes.c', COMMON + ['include/garrison/*', 'core/base/cmac.h',
                                        'core/base/secret.h', 'core/base/view.h']),
    # In the place of Mbed TLS's functions, with its types.
    ('port/stm32h573/aes.c', COMMON + ['<mbedtls/*.h>']),
    ('port/stm32h573/hash', COMMON + ['<mbedtls/*.h>', '<garrison_hash.h>']),
    ('port/stm32h573/pka.c', COMMON + ['<p256-m.h>', 'include/garrison/entropy.h',
                                       'core/base/secret.h']),
    ('port/stm32h573/keys.c', COMMON + ['include/garrison/*', 'core/base/secret.h']),
    ('port/stm32h573/', COMMON + ['<arm_cmse.h>', 'include/garrison/*']),
    ('sim/', ['<*>', 'include/garrison/sim.h', 'include/garrison/sim_debug.h',
              'include/garrison/abi.h']),
    ('tools/', ['<*>', 'include/*', 'core/base/*', 'core/boot/*', 'core/token/*',
                'core/spm/module_check.h',
                'sim/config.h', 'sim/nearest.h',
                'port/stm32h573/layout.h', 'port/stm32h573/layout_data.h']),
    ('examples/', COMMON + PSA + ['include/garrison/attestation.h', 'include/garrison/client.h',
                                   'include/garrison/module.h', '<stdio.h>', '<stdlib.h>']),
    ('tests/', ['*']),
]
# Foreign headers that only the places named may include.
ONLY_IN = [
    ('<unicorn/*>', ['sim/cpu_unicorn.c', 'tests/bench/*']),
]
SEARCH = ['include', 'core', 'sim', '.']


def resolve(root, path, name):
    """The project file that an #include names, or the name in angle brackets."""
    for folder in [os.path.dirname(path)] + SEARCH:
        candidate = os.path.normpath(os.path.join(folder, name))
        if os.path.isfile(os.path.join(root, candidate)):
            return candidate
    return '<%s>' % name


def matches(target, patterns):
    return any(fnmatch.fnmatchcase(target, pattern) for pattern in patterns)


def refusal(path, target):
    """Why path must not include target, or None."""
    for pattern, places in ONLY_IN:
        if fnmatch.fnmatchcase(target, pattern) and not matches(path, places):
            return 'only %s may' % ', '.join(places)
    for folder, allowed in RULES:
        if path.startswith(folder):
            own = os.path.dirname(target) == os.path.dirname(path)
            return None if own or matches(target, allowed) else 'not among what %s may' % folder
    return 'its folder has no rule in tests/style/includes.py'


def check(root):
    problems = []
    for path in sources.c_files(root):
        text = sources.without_comments(sources.read(root, path))
        for number, line in enumerate(text.split('\n'), 1):
            include = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
            if not include:
                continue
            target = resolve(root, path, include.group(1))
            why = refusal(path, target)
            if why:
                problems.append('%s:%d: includes %s: %s' % (path, number, target, why))
    return problems


if __name__ == '__main__':
    sys.exit(sources.report(check(sys.argv[1])))
