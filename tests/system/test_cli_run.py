#!/usr/bin/env python3
"""garrison run: what it prints, when it ends, with which exit status, and what it leaves."""

import contextlib
import json
import os
import random
import re
import signal
import sqlite3
import struct
import subprocess
import time

import cli
from firmware_bytes import (FAULT, LOOP, PWR_DBPCR, RCC_APB3ENR, SLEEP, TAMP_BKP31R, Program)

DEVICE = '''schema_version: 1
device: {seed: 7}
option_bytes: {trustzone: off, nonsecure_boot_address: 0x08000000}
images:
  - {role: data, address: 0x08000000, file: program.bin}
'''


SECURE_DEVICE = '''schema_version: 1
device: {seed: 7}
option_bytes:
  trustzone: on
  boot_ube: user-flash
  secure_boot_address: 0x0C000000
  secure_watermark: {bank1: 0-127, bank2: none}
images:
  - {role: data, address: 0x0C000000, file: program.bin}
'''


class Run(cli.Case):
    def device(self, program):
        cli.write(self.path('program.bin'), program.bytes())
        cli.write(self.path('device.yaml'), SECURE_DEVICE if program.secure else DEVICE)
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml', '--force')

    def go(self, *options):
        return cli.garrison('run', 'device.gar', *options, cwd=self.dir)

    def check(self, status, reason, *options):
        answer = self.go(*options)
        self.assertEqual(answer.status, status, answer.err)
        self.assertRegex(answer.err, reason)
        return answer

    def state(self):
        return json.loads(self.run_ok('state', '--json', 'device.gar').out)

    def start(self, *options):
        """Starts a run, and waits until it has printed something."""
        run = self.start_run('device.gar', *options)
        self.assertEqual(run.stdout.read(1), b'g')
        return run


class Ends(Run):
    def test_output_is_the_chips_and_nothing_else(self):
        self.device(Program().text('one\r\ntwo\n').end(SLEEP))
        answer = self.check(0, 'sleeps')
        self.assertEqual(answer.out, b'one\r\ntwo\n')
        self.assertEqual(self.check(0, '^$', '--quiet').out, b'one\r\ntwo\n')

    def test_until_text_ends_well(self):
        self.device(Program().text('go\nvalue: 42\nmore\n').end(LOOP))
        for expression in ('^value: [0-9]+$', 'value: 4', '^(x|go)$', 'o'):
            self.check(0, '^$', '--until-text', expression, '--timeout', '50')

    def test_text_matches_within_one_line_only(self):
        self.device(Program().text('ab\ncd\n').end(SLEEP))
        for expression in ('ab.*cd', 'b$c', '^d', '^$x'):
            self.check(1, 'has not come', '--until-text', expression)

    def test_an_unfinished_line_matches_but_has_no_end(self):
        self.device(Program().text('go\nprompt> ').end(LOOP))
        self.check(0, '^$', '--until-text', '^prompt> ', '--timeout', '50')
        self.check(1, 'has not come', '--until-text', 'prompt$', '--max-insns', '3000000')

    def test_a_text_before_a_crash_is_no_success(self):
        self.device(Program().text('hello: ok\n').end(FAULT))
        self.check(1, 'unexpected fault: .*garrison log device.gar', '--until-text', 'hello: ok')
        self.device(Program().text('hello: ok\n').reset())
        self.check(1, 'reset right after', '--until-text', 'hello: ok')
        self.check(0, '^$', '--until-text', 'hello: ok', '--boots', '5')

    def test_a_fault_fails_the_run(self):
        self.device(Program().text('go\n').end(FAULT))
        self.check(1, r'(?s)fault +.*unexpected fault')
        self.check(0, 'fault', '--allow-faults', '--max-insns', '2000000')

    def test_fail_text_wins(self):
        self.device(Program().text('error 7\nok\n').end(SLEEP))
        self.check(1, "text 'error' came", '--fail-text', 'error', '--until-text', 'ok')

    def test_limits_end_the_run(self):
        self.device(Program().text('go\n').end(LOOP))
        self.check(0, 'number of instructions', '--max-insns', '100000')
        self.check(1, "number of instructions.*'never' has not come", '--max-insns', '100000',
                   '--until-text', 'never')
        self.check(124, 'timed out', '--timeout', '0.5')
        self.check(124, "timed out before the text 'never'", '-t', '.5', '--until-text', 'never')

    def test_boots_are_counted(self):
        self.device(Program().text('go\n').reset())
        answer = self.check(0, 'number of boots', '--boots', '3')
        self.assertEqual(answer.out, b'go\n' * 3)
        self.check(1, 'has not come', '--boots', '2', '--until-text', 'never')

    def test_a_boot_verdict_is_put_into_words(self):
        def refusing(verdict, secure=True):
            return (Program(secure).store(RCC_APB3ENR, 1 << 21).store(PWR_DBPCR, 1)
                    .store(TAMP_BKP31R, verdict).end(SLEEP))

        self.device(refusing(0x02030007))
        self.check(1, 'uROT refused the manager image: signature is not by the expected owner; '
                      'sign it', '--until-text', 'x')
        self.device(refusing(0x01020003))
        self.check(1, 'iROT refused the uROT image: nothing is stored there')
        self.device(refusing(0x01010008))
        self.check(1, 'iROT gave up: ')
        self.device(refusing(0x03040007))
        self.check(1, 'manager refused the application image: ')
        self.device(refusing(0x03170006))
        self.check(1, 'manager refused the module 7 image: ')
        for word in (0x00010007, 0x04040007, 0x12345678, 0x02050007, 0x02180007, 0x02030000,
                     0x0203007F, 0x02030107, 0xFFFFFFFF):
            with self.subTest('%08X' % word):
                self.device(refusing(word))
                self.check(0, 'sleeps')
        self.device(refusing(0x02030007, secure=False))
        self.check(0, 'sleeps')

    def test_an_empty_chip_says_that_nothing_starts(self):
        self.device(Program().end(SLEEP))
        cli.write(self.path('device.yaml'), 'schema_version: 1\n')
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml', '-f')
        answer = self.go('--max-insns', '100000')
        self.assertEqual(answer.status, 1, answer.err)


class Streams(Run):
    def test_a_reader_that_goes_away_is_no_error(self):
        self.device(Program().text('go\n' * 3).reset())
        run = self.start_run('device.gar')
        run.stdout.read(1)
        run.stdout.close()
        self.assertEqual(run.wait(timeout=60), 0)
        self.assertEqual(run.stderr.read(), b'')

    def test_a_reader_that_goes_away_before_the_text_came_is_told(self):
        self.device(Program().text('go\n' * 3).reset())
        run = self.start_run('device.gar', '--until-text', 'never')
        run.stdout.read(1)
        run.stdout.close()
        self.assertEqual(run.wait(timeout=60), 1)
        self.assertEqual(run.stderr.read().splitlines()[-1],
                         b"garrison: the reader of the output went away before the text 'never'"
                         b" came")

    def test_output_that_cannot_be_written_is_an_error(self):
        self.device(Program().text('go\n').end(SLEEP))
        with open('/dev/full', 'wb') as full:
            run = subprocess.run([cli.GARRISON, 'run', 'device.gar'], cwd=self.dir, stdout=full,
                                 env=cli.ENVIRONMENT, stderr=subprocess.PIPE, timeout=60,
                                 check=False)
        self.assertEqual(run.returncode, 3)
        self.assertIn(b'No space left', run.stderr)

    def test_no_escape_sequences_without_a_terminal(self):
        self.device(Program().text('go\n').end(FAULT))
        self.assertNotIn('\033', self.go('-v').err)


class Device(Run):
    def test_a_run_is_recorded(self):
        self.device(Program().text('go\n').end(SLEEP))
        self.go()
        self.go()
        self.assertEqual(self.state()['boots'], 2)
        events = json.loads(self.run_ok('log', '--json', 'device.gar').out)
        self.assertEqual([e['text'] for e in events if e['kind'] == 'console'],
                         ['USART1: go'] * 2)
        self.assertEqual({e['boot'] for e in events}, {1, 2})
        last = json.loads(self.run_ok('log', '--json', '--last', '2', 'device.gar').out)
        self.assertEqual(last, events[-2:])
        self.assertEqual(len(self.run_ok('log', 'device.gar').out.splitlines()), len(events))

    def test_an_ephemeral_run_leaves_nothing(self):
        self.device(Program().text('go\n').end(SLEEP))
        before = cli.hashes(self.dir)
        self.go('--ephemeral')
        self.assertEqual(cli.hashes(self.dir), before)

    def test_the_same_inputs_are_the_same_run(self):
        self.device(Program().text('go\n').end(FAULT))
        first = self.go('--ephemeral', '-v', '--seed', '5')
        second = self.go('--ephemeral', '-v', '--seed', '5')
        self.assertEqual((first.out, first.err), (second.out, second.err))

    def test_a_second_simulator_is_refused_and_the_journal_is_not(self):
        self.device(Program().text('go\n').end(LOOP))
        self.start()
        before = cli.hashes(self.dir)
        for verb in ('run', 'state'):
            answer = cli.garrison(verb, 'device.gar', cwd=self.dir)
            self.assertEqual(answer.status, 2)
            self.assertRegex(answer.err, '^garrison: device.gar is in use by another simulator\n$')
        self.run_ok('log', 'device.gar')
        answer = cli.garrison('provision', 'device.gar', '-f', '-c', 'device.yaml', cwd=self.dir)
        self.assertEqual(answer.status, 2)
        self.assertRegex(answer.err, 'in use by another simulator')
        path = self.path('device.gar')
        self.assertEqual(cli.hashes(self.dir)[path], before[path])

    def test_a_killed_run_leaves_a_sound_device(self):
        self.device(Program().text('go\n' * 4).reset())
        for _ in range(5):
            run = self.start('--quiet')
            time.sleep(0.05)
            run.kill()
            run.wait()
            self.assertGreater(self.state()['boots'], 0)
        self.check(0, 'number of boots', '--boots', '1')

    def quad_words(self, first_sector):
        """How many quad-words the device file holds from that sector on, each with its number."""
        count = 0
        with contextlib.closing(sqlite3.connect(self.path('device.gar'))) as db:
            rows = db.execute('SELECT data FROM flash WHERE sector >= ? ORDER BY sector',
                              (first_sector,)).fetchall()
        for data, in rows:
            for off in range(0, len(data), 16):
                if data[off:off + 16] == struct.pack('<4I', *[count] * 4):
                    count += 1
                else:
                    self.assertEqual(data[off:], b'\xff' * (len(data) - off), count)
        return count

    def test_what_was_programmed_before_a_byte_left_survives_a_kill(self):
        seed = int(os.environ.get('GARRISON_SEED', str(time.time_ns() & 0xFFFFFFFF)), 0)
        print('seed %d (GARRISON_SEED=%d repeats it)' % (seed, seed), flush=True)
        draw = random.Random(seed)
        program = Program().text('g').program_and_tell(0x08010000)
        for _ in range(8):
            self.device(program)
            run = self.start('--quiet')
            wanted = draw.randrange(1, 1500)
            seen = run.stdout.read(wanted)
            time.sleep(draw.random() * 0.005)
            run.kill()
            run.wait()
            seen += run.stdout.read()
            self.assertGreaterEqual(len(seen), wanted)
            self.assertEqual(seen, (b'a\n' * len(seen))[:len(seen)])
            self.state()
            self.assertIn(self.quad_words(8) - len(seen), (0, 1, 2))

    def test_an_interrupted_run_closes_its_device(self):
        self.device(Program().text('go\n').end(LOOP))
        run = self.start()
        run.send_signal(signal.SIGINT)
        self.assertEqual(run.wait(timeout=60), 130)
        self.assertEqual(sorted(name for name in os.listdir(self.dir)
                                if re.match(r'device\.gar', name)), ['device.gar'])


if __name__ == '__main__':
    cli.main()
