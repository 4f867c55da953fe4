#!/usr/bin/env python3
"""garrison provision by steps, and garrison rehearse: order, words, what is refused before anything is
made. The disasters are in test_rehearse.py."""

import json
import os
import re
import shutil

import cli
import credentials
import probe

TARGET = os.environ.get('GARRISON_TARGET_DIR', '')
IMAGES = {'urot': 'port/stm32h573/urot', 'manager': 'port/stm32h573/manager',
          'application': 'examples/hello_psa/hello_psa'}
CREDENTIALS = 'debug_authentication: {root: root.pem, chain: chain.b64, key: leaf.pem}\n'
HELLO = 'hello_psa: ok'


class Provision(cli.Case):
    def setUp(self):
        super().setUp()
        shutil.copy(os.path.join(TARGET, 'port/stm32h573/irot.bin'), self.path('irot.bin'))
        for name in ('root', 'leaf', 'other'):
            self.run_ok('key', 'new', name + '.pem')
        for role, image in IMAGES.items():
            self.run_ok('key', 'new', role + '.pem')
            self.sign(role, image)
        credentials.make_all(self.dir)

    def sign(self, role, image):
        self.run_ok('image', 'sign', '-k', role + '.pem', '--slot', role, '--version', '1.0.0',
                    os.path.join(TARGET, image + '.bin'), role + '.img')

    def describe(self, state='closed', more=CREDENTIALS):
        text = cli.DEVICE.replace('product_state: open', 'product_state: ' + state)
        cli.write(self.path('device.yaml'), text + more)

    def rehearse(self, *more, status=0):
        answer = cli.garrison('rehearse', '-c', 'device.yaml', '--json', *more, cwd=self.dir)
        self.assertEqual(answer.status, status, answer.err)
        return json.loads(answer.out)

    def stored(self, device):
        """Flash, and option-byte keys but for the credentials."""
        with probe.Probe(self.path(device)) as host:
            flash = [host.say('peek %x %x' % (at, 0x2000))
                     for at in range(0x08000000, 0x08200000, 0x2000)]
            return flash, host.say('peek ffd0160 e00'), host.say('peek ffd0000 100')

    def state(self, device):
        said = self.run_ok('state', device, '--json').out
        return json.loads(said)

    def test_a_device_goes_from_virgin_to_closed_in_the_order_of_a_part(self):
        self.describe()
        said = self.rehearse()
        kinds = [step['operation'].split(':')[0].split(' 0x')[0] for step in said['steps']]
        self.assertEqual(kinds, ['option bytes'] + ['program'] * 4 + ['option bytes']
                         + ['product state'] + ['option-byte keys'] * 3 + ['product state'])
        self.assertEqual([step['product_state'] for step in said['steps']],
                         ['OPEN'] * 6 + ['PROVISIONING'] * 4 + ['CLOSED'])
        self.assertIn('debug authentication by certificates', said['steps'][7]['operation'])
        self.assertEqual(said['verdict'], 'usable')
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')
        self.run_ok('run', 'device.gar', '-e', '--until-text', HELLO)
        self.assertIn(b'CLOSED', self.run_ok('state', 'device.gar').out)

    def test_a_part_that_was_bought_with_an_irot_starts_that(self):
        shutil.copy(os.path.join(TARGET, 'port/stm32h573/irot_system.bin'), self.path('irot.bin'))
        text = cli.DEVICE.replace('boot_ube: user-flash', 'boot_ube: st-irot')
        text = text.replace('product_state: open', 'product_state: closed')
        text = text.replace('role: irot, address: 0x0C000000', 'role: irot, address: 0x0FF88000')
        cli.write(self.path('device.yaml'), text + CREDENTIALS)
        said = self.rehearse()
        self.assertEqual([step['operation'].split(':')[0] for step in said['steps'][:2]],
                         ['option bytes', 'program 0x0C008000'])
        self.assertEqual(said['verdict'], 'usable')
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')
        self.run_ok('run', 'device.gar', '-e', '--until-text', HELLO)

    def test_a_dry_run_says_what_each_step_makes_impossible_and_makes_nothing(self):
        self.describe()
        before = cli.hashes(self.dir)
        said = self.run_ok('provision', 'device.gar', '-c', 'device.yaml', '--dry-run').out.decode()
        self.assertEqual(cli.hashes(self.dir), before)
        steps = dict((int(number), text) for number, text in
                     re.findall(r'^ +(\d+)  (.*\n(?:      .*\n)*)', said, re.M))
        self.assertEqual(sorted(steps), list(range(1, 12)))
        self.assertIn('no tool erases the first sector, until a regression', steps[6])
        self.assertIn('user code does not run, until step 11', steps[7])
        self.assertIn('Secure code and memory are closed to debuggers, until', steps[7])
        self.assertIn('debug is closed altogether, until a regression', steps[11])
        self.assertIn('no tool writes option-byte keys', steps[11])
        self.assertNotIn('FINAL', said)
        self.assertRegex(said, r'verdict: +usable\n$')

    def test_what_is_final_is_said_at_its_step(self):
        self.describe('locked')
        answer = cli.garrison('provision', 'device.gar', '-c', 'device.yaml', '-n', cwd=self.dir)
        self.assertEqual(answer.status, 1)
        said = answer.out.decode()
        last = said[said.index(' 11  product state: locked'):]
        self.assertRegex(last, r'no full regression by debug authentication, for ever')
        self.assertRegex(last, r'FINAL: behind this step there is no way back: .*LOCKED')
        self.assertRegex(answer.err, 'step 11, product state: locked.*--accept no-way-back')

    def test_closing_without_credentials_is_for_words_only(self):
        self.describe(more='')
        self.assert_refused(1, 'behind step 10.*no way back.*--accept no-way-back', 'provision',
                            'device.gar', '-c', 'device.yaml')
        self.assert_refused(2, '--accept anything: the words are', 'provision', 'device.gar', '-c',
                            'device.yaml', '--accept', 'anything')
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml', '--accept', 'no-way-back')
        self.run_ok('run', 'device.gar', '-e', '--until-text', HELLO)

    def test_no_device_is_closed_with_a_key_for_development(self):
        for role in ('urot-key', 'others-key'):
            self.run_ok('key', 'new', role + '.pem')
        keys = CREDENTIALS + 'decryption_keys: {urot: urot-key.pem, others: others-key.pem}\n'
        for role in ('urot', 'application', 'leaf', 'root', 'urot-key', 'others-key'):
            with self.subTest(role=role):
                self.renew(role, '--development')
                for state, status in [('closed', 1), ('locked', 1), ('tz-closed', 0)]:
                    self.describe(state, keys)
                    answer = cli.garrison('provision', 'device.gar', '-f', '-c', 'device.yaml',
                                          cwd=self.dir)
                    self.assertEqual(answer.status, status, answer.err)
                    if status == 1:
                        self.assertRegex(answer.err, role + r'.pem: is a key for development.*'
                                         '--accept development-keys')
                self.describe(more=keys)
                answer = cli.garrison('rehearse', '-c', 'device.yaml', cwd=self.dir)
                self.assertEqual(answer.status, 1)
                self.assertRegex(answer.err, role + '.pem: is a key for development')
                self.run_ok('provision', 'device.gar', '-f', '-c', 'device.yaml', '--accept',
                            'development-keys')
                self.renew(role)

    def test_a_device_that_is_made_at_once_without_a_way_back_is_told(self):
        for state, words in (('tz-closed', 'product state tz-closed without debug_authentication '
                              'has no way back; --accept no-way-back'), ('open', '^$')):
            self.describe(state, more='')
            for dry in ((), ('-n',)):
                answer = self.run_ok('provision', 'device.gar', '-f', '-c', 'device.yaml', *dry)
                self.assertRegex(answer.err, words)
        self.describe('tz-closed', more='')
        answer = self.run_ok('provision', 'device.gar', '-f', '-c', 'device.yaml', '--accept',
                             'no-way-back')
        self.assertEqual(answer.err, '')

    def renew(self, role, *how):
        """Another key of that name, and what is made with it."""
        os.unlink(self.path(role + '.pem'))
        self.run_ok('key', 'new', *how, role + '.pem')
        if role in IMAGES:
            self.sign(role, IMAGES[role])
        credentials.make_all(self.dir)

    def test_data_of_a_root_for_development_are_made_in_words_only(self):
        self.renew('root', '--development')
        self.assert_refused(2, 'root.pem: is a key for development.*--development', 'obk', 'new',
                            '--root-key', 'root.pem', 'da.obk')
        self.assertFalse(os.path.exists(self.path('da.obk')))
        self.run_ok('obk', 'new', '--root-key', 'root.pem', '--development', 'da.obk')
        self.renew('root')
        self.run_ok('obk', 'new', '--root-key', 'root.pem', 'da.obk')
        self.assert_refused(2, '--development is for --root-key', 'obk', 'new', '--development',
                            '-d', 'root.pem', '--address', '0x0FFD0C00', 'x.obk')

    def test_steps_make_the_device_that_is_made_at_once(self):
        for state in ('open', 'tz-closed'):
            with self.subTest(state=state):
                self.describe(state, more='')
                self.run_ok('provision', 'once.gar', '-f', '-c', 'device.yaml')
                self.describe(state, more=CREDENTIALS)
                self.run_ok('provision', 'steps.gar', '-f', '-c', 'device.yaml')
                one, other = self.state('once.gar'), self.state('steps.gar')
                for each in (one, other):
                    each.pop('boots', None)
                self.assertEqual(one, other)
                self.assertEqual(self.stored('once.gar'), self.stored('steps.gar'))
                self.run_ok('run', 'steps.gar', '-e', '--until-text', HELLO)

    def test_a_refused_plan_makes_no_device_and_a_rehearsal_changes_none(self):
        self.describe('tz-closed')
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')
        before = cli.hashes(self.dir)
        cli.write(self.path('device.yaml'), 'schema_version: 1\n' + CREDENTIALS
                  + 'steps:\n  - state: closed\n')
        said = self.rehearse('--device', 'device.gar', status=1)
        self.assertIn('from product state TZ-CLOSED to CLOSED', said['steps'][0]['refused'])
        self.assertTrue(said['way_back'])
        cli.write(self.path('device.yaml'), 'schema_version: 1\n' + CREDENTIALS
                  + 'steps:\n  - regression: full\n')
        said = self.rehearse('--device', 'device.gar', status=1)
        self.assertEqual((said['steps'][0]['product_state'], said['verdict']),
                         ('OPEN', 'recoverable by a tool'))
        after = cli.hashes(self.dir)
        self.assertEqual(after[self.path('device.gar')], before[self.path('device.gar')])

    def test_a_device_that_never_had_a_way_back_is_told_as_one(self):
        self.describe(more='')
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml', '--accept', 'no-way-back')
        text = cli.read(self.path('device.yaml')).decode()
        cli.write(self.path('device.yaml'), text + 'steps:\n  - reset: power\n')
        said = self.rehearse('--device', 'device.gar', status=1)
        self.assertEqual((said['verdict'], said['way_back'], said['last_step']),
                         ('usable', False, 0))
        answer = cli.garrison('rehearse', '-c', 'device.yaml', '-d', 'device.gar', cwd=self.dir)
        self.assertRegex(answer.out.decode(), 'verdict: +usable, without a way back\n$')

    def test_what_was_regressed_is_provisioned_again(self):
        self.describe()
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')
        with probe.Probe(self.path('device.gar')) as host:
            self.assertTrue(host.regress(probe.by_certificates(self.dir, 'chain.b64', 'leaf.pem')))
            self.assertEqual(host.say('state'), 'OPEN off 0')
        said = self.rehearse('--device', 'device.gar')
        self.assertEqual((said['verdict'], said['way_back']), ('usable', True))

    def test_steps_that_are_none_are_refused_with_their_place(self):
        for body, reason in [
                ('steps:\n  - {state: closed, reset: pin}\n', r'device.yaml:3:\d+: a step is exactly'),
                ('steps:\n  - {option_bytes: {trustzone: on}, reset: pin}\n', 'a step is exactly'),
                ('steps:\n  - {option_bytes: {}}\n', r'device.yaml:3:\d+: a step is exactly'),
                ('steps:\n  - {program: manager}\n', r'device.yaml:3:\d+: there is no such image'),
                ('steps:\n  - {obk: keys}\n', r'device.yaml:3:\d+: the description has nothing'),
                ('steps:\n  - {obk: debug-authentication}\n', 'the description has nothing'),
                ('steps:\n  - {obk_file: nowhere.obk}\n', 'nowhere.obk: cannot be opened'),
                ('steps:\n  - {option_file: irot.bin}\n', r'irot.bin:1: '),
                ('steps:\n  - {state: regression}\n', r'device.yaml:3:\d+: .*regression'),
                ('steps:\n  - {format: all}\n', r"device.yaml:3:\d+: .*format"),
                ('steps: {state: closed}\n', r'device.yaml:2:\d+: '),
                ('on_refusal: perhaps\n', r'device.yaml:2:\d+: .*perhaps'),
                ('debug_authentication: {root: root.pem, password: password.bin}\n',
                 'certificates or for a password'),
                ('debug_authentication: {root: root.pem, chain: chain.b64}\n',
                 r'device.yaml:2:\d+: a chain and the key'),
                ('debug_authentication: {root: root.pem, permissions: everything}\n',
                 r'device.yaml:2:\d+: .*everything'),
                ('debug_authentication: {password: root.pem}\n', r'root.pem: '),
                ('debug_authentication: {root: irot.bin}\n', 'irot.bin: holds no key'),
                ('debug_authentication: {root: root.pem, chain: root.pem, key: leaf.pem}\n',
                 'root.pem: certificate 1: ')]:
            with self.subTest(body=body):
                cli.write(self.path('device.yaml'), 'schema_version: 1\n' + body)
                self.assert_refused(2, reason, 'provision', 'x.gar', '-c', 'device.yaml', '-n')
                self.assert_refused(2, reason, 'rehearse', '-c', 'device.yaml')

    def test_what_a_plan_names_is_not_replaced_by_the_device(self):
        self.describe()
        cli.write(self.path('device.yaml'), cli.read(self.path('device.yaml')).decode()
                  + 'steps:\n  - obk_file: sound.obk\n')
        for name in ('root.pem', 'chain.b64', 'leaf.pem', 'sound.obk', 'irot.bin', 'device.yaml'):
            self.assert_refused(2, 'the device is made from it', 'provision', name, '-f', '-c',
                                'device.yaml')

    def test_an_option_file_of_the_vendor_is_a_step(self):
        self.describe('open', more='')
        self.run_ok('provision', 'model.gar', '-c', 'device.yaml')
        self.run_ok('options', 'export', 'model.gar', 'words.csv')
        cli.write(self.path('device.yaml'),
                  'schema_version: 1\nsteps:\n  - option_file: words.csv\n')
        said = self.rehearse(status=1)
        self.assertEqual(said['steps'][0]['operation'], 'option bytes: all words of words.csv')
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')
        self.run_ok('options', 'export', 'device.gar', 'again.csv')
        self.assertEqual(cli.read(self.path('again.csv')), cli.read(self.path('words.csv')))


if __name__ == '__main__':
    cli.main()
