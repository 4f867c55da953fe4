#!/usr/bin/env python3
"""garrison rescue: devices without an image in a slot come back, with a signed image and no other;
over the simulated UART, and over a pseudo-terminal with a device of this file's own.

usage: test_cli_rescue.py GARRISON
"""

import os
import pty
import shutil
import struct
import subprocess
import tempfile
import threading
import time
import tty
import zlib

import cli

TARGET = os.environ.get('GARRISON_TARGET_DIR', '')
IMAGES = {'urot': 'port/stm32h573/urot', 'manager': 'port/stm32h573/manager',
          'application': 'examples/hello_psa/hello_psa'}
NAMES = {'urot': 'uROT', 'manager': 'manager', 'application': 'application'}

# The device file is synchronized with each answer of the chip; in memory that costs nothing.
if os.access('/dev/shm', os.W_OK):
    tempfile.tempdir = '/dev/shm'


class Rescue(cli.Case):
    """Keys and images of the cross build, made once."""

    @classmethod
    def setUpClass(cls):
        cls.made = tempfile.mkdtemp(prefix='garrison-cli.')
        cls.addClassCleanup(shutil.rmtree, cls.made)
        shutil.copy(os.path.join(TARGET, 'port/stm32h573/irot.bin'), cls.made)
        for role, image in IMAGES.items():
            shutil.copy(os.path.join(TARGET, image + '.bin'),
                        os.path.join(cls.made, role + '.bin'))
            for args in (('key', 'new', role + '.pem'),
                         ('image', 'sign', '-k', role + '.pem', '--slot', role, '--version',
                          '1.0.0', role + '.bin', role + '.img')):
                answer = cli.garrison(*args, cwd=cls.made)
                assert answer.status == 0, answer.err

    def setUp(self):
        super().setUp()
        shutil.copytree(self.made, self.dir, dirs_exist_ok=True)

    def device(self, missing):
        """device.gar, with nothing in the slot of `missing`."""
        lines = [line for line in cli.DEVICE.splitlines(True)
                 if not line.endswith('file: %s.img}\n' % missing)]
        cli.write(self.path('device.yaml'), ''.join(lines))
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml', '--force')

    def rescue(self, *args, image='application.img'):
        return cli.garrison('rescue', image, '--device', 'device.gar', *args, cwd=self.dir,
                            timeout=200)

    def check(self, status, reason, *args, image='application.img'):
        answer = self.rescue(*args, image=image)
        self.assertEqual(answer.status, status, answer.err)
        self.assertRegex(answer.err, reason)
        return answer

    def assert_waits(self, missing):
        answer = cli.garrison('run', 'device.gar', '--timeout', '100', cwd=self.dir, timeout=120)
        self.assertEqual(answer.status, 1, answer.err)
        self.assertIn('waiting for rescue: ' + NAMES[missing], answer.out.decode())

    def assert_runs(self):
        answer = cli.garrison('run', 'device.gar', '--until-text', 'hello_psa: ok', '--timeout',
                              '100', cwd=self.dir, timeout=120)
        self.assertEqual(answer.status, 0, answer.err)


class Devices(Rescue):
    def test_each_component_comes_back(self):
        for missing, name in NAMES.items():
            with self.subTest(missing):
                self.device(missing)
                self.assert_waits(missing)
                answer = self.check(0, '^$', '--role', name, image=missing + '.img')
                size = os.path.getsize(self.path(missing + '.img'))
                self.assertEqual(answer.out.decode(), '%s: %u bytes, installed\n' % (name, size))
                self.assert_runs()

    def test_what_the_owner_has_not_signed_is_refused(self):
        self.device('application')
        image = bytearray(cli.read(self.path('application.img')))
        image[cli.HEADER + 100] ^= 1
        cli.write(self.path('changed.img'), bytes(image))
        self.check(1, 'changed.img: uROT refused it as application: content does not match',
                   image='changed.img')
        self.assert_waits('application')
        self.run_ok('image', 'sign', '-k', 'manager.pem', '--slot', 'application', '--version',
                    '1.0.0', 'application.bin', 'foreign.img')
        self.check(1, 'foreign.img: uROT refused it as application: signature is not by the '
                   'expected owner', image='foreign.img')
        self.assert_waits('application')
        # The uROT's own image is none for this slot, and bytes that are no image are not sent.
        self.check(1, 'refused it as application', image='urot.img')
        self.check(2, 'application.bin', image='application.bin')
        self.assert_waits('application')
        self.check(0, '^$', '--quiet')
        self.assert_runs()

    def test_a_killed_transfer_goes_on(self):
        self.device('application')
        shutil.copy(self.path('device.gar'), self.path('whole.gar'))
        before = time.monotonic()
        self.check(0, '^$')
        took = time.monotonic() - before
        for part in (0.5, 0.8):
            shutil.copy(self.path('whole.gar'), self.path('device.gar'))
            run = subprocess.Popen([cli.GARRISON, 'rescue', 'application.img', '--device',
                                    'device.gar'], cwd=self.dir, env=cli.ENVIRONMENT,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(took * part)
            run.kill()
            run.wait()
            answer = self.rescue()
            # Killed late it may have been done.
            if answer.status != 0:
                self.assertRegex(answer.err, 'no answer')
            self.assert_runs()

    def test_a_device_that_does_not_wait(self):
        self.device('nothing')
        self.check(1, 'no answer: the device does not wait for a rescue', '--timeout', '3')
        self.device('manager')
        self.check(1, 'the device waits for manager, not for application', '--role', 'application')
        # Larger than the slot.
        cli.write(self.path('large.bin'), cli.body('manager', 180 * 1024))
        self.run_ok('image', 'sign', '-k', 'manager.pem', '--load-addr', '0x0C014000', '--version',
                    '1.0.0', 'large.bin', 'large.img')
        self.check(1, 'large.img: [0-9]+ bytes; the device has room for [0-9]+',
                   image='large.img')

    def test_command_lines(self):
        self.device('application')
        rescue = ('rescue', 'application.img')
        self.assert_refused(2, 'one of --device and --port', *rescue)
        self.assert_refused(2, 'one of --device and --port', *rescue, '--device', 'device.gar',
                            '--port', '/dev/null')
        self.assert_refused(2, '/dev/null: not a serial port', *rescue, '--port', '/dev/null')
        self.assert_refused(2, 'absent: No such file', *rescue, '--port', 'absent')
        self.assert_refused(2, '--baud', *rescue, '--port', '/dev/null', '--baud', '1234')
        self.assert_refused(2, 'absent.gar', *rescue, '--device', 'absent.gar')
        self.assert_refused(2, 'absent.img', 'rescue', 'absent.img', '--device', 'device.gar')


def frame(kind, sequence, payload=b''):
    covered = struct.pack('<BBH', kind, sequence, len(payload)) + payload
    return b'\xA5' + covered + struct.pack('<I', zlib.crc32(covered))


class Device(threading.Thread):
    """The device's end of the line, written from docs/SPEC.md alone. Faults: `lost` answers by
    their number, `noise` before each answer, a `reset` at a data request."""

    def __init__(self, lost=(), noise=b'', reset_at=None, refuse=None):
        super().__init__(daemon=True)
        self.line, other = pty.openpty()
        tty.setraw(self.line)
        self.path = os.ttyname(other)
        self.keep_open = other
        self.lost, self.noise, self.reset_at, self.refuse = lost, noise, reset_at, refuse
        self.flash, self.size, self.begun = b'', None, False
        self.answers, self.done = 0, False

    def answer(self, kind, sequence, payload=b''):
        self.answers += 1
        if self.answers not in self.lost:
            os.write(self.line, self.noise + frame(kind, sequence, payload))

    def nak(self, sequence, reason):
        self.answer(0x81, sequence, struct.pack('<II', reason, len(self.flash)))

    def request(self, kind, sequence, payload):
        if kind == 1:
            self.answer(0x80, sequence, struct.pack('<4BII', 1, 2, 4, 3, 100000, 240))
        elif kind == 2:
            role, anew, zero, size = struct.unpack('<BBHI', payload)
            assert role == 4 and zero == 0
            if anew or size != self.size:
                self.flash = b''
            self.flash = self.flash[:len(self.flash) // 512 * 512]
            self.size, self.begun = size, True
            self.answer(0x80, sequence, struct.pack('<II', len(self.flash),
                                                    zlib.crc32(self.flash)))
        elif kind == 3:
            off, data = struct.unpack('<I', payload[:4])[0], payload[4:]
            if self.reset_at is not None and off >= self.reset_at:
                self.reset_at, self.begun = None, False
                return
            if not self.begun:
                return self.nak(sequence, 9)
            assert off <= len(self.flash)
            self.flash = self.flash[:off] + data
            self.answer(0x80, sequence, struct.pack('<I', len(self.flash)))
        elif kind == 4:
            assert len(self.flash) == self.size
            if self.refuse is not None:
                return self.nak(sequence, self.refuse)
            self.answer(0x80, sequence)
            os.write(self.line, b'iROT 0.1.0\nuROT 0.1.0\nmanager 0.1.0\n')
            self.done = True

    def run(self):
        got = b''
        while not self.done:
            try:
                got += os.read(self.line, 4096)
            except OSError:
                return
            while got:
                if got[0] != 0xA5:
                    got = got[1:]
                    continue
                if len(got) < 5 or len(got) < 9 + struct.unpack('<H', got[3:5])[0]:
                    break
                length = struct.unpack('<H', got[3:5])[0]
                covered, crc = got[1:5 + length], struct.unpack('<I', got[5 + length:9 + length])
                assert zlib.crc32(covered) == crc[0]
                got = got[9 + length:]
                self.request(covered[0], covered[1], covered[4:])


class Port(cli.Case):
    def setUp(self):
        super().setUp()
        self.make_device_files()

    def go(self, device, *args):
        device.start()
        return cli.garrison('rescue', 'application.img', '--port', device.path, *args,
                            cwd=self.dir)

    def assert_sent(self, device, *args):
        answer = self.go(device, *args)
        self.assertEqual(answer.status, 0, answer.err)
        self.assertEqual(device.flash, cli.read(self.path('application.img')))
        return answer

    def test_a_port_takes_the_image(self):
        answer = self.assert_sent(Device(), '--baud', '460800', '-v')
        self.assertIn('device: manager 0.1.0', answer.err)
        self.assertRegex(answer.out.decode(), '^application: [0-9]+ bytes, installed\n$')

    def test_lost_answers_and_noise_are_survived(self):
        self.assert_sent(Device(lost=(1, 2, 4, 6, 7, 8)))
        self.assert_sent(Device(noise=b'\xA5\x80\x01\x00\x01 noise \xA5\xFF'))

    def test_a_reset_in_the_middle_is_survived(self):
        answer = self.assert_sent(Device(reset_at=1024))
        self.assertRegex(answer.err, '1024 bytes were there from before')

    def test_what_another_image_has_left_is_sent_anew(self):
        device = Device()
        device.size = os.path.getsize(self.path('application.img'))
        device.flash = b'x' * 1024
        self.assertNotIn('from before', self.assert_sent(device).err)

    def test_the_reason_of_a_refusal_is_told(self):
        answer = self.go(Device(refuse=7))
        self.assertEqual(answer.status, 1)
        self.assertRegex(answer.err, 'refused it as application: signature is not by')

    def test_a_silent_port(self):
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        answer = cli.garrison('rescue', 'application.img', '--port', os.ttyname(slave), '--timeout',
                              '1', cwd=self.dir)
        self.assertEqual(answer.status, 1)
        self.assertRegex(answer.err, 'no answer')


if __name__ == '__main__':
    cli.main()
