/*
 * Signatures verified once: a test that boots thousands of times meets the same few. Each distinct
 * question is answered by the real code; only its repetition is remembered. Link with
 * -Wl,--wrap=p256_ecdsa_verify,--wrap=p256_ecdh_shared_secret.
 */
#pragma once

#include <stdint.h>

/** Questions that the real code has answered so far. */
uint64_t verify_memo_computed(void);
