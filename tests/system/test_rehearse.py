#!/usr/bin/env python3
"""Known disasters of provisioning: each is found by `garrison rehearse` before it happens, and the same
steps, done on a device for all that, prove the verdict: whether it boots, whether it regresses.

disasters/*.yaml are descriptions; comments at their beginning say what is expected:
  verdict   as `rehearse` says it
  step      the one behind which there is no way back; absent: there is one in the end
  boot      'up', or words of why it does not come up
  refused   the first step that the chip refuses, with
  why       words of its reason
  reason    words about the way back
  remedy    words of how the device comes up although there is none; absent: not at all
  note      a step, and words of what the chip said besides, apart by '|'
"""

import glob
import json
import os
import re
import shutil
import sys
import unittest

import cli
import credentials
import probe
from firmware_bytes import LOOP, Program

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.environ.get('GARRISON_TARGET_DIR', '')
IMAGES = {'urot': 'port/stm32h573/urot', 'manager': 'port/stm32h573/manager',
          'application': 'examples/hello_psa/hello_psa'}
WORDS = ('bricked', 'no-way-back', 'incomplete', 'development-keys')
UP = 'up|hello_psa: ok'
DISASTERS = sorted(glob.glob(os.path.join(HERE, 'disasters', '*.yaml')))


def expectations(path):
    found = {}
    for line in cli.read(path).decode().splitlines():
        match = re.match(r'# (\w+): (.*)', line)
        if match:
            found[match.group(1)] = match.group(2)
    return found


class Rehearse(cli.Case):
    @classmethod
    def setUpClass(cls):
        """What the descriptions name, made once."""
        cls.folder = cli.tempfile.mkdtemp(prefix='garrison-rehearse.')
        cls.addClassCleanup(shutil.rmtree, cls.folder)

        def run(*args):
            answer = cli.garrison(*args, cwd=cls.folder)
            assert answer.status == 0, answer.err
        shutil.copy(os.path.join(TARGET, 'port/stm32h573/irot.bin'), cls.folder)
        for role, image in IMAGES.items():
            run('key', 'new', role + '.pem')
            run('image', 'sign', '-k', role + '.pem', '--slot', role, '--version', '1.0.0',
                os.path.join(TARGET, image + '.bin'), role + '.img')
        for name in ('root', 'leaf', 'other'):
            run('key', 'new', name + '.pem')
        run('image', 'sign', '-k', 'other.pem', '--slot', 'application', '--version', '1.0.0',
            os.path.join(TARGET, IMAGES['application'] + '.bin'), 'stranger.img')
        program = Program(secure=True)
        cli.write(os.path.join(cls.folder, 'blink.bin'), program.text('up\n').end(LOOP).bytes())
        credentials.make_all(cls.folder)

    def setUp(self):
        super().setUp()
        for name in os.listdir(self.folder):
            os.symlink(os.path.join(self.folder, name), self.path(name))

    def test_there_are_disasters_of_every_verdict(self):
        verdicts = [expectations(path)['verdict'] for path in DISASTERS]
        self.assertGreaterEqual(verdicts.count('bricked'), 20)
        self.assertGreaterEqual(verdicts.count('recoverable by regression'), 10)
        self.assertGreaterEqual(verdicts.count('recoverable by a tool'), 4)
        self.assertGreaterEqual(verdicts.count('recoverable by rescue'), 2)
        self.assertGreaterEqual(verdicts.count('usable'), 4)

    def describe(self, path):
        shutil.copy(path, self.path('device.yaml'))
        return expectations(path)

    def rehearse(self, expected):
        answer = cli.garrison('rehearse', '-c', 'device.yaml', '--json', cwd=self.dir)
        self.assertIn(answer.status, (0, 1), answer.err)
        said = json.loads(answer.out)
        self.assertEqual(said['verdict'], expected['verdict'], said)
        self.assertEqual(said['last_step'], int(expected.get('step', 0)), said)
        self.assertEqual(said['boots'], expected['boot'] == 'up', said)
        if expected['boot'] != 'up':
            self.assertRegex(said['boot'], expected['boot'])
        self.assertEqual(said['way_back'], 'step' not in expected, said)
        self.assertRegex(said['way'], expected['reason'])
        self.assertRegex(said.get('remedy', ''), expected.get('remedy', '^$'))
        refused = [step for step in said['steps'] if 'refused' in step]
        self.assertEqual(bool(refused), 'refused' in expected, said)
        if refused:
            self.assertEqual(refused[0]['step'], int(expected['refused']))
            self.assertRegex(refused[0]['refused'], expected['why'])
        if 'note' in expected:
            step, words = expected['note'].split('|')
            self.assertRegex('\n'.join(said['steps'][int(step) - 1]['notes']), words)
        fine = said['complete'] and said['boots'] and said['way_back']
        self.assertEqual(answer.status, 0 if fine else 1)
        return said

    def boots(self, device):
        answer = cli.garrison('run', device, '--ephemeral', '--until-text', UP, '--max-insns',
                              '60M', cwd=self.dir)
        return answer.status == 0

    def provision_refuses(self, said):
        """What cannot be taken back is done with each of its words, and with no others."""
        needed = [word for word, needs in (
            ('bricked', said['verdict'] == 'bricked'),
            ('no-way-back', said['verdict'] != 'bricked' and not said['way_back']),
            ('incomplete', not said['complete'])) if needs]
        for missing in needed or [None]:
            words = [word for word in WORDS if word != missing] if missing else []
            accept = [each for word in words for each in ('--accept', word)]
            answer = cli.garrison('provision', 'not.gar', '-c', 'device.yaml', '--allow-invalid',
                                  *accept, cwd=self.dir)
            self.assertEqual(answer.status, 1 if missing else 0, (missing, answer.err))
            self.assertEqual(os.path.exists(self.path('not.gar')), answer.status == 0)

    def prove(self, said):
        """Does the same steps on a device, and sees what has become of it."""
        self.run_ok('provision', 'real.gar', '-c', 'device.yaml', '--allow-invalid', '--accept',
                    'bricked', '--accept', 'no-way-back', '--accept', 'incomplete')
        self.assertEqual(self.boots('real.gar'), said['boots'], said)
        with probe.Probe(self.path('real.gar')) as host:
            regressed = self.prove_way(host, said)
        if not regressed and not said['boots'] and not said['way_back']:
            self.prove_remedy(said)

    def prove_way(self, host, said):
        """The way back that was told is gone, or nobody is let in. @return whether by regression"""
        state = host.say('state').split()[0]
        asked = self.asks()
        if asked and host.regress(asked):
            self.assertIn(said['verdict'], ('usable', 'recoverable by regression'))
            self.assertTrue(said['way_back'])
            return True
        host.say('power')
        tool = host.say('connect')
        if state == 'OPEN':
            self.assertTrue(said['way_back'])
            self.assertEqual((tool, host.say('erase 08100000')), ('ok', 'ok'))
        elif state == 'PROVISIONING':
            self.assertTrue(said['way_back'])
            self.assertEqual((tool, host.say('obk ' + self.path('sound.obk'))), ('ok', 'ok'))
        elif state == 'TZ-CLOSED':
            self.assertFalse(said['way_back'])
            self.assertRegex(host.say('obk ' + self.path('sound.obk')), '^no: ')
        else:
            self.assertFalse(said['way_back'], state)
            self.assertIn(state, ('CLOSED', 'LOCKED'))
            self.assertRegex(tool, '^no: debug is closed')
            self.assertRegex(host.say('obk ' + self.path('sound.obk')), '^no: debug is closed')
        return False

    def prove_remedy(self, said):
        """The right images, by the line and by a tool: one of them brings the device up as was told."""
        found = 'bricked'
        for verdict, remedy in (('recoverable by rescue', self.rescue),
                                ('recoverable by a tool', self.program),
                                ('recoverable by a tool', self.program_authenticated)):
            shutil.copy(self.path('real.gar'), self.path('mended.gar'))
            remedy()
            if self.boots('mended.gar'):
                found = verdict
                break
        self.assertEqual(found, said['verdict'])

    def rescue(self):
        """With the image that is named in the device's answer; others are refused by it."""
        for role in IMAGES:
            cli.garrison('rescue', '-d', 'mended.gar', '--timeout', '1000', role + '.img',
                         cwd=self.dir)

    def program_all(self, host):
        text = cli.read(self.path('device.yaml')).decode()
        for addr, name in re.findall(r'address: 0x([0-9A-F]+), file: ([a-z.]+)', text):
            host.say('program %s %s' % (addr, self.path(name.replace('stranger', 'application'))))

    def program(self):
        with probe.Probe(self.path('mended.gar')) as host:
            if host.say('connect') == 'ok':
                self.program_all(host)

    def program_authenticated(self):
        asked = self.asks(probe.ALL_DEBUG)
        with probe.Probe(self.path('mended.gar')) as host:
            if asked and host.open_debug(asked):
                self.program_all(host)

    def asks(self, permissions=probe.FULL_REGRESSION):
        """What the description's owner answers a challenge with; None: nothing."""
        text = cli.read(self.path('device.yaml')).decode()
        named = dict(re.findall(r'(chain|key|password): ([a-z0-9]+\.[a-z0-9]+)', text))
        if 'chain' in named:
            return probe.by_certificates(self.dir, named['chain'], named['key'], permissions)
        return probe.by_password(self.dir, named['password']) if 'password' in named else None


def disaster(path):
    def test(self):
        expected = self.describe(path)
        said = self.rehearse(expected)
        self.provision_refuses(said)
        self.prove(said)
    return test


for found_disaster in DISASTERS:
    name = os.path.splitext(os.path.basename(found_disaster))[0]
    setattr(Rehearse, 'test_disaster_' + name, disaster(found_disaster))

if __name__ == '__main__':
    cli.main()
