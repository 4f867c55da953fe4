#include "support/verify_memo.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <p256-m.h>

#define MEMO_ROWS 256u

/** A question, all of it, and the answer. */
struct row {
    uint8_t question[64 + 64 + 64];
    size_t len;
    uint8_t secret[32];
    int answer;
};

static struct row rows[MEMO_ROWS];
static uint64_t computed;

int __real_p256_ecdsa_verify(const uint8_t sig[64], const uint8_t pub[64], const uint8_t *hash,
                             size_t hlen);
int __wrap_p256_ecdsa_verify(const uint8_t sig[64], const uint8_t pub[64], const uint8_t *hash,
                             size_t hlen);
int __real_p256_ecdh_shared_secret(uint8_t secret[32], const uint8_t priv[32],
                                   const uint8_t pub[64]);
int __wrap_p256_ecdh_shared_secret(uint8_t secret[32], const uint8_t priv[32],
                                   const uint8_t pub[64]);

uint64_t verify_memo_computed(void)
{
    return computed;
}

/** The row of a question; a new one takes the place of the oldest. `*known`: it has its answer. */
static struct row *find(const struct row *wanted, bool *known)
{
    static uint32_t next;
    for (uint32_t i = 0; i < MEMO_ROWS; i++) {
        if (rows[i].len == wanted->len &&
            memcmp(rows[i].question, wanted->question, wanted->len) == 0) {
            *known = true;
            return &rows[i];
        }
    }
    struct row *row = &rows[next++ % MEMO_ROWS];
    *row = *wanted;
    *known = false;
    computed++;
    return row;
}

int __wrap_p256_ecdsa_verify(const uint8_t sig[64], const uint8_t pub[64], const uint8_t *hash,
                             size_t hlen)
{
    struct row wanted = {.len = 128 + hlen};
    bool known = false;
    if (hlen > 63) {
        return __real_p256_ecdsa_verify(sig, pub, hash, hlen);
    }
    memcpy(wanted.question, sig, 64);
    memcpy(wanted.question + 64, pub, 64);
    memcpy(wanted.question + 128, hash, hlen);
    struct row *row = find(&wanted, &known);
    if (!known) {
        row->answer = __real_p256_ecdsa_verify(sig, pub, hash, hlen);
    }
    return row->answer;
}

int __wrap_p256_ecdh_shared_secret(uint8_t secret[32], const uint8_t priv[32],
                                   const uint8_t pub[64])
{
    struct row wanted = {.len = 96};
    bool known = false;
    memcpy(wanted.question, priv, 32);
    memcpy(wanted.question + 32, pub, 64);
    struct row *row = find(&wanted, &known);
    if (!known) {
        row->answer = __real_p256_ecdh_shared_secret(row->secret, priv, pub);
    }
    memcpy(secret, row->secret, 32);
    return row->answer;
}
