/*
 * What both sets of algorithms have in common: PSA Crypto under the crypto service, for the host and
 * for the target. A set is a list of algorithms and a configuration that includes this file.
 */
#pragma once

/* PSA Crypto for several clients: a key id carries the partition or application that owns it. */
#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_PSA_CRYPTO_CONFIG
#define MBEDTLS_PSA_CRYPTO_KEY_ID_ENCODES_OWNER

/* Persistent keys: objects of Internal Trusted Storage, with the owner in their uid. */
#define MBEDTLS_PSA_CRYPTO_STORAGE_C

/* All buffers that the service hands on are its own: nobody changes them meanwhile. */
#define MBEDTLS_PSA_ASSUME_EXCLUSIVE_BUFFERS

/* Random bytes come from the service, which asks the port: mbedtls_psa_external_get_random(). */
#define MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG
#define MBEDTLS_NO_PLATFORM_ENTROPY

/* No heap: one static arena, given by mbedtls_memory_buffer_alloc_init(). */
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_ZEROIZE_ALT /* garrison_zeroize.c */
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_PLATFORM_SNPRINTF_MACRO __builtin_snprintf /* in a function that nobody calls */
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C
#define MBEDTLS_MEMORY_ALIGN_MULTIPLE 8 /* 64-bit members, and pointers of the host */
/* It counts what is allocated, for the modules' shares; the words that come with that are left out. */
#define MBEDTLS_MEMORY_DEBUG
#define MBEDTLS_PLATFORM_FPRINTF_MACRO garrison_no_words
#define garrison_no_words(...)         ((void)0)
/* Called when the arena's own structure is damaged: nothing can be trusted after that. */
#define MBEDTLS_PLATFORM_EXIT_MACRO(status) __builtin_trap()

/* Speed and size. */
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_AESNI_C /* where the host is an x86 that has it; nothing elsewhere */
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_AES_FEWER_TABLES
