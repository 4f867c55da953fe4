#!/usr/bin/env python3
"""An application outside the tree, built with nothing but cc and pkg-config: against an installation
and against the build folder.

usage: test_pkg_config.py BUILD_FOLDER
"""

import os
import shutil
import subprocess
import sys
import tempfile

# Functions of the application's with the names of the library's own: they must neither clash nor be
# called.
TAKEN = r'''
#include <stdio.h>
#include <stdlib.h>

#define TAKEN(name) void name(void); void name(void) { fprintf(stderr, #name "\n"); abort(); }
TAKEN(secret_wipe) TAKEN(spm_begin) TAKEN(store_mount) TAKEN(storage_call) TAKEN(crypto_call)
TAKEN(port_log) TAKEN(sim_open) TAKEN(chip_reset) TAKEN(mbedtls_sha256) TAKEN(mbedtls_aes_init)
TAKEN(mbed_psa_crypto_init) TAKEN(p256_ecdsa_verify) TAKEN(host_log) TAKEN(host_chip)
TAKEN(psa_read) TAKEN(psa_skip) TAKEN(psa_write) TAKEN(psa_panic)
'''

APPLICATION = r'''
#include <stdio.h>
#include <stdlib.h>
#include <garrison/host.h>
#include <psa/client.h>
#include <psa/crypto.h>
#include <psa/error.h>
#include <psa/internal_trusted_storage.h>
#include <psa/protected_storage.h>
#include <psa/storage_common.h>
#include <psa/update.h>

#define CHECK(call) \
    do { \
        psa_status_t check_status = (call); \
        if (check_status != PSA_SUCCESS) { \
            fprintf(stderr, "%s: %d\n", #call, (int)check_status); \
            return 1; \
        } \
    } while (0)

int main(int argc, char **argv)
{
    uint32_t count = 0;
    size_t len = 0;
    uint8_t hash[PSA_HASH_LENGTH(PSA_ALG_SHA_256)];
    struct psa_storage_info_t info;
    const struct garrison_host_config config = {.device_path = argc > 1 ? argv[1] : NULL};

    if (argc > 1 && garrison_host_start(&config) != 0) {
        fprintf(stderr, "%s\n", garrison_host_reason());
        return 1;
    }
    if (psa_its_get(1, 0, sizeof count, &count, &len) == PSA_ERROR_DOES_NOT_EXIST) {
        CHECK(psa_ps_create(2, 100, PSA_STORAGE_FLAG_NONE));
    }
    count++;
    CHECK(psa_its_set(1, sizeof count, &count, PSA_STORAGE_FLAG_NONE));
    CHECK(psa_ps_set_extended(2, count - 1, 1, "x"));
    CHECK(psa_ps_get_info(2, &info));
    CHECK(psa_crypto_init());
    CHECK(psa_hash_compute(PSA_ALG_SHA_256, (const uint8_t *)"abc", 3, hash, sizeof hash, &len));
    printf("%u %zu %zu %02x%02x\n", (unsigned)count, info.size, len, hash[0], hash[31]);
    return 0;
}
'''

LANGUAGES = [
    ('cc', 'c', ['-std=c11', '-Wall', '-Wextra', '-Wpedantic', '-Werror']),
    ('c++', 'c++', ['-std=c++20', '-Wall', '-Wextra', '-Werror', '-Wno-missing-field-initializers']),
]


def run(command, **more):
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                           check=False, **more)
    if ended.returncode != 0:
        sys.exit('%s\n%s%s' % (' '.join(command), ended.stdout, ended.stderr))
    return ended.stdout


def expect(seen, expected):
    if seen != expected:
        sys.exit('expected %r, got %r' % (expected, seen))


def check_application(folder, environment):
    """Builds it in a folder and counts its runs, on a file and in memory."""
    for name, text in (('application.c', APPLICATION), ('taken.c', TAKEN)):
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
            file.write(text)
    run(['cc', '-std=c11', '-c', 'taken.c'], cwd=folder)
    clean = {name: value for name, value in os.environ.items() if not name.startswith('GARRISON')}
    for compiler, language, arguments in LANGUAGES:
        program = os.path.join(folder, 'application-' + language)
        run(['sh', '-c', '%s -x %s %s application.c -x none taken.o -o %s '
             '$(pkg-config --cflags --libs garrison-host)'
             % (compiler, language, ' '.join(arguments), program)], env=environment, cwd=folder)

        device = os.path.join(folder, language + '.gar')
        named = dict(clean, GARRISON_DEVICE=device)
        expect(run([program], env=named), '1 1 32 baad\n')
        expect(run([program], env=named), '2 2 32 baad\n')
        expect(run([program, device], env=clean), '3 3 32 baad\n')
        expect(run([program], env=clean), '1 1 32 baad\n')
        expect(run([program], env=clean), '1 1 32 baad\n')


def main(build):
    for tool in ('meson', 'pkg-config', 'cc', 'c++'):
        if shutil.which(tool) is None:
            return 77
    with tempfile.TemporaryDirectory() as folder:
        uninstalled = dict(os.environ, PKG_CONFIG_PATH=os.path.join(build, 'meson-uninstalled'))
        check_application(folder, uninstalled)
    with tempfile.TemporaryDirectory() as folder:
        root = os.path.join(folder, 'root')
        run(['meson', 'install', '--no-rebuild', '-C', build, '--destdir', root])
        found = run(['find', root, '-name', 'garrison-host.pc']).split()
        expect(len(found), 1)
        check_application(folder, dict(os.environ, PKG_CONFIG_PATH=os.path.dirname(found[0]),
                                       PKG_CONFIG_SYSROOT_DIR=root))
    return 0


if __name__ == '__main__':
    sys.exit(main(os.path.abspath(sys.argv[1])))
