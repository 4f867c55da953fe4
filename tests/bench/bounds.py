"""What the figures of ./dev bench must reach: one row a figure. A figure without a row is only shown.

A row is the figure's name, '>=', '<=' or '<', and the bound, in the unit that the figure has.
"""

# The dearest requests to the crypto service, in instructions: half a minute at 64 MHz.
COST_MAX = 1920000000
COSTS = ('pbkdf2_ripemd160', 'pbkdf2_sha256', 'pbkdf2_sha512', 'pbkdf2_sha3', 'pbkdf2_cmac',
         'hash_sha3', 'mac_des', 'encrypt_aria', 'ffdh_publish', 'ffdh_agree', 'bp512_publish',
         'bp512_agree', 'bp512_sign', 'bp512_verify', 'p521_sign', 'p521_verify', 'rsa_verify',
         'rsa_sign')

BOUNDS = (
    ('cpu.ratio_to_unicorn', '>=', 0.9),
    ('cpu.ratio_to_qemu', '>=', 0.8),
    ('cpu.world_switch_ns', '<', 5000),
    ('cpu.exception_ns', '<', 5000),
    ('snapshot.restore_16_pages_us', '<', 20),
    ('store.counter_increments_per_erase', '>=', 450),
    ('store.its_erases_per_set', '<=', 0.05),
    ('store.ps_erases_per_set', '<=', 0.05),
    ('store.cuts_per_minute', '>=', 1000000),
    ('boot.cuts_per_second', '>=', 200),
    ('hosted.start_ms', '<=', 200),
    ('hosted.calls_per_second', '>=', 5000),
    ('boot.insns', '<=', 25000000),
    ('crypto.sha256_1k.target', '>=', 1500),
    ('crypto.p256_sign.target', '>=', 15),
    ('crypto.p256_verify.target', '>=', 12),
    ('call.insns_0vec', '<=', 2000),
    ('call.insns_1vec_16b', '<=', 2600),
    ('call.insns_4vec_4k', '<=', 7000),
    ('size.irot_flash', '<=', 24576),
    ('size.urot_flash', '<=', 40960),
    ('size.manager_flash', '<=', 163840),
    ('size.manager_medium_flash', '<=', 69648),
    ('size.manager_medium_ram', '<=', 41160),
    ('layout.app_slot', '>=', 819200),
) + tuple(('cost.%s.%s' % (name, way), '<=', COST_MAX)
          for name in COSTS for way in ('target', 'target_software'))
