#!/usr/bin/env python3
"""Makes a linker script of the manager that puts all of it elsewhere, but for vectors and gate.

usage: move.py MANAGER.LD OUT
"""

import re
import sys

# What stands before the rest, in flash and in RAM, and what is put behind it.
MOVES = ((r'\.gate .*?> FLASH', r'\g<0>\n    .moved : { BYTE(0) . = . + 0x200; } > FLASH'),
         (r'linker_stack_limit = \.;', r'. = . + 0x400; \g<0>'))

with open(sys.argv[1], encoding='utf-8') as script:
    text = script.read()
for place, moved in MOVES:
    text, count = re.subn(place, moved, text, flags=re.DOTALL)
    if count != 1:
        sys.exit('%s: not one "%s"' % (sys.argv[1], place))
with open(sys.argv[2], 'w', encoding='utf-8') as script:
    script.write(text)
