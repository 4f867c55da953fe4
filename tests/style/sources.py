"""The project's own C files, and the little of C that the style checks must understand."""

import os
import re

FOLDERS = ('core', 'examples', 'include', 'port', 'sim', 'tests', 'tools')


def c_files(root):
    """Paths of all .c and .h files, relative to root, sorted."""
    found = []
    for folder in FOLDERS:
        for place, _, names in os.walk(os.path.join(root, folder)):
            found += [os.path.relpath(os.path.join(place, name), root)
                      for name in names if name.endswith(('.c', '.h'))]
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding='utf-8') as file:
        return file.read()


def without_comments(text):
    """The text with comments blanked and its lines kept; strings stay as they are."""
    def blank(match):
        found = match.group(0)
        return found if found[0] in '"\'' else re.sub(r'[^\n]', ' ', found)
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text,
                  flags=re.DOTALL)


def functions(text):
    """(name, first line, length) of each function. The format puts a function's own braces, and
    no others, alone at the left margin; clang-format holds everybody to that."""
    lines = without_comments(text).split('\n')
    found = []
    start = None
    for number, line in enumerate(lines):
        if line == '{':
            start = signature_start(lines, number)
        elif line == '}' and start is not None:
            name = re.search(r'(\w+)\s*\(', ' '.join(lines[start:number]))
            found.append((name.group(1) if name else '?', start + 1, number - start + 1))
            start = None
    return found


def signature_start(lines, brace):
    """The first line of the signature whose body opens at line `brace`."""
    first = brace
    while first > 0 and lines[first - 1].strip() and lines[first - 1][0] not in '#}' \
            and not lines[first - 1].rstrip().endswith(';'):
        first -= 1
    return first


def table_lines(text):
    """How many lines stand in const tables at file scope."""
    count = 0
    inside = False
    for line in without_comments(text).split('\n'):
        if re.match(r'[^\s#].*\bconst\b.*=\s*\{$', line):
            inside = True
        count += inside
        if line == '};':
            inside = False
    return count


def report(problems):
    """Prints the problems, one a line, and gives the exit status."""
    for problem in problems:
        print(problem)
    return 1 if problems else 0
