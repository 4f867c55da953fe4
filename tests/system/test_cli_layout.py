#!/usr/bin/env python3
"""Layouts: which are sound, what is said of those that are not, how they are drawn and linked."""

import os
import re
import sqlite3
import struct

import cli

# A layout with a module, complete; the default one has no module.
LAYOUT = '''schema_version: 1
layout:
  journal: {offset: 0x1D6000, size: 16K}
  slots:
    - {role: urot, offset: 0x8000, size: 48K, download: {offset: 0x1C8000, size: 56K}}
    - {role: manager, offset: 0x14000, size: 168K, download: {offset: 0x104000, size: 176K}}
    - {role: application, offset: 0x3E000, size: 776K, download: {offset: 0x104000, size: 784K}}
    - {role: module0, offset: 0x100000, size: 16K, optional: on, encrypted: on,
       download: {offset: 0x104000, size: 24K}}
keys: [{role: urot, file: not-there.pem}]
'''

# What is changed; line and column of the message; the rule.
BROKEN = [
    ('flash', 'offset: 0x1D6000', 'offset: 0x1EA000', '3:21', 'the journal is two to eight'),
    ('journal', 'size: 16K}', 'size: 8K}', '3:21', 'the journal is two to eight'),
    ('journal', 'size: 16K}', 'size: 72K}', '3:21', 'the journal is two to eight'),
    ('apart', 'offset: 0x1D6000', 'offset: 0x1D4000', '5:14', 'a download slot overlaps download'),
    ('urot', '0x8000, size: 48K', '0xA000, size: 40K', '5:14', 'the uROT stands right behind'),
    ('alignment', '0x14000, size: 168K', '0x14001, size: 168K', '6:14', 'a slot is whole sectors'),
    ('alignment', 'size: 168K', 'size: 168001', '6:14', 'a slot is whole sectors'),
    ('overlap', '0x14000, size: 168K', '0x12000, size: 168K', '6:14',
     r'slots do not overlap \(manager, uROT\)'),
    ('room', 'size: 176K', 'size: 168K', '6:14', 'one sector more than the slot'),
    ('room', 'size: 56K', 'size: 48K', '5:14', 'one sector more than the slot'),
    ('iROT', '0x104000, size: 176K', '0x0, size: 176K', '6:14',
     'a download slot lies behind the iROT'),
    ('bank', 'size: 776K', 'size: 768K', '7:14', 'reaches to the end of its bank'),
    ('storage', 'offset: 0x100000, size: 16K', 'offset: 0x1EA000, size: 16K', '8:14',
     'before the storage areas'),
    ('optional', 'size: 168K', 'size: 168K, optional: on', '6:14', 'only a module is optional'),
    ('twice', 'module0', 'manager', '8:14', 'only a module is optional'),
    ('twice', 'module0, offset: 0x100000, size: 16K, optional: on', 'manager, offset: 0x100000, '
     'size: 16K', '8:14', 'a role stands there once'),
    ('missing', '    - {role: urot, offset: 0x8000, size: 48K, '
     'download: {offset: 0x1C8000, size: 56K}}\n', '', '5:5',
     'uROT, manager and application have a slot'),
    ('ram', 'size: 168K', 'size: 168K, ram: 4K', '6:14', 'only a module has RAM of its own'),
    ('ram', 'optional: on', 'ram: 1000', '8:57', "a module's RAM is whole kilobytes"),
    ('ram', 'optional: on', 'ram: 129K', '8:57', 'is not from 0 to 131072'),
    ('role', 'role: module0', 'role: module8', '8:14', 'is not one of: urot'),
    ('number', 'size: 776K', 'size: many', '7:50', 'not a number'),
    ('key', 'optional: on', 'optionl: on', '8:52', "did you mean 'optional'"),
    ('no journal', '  journal: {offset: 0x1D6000, size: 16K}\n', '', '3:3', "'journal' is missing"),
    ('no slots', LAYOUT[LAYOUT.index('  slots'):LAYOUT.index('keys')], '', '3:3',
     "'slots' is missing"),
    ('no offset', 'offset: 0x3E000, ', '', '7:7', "'offset' is missing"),
]

DEFAULT_SHOWN = '''\
offset    sectors    size  security    use
0x000000    0-3       32 KB  Secure      iROT
0x008000    4-9       48 KB  Secure      uROT
0x014000   10-30     168 KB  Secure      manager
0x03E000   31-130    800 KB  Non-secure  application
0x106000  131-209    632 KB  Secure      download of application
0x1A4000  210-231    176 KB  Secure      download of manager, application
0x1D0000  232-238     56 KB  Secure      download of uROT
0x1DE000  239-240     16 KB  Secure      update journal
0x1E2000  241-245     40 KB  Secure      unused
0x1EC000  246-249     32 KB  Secure      Internal Trusted Storage
0x1F4000  250-253     32 KB  Secure      Protected Storage
0x1FC000  254-255     16 KB  Secure      counters of Protected Storage
secure_watermark of bank 1: 0-30
secure_watermark of bank 2: 3-127
'''


def memory(text):
    """The regions of a linker script's MEMORY: name to origin and length."""
    found = re.findall(r'(\w+) \(\w+\) : ORIGIN = ([^,]+), LENGTH = ([^\n]+)', text)
    # Sums and differences of numbers, as the preprocessor leaves them.
    return {name: tuple(eval(part, {'__builtins__': {}})  # pylint: disable=eval-used
                        for part in (origin, length)) for name, origin, length in found}


class Layouts(cli.Case):
    def setUp(self):
        super().setUp()
        cli.write(self.path('other.yaml'), LAYOUT)
        cli.write(self.path('default.yaml'), 'schema_version: 1\n')

    def test_sound_layouts(self):
        for name in ('other.yaml', 'default.yaml'):
            self.assertEqual(self.run_ok('layout', 'check', name).out.decode(),
                             name + ': the layout is sound\n')

    def test_broken_rules_are_told_with_their_place(self):
        for name, old, new, place, reason in BROKEN:
            with self.subTest(name, reason=reason):
                self.assertEqual(LAYOUT.count(old), 1, old)
                cli.write(self.path('bad.yaml'), LAYOUT.replace(old, new))
                for verb in ('check', 'show', 'ld'):
                    self.assert_refused(2, r'^garrison: bad\.yaml:%s: .*%s' % (place, reason),
                                        'layout', verb, 'bad.yaml')

    def test_too_many_slots(self):
        slot = '    - {role: module7, offset: 0x1E0000, size: 8K}\n'
        cli.write(self.path('bad.yaml'), LAYOUT.replace('keys', slot * 8 + 'keys'))
        self.assert_refused(2, 'more slots than a layout has room for', 'layout', 'check',
                            'bad.yaml')

    def test_a_slot_for_everybody(self):
        slots = ''.join('    - {role: module%d, offset: %#x, size: 8K}\n' % (n, 0x1D8000 + 0x2000 * n)
                        for n in range(1, 8))
        cli.write(self.path('full.yaml'), LAYOUT.replace('keys', slots + 'keys'))
        self.run_ok('layout', 'check', 'full.yaml')

    def test_the_flash_is_drawn(self):
        self.assertEqual(self.run_ok('layout', 'show', 'default.yaml').out.decode(), DEFAULT_SHOWN)
        shown = self.run_ok('layout', 'show', 'other.yaml').out.decode()
        self.assertIn('0x100000  128-129     16 KB  Secure      module 0, encrypted, optional\n',
                      shown)
        self.assertIn('download of manager, application, module 0\n', shown)
        self.assertIn('secure_watermark of bank 2: 0-127\n', shown)

    def test_an_irot_in_system_flash_leaves_its_sectors_free(self):
        cli.write(self.path('system.yaml'), 'schema_version: 1\noption_bytes: {boot_ube: st-irot}\n')
        shown = DEFAULT_SHOWN.replace('Secure      iROT', 'Secure      unused, the iROT is in system '
                                      'flash') + 'iROT: 0x0FF88000, 32 KB of system flash\n'
        self.assertEqual(self.run_ok('layout', 'show', 'system.yaml').out.decode(), shown)

    def test_an_application_is_linked_into_its_slot(self):
        default = memory(self.run_ok('layout', 'ld', 'default.yaml').out.decode())
        self.assertEqual(default, {'FLASH': (0x0803E400, 0xC7C00), 'SRAM1': (0x20000000, 0x40000),
                                   'SRAM3': (0x20050000, 0x50000)})
        other = memory(self.run_ok('layout', 'ld', 'other.yaml').out.decode())
        self.assertEqual(other['FLASH'], (0x0803E400, 776 * 1024 - 0x400))
        built = os.path.join(os.environ['GARRISON_TARGET_DIR'],
                             'port/stm32h573/application_memory.ld')
        self.assertEqual(memory(cli.read(built).decode()), default)


    def test_modules_have_windows_of_ram_from_the_top(self):
        slots = ''.join('    - {role: module%d, offset: %#x, size: 8K, ram: %dK}\n' %
                        (n, 0x1D8000 + 0x2000 * n, kb) for n, kb in ((4, 5), (1, 20), (3, 0)))
        text = LAYOUT.replace('optional: on', 'ram: 3K').replace('keys', slots + 'keys')
        cli.write(self.path('ram.yaml'), text)
        shown = self.run_ok('layout', 'show', 'ram.yaml').out.decode()
        self.assertTrue(shown.endswith('RAM of module 0: 0x3009F400, 3 KB\n'
                                       'RAM of module 1: 0x3009A400, 20 KB\n'
                                       'RAM of module 4: 0x30099000, 5 KB\n'), shown)
        linked = memory(self.run_ok('layout', 'ld', 'ram.yaml').out.decode())
        self.assertEqual(linked['SRAM3'], (0x20050000, 0x50000 - 28 * 1024))
        linked = memory(self.run_ok('layout', 'ld', '--module', '1', 'ram.yaml').out.decode())
        self.assertEqual(linked, {'FLASH': (0x0C1DA400, 0x1C00), 'RAM': (0x3009A400, 0x5000)})
        self.assert_refused(2, 'no slot for module 2', 'layout', 'ld', '--module', '2', 'ram.yaml')
        self.assert_refused(2, 'no RAM for module 3', 'layout', 'ld', '--module', '3', 'ram.yaml')
        self.assert_refused(2, 'must be 0 to 7', 'layout', 'ld', '--module', '8', 'ram.yaml')
        cli.write(self.path('much.yaml'), text.replace('ram: 20K', 'ram: 121K'))
        self.assert_refused(2, "RAM is 128 KB together", 'layout', 'check', 'much.yaml')
        cli.write(self.path('much.yaml'), text.replace('ram: 20K', 'ram: 120K'))
        self.run_ok('layout', 'check', 'much.yaml')

    def sign(self, slot, layout):
        """What signing a body for a slot of that layout came to."""
        return cli.garrison('image', 'sign', '-k', 'key.pem', '--slot', slot, '--layout', layout,
                            'body.bin', 'out.img', cwd=self.dir)

    def test_an_image_is_signed_for_its_slot(self):
        self.run_ok('key', 'new', 'key.pem')
        room = {'urot': 48, 'manager': 168, 'application': 776, 'module0': 16}
        for slot, address in (('urot', 0x0C008000), ('manager', 0x0C014000),
                              ('application', 0x0803E000), ('module0', 0x0C100000)):
            with self.subTest(slot):
                cli.write(self.path('body.bin'), bytes(room[slot] * 1024 - 0x800))
                answer = self.sign(slot, 'other.yaml')
                self.assertEqual(answer.status, 0, answer.err)
                image = cli.read(self.path('out.img'))
                self.assertEqual(struct.unpack_from('<I', image, 4)[0], address)
                cli.write(self.path('body.bin'), bytes(room[slot] * 1024))
                answer = self.sign(slot, 'other.yaml')
                self.assertEqual(answer.status, 2)
                self.assertIn('its slot has %d' % (room[slot] * 1024), answer.err)
        answer = self.sign('module1', 'other.yaml')
        self.assertEqual(answer.status, 2)
        self.assertIn('the layout of other.yaml has no module1', answer.err)
        answer = self.sign('module0', 'default.yaml')
        self.assertIn('the layout of default.yaml has no module0', answer.err)


class Provisioned(cli.Case):
    def setUp(self):
        super().setUp()
        self.make_device_files()

    def other_device(self):
        """A description with what another layout than the default one needs, but no layout."""
        self.run_ok('key', 'new', 'decryption.pem')
        text = cli.DEVICE.replace('  secure_watermark: {bank1: 0-30, bank2: 3-127}\n', '')
        return text + 'decryption_keys: {others: decryption.pem}\n'

    def provisioned_record(self, text):
        """The layout record of the option-byte keys of a device made from the description."""
        cli.write(self.path('device.yaml'), text)
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml', '--force')
        with sqlite3.connect(self.path('device.gar')) as db:
            current = db.execute('SELECT obk_current FROM state').fetchone()[0]
            keys = db.execute('SELECT data FROM obk WHERE sector = ?', (current,)).fetchone()[0]
        return keys[0x600:0x600 + 320]

    def test_the_record_is_in_the_keys_store(self):
        record = self.provisioned_record(cli.DEVICE)
        self.assertEqual(struct.unpack_from('<IHHII', record, 32),
                         (0x594C4147, 1, 3, 0x1DE000, 0x4000))
        self.assertEqual(struct.unpack_from('<6I', record, 48 + 48),
                         (4, 0x3E000, 0xC8000, 0x106000, 0xCA000, 0))
        layout = LAYOUT[LAYOUT.index('layout'):LAYOUT.index('keys')]
        text = self.other_device()
        record = self.provisioned_record(text + layout)
        self.assertEqual(struct.unpack_from('<IHHII', record, 32),
                         (0x594C4147, 1, 4, 0x1D6000, 0x4000))
        self.assertEqual(struct.unpack_from('<6I', record, 48 + 72),
                         (16, 0x100000, 0x4000, 0x104000, 0x6000, 3))

    def test_an_irot_is_put_into_system_flash(self):
        cli.write(self.path('irot.bin'), bytes(range(256)) * 40)
        cli.write(self.path('device.yaml'), cli.DEVICE.replace('user-flash', 'st-irot').replace(
            '0x0C000000, file', '0x0FF88000, file'))
        self.run_ok('provision', 'device.gar', '-c', 'device.yaml')
        with sqlite3.connect(self.path('device.gar')) as db:
            rows = dict(db.execute('SELECT sector, data FROM flash WHERE sector < 4 OR sector > 255'))
        self.assertEqual(sorted(rows), [256, 257])
        self.assertEqual(rows[256] + rows[257],
                         (bytes(range(256)) * 40).ljust(16384, b'\xff'))
        self.run_ok('state', 'device.gar')

    @staticmethod
    def with_module(text, layout):
        key = '  - {role: module0, file: urot.pem}\nimages:'
        image = '  - {role: module0, address: 0x0C100000, file: module.img}\n'
        return text.replace('images:', key).replace('decryption', image + 'decryption', 1) + layout

    def test_an_image_stands_in_its_slot(self):
        layout = LAYOUT[LAYOUT.index('layout'):LAYOUT.index('keys')]
        text = self.other_device()
        moved = layout.replace('0x14000, size: 168K', '0x16000, size: 160K')
        cli.write(self.path('device.yaml'), text + moved)
        self.assert_refused(2, 'manager image will be refused: its slot begins at another address',
                            'provision', 'device.gar', '-c', 'device.yaml')
        small = layout.replace('{role: module0, offset: 0x100000, size: 16K',
                               '{role: module1, offset: 0x100000, size: 16K')
        self.run_ok('image', 'sign', '-k', 'urot.pem', '--load-addr', '0x0C100000', '--version',
                    '1.0.0', 'urot.bin', 'module.img')
        cli.write(self.path('device.yaml'), self.with_module(text, small))
        self.assert_refused(2, 'module 0 image will be refused: the layout has no slot for it',
                            'provision', 'device.gar', '-c', 'device.yaml')
        cli.write(self.path('big.bin'), cli.read(self.path('urot.bin')) + bytes(16384))
        self.run_ok('image', 'sign', '-k', 'urot.pem', '--load-addr', '0x0C100000', '--version',
                    '1.0.0', 'big.bin', 'module.img')
        cli.write(self.path('device.yaml'), self.with_module(text, layout))
        self.assert_refused(2, 'module 0 image will be refused: it is larger than its slot',
                            'provision', 'device.gar', '-c', 'device.yaml')


if __name__ == '__main__':
    cli.main()
