#!/usr/bin/env python3
"""Tests of the comparison: it sees what differs, and holds each row of the table to its word."""

import unittest

import census
import compare
import defects
import subjects

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


class Census(unittest.TestCase):
    """Of sixty programs, with one name for each."""

    def setUp(self):
        names = ['program_%d' % i for i in range(census.AT_LEAST)]
        self.table = {'some': names[:-1], 'other': names[-1:]}
        self.qemu = {name: ['x=1'] for name in names}
        self.ours = {name: ['x=1'] for name in names}
        self.last = names[-1]

    def problems(self):
        return census.census(self.qemu, self.ours, self.table)[0]

    def test_all_that_are_named_pass(self):
        self.assertEqual(self.problems(), [])

    def test_one_that_has_noted_nothing_on_one_side_fails(self):
        self.ours[self.last] = []
        self.assertIn(self.last + ': has noted nothing on our simulator', self.problems())

    def test_one_that_has_not_run_fails(self):
        del self.qemu[self.last]
        del self.ours[self.last]
        found = self.problems()
        self.assertIn(self.last + ': has not run on QEMU', found)
        self.assertIn('other: not one program', found)
        self.assertIn('59 programs compared, of at least 60', found)

    def test_one_of_no_subject_fails(self):
        self.qemu['new'] = self.ours['new'] = ['x=1']
        self.assertIn('new: of no subject', self.problems())

    def test_those_left_out_are_not_missed_but_have_a_subject(self):
        names = list(self.qemu)
        left_out = {'left_%d' % i: ['x=1'] for i in range(2)}
        self.table['some'].append('left_0')
        self.table['only left out'] = ['left_1']
        found, counted = census.census(self.qemu, self.ours, self.table, left_out)
        self.assertEqual(found, [])
        self.assertEqual(sum(counted.values()), len(names))
        self.assertIn('only left out: not one program', self.problems())
        del self.table['only left out']
        self.assertEqual(census.census(self.qemu, self.ours, self.table, left_out)[0],
                         ['left_1: of no subject'])

    def test_a_subject_without_any_name_fails(self):
        self.table['empty'] = []
        self.assertIn('empty: not one program', self.problems())

    def test_one_that_is_named_twice_fails(self):
        self.table['other'].append('program_0')
        self.assertIn('program_0: named twice', self.problems())

    def test_all_that_are_asked_for_have_a_subject(self):
        for word in ('exceptions', 'late arrival', 'priorities', 'TrustZone transitions',
                     'stacking, Secure to Secure', 'stacking, Secure to Non-secure',
                     'stacking, Non-secure to Secure', 'stacking, Non-secure to Non-secure',
                     'FP context', 'MPU', 'SAU', 'TT', 'faults', 'masks', 'SysTick'):
            self.assertTrue(subjects.SUBJECTS.get(word), word)


class Table(unittest.TestCase):
    def test_every_row_names_a_section_and_its_programs(self):
        for defect in defects.TABLE:
            self.assertTrue(defect.section and defect.what and defect.programs, defect.name)


if __name__ == '__main__':
    unittest.main()
