"""A host of debug authentication, written from the facts; it reaches the chip by probe_words.c, and
shares no code with ours."""

import base64
import os
import struct
import subprocess

import cli
import credentials
import p256

PROBE_WORDS = os.environ.get('PROBE_WORDS', '')
MAGIC_HOST, MAGIC_DEVICE = 0x4F454441, 0x44414F4B
START, RESPONSE, RESUME_BOOT = 2, 3, 5
FULL_REGRESSION, ALL_DEBUG = 1 << 14, 0x77
PATIENCE = 1000


class Probe:
    def __init__(self, device):
        self.run = subprocess.Popen([PROBE_WORDS, device], stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, env=cli.ENVIRONMENT, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.run.stdin.close()
        self.run.wait()
        self.run.stdout.close()
        assert self.run.returncode == 0, self.run.returncode

    def say(self, line):
        self.run.stdin.write(line + '\n')
        self.run.stdin.flush()
        answer = self.run.stdout.readline().strip()
        assert answer, 'the probe has gone'
        return answer

    def send(self, word):
        for _ in range(PATIENCE):
            if self.say('send %08x' % word) == 'ok':
                return True
            self.say('run 20000')
        return False

    def receive(self):
        for _ in range(PATIENCE):
            answer = self.say('receive')
            if answer != 'no':
                return int(answer, 16)
            self.say('run 20000')
        return None

    def ask(self, command, data=b''):
        """Status and data of the answer; None: there is none."""
        packet = struct.pack('<HHI', 0, command, len(data) // 4) + data
        for (word,) in struct.iter_unpack('<I', packet):
            if not self.send(word):
                return None
        head, words = self.receive(), self.receive()
        if head is None or words is None:
            return None
        return head >> 16, b''.join(struct.pack('<I', self.receive()) for _ in range(words))

    def begin(self):
        """Whether the boot ROM listens."""
        self.say('power')
        if self.say('send %08x' % MAGIC_HOST) != 'ok':
            return False
        self.say('reset')
        return self.receive() == MAGIC_DEVICE

    def authenticate(self, answer_to):
        """Whether the answer to a challenge is taken."""
        if not self.begin():
            return False
        status, challenge = self.ask(START)
        if status != 0:
            return False
        status, _ = self.ask(RESPONSE, answer_to(challenge))
        return status == 0

    def open_debug(self, answer_to):
        """Whether debug is open, until the next reset."""
        if not self.authenticate(answer_to):
            return False
        status, _ = self.ask(RESUME_BOOT)
        self.say('run 100000')
        return status == 0

    def regress(self, answer_to):
        """Asks for a full regression. @return whether it was done"""
        if not self.authenticate(answer_to):
            return False
        for _ in range(PATIENCE):
            self.say('run 10000000')
            if self.say('state') == 'OPEN off 0':
                self.say('power')
                return True
        return False


def tlv(kind, value):
    return struct.pack('<HHI', 0, kind, len(value)) + value


def by_certificates(folder, chain, key, permissions=FULL_REGRESSION):
    secret, _ = p256.private_key(cli.read(os.path.join(folder, key)))
    certificates = base64.b64decode(cli.read(os.path.join(folder, chain)))

    def answer_to(challenge):
        head = struct.pack('<BBBBI', 1, 0, 1, 0, 0) + permissions.to_bytes(16, 'little')
        head += bytes(32)
        return certificates + tlv(0x0200, head + credentials.sign(secret, head + challenge[4:]))
    return answer_to


def by_password(folder, name):
    password = cli.read(os.path.join(folder, name))
    return lambda challenge: password
