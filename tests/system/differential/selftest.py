#!/usr/bin/env python3
"""Tests of the comparison: it sees what differs, and holds each row of the table to its word."""

import pathlib
import re
import unittest

import compare
import defects

PROGRAM = 'a_program'
ROW = defects.Defect('a-defect', 'Some section', 'does it otherwise', [PROGRAM], 'x=1', 'x=2\ny=3')


def problems(qemu, ours):
    return compare.compare({PROGRAM: qemu}, {PROGRAM: ours})[0]


class Comparison(unittest.TestCase):
    def setUp(self):
        self.table = defects.TABLE
        defects.TABLE = []

    def tearDown(self):
        defects.TABLE = self.table

    def test_equal_transcripts_pass(self):
        self.assertEqual(problems(['a', 'b'], ['a', 'b']), [])

    def test_a_difference_is_told_with_its_program_line_and_both_sides(self):
        found, = problems(['a', 'b=1'], ['a', 'b=2'])
        self.assertIn(PROGRAM + ': line 2', found)
        self.assertIn('QEMU  b=1', found)
        self.assertIn('ours  b=2', found)

    def test_a_missing_program_is_told(self):
        self.assertTrue(compare.compare({PROGRAM: [], 'other': []}, {PROGRAM: []})[0])

    def test_empty_transcripts_fail(self):
        self.assertTrue(compare.compare({}, {})[0])
        self.assertTrue(problems([], []))

    def test_a_listed_difference_passes(self):
        defects.TABLE = [ROW]
        self.assertEqual(problems(['a', 'x=1', 'b'], ['a', 'x=2', 'y=3', 'b']), [])

    def test_a_listed_difference_excuses_no_other(self):
        defects.TABLE = [ROW]
        self.assertTrue(problems(['x=1', 'b', 'c=1'], ['x=2', 'y=3', 'b', 'c=2']))

    def test_a_listed_difference_that_is_gone_fails(self):
        defects.TABLE = [ROW]
        self.assertTrue(problems(['a'], ['a']))

    def test_what_a_program_calls_wrong_fails(self):
        self.assertTrue(compare.wrong({PROGRAM: ['a', 'wrong fault=00000000']}))


class Programs(unittest.TestCase):
    def test_there_are_at_least_sixty(self):
        names = []
        for path in pathlib.Path(__file__).parent.glob('prog_*.c'):
            found = re.findall(r'^PROGRAM\((\w+)\)', path.read_text(), re.MULTILINE)
            self.assertTrue(found, path)
            names += found
        self.assertGreaterEqual(len(names), 60)
        self.assertEqual(len(names), len(set(names)))


class Table(unittest.TestCase):
    def test_every_row_names_a_section_and_its_programs(self):
        for defect in defects.TABLE:
            self.assertTrue(defect.section and defect.what and defect.programs, defect.name)


if __name__ == '__main__':
    unittest.main()
