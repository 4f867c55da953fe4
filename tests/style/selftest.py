#!/usr/bin/env python3
"""Each style rule refuses a seeded violation of it, and only that.

usage: selftest.py NM CC CXX
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import claims
import conditionals
import format as formatting
import headers
import includes
import lengths
import symbols

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NM, CC, CXX = sys.argv[1:4]


class Tree(unittest.TestCase):
    """A test with a small source tree of its own."""

    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)

    def write(self, path, text):
        place = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, 'w', encoding='utf-8') as file:
            file.write(text)

    def including(self, path, include, *others):
        """The problems of a tree in which path has that one include, and the others exist."""
        for other in others:
            self.write(other, '')
        self.write(path, '#include %s\n' % include)
        return includes.check(self.root)


class Includes(Tree):
    REFUSED = [
        ('core/base/bytes.c', '<stdio.h>', None),
        ('core/base/bytes.c', '<garrison/flash.h>', 'include/garrison/flash.h'),
        ('core/store/log.c', '<garrison/port.h>', 'include/garrison/port.h'),
        ('core/boot/stage.c', '"spm/call.h"', 'core/spm/call.h'),
        ('core/boot/stage.c', '<psa/crypto.h>', None),
        ('core/spm/call.c', '"services/crypto.h"', 'core/services/crypto.h'),
        ('core/spm/call.c', '<garrison/flash.h>', 'include/garrison/flash.h'),
        ('core/services/its.c', '"../spm/grant.h"', 'core/spm/grant.h'),
        ('core/services/its.c', '<garrison/port.h>', 'include/garrison/port.h'),
        ('core/token/cose.c', '<psa/client.h>', 'include/psa/client.h'),
        ('port/stm32h573/flash.c', '"core/store/log.h"', 'core/store/log.h'),
        ('port/host/flash.c', '"core/store/log.h"', 'core/store/log.h'),
        ('port/stm32h573/flash.c', '"sim/bus.h"', 'sim/bus.h'),
        ('port/host/boot.c', '"core/boot/image.h"', 'core/boot/image.h'),
        ('sim/bus.c', '<garrison/port.h>', 'include/garrison/port.h'),
        ('sim/bus.c', '"core/base/bytes.h"', 'core/base/bytes.h'),
        ('sim/bus.c', '"port/stm32h573/regs.h"', 'port/stm32h573/regs.h'),
        ('sim/bus.c', '<unicorn/unicorn.h>', None),
        ('tools/run.c', '"tests/support/device.h"', 'tests/support/device.h'),
        ('examples/hello_psa/main.c', '<garrison/port.h>', 'include/garrison/port.h'),
        ('include/garrison/port.h', '"core/base/bytes.h"', 'core/base/bytes.h'),
        ('core/elsewhere/new.c', '<stdint.h>', None),
    ]
    ALLOWED = [
        ('core/base/bytes.c', '<string.h>', None),
        ('core/base/bytes.c', '"bytes.h"', 'core/base/bytes.h'),
        ('core/boot/stage.c', '<garrison/port.h>', 'include/garrison/port.h'),
        ('core/boot/verify.c', '<p256-m.h>', None),
        ('core/services/crypto.c', '<psa/crypto.h>', None),
        ('port/host/flash.c', '"sim/device.h"', 'sim/device.h'),
        ('sim/cpu_unicorn.c', '<unicorn/unicorn.h>', None),
        ('sim/bus.c', '<stdio.h>', None),
        ('tests/unit/test_log.c', '"core/store/log.h"', 'core/store/log.h'),
    ]

    def test_refuses_each_forbidden_direction(self):
        for path, include, other in self.REFUSED:
            with self.subTest(path=path, include=include):
                self.setUp()
                self.assertEqual(1, len(self.including(path, include, *filter(None, [other]))))

    def test_allows_what_the_design_allows(self):
        for path, include, other in self.ALLOWED:
            with self.subTest(path=path, include=include):
                self.setUp()
                self.assertEqual([], self.including(path, include, *filter(None, [other])))

    def test_does_not_read_comments(self):
        self.write('core/base/a.c', '/*\n#include <stdio.h>\n*/\n// #include <stdio.h>\n')
        self.assertEqual([], includes.check(self.root))


class Claims(Tree):
    """docs/SECURITY.md, and tests of each kind that it may name."""

    def setUp(self):
        super().setUp()
        self.write('tests/unit/test_a.c', 'static void it_is_so(void **state)\n{\n}\n'
                   'static void it_is_not_run(void **state)\n{\n}\n'
                   '    /* cmocka_unit_test(it_is_not_run), */\n'
                   '        cmocka_unit_test(it_is_so),\n')
        self.write('tests/unit/test_b.py', 'class B:\n    def test_it(self):\n        pass\n')
        self.write('tests/unit/list.h', '    X(attack, "what") \\\n')
        self.write('tests/unit/meson.build', "test('unit/sweep', executable('sweep', 'sweep.c'))\n")
        self.write('tests/unit/sweep.c', '')

    def claiming(self, shown):
        self.write('docs/SECURITY.md',
                   '| claim | shown by |\n|---|---|\n| it | %s |\n\n| else |\n|---|\n| no |\n' % shown)
        return claims.check(self.root)

    def test_tests_of_each_kind_are_found(self):
        for shown in ('`unit/test_a.c: it_is_so`', '`unit/test_b.py: test_it`',
                      '`unit/list.h: attack` `unit/sweep.c: sweep`'):
            with self.subTest(shown=shown):
                self.assertEqual([], self.claiming(shown))

    def test_what_is_not_there_or_not_run_is_refused(self):
        for shown in ('`unit/test_c.c: it_is_so`', '`unit/test_a.c: it_is`',
                      '`unit/test_a.c: it_is_so, it_is_not_run`', '`unit/test_b.py: test_i`',
                      '`unit/list.h: att`', '`unit/sweep.c: other`', 'nothing'):
            with self.subTest(shown=shown):
                self.assertEqual(1, len(self.claiming(shown)))

    def test_a_name_in_another_form_is_refused(self):
        self.assertIn('is not', self.claiming('`unit/test_a.c: it_is_so` `unit/test_a.c:it`')[0])


class Lengths(Tree):
    def function(self, lines):
        body = '    f();\n' * (lines - 3)
        self.write('core/base/a.c', 'static void f(int a,\n{\n' + body + '}\n')
        return lengths.check(self.root)

    def test_function_of_80_lines_passes_and_81_fails(self):
        self.assertEqual([], self.function(80))
        self.assertIn('f has 81 lines', self.function(81)[0])

    def test_file_of_599_lines_passes_and_600_fails(self):
        self.write('sim/a.c', '\n' * 599)
        self.assertEqual([], lengths.check(self.root))
        self.write('sim/a.c', '\n' * 600)
        self.assertEqual(1, len(lengths.check(self.root)))

    def test_const_table_counts_for_nothing(self):
        self.write('sim/a.c', 'static const int t[] = {\n' + '    1,\n' * 700 + '};\n')
        self.assertEqual([], lengths.check(self.root))


class Conditionals(Tree):
    def test_refuses_each_form_in_core_and_include(self):
        for directive in ('#if 1', '#ifdef A', '#ifndef A', '  #  if 0', '#elif 1'):
            for path in ('core/boot/a.c', 'include/garrison/a.h'):
                with self.subTest(directive=directive, path=path):
                    self.setUp()
                    self.write(path, '#pragma once\n%s\n' % directive)
                    self.assertEqual(1, len(conditionals.check(self.root)))

    def test_allows_them_in_the_one_exception_and_elsewhere(self):
        for path in ('include/garrison/abi.h', 'sim/a.h'):
            self.write(path, '#pragma once\n#ifdef __cplusplus\n#endif\n')
        self.assertEqual([], conditionals.check(self.root))

    def test_refuses_header_without_pragma_once(self):
        self.write('sim/a.h', 'int a;\n')
        self.assertEqual(1, len(conditionals.check(self.root)))


class Headers(Tree):
    COMPILERS = [(CC, 'c', 'c11'), (CXX, 'c++', 'c++17')]

    def problems(self, text):
        self.write('include/garrison/a.h', '#pragma once\n' + text)
        return headers.check(self.root, self.COMPILERS, [])

    def test_passes_header_that_stands_alone(self):
        self.assertEqual([], self.problems('#include <stdint.h>\nuint8_t f(void);\n'))

    def test_refuses_header_that_needs_another_first(self):
        self.assertEqual(2, len(self.problems('uint8_t f(void);\n')))

    def test_refuses_header_that_is_c_only(self):
        self.assertEqual(1, len(self.problems('int f(int class);\n')))


@unittest.skipIf(shutil.which('clang-format') is None, 'no clang-format')
class Format(Tree):
    def problems(self, text):
        shutil.copy(os.path.join(REPOSITORY, '.clang-format'), self.root)
        self.write('sim/a.c', text)
        return formatting.check(self.root)

    def test_passes_formatted_file(self):
        self.assertEqual([], self.problems('int f(void)\n{\n    return 1;\n}\n'))

    def test_refuses_tab(self):
        self.assertNotEqual([], self.problems('int f(void)\n{\n\treturn 1;\n}\n'))

    def test_refuses_long_line(self):
        self.assertNotEqual([], self.problems('int f(%s);\n' % ', '.join(['int argument'] * 9)))

    def test_does_not_look_at_spaces_in_macros(self):
        self.assertEqual([], self.problems('#define A(a)      ((a)&1)\n'))
        self.assertEqual([], self.problems('#define A(a) \\\n    {.a = a}\n'))


class Symbols(Tree):
    def problems(self, source):
        self.write('a.c', source)
        object_file = os.path.join(self.root, 'a.o')
        subprocess.run([CC, '-c', '-o', object_file, os.path.join(self.root, 'a.c')], check=True)
        return symbols.check(NM, object_file)

    def test_passes_renamed_and_local_names(self):
        self.assertEqual([], self.problems('int mbed_psa_crypto_init; static int psa_a;\n'))

    def test_refuses_global_psa_name(self):
        self.assertEqual(1, len(self.problems('int mbed_psa_crypto_init, psa_a;\n')))

    def test_refuses_what_is_not_the_library(self):
        self.assertEqual(1, len(self.problems('int psa_a;\n')))


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
