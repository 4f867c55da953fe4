#!/usr/bin/env python3
"""garrison run --gdb, driven by a real gdb-multiarch: the chain of images and an application on it."""

import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time

import cli
from firmware_bytes import LOOP, SLEEP, Program

TARGET = os.environ.get('GARRISON_TARGET_DIR', '')
IMAGES = {'urot': 'port/stm32h573/urot', 'manager': 'port/stm32h573/manager',
          'application': 'examples/hello_psa/hello_psa'}
APPLICATION = os.path.join(TARGET, IMAGES['application'] + '.elf')
MANAGER = os.path.join(TARGET, IMAGES['manager'] + '.elf')
STORAGE = os.path.join(TARGET, 'examples/storage/storage.elf')
GDB = shutil.which('gdb-multiarch')
PATIENCE = 120


def text_of(record):
    """The text of a stream record of GDB's machine interface."""
    return record[2:-1].encode().decode('unicode_escape')


class Gdb:
    """A GDB that is told what a user would type."""

    def __init__(self, case):
        self.run = subprocess.Popen([GDB, '-nx', '-q', '--interpreter=mi3'], cwd=case.dir,
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, env=cli.ENVIRONMENT)
        self.pending = b''
        self.log = []
        case.addCleanup(self.close)
        self.say('set pagination off')
        self.say('set confirm off')
        self.say('set remotetimeout 60')

    def close(self):
        self.run.kill()
        self.run.wait()
        self.run.stdin.close()
        self.run.stdout.close()

    def has_line(self, seconds):
        """Whether GDB prints a line in that time."""
        return b'\n' in self.pending or bool(select.select([self.run.stdout], [], [], seconds)[0])

    def line(self):
        """The next line that GDB prints."""
        end = time.monotonic() + PATIENCE
        while b'\n' not in self.pending:
            ready, _, _ = select.select([self.run.stdout], [], [], max(0, end - time.monotonic()))
            data = os.read(self.run.stdout.fileno(), 65536) if ready else b''
            if not data:
                raise AssertionError('GDB says no more:\n' + '\n'.join(self.log[-40:]))
            self.pending += data
        line, self.pending = self.pending.split(b'\n', 1)
        self.log.append(line.decode('utf-8', 'replace').rstrip('\r'))
        return self.log[-1]

    def say(self, command, stops=False):
        """Types a command; all that came up to its end, or to where the target has stopped."""
        quoted = command.replace('\\', '\\\\').replace('"', '\\"')
        self.run.stdin.write(('-interpreter-exec console "%s"\n' % quoted).encode())
        self.run.stdin.flush()
        return self.until(r'\*stopped|\^error' if stops else r'\^(done|error|running|exit)')

    def until(self, pattern):
        said = []
        while True:
            line = self.line()
            if line[:1] in '~@&' and line[1:2] == '"':
                said.append(text_of(line))
            if re.match(pattern, line):
                return ''.join(said) + line

    def go(self, command='continue'):
        """Lets the target run until it stops."""
        return self.say(command, stops=True)

    def value(self, expression):
        answer = self.say('output/x ' + expression)
        found = re.search(r'0x[0-9a-f]+', answer)
        if not found:
            raise AssertionError('%s: %s' % (expression, answer))
        return int(found.group(), 16)

    def interrupt(self):
        """Ctrl-C, again if GDB has not heard it for long."""
        said = []
        for _ in range(PATIENCE // 10):
            time.sleep(1)  # a signal that comes before GDB waits for the target is lost
            self.run.send_signal(signal.SIGINT)
            while self.has_line(10):
                said.append(self.line())
                if said[-1].startswith('*stopped'):
                    return '\n'.join(said)
        raise AssertionError('Ctrl-C does not stop it: ' + '\n'.join(said))


class Debug(cli.Case):
    state = 'open'
    accept = ()

    def setUp(self):
        super().setUp()
        shutil.copy(os.path.join(TARGET, 'port/stm32h573/irot.bin'), self.path('irot.bin'))
        for role, image in IMAGES.items():
            self.run_ok('key', 'new', role + '.pem')
            self.run_ok('image', 'sign', '-k', role + '.pem', '--slot', role, '--version', '1.0.0',
                        os.path.join(TARGET, image + '.bin'), role + '.img')
        cli.write(self.path('device.yaml'),
                  cli.DEVICE.replace('product_state: open', 'product_state: ' + self.state))
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml', *self.accept)

    def serve(self, *options):
        """Starts the chip; its process, when it listens."""
        run = self.start_run('--ephemeral', 'device.gar', *options, '--gdb=unix:socket')
        line = run.stderr.readline().decode()
        self.assertEqual(line, 'garrison: waiting for GDB: target remote socket\n')
        return run

    def attach(self, *options):
        self.chip = self.serve(*options)
        gdb = Gdb(self)
        gdb.say('file ' + APPLICATION)
        self.assertNotIn('^error', gdb.say('target remote socket'))
        return gdb

    def ends(self, run, status):
        out, err = run.communicate(timeout=PATIENCE)
        self.assertEqual(run.returncode, status, err)
        return out.decode(), err.decode()


class Open(Debug):
    def test_application_is_debugged_and_goes_on(self):
        gdb = self.attach('--until-text', 'hello_psa: ok')
        self.assertEqual(gdb.value('$secure'), 1)  # it waits before the iROT's first instruction
        gdb.say('break show_hash')
        self.assertIn('show_hash', gdb.go())
        self.assertIn('main ()', gdb.say('bt'))
        self.assertIn('hello from', gdb.say('print text'))
        gdb.say('delete')
        gdb.say('detach')
        out, err = self.ends(self.chip, 0)
        self.assertIn('hello_psa: ok', out)
        self.assertNotIn('fault', err)

    def test_steps_go_through_the_gate(self):
        gdb = self.attach()
        gdb.say('break psa_call')
        gdb.go()
        self.assertEqual(gdb.value('$secure'), 0)
        gdb.say('delete')
        gdb.say('tbreak *$lr')
        back = gdb.value('$lr') & ~1
        steps = 0
        while gdb.value('$secure') == 0:
            gdb.go('stepi')
            steps += 1
            self.assertLess(steps, 200)
        callable_ = gdb.say('monitor map')
        first, last = re.search(r'(0x\w+)-(0x\w+)  Secure, NS callable', callable_).groups()
        self.assertTrue(int(first, 16) < gdb.value('$pc') <= int(last, 16))
        gdb.go('stepi')
        self.assertEqual(gdb.value('$msp'), gdb.value('$msp_s'))
        gdb.go()
        self.assertEqual(gdb.value('$pc'), back)
        self.assertEqual(gdb.value('$secure'), 0)
        self.assertEqual(gdb.value('$msp'), gdb.value('$msp_ns'))

    def test_fault_stops_and_is_traced_to_its_caller(self):
        gdb = self.attach()
        gdb.say('break printf')
        gdb.go()
        gdb.say('break print_hex')
        gdb.say('delete 1')
        gdb.go()
        gdb.say('set $r1 = 0x30000000')  # what is printed: Secure memory
        said = gdb.go()
        self.assertIn('SIGSEGV', said)
        self.assertIn('SecureFault: SFSR.AUVIOL', said)
        self.assertRegex(gdb.say('bt'), r'(?s)#0 .*print_hex.*#1 .*show_hash.*main \(\)')
        self.assertEqual(gdb.value('$secure'), 0)
        gdb.go('stepi')  # the exception is taken
        self.assertEqual(gdb.value('$secure'), 1)
        self.assertEqual(gdb.value('$xpsr & 0x1ff'), 7)
        self.assertRegex(gdb.say('monitor faults'), r'SFSR +0x\w+.* AUVIOL')

    def test_watchpoint_stops_at_the_access(self):
        gdb = self.attach()
        gdb.say('break show_hash')
        gdb.go()
        address = gdb.value('hash')
        gdb.say('delete')
        gdb.say('rwatch *(char *)%d' % (address + 5))
        said = gdb.go()
        self.assertIn('read-watchpoint-trigger', said)
        self.assertIn('print_hex', gdb.say('bt 1'))
        self.assertEqual(gdb.value('i'), 5)

    def test_monitor_commands(self):
        gdb = self.attach()
        gdb.say('break show_hash')
        gdb.go()
        state = gdb.say('monitor state')
        self.assertIn('product state OPEN, TrustZone on, HDPL 3, boot 1', state)
        self.assertIn('Non-secure privileged', state)
        self.assertIn('saved', gdb.say('monitor snapshot save'))
        here = gdb.value('$pc')
        gdb.say('delete')
        gdb.go('stepi 5')
        self.assertIn('back; halted at 0x%08x' % here, gdb.say('monitor snapshot load').lower())
        gdb.say('maintenance flush register-cache')
        self.assertEqual(gdb.value('$pc'), here)
        for command, said in (('reset', 'reset by NRST;'),
                              ('power-cycle', 'power cut and given back;')):
            self.assertIn(said + ' halted at 0x0c', gdb.say('monitor ' + command))
            gdb.say('maintenance flush register-cache')
            self.assertEqual(gdb.value('$secure'), 1)
        self.assertIn('boot 3', gdb.say('monitor state'))
        self.assertIn('monitor power-cycle', gdb.say('monitor help'))
        self.assertIn("there is no monitor command 'x'", gdb.say('monitor x'))
        gdb.say('kill')
        self.ends(self.chip, 0)

    def test_ctrl_c_in_sleep_and_a_second_debugger(self):
        gdb = self.attach('--no-halt')
        gdb.say('continue')
        self.assertEqual(self.chip.stdout.read(4), b'iROT')
        while b'hello_psa: ok' not in self.chip.stdout.readline():
            pass
        self.assertIn('SIGINT', gdb.interrupt())
        self.assertIn('wfi', gdb.say('x/i $pc - 2'))
        gdb.say('disconnect')
        gdb.close()
        again = Gdb(self)
        self.assertNotIn('^error', again.say('target remote socket'))
        self.assertIn('Non-secure', again.say('monitor state'))


    def test_hosted_chip_that_does_not_start_again_ends_the_run(self):
        self.chip = self.start_run('--hosted', APPLICATION, '--device', 'device.gar',
                                   '--ephemeral', '--gdb=unix:socket')
        self.assertIn(b'waiting for GDB', self.chip.stderr.readline())
        gdb = Gdb(self)
        self.assertNotIn('^error', gdb.say('target remote socket'))
        # The first sector of the manager's image, which the chain then refuses.
        self.assertIn('"OK"', gdb.say('maintenance packet vFlashErase:%x,2000'
                                      % cli.PLACES['manager']))
        self.assertIn('could not be started again', gdb.say('monitor reset'))
        _, err = self.ends(self.chip, 1)
        self.assertRegex(err, 'garrison: not started again after the reset: .')


class TzClosed(Debug):
    state = 'tz-closed'

    def test_secure_side_is_not_seen(self):
        gdb = self.attach('--until-text', 'hello_psa: ok')
        closed = 'Secure debug is closed in product state TZ-CLOSED'
        self.assertRegex(gdb.say('info registers'), 'ns_reset')
        self.assertIn('^error', gdb.say('print/x $msp_s + 0'))
        for address in (0x0C014C00, 0x30040000, 0x50022000):
            said = gdb.say('x/x %d' % address)
            self.assertIn('Cannot access memory', said)
            self.assertIn(closed, gdb.say('monitor why'))
        gdb.say('break *0x0C014C00')
        self.assertIn('Cannot insert hardware breakpoint', gdb.go())
        gdb.say('delete')
        gdb.say('break psa_call')
        gdb.go()
        gdb.say('delete')
        steps = 0
        back = gdb.value('$lr') & ~1
        gdb.say('tbreak *%d' % back)
        while gdb.value('$pc') != back and steps < 200:  # over the gate in one step
            gdb.go('stepi')
            self.assertLess(gdb.value('$pc'), 0x0C000000 + 0x14C00)
            steps += 1
        self.assertLess(steps, 200)
        self.assertIn('^error', gdb.say('load ' + MANAGER))
        self.assertIn('of bank 1 is Secure, and ' + closed, gdb.say('monitor why'))
        gdb.say('detach')
        out, err = self.ends(self.chip, 0)
        self.assertIn('hello_psa: ok', out)
        self.assertIn('garrison: GDB: 0x0C014C00 is Secure by SAU and IDAU, and ' + closed, err)

    def test_load_writes_the_flash(self):
        gdb = self.attach()
        self.assertNotIn('^error', gdb.say('file ' + STORAGE))
        self.assertIn('MIS-MATCHED', gdb.say('compare-sections .text'))
        self.assertIn('Transfer rate', gdb.say('load'))
        self.assertIn('matched', gdb.say('compare-sections .text'))
        self.assertNotIn('MIS-MATCHED', gdb.say('compare-sections .text'))


class Closed(Debug):
    state = 'closed'
    accept = ('--accept', 'no-way-back')

    def test_nothing_attaches(self):
        run = self.serve()
        gdb = Gdb(self)
        said = gdb.say('target remote socket')
        self.assertIn('debug is closed in product state CLOSED', said)
        self.assertIn('^error', said)
        with socket.socket(socket.AF_UNIX) as raw:  # who does not ask first sees nothing either
            raw.connect(self.path('socket'))
            for packet in (b'g', b'm8040000,4', b'c', b'p0f'):
                raw.sendall(b'$%s#%02x' % (packet, sum(packet) & 0xFF))
            raw.settimeout(PATIENCE)
            got = b''
            while got.count(b'#') < 4:
                got += raw.recv(4096)
            self.assertEqual(re.findall(rb'\$([^#]*)#', got), [b'E01'] * 4)
        run.send_signal(signal.SIGTERM)
        out, _ = run.communicate(timeout=PATIENCE)
        self.assertIn(b'iROT', out)


PLAIN = '''schema_version: 1
device: {seed: 7}
option_bytes: {trustzone: off, nonsecure_boot_address: 0x08000000}
images:
  - {role: data, address: 0x08000000, file: program.bin}
'''


class Plain(cli.Case):
    """A chip without TrustZone, over TCP."""

    def serve(self, end):
        cli.write(self.path('program.bin'), Program().text('go\n').end(end).bytes())
        cli.write(self.path('device.yaml'), PLAIN)
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')
        run = self.start_run('--no-halt', 'device.gar', '--gdb=0')
        said = run.stderr.readline().decode()
        port = int(re.fullmatch(r'garrison: waiting for GDB: target remote localhost:(\d+)\n',
                                said).group(1))
        self.assertEqual(run.stdout.read(3), b'go\n')
        return run, port

    def test_only_loopback_listens(self):
        run, port = self.serve(SLEEP)
        listening = [line.split()[1] for line in cli.read('/proc/net/tcp').decode().splitlines()[1:]
                     if line.split()[3] == '0A' and line.split()[1].endswith(':%04X' % port)]
        self.assertEqual(listening, ['0100007F:%04X' % port])
        run.kill()

    def test_ctrl_c_in_a_loop_and_kill(self):
        run, port = self.serve(LOOP)
        gdb = Gdb(self)
        self.assertNotIn('^error', gdb.say('target remote localhost:%d' % port))
        self.assertIn('^error', gdb.say('print $msp_s + 0'))  # there is none
        for _ in range(3):
            gdb.say('continue')
            self.assertIn('SIGINT', gdb.interrupt())
        self.assertRegex(gdb.say('x/i $pc'), r'b\.n')
        gdb.say('kill')
        out, err = run.communicate(timeout=PATIENCE)
        self.assertEqual(run.returncode, 0, err)
        self.assertIn(b'GDB has ended the run', err)


class Hosted(cli.Case):
    def test_application_alone_is_debugged_and_reset(self):
        run = self.start_run('--hosted', APPLICATION, '--gdb=unix:socket')
        self.assertIn(b'waiting for GDB', run.stderr.readline())
        gdb = Gdb(self)
        gdb.say('file ' + APPLICATION)
        self.assertNotIn('^error', gdb.say('target remote socket'))
        start = gdb.value('$pc')
        gdb.say('break psa_call')
        gdb.go()
        back = gdb.value('$lr') & ~1
        gdb.say('delete')
        steps = 0
        while gdb.value('$secure') == 0 and steps < 200:  # where the host works is Secure too
            gdb.go('stepi')
            steps += 1
        self.assertLess(steps, 200)
        gdb.say('tbreak *%d' % back)
        gdb.go()
        self.assertEqual(gdb.value('$pc'), back)
        self.assertEqual(gdb.value('$secure'), 0)
        for command, said in (('reset', 'reset by NRST;'),
                              ('power-cycle', 'reset by NRST: --hosted cannot cut power;')):
            self.assertIn(said + ' halted at 0x%08x' % start, gdb.say('monitor ' + command))
        gdb.say('maintenance flush register-cache')
        gdb.say('break show_hash')
        self.assertIn('show_hash', gdb.go())
        gdb.say('kill')
        self.assertEqual(run.wait(PATIENCE), 0)


class Address(cli.Case):
    def test_only_this_machine_may_debug(self):
        cli.write(self.path('device.gar'), b'')
        for where in ('0.0.0.0:3333', '192.0.2.1:1', 'host', '70000', 'unix:'):
            self.assert_refused(2, '--gdb', 'run', 'device.gar', '--gdb=' + where)


if __name__ == '__main__':
    if not os.path.exists(APPLICATION) or not GDB:
        print('the images of the chip, or gdb-multiarch, are missing')
        sys.exit(77)
    cli.main()
