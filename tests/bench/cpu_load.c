/*
 * The program that bench_cpu and bench_qemu run: SHA-256 as the boot stages and the crypto service compute it
 * (Mbed TLS's own code), one block again and again, its result stored where the host finds it.
 */
#include <stdint.h>

#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>

/** Where the result goes; the linker is told. */
extern unsigned char load_result[32];

/** Says that the program has ended, in the way of the machine it runs on. */
void load_end(void) __attribute__((noreturn));

/* Nothing here is secret, and the library's own would need initialised data. */
void mbedtls_platform_zeroize(void *buf, size_t len)
{
    (void)buf;
    (void)len;
}

__attribute__((section(".start"), used, noreturn)) void start(uint32_t blocks)
{
    unsigned char block[64];
    mbedtls_sha256_context hash;
    for (uint32_t i = 0; i < sizeof block; i++) {
        block[i] = (unsigned char)i;
    }
    mbedtls_sha256_init(&hash);
    (void)mbedtls_sha256_starts(&hash, 0);
    for (uint32_t i = 0; i < blocks; i++) {
        (void)mbedtls_internal_sha256_process(&hash, block);
        block[i % sizeof block] ^= (unsigned char)i;
    }
    (void)mbedtls_sha256_finish(&hash, load_result);
    load_end();
}
