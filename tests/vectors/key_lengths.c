/*
 * Lengths of keys: every one that a type has, and those beside them.
 */
#include "table.h"

static const struct {
    const char *name;
    psa_key_type_t type;
    bool medium;
    size_t right[4];
} rows[] = {
    {"AES key", PSA_KEY_TYPE_AES, true, {16, 24, 32}},
    {"ARIA key", PSA_KEY_TYPE_ARIA, false, {16, 24, 32}},
    {"Camellia key", PSA_KEY_TYPE_CAMELLIA, false, {16, 24, 32}},
    {"DES key", PSA_KEY_TYPE_DES, false, {8, 16, 24}},
    {"ChaCha20 key", PSA_KEY_TYPE_CHACHA20, false, {32}},
    {"P-192 key", PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_K1), false, {24, 32}},
    {"Brainpool key",
     PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_BRAINPOOL_P_R1),
     false,
     {32, 48, 64}},
    {"Montgomery key", PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_MONTGOMERY), false, {32, 56}},
};

#define LONGEST 67u

void vectors_key_lengths(void)
{
    static struct bytes value;
    memset(value.data, 0x31, LONGEST);
    for (size_t i = 0; i < VECTORS_COUNT_OF(rows); i++) {
        const char *name = rows[i].name;
        size_t next = 0;
        for (value.len = 0; value.len <= LONGEST; value.len++) {
            psa_key_id_t key = 0;
            const bool right = next < 4 && rows[i].right[next] == value.len;
            const psa_status_t status = vectors_import(rows[i].type, 0, 0, &value, &key);
            next += right;
            if (!vectors_absent(rows[i].medium)) {
                vectors_status(name, "import", right ? PSA_SUCCESS : PSA_ERROR_INVALID_ARGUMENT,
                               status);
            } else {
                TRUE(name, status == PSA_ERROR_NOT_SUPPORTED ||
                               (!right && status == PSA_ERROR_INVALID_ARGUMENT));
            }
            OK(name, psa_destroy_key(key));
        }
    }
}
