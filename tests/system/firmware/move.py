#!/usr/bin/env python3
"""Makes a linker script of the manager that puts all of it elsewhere, but for vectors and gate.

usage: move.py MANAGER.LD OUT
"""

import sys

# Where the flash and the RAM of the manager begin, and how far they move.
MOVES = (('linker_partition_text = .;', '. = . + 0x2400; linker_partition_text = .;'),
         ('linker_stack_limit = .;', '. = . + 0x400; linker_stack_limit = .;'))

with open(sys.argv[1], encoding='utf-8') as script:
    text = script.read()
for old, new in MOVES:
    if text.count(old) != 1:
        sys.exit('%s: not one "%s"' % (sys.argv[1], old))
    text = text.replace(old, new)
with open(sys.argv[2], 'w', encoding='utf-8') as script:
    script.write(text)
