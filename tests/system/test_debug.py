#!/usr/bin/env python3
"""Debug authentication over the socket of garrison run --mailbox: a host that shares no code with ours,
and garrison debug. Skipped without python3-cryptography."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys

import cli
from firmware_bytes import LOOP, SLEEP, Program

try:
    import adac_host as host
except ImportError:
    sys.exit(77)

OBK_WRITER = os.environ['OBK_WRITER']
PATIENCE = 120

SECURE = '''schema_version: 1
device: {seed: 7}
option_bytes:
  product_state: open
  trustzone: on
  boot_ube: user-flash
  secure_boot_address: 0x0C000000
  secure_watermark: {bank1: 0-127, bank2: none}
images:
  - {role: data, address: 0x0C000000, file: program.bin}
'''
PLAIN = '''schema_version: 1
device: {seed: 7}
option_bytes: {trustzone: off, nonsecure_boot_address: 0x08000000}
images:
  - {role: data, address: 0x08000000, file: program.bin}
'''
STATES = {'OPEN': 0xED, 'PROVISIONING': 0x17, 'IROT-PROVISIONED': 0x2E, 'TZ-CLOSED': 0xC6,
          'CLOSED': 0x72, 'LOCKED': 0x5C}
SECRET = bytes(range(0x41, 0x51))


class Chip(cli.Case):
    def make(self, state='CLOSED', trustzone=True, obk=None, mask=0x5077, end=SLEEP):
        """device.gar with a program, and debug-authentication data."""
        self.owners = host.Owners()
        self.owners.write(self.dir)
        secret = self.owners.hash() if trustzone else hashlib.sha256(SECRET).digest()
        cli.write(self.path('password.bin'), host.tlv(host.PASSWORD, SECRET))
        cli.write(self.path('program.bin'),
                  Program(secure=trustzone).text('go\n').end(end).bytes())
        cli.write(self.path('device.yaml'), SECURE if trustzone else PLAIN)
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')
        cli.write(self.path('da.obk'), host.obk(obk or secret, mask))
        subprocess.run([OBK_WRITER, self.path('device.gar'), self.path('da.obk'),
                        '%02X' % STATES[state]], check=True, env=cli.ENVIRONMENT)

    def serve(self, *options):
        """Runs the chip; when its mailbox is there."""
        run = self.start_run('device.gar', *options, '--mailbox=unix:mailbox')
        line = run.stderr.readline().decode()
        self.assertEqual(line, 'garrison: the mailbox is at: garrison debug ... '
                               '--connect unix:mailbox\n')
        return run

    def mailbox(self):
        box = host.Mailbox(self.path('mailbox'))
        self.addCleanup(box.close)
        return box

    def debug(self, verb, *options, status=0):
        answer = cli.garrison('debug', verb, *options, cwd=self.dir, timeout=PATIENCE)
        self.assertEqual(answer.status, status, answer.err)
        return answer

    def open(self, permissions, *options, status=0):
        return self.debug('open', '-c', 'unix:mailbox', '-k', 'leaf.pem', '--cert', 'chain.b64',
                          '-p', permissions, *options, status=status)

    def stop(self, run):
        """What it printed."""
        run.send_signal(signal.SIGTERM)
        out, err = run.communicate(timeout=PATIENCE)
        self.assertEqual(run.returncode, 130, err)
        return out.decode(), err.decode()


class Oracle(Chip):
    """Another implementation of the host."""

    def test_session_from_discovery_to_close(self):
        self.make()
        run = self.serve()
        box = self.mailbox()
        self.assertTrue(box.begin())
        said = box.discover()
        self.assertEqual(said[0x0003], bytes([0x84, 4, 0, 0]))
        self.assertEqual(said[0x0008], bytes([0x72, 0]))
        self.assertEqual(said[0x0007][:2], bytes([0x77, 0x50]))
        self.assertEqual(said[0x8000], bytes([0xEA] * 4))
        self.assertEqual(said[0x0102], b'\1')
        key = self.owners.keys[2]
        self.assertEqual(box.authenticate(self.owners.chain(), key, host.LEVEL3), host.OK)
        self.assertIn('Secure and Non-secure debug from HDPL 3 on', box.why())
        self.assertEqual(box.request(host.LOCK)[0], host.OK)
        self.assertIn('closed', box.why())
        self.assertEqual(box.request(host.RESUME)[0], host.OK)
        self.assertIsNone(box.receive(50))  # it boots, and nobody is there any more
        out, _ = self.stop(run)
        self.assertTrue(out.startswith('go\n'))

    def test_refusals(self):
        self.make(mask=0x4044)
        run = self.serve()
        box = self.mailbox()
        owners, key = self.owners, self.owners.keys[2]
        stranger = host.Owners()
        cases = [
            (stranger.chain(), stranger.keys[2], host.LEVEL3, host.FAILURE, 'not the one whose hash'),
            (owners.chain(soc_class=0x485), key, host.LEVEL3, host.FAILURE, 'chips of class 0x485'),
            (owners.chain(soc_id=b'\1' * 16), key, host.LEVEL3, host.FAILURE, 'for another chip'),
            (owners.chain(life_cycle=0xC6), key, host.LEVEL3, host.FAILURE, 'life cycle 0x00C6'),
            (owners.chain(oem=3), key, host.LEVEL3, host.FAILURE, 'OEM constraint'),
            (owners.chain(mask=0x5037), key, host.LEVEL3, host.UNAUTHORIZED,
             'not permitted by certificate 3'),
            (owners.chain(), key, host.LEVEL1, host.UNAUTHORIZED, "debug-authentication data"),
            (owners.chain(), owners.keys[1], host.LEVEL3, host.FAILURE, 'not signed over'),
            (owners.chain()[::-1], key, host.LEVEL3, host.FAILURE, 'out of order'),
        ]
        self.assertTrue(box.begin())
        for chain, signer, permissions, status, why in cases:
            self.assertEqual(box.authenticate(chain, signer, permissions), status)
            self.assertIn(why, box.why())
            self.assertIn('refused', box.why())
        soc_id = box.discover()[0x0004]
        chain = owners.chain(soc_id=soc_id, soc_class=0x484, life_cycle=0x72)
        self.assertEqual(box.authenticate(chain, key, host.LEVEL3), host.OK)
        _, err = self.stop(run)
        self.assertIn('refused', err)

    def test_replay_is_refused(self):
        self.make()
        self.serve()
        box = self.mailbox()
        key = self.owners.keys[2]
        self.assertTrue(box.begin())
        old = host.token(key, box.challenge(), host.FULL)
        for again in range(3):
            if again == 1:
                self.assertTrue(box.begin())
            challenge = box.challenge()
            for cert in self.owners.chain():
                status, _ = box.request(host.RESPONSE, host.tlv(host.CERTIFICATE, cert))
                self.assertEqual(status, host.MORE)
            status, _ = box.request(host.RESPONSE, host.tlv(host.TOKEN, old))
            self.assertEqual(status, host.FAILURE)
            self.assertIn("not signed over this session's challenge", box.why())
            fresh = host.token(key, challenge, host.FULL)  # the challenge is used up
            status, _ = box.request(host.RESPONSE, host.tlv(host.TOKEN, fresh))
            self.assertEqual(status, host.FAILURE)
            self.assertIn('no challenge is open', box.why())

    def test_password_without_trustzone(self):
        self.make(trustzone=False)
        self.serve()
        box = self.mailbox()
        self.assertTrue(box.begin())
        self.assertEqual(box.discover()[0x0102], b'\x80')
        box.challenge()
        wrong = host.tlv(host.PASSWORD, SECRET[::-1])
        self.assertEqual(box.request(host.RESPONSE, wrong)[0], host.FAILURE)
        self.assertIn('not the password', box.why())
        box.challenge()
        right = host.tlv(host.PASSWORD, SECRET)
        self.assertEqual(box.request(host.RESPONSE, right)[0], host.OK)
        for _ in range(1000):  # a reset in the middle has it begin anew
            self.assertTrue(box.begin())
            if box.discover()[0x0008] == bytes([0xED, 0]):
                break
        said = box.discover()
        self.assertEqual(said[0x0008], bytes([0xED, 0]))
        self.assertEqual(said[0x8000], bytes([0xF5] * 4))

    def test_locked_answers_nothing(self):
        self.make(state='LOCKED')
        run = self.serve()
        box = self.mailbox()
        self.assertFalse(box.begin(tries=200))
        self.assertIn('LOCKED', box.why())
        self.assertEqual(self.stop(run)[0].count('go'), 2)  # it boots all the same

    def test_lines_of_no_meaning(self):
        self.make()
        self.serve()
        box = self.mailbox()
        for line in ('', 'send', 'send 1', 'send 0x123456', 'begin 123456789', 'reset now',
                     'reset\0', 'x' * 5000):
            self.assertTrue(box.ask(line).startswith('error'), line)
        self.assertEqual(box.ask('receive'), 'none')
        box.close()  # the next host finds the chip as it is
        self.assertTrue(self.mailbox().begin())


class Command(Chip):
    """garrison debug."""

    def test_discover_in_words_and_json(self):
        self.make(mask=0x4004)
        self.serve()
        words = self.debug('discover', '-c', 'unix:mailbox').out.decode()
        self.assertRegex(words, r'product state +CLOSED\n')
        self.assertRegex(words, r'takes +certificates')
        self.assertRegex(words, r'credentials +sound')
        self.assertRegex(words, r'permits +full-regression,level3-nonsecure\n')
        said = json.loads(self.debug('discover', '-c', 'unix:mailbox', '--json').out)
        self.assertEqual(said['product_state'], 'CLOSED')
        self.assertEqual(said['soc_class'], 0x484)
        self.assertTrue(said['credentials_sound'])
        self.assertEqual(said['method'], 'certificates')
        self.assertEqual(said['hdpl_status'], [1, 0xFFFFFFFF, 0xFFFFFFFF])

    def test_discover_a_device_file(self):
        self.make(state='TZ-CLOSED', trustzone=True)
        said = json.loads(self.debug('discover', '-d', 'device.gar', '--json').out)
        self.assertEqual(said['product_state'], 'TZ-CLOSED')
        state = json.loads(self.run_ok('state', '--json', 'device.gar').out)
        self.assertEqual(state['soc_id'], said['soc_id'])
        self.assertIn(said['soc_id'], self.run_ok('state', 'device.gar').out.decode())
        self.assertEqual(int(said['soc_id'].replace('_', ''), 16),
                         int.from_bytes(bytes.fromhex(state['uid']), 'little'))
        self.make_other('OPEN')
        words = self.debug('discover', '-d', 'other.gar').out.decode()
        self.assertRegex(words, r'credentials +none that are sound: nothing can be')
        self.make_other('LOCKED')
        answer = self.debug('discover', '-d', 'other.gar', status=1)
        self.assertIn('nobody answers at the mailbox: product state LOCKED knows none', answer.err)

    def make_other(self, state):
        """other.gar, a copy of device.gar in another state."""
        cli.write(self.path('other.gar'), cli.read(self.path('device.gar')))
        subprocess.run([OBK_WRITER, self.path('other.gar'), self.path('da.obk'),
                        '%02X' % STATES[state]], check=True, env=cli.ENVIRONMENT)

    def test_open_says_what_it_has_opened_or_why_not(self):
        self.make(mask=0x4007)
        self.serve()
        answer = self.open('level3-nonsecure,level1')
        self.assertEqual(answer.out, b'opened: Non-secure debug from HDPL 3 on, for '
                                     b'level3-nonsecure\n')
        self.assertIn('not permitted by the certificates or the chip\'s data: level1', answer.err)
        answer = self.open('level3', status=1)
        self.assertEqual(answer.out, b'')
        self.assertIn('garrison: refused by the chip (status 4, unauthorized): level3 not permitted '
                      "by the chip's debug-authentication data", answer.err)
        stranger = host.Owners()
        stranger.write(self.dir)
        answer = self.open('level3-nonsecure', status=1)
        self.assertIn('(status 1, failure): the root certificate\'s key is not the one', answer.err)
        self.assertEqual(self.debug('close', '-c', 'unix:mailbox').out, b'closed\n')

    def test_regressions_of_a_device_file(self):
        self.make()
        answer = self.debug('regress', '-d', 'device.gar', '-k', 'leaf.pem', '--cert', 'chain.b64',
                            '--partial')
        self.assertEqual(answer.out, b'regressed: the product state is TZ-CLOSED\n')
        answer = self.debug('regress', '-d', 'device.gar', '-k', 'leaf.pem', '--cert', 'chain.b64')
        self.assertEqual(answer.out, b'regressed: the product state is OPEN\n')
        state = json.loads(self.run_ok('state', '--json', 'device.gar').out)
        self.assertEqual(state['product_state'], 'OPEN')
        answer = self.debug('regress', '-d', 'device.gar', '-k', 'leaf.pem', '--cert', 'chain.b64',
                            status=1)  # its data is gone, and TrustZone is off
        self.assertIn('no debug-authentication data', answer.err)

    def test_regression_of_a_running_chip_by_password(self):
        self.make(trustzone=False)
        run = self.serve()
        cli.write(self.path('wrong.bin'), host.tlv(host.PASSWORD, SECRET[::-1]))
        answer = self.debug('regress', '-c', 'unix:mailbox', '--password', 'wrong.bin', status=1)
        self.assertIn('this is not the password', answer.err)
        answer = self.debug('regress', '-c', 'unix:mailbox', '-k', 'leaf.pem', '--cert',
                            'chain.b64', status=1)
        self.assertIn('takes a password', answer.err)
        answer = self.debug('regress', '-c', 'unix:mailbox', '--password', 'password.bin')
        self.assertEqual(answer.out, b'regressed: the product state is OPEN\n')
        self.stop(run)
        state = json.loads(self.run_ok('state', '--json', 'device.gar').out)
        self.assertEqual(state['product_state'], 'OPEN')
        self.assertEqual(state['flash_sectors_used'], 0)

    def test_data_of_the_wrong_kind_opens_nothing(self):
        self.make(obk=hashlib.sha256(SECRET).digest())  # a password's, with TrustZone
        for credentials, why in ((('--password', 'password.bin'), 'takes certificates, no password'),
                                 (('-k', 'leaf.pem', '--cert', 'chain.b64'), 'not the one whose')):
            answer = self.debug('regress', '-d', 'device.gar', *credentials, status=1)
            self.assertIn(why, answer.err)
        self.assertIn('CLOSED', self.run_ok('state', 'device.gar').out.decode())

    def test_a_running_chip_with_a_busy_processor(self):
        self.make(end=LOOP)
        run = self.serve()
        self.assertEqual(run.stdout.read(3), b'go\n')
        self.open('level3')
        self.assertEqual(run.stdout.read(3), b'go\n')  # it booted again

    def test_bad_command_lines(self):
        self.make()
        cli.write(self.path('other.pem'), host.pem(host.new_key()))
        good = ('-k', 'leaf.pem', '--cert', 'chain.b64', '-p', 'level3')
        for reason, *args in (
                (r'--key: which', 'open', '--cert', 'chain.b64', '-p', 'level3'),
                (r'--cert: which', 'open', '-k', 'leaf.pem', '-p', 'level3'),
                (r'--permissions: which', 'open', '-k', 'leaf.pem', '--cert', 'chain.b64'),
                (r'--permissions: .*level9', 'open', *good[:-1], 'level9'),
                (r'not the key of the last', 'open', '-k', 'other.pem', *good[2:]),
                (r'no option -d', 'open', '-d', 'device.gar', *good),
                (r'no option --device', 'close', '--device', 'device.gar'),
                (r'which of the two', 'discover', '-d', 'device.gar', '-c', '1'),
                (r'cannot connect to nowhere', 'discover', '-c', 'unix:nowhere'),
                (r'neither a port', 'discover', '-c', 'example.org:1'),
                (r'goes without', 'regress', '--password', 'password.bin', '--partial'),
                (r'device\.yaml', 'discover', '-d', 'device.yaml')):
            self.assert_refused(2, reason, 'debug', *args)
        self.assert_refused(2, r'no boot ROM', 'run', '--hosted', 'program.bin', '--mailbox')

    def test_a_socket_that_was_left_behind(self):
        self.make()
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(self.path('left'))
        answer = cli.garrison('run', 'device.gar', '--mailbox=unix:left', cwd=self.dir)
        self.assertEqual(answer.status, 2)
        self.assertIn('left: Address already in use; if nobody serves it, delete it', answer.err)

    def test_a_listener_that_is_no_mailbox(self):
        self.make()
        server = socket.socket(socket.AF_UNIX)
        self.addCleanup(server.close)
        server.bind(self.path('false'))
        server.listen(1)
        run = subprocess.Popen([cli.GARRISON, 'debug', 'discover', '-c', 'unix:false'],
                               cwd=self.dir, env=cli.ENVIRONMENT, stderr=subprocess.PIPE)
        peer, _ = server.accept()
        peer.recv(100)
        peer.sendall(b'HTTP/1.1 400\n')
        _, err = run.communicate(timeout=PATIENCE)
        peer.close()
        self.assertEqual(run.returncode, 3)
        self.assertIn(b'this is no mailbox', err)

    def test_only_this_machine_is_let_in(self):
        self.make()
        run = self.start_run('device.gar', '--mailbox=0')
        line = run.stderr.readline().decode()
        port = int(line.rsplit(' ', 1)[1])
        listening = [text.split()[1] for text in cli.read('/proc/net/tcp').decode().splitlines()[1:]
                     if text.split()[3] == '0A' and text.split()[1].endswith(':%04X' % port)]
        self.assertEqual(listening, ['0100007F:%04X' % port])
        self.debug('discover', '-c', str(port))


if __name__ == '__main__':
    cli.main()
