/*
 * The program that bench_cpu runs: SHA-256 as the boot stages and the crypto service compute it
 * (Mbed TLS's own code), one block again and again, its result stored where the host finds it.
 */
#include <stdint.h>

#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>

#define RESULT ((volatile uint32_t *)0x20051000)

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
    (void)mbedtls_sha256_finish(&hash, (unsigned char *)RESULT);
    for (;;) {
        __asm__ volatile("wfi");
    }
}
