#!/usr/bin/env python3
"""A real gdb-multiarch at a closed chip: nothing attaches before garrison debug open, the level and the
world that were opened afterwards, and nothing any more when they are closed."""

import os
import subprocess
import sys

import cli
import test_gdb

try:
    import adac_host as host
except ImportError:
    sys.exit(77)

OBK_WRITER = os.environ['OBK_WRITER']
CLOSED = 'debug is closed in product state CLOSED until it is authenticated'


class Authenticated(test_gdb.Debug):
    """The chain of four images on a chip in CLOSED, with debug-authentication data."""
    state = 'closed'
    accept = ('--accept', 'no-way-back')  # the data come behind it, by hand

    def setUp(self):
        super().setUp()
        self.owners = host.Owners()
        self.owners.write(self.dir)
        cli.write(self.path('da.obk'), host.obk(self.owners.hash()))
        subprocess.run([OBK_WRITER, self.path('device.gar'), self.path('da.obk'), '72'], check=True,
                       env=cli.ENVIRONMENT)

    def start(self, *options):
        self.chip = self.serve('--mailbox=unix:mailbox', *options)
        self.assertIn(b'mailbox is at', self.chip.stderr.readline())

    def gdb(self, why=None):
        """A GDB that has connected; or that was told why it cannot."""
        gdb = test_gdb.Gdb(self)
        gdb.say('file ' + test_gdb.APPLICATION)
        said = gdb.say('target remote socket')
        if why is None:
            self.assertNotIn('^error', said)
        else:
            self.assertIn('^error', said)
            self.assertIn(why, said)
        return gdb

    def open(self, permissions):
        answer = cli.garrison('debug', 'open', '-c', 'unix:mailbox', '-k', 'leaf.pem', '--cert',
                              'chain.b64', '-p', permissions, cwd=self.dir, timeout=300)
        self.assertEqual(answer.status, 0, answer.err)
        return answer.out.decode()

    def test_nonsecure_only(self):
        self.start()
        self.gdb(CLOSED).close()
        said = self.open('level3-nonsecure')
        self.assertEqual(said, 'opened: Non-secure debug from HDPL 3 on, for level3-nonsecure\n')
        gdb = self.gdb()  # the chip waits at the first instruction that may be seen
        self.assertIn('HDPL 3', gdb.say('monitor state'))
        self.assertIn('Non-secure', gdb.say('monitor state'))
        self.assertIn('ns_reset', gdb.say('info symbol $pc'))
        self.assertIn('Cannot access memory', gdb.say('x/x 0x30040000'))
        self.assertIn('Secure debug is closed in product state CLOSED', gdb.say('monitor why'))
        gdb.say('break show_hash')
        self.assertIn('show_hash', gdb.go())
        self.assertIn('main ()', gdb.say('bt'))
        gdb.say('delete')
        gdb.say('detach')
        gdb.close()
        answer = cli.garrison('debug', 'close', '-c', 'unix:mailbox', cwd=self.dir, timeout=300)
        self.assertEqual(answer.status, 0, answer.err)
        self.gdb(CLOSED)

    def test_secure_from_the_manager_on_and_a_reset_closes(self):
        self.start()
        self.assertIn('Secure and Non-secure debug from HDPL 3', self.open('level3'))
        gdb = self.gdb()
        self.assertEqual(gdb.value('$secure'), 1)
        self.assertIn('HDPL 3', gdb.say('monitor state'))
        self.assertNotIn('Cannot access', gdb.say('x/x 0x30040000'))
        self.assertNotIn('^error', gdb.say('print/x $msp_s + 0'))
        gdb.say('monitor reset')
        gdb.close()
        self.gdb(CLOSED)

    def test_secure_from_the_first_stage_on(self):
        self.start()
        self.open('level1')
        gdb = self.gdb()
        self.assertIn('HDPL 1', gdb.say('monitor state'))
        self.assertEqual(gdb.value('$pc') & 0xFFFF8000, 0x0C000000)

    def test_a_debugger_that_is_there_is_let_go(self):
        self.start()
        self.open('level3-nonsecure')
        gdb = self.gdb()
        said = self.open('level2')
        self.assertIn('from HDPL 2 on', said)
        self.assertRegex(gdb.say('stepi'), 'closed|error|Remote')
        gdb.close()
        gdb = self.gdb()
        self.assertIn('HDPL 2', gdb.say('monitor state'))
        self.assertEqual(gdb.value('$secure'), 1)


if __name__ == '__main__':
    if not os.path.exists(test_gdb.APPLICATION) or not test_gdb.GDB:
        print('the images of the chip, or gdb-multiarch, are missing')
        sys.exit(77)
    cli.main()
