#!/usr/bin/env python3
"""Builds a fuzz target with clang's libFuzzer, ASan and UBSan, and runs it for a while.

usage: run.py FOLDER SECONDS TARGET
  FOLDER   for objects, what was found (kept for the next run), and inputs that fail
  TARGET   one of TARGETS; its seeds are in corpus/TARGET, which is only read
Exit status 77: there is no clang with libFuzzer.

GARRISON_SEED chooses libFuzzer's seed; 1 when it is not set.
"""

import os
import shutil
import subprocess
import sys

FLAGS = ['-std=c11', '-O1', '-g', '-fno-omit-frame-pointer', '-D_GNU_SOURCE',
         '-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=all']
SKIPPED = 77
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Mbed TLS as the boot stages have it (subprojects/packagefiles/mbedtls/meson.build).
MBEDTLS = 'subprojects/mbedtls-3.6.6'
P256 = MBEDTLS + '/3rdparty/p256-m/p256-m'
MBEDTLS_FLAGS = ['-DMBEDTLS_CONFIG_FILE="garrison_mbedtls_config.h"',
                 '-DMBEDTLS_PSA_P256M_DRIVER_ENABLED', '-include', 'garrison_p256.h',
                 *('-I' + os.path.join(ROOT, part)
                   for part in (MBEDTLS, MBEDTLS + '/include', MBEDTLS + '/library', P256))]
# The streaming encoder only.
LIBCBOR = 'subprojects/libcbor-0.10.2'
LIBCBOR_FLAGS = ['-isystem' + os.path.join(ROOT, LIBCBOR, part) for part in ('', 'src')]
CBOR = ['%s/src/cbor/%s.c' % (LIBCBOR, name) for name in ('encoding', 'internal/encoders')]
# The headers of PSA Crypto as clients see them.
CLIENT_FLAGS = ['-DMBEDTLS_CONFIG_FILE="garrison_client_config.h"',
                *('-isystem' + os.path.join(ROOT, MBEDTLS, part) for part in ('', 'include'))]
# The boot stages' arithmetic.
CRYPTO = [*(MBEDTLS + '/library/' + name
            for name in ('aes.c', 'aesni.c', 'platform.c', 'platform_util.c', 'sha256.c')),
          MBEDTLS + '/garrison_p256_random.c', MBEDTLS + '/garrison_zeroize.c',
          P256 + '/p256-m.c']
# What each target is made of; a folder stands for its C files.
TARGETS = {
    'adac': ['tests/fuzz/fuzz_adac.c', 'sim/adac.c', 'sim/adac_certificate.c',
             'sim/adac_permission.c', MBEDTLS + '/library/platform.c',
             MBEDTLS + '/library/platform_util.c',
             MBEDTLS + '/library/sha256.c', MBEDTLS + '/garrison_zeroize.c'],
    'adac_client': ['tests/fuzz/fuzz_adac_client.c', 'tests/support/verify_memo.c',
                    'core/base/secret.c', 'core/base/status.c', 'core/boot/sha256.c',
                    'sim/nearest.c', 'tools/adac_client.c', 'tools/vendor_cert.c',
                    'tools/vendor_number.c', 'tools/vendor_password.c',
                    'tools/vendor_permission.c', *CRYPTO],
    'attest': ['tests/fuzz/fuzz_attest.c', 'core/base/secret.c', 'core/base/text.c',
               'core/boot/role.c', 'core/services/attest.c', 'core/services/attest_key.c',
               'core/token', 'tools/token_item.c', 'tools/token_read.c', *CBOR],
    'cert': ['tests/fuzz/fuzz_cert.c', 'tests/support/verify_memo.c', 'core/base/secret.c',
             'core/base/status.c', 'core/boot/sha256.c', 'sim/nearest.c',
             'tools/vendor_cert.c', 'tools/vendor_number.c', 'tools/vendor_permission.c', *CRYPTO],
    'device': ['tests/fuzz/fuzz_device.c', 'sim/config.c', 'sim/config_tree.c', 'sim/fail.c',
               'sim/nearest.c', 'tools/device_config.c', 'tools/provision_options.c'],
    'gdb': ['tests/fuzz/fuzz_gdb.c', 'tools/gdb_memory.c', 'tools/gdb_monitor.c',
            'tools/gdb_packet.c', 'tools/gdb_registers.c', 'tools/gdb_session.c'],
    'image': ['tests/fuzz/fuzz_image.c', 'tests/support/image_maker.c',
              'tests/support/verify_memo.c', 'core/base/hardened.c', 'core/base/secret.c',
              'core/base/status.c', 'core/boot/clear.c', 'core/boot/decrypt.c', 'core/boot/der.c',
              'core/boot/image.c', 'core/boot/sha256.c', 'core/boot/verify.c', *CRYPTO],
    'obk': ['tests/fuzz/fuzz_obk.c', 'core/base/secret.c', 'core/base/status.c',
            'core/boot/sha256.c', 'tools/vendor_obk.c', 'tools/vendor_obk_field.c',
            'tools/vendor_options.c', 'tools/vendor_password.c', *CRYPTO],
    'rescue': ['tests/fuzz/fuzz_rescue.c', 'tests/fuzz/rescue_device.c',
               'tests/support/flash_emulator.c', 'tests/support/image_maker.c',
               'tests/support/verify_memo.c',
               *('core/base/' + name for name in ('hardened.c', 'secret.c', 'status.c', 'text.c')),
               *('core/boot/' + name
                 for name in ('clear.c', 'decrypt.c', 'der.c', 'image.c', 'install.c',
                              'install_image.c', 'install_overwrite.c', 'keys.c',
                              'layout_find.c', 'policy.c', 'record.c', 'rescue.c',
                              'rescue_frame.c', 'role.c', 'sha256.c', 'swap.c', 'verify.c')),
               'core/store/journal.c', 'core/store/window.c', *CRYPTO],
    'store': ['tests/fuzz/fuzz_store.c', 'tests/power/store_hostile.c',
              'tests/power/store_model.c', 'tests/power/store_world.c',
              'tests/support/flash_emulator.c', 'tests/support/toy_protection.c',
              'core/base/secret.c', 'core/base/status.c', 'core/store'],
    'token': ['tests/fuzz/fuzz_token.c', 'core/token', 'tools/token_item.c', 'tools/token_read.c',
              *CBOR],
    'update': ['tests/fuzz/fuzz_update.c', 'tests/support/flash_emulator.c',
               'tests/support/update_call.c', 'core/base/secret.c', 'core/base/status.c',
               'core/client/update.c',
               'core/services/update.c', 'core/services/update_room.c',
               'core/services/update_write.c', 'core/store/journal.c', 'core/store/window.c'],
}
# What the compiler is told besides, for each target, and the linker.
MEMO = ['-Wl,--wrap=p256_ecdsa_verify,--wrap=p256_ecdh_shared_secret']
EXTRA = {'adac': MBEDTLS_FLAGS, 'adac_client': MBEDTLS_FLAGS,
         'attest': CLIENT_FLAGS + LIBCBOR_FLAGS, 'cert': MBEDTLS_FLAGS, 'image': MBEDTLS_FLAGS,
         'obk': MBEDTLS_FLAGS, 'rescue': MBEDTLS_FLAGS, 'token': LIBCBOR_FLAGS}
LINK = {'adac_client': MEMO, 'cert': MEMO, 'device': ['-lyaml'], 'image': MEMO, 'rescue': MEMO}
# Arithmetic that is not looked into, and would take nearly all of the time.
FOREIGN_FLAGS = ['-std=c11', '-O2', '-g', '-w']
HANG_SECONDS = 10


def compiler(folder, target):
    """clang, when it can link libFuzzer; tried in files of this target's own, as others run too."""
    clang = shutil.which('clang')
    if not clang:
        return None
    probe = os.path.join(folder, 'probe-' + target)
    with open(probe + '.c', 'w', encoding='utf-8') as file:
        file.write('#include <stddef.h>\n#include <stdint.h>\n'
                   'int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)\n'
                   '{ (void)data; (void)size; return 0; }\n')
    works = subprocess.run([clang] + FLAGS + ['-o', probe, probe + '.c'],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                           text=True)
    if works.returncode != 0:
        print(works.stdout)
    return clang if works.returncode == 0 else None


def sources_of(target):
    for part in TARGETS[target]:
        path = os.path.join(ROOT, part)
        if not os.path.isdir(path):
            yield path
            continue
        for name in sorted(os.listdir(path)):
            if name.endswith('.c'):
                yield os.path.join(path, name)


def build(clang, folder, target):
    """Compiles on all cores; the executable."""
    includes = ['-I%s' % os.path.join(ROOT, part) for part in ('include', 'core', 'tests', '.')]
    running = []
    objects = []
    for number, source in enumerate(sources_of(target)):
        objects.append(os.path.join(folder, '%s-%d.o' % (target, number)))
        flags = FOREIGN_FLAGS if '/subprojects/' in source else FLAGS
        command = [clang] + flags + includes + EXTRA.get(target, [])
        command += ['-c', '-o', objects[-1], source]
        running.append(subprocess.Popen(command))
    if any(process.wait() != 0 for process in running):
        sys.exit('fuzz: %s cannot be compiled' % target)
    executable = os.path.join(folder, target)
    subprocess.run([clang] + FLAGS + LINK.get(target, []) + ['-o', executable] + objects,
                   check=True)
    return executable


def main(folder, seconds, target):
    os.makedirs(folder, exist_ok=True)
    clang = compiler(folder, target)
    if not clang:
        print('fuzz: no clang with libFuzzer (packages clang and libclang-rt-dev)')
        return SKIPPED
    executable = build(clang, folder, target)
    found = os.path.join(folder, 'found-' + target)
    failing = os.path.join(folder, 'failing-' + target + '-')
    os.makedirs(found, exist_ok=True)
    seeds = os.path.join(ROOT, 'tests', 'fuzz', 'corpus', target)
    run = subprocess.run(
        [executable, '-max_total_time=' + seconds, '-timeout=%d' % HANG_SECONDS, '-max_len=5500',
         '-seed=' + os.environ.get('GARRISON_SEED', '1'), '-print_final_stats=1', '-verbosity=0',
         '-artifact_prefix=' + failing, found, seeds], check=False)
    if run.returncode != 0:
        print('fuzz: repeat with: %s %s*' % (executable, failing))
    return 1 if run.returncode != 0 else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
