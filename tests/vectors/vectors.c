#include "table.h"

#include <stdio.h>

struct vectors vectors;
uint8_t vectors_out[2048];
size_t vectors_len;
uint8_t vectors_large[40000];

const struct vectors_group vectors_groups[] = {
    {"hash", vectors_hash, false},
    {"mac", vectors_mac, false},
    {"cipher", vectors_cipher, false},
    {"padding", vectors_padding, true},
    {"aead", vectors_aead, false},
    {"derive", vectors_derive, false},
    {"ecdsa", vectors_ecdsa, false},
    {"ecdsa changed", vectors_ecdsa_changed, false},
    {"ecc keys", vectors_ecc_keys, false},
    {"agreement", vectors_agreement, false},
    {"rsa verify", vectors_rsa_verify, false},
    {"rsa crypt", vectors_rsa_crypt, false},
    {"key lengths", vectors_key_lengths, false},
    {"pake", vectors_pake, true},
    {"api hash", api_hash, true},
    {"api mac", api_mac, true},
    {"api cipher", api_cipher, true},
    {"api aead", api_aead, true},
    {"api keys", api_keys, true},
    {"api sign", api_sign, true},
    {"api asymmetric", api_asymmetric, true},
    {"api derive", api_derive, true},
    {"api pake", api_pake, true},
    {"api steps", api_steps, true},
    {"api storage", api_storage, true},
};
const size_t vectors_group_count = VECTORS_COUNT_OF(vectors_groups);

static int value_of(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = digit != '\0' ? strchr(digits, digit) : NULL;
    return found != NULL ? (int)(found - digits) : -1;
}

void vectors_read(struct bytes *bytes, const char *digits)
{
    bytes->len = 0;
    while (digits[0] != '\0' && bytes->len < sizeof bytes->data) {
        const int high = value_of(digits[0]);
        const int low = value_of(digits[1]);
        if (high < 0 || low < 0) {
            break;
        }
        bytes->data[bytes->len++] = (uint8_t)(high << 4 | low);
        digits += 2;
    }
    vectors_true("table", "every digit was read", digits[0] == '\0');
}

void vectors_tell(const char *const fields[])
{
    if (!vectors.rows) {
        return;
    }
    vectors.say("row");
    for (size_t i = 0; fields[i] != NULL; i++) {
        vectors.say("\t");
        vectors.say(fields[i]);
    }
    vectors.say("\n");
}

static void say_failure(const char *row, const char *what, const char *detail)
{
    vectors.failures++;
    vectors.say("FAILED ");
    vectors.say(row);
    vectors.say(": ");
    vectors.say(what);
    vectors.say(detail);
    vectors.say("\n");
}

void vectors_status(const char *row, const char *call, psa_status_t expected, psa_status_t status)
{
    char detail[48];
    vectors.checks++;
    if (status != expected) {
        (void)snprintf(detail, sizeof detail, ": %d, expected %d", (int)status, (int)expected);
        say_failure(row, call, detail);
    }
}

void vectors_equal(const char *row, const struct bytes *expected, const uint8_t *data, size_t len)
{
    vectors.checks++;
    if (len != expected->len) {
        say_failure(row, "length", "");
    } else if (memcmp(expected->data, data, len) != 0) {
        say_failure(row, "bytes", "");
    }
}

void vectors_true(const char *row, const char *what, bool right)
{
    vectors.checks++;
    if (!right) {
        say_failure(row, what, "");
    }
}

void vectors_call(const char *call, psa_status_t expected, psa_status_t status)
{
    const char *end = strchr(call, '(');
    char line[64];
    const int len = end != NULL ? (int)(end - call) : 0;
    (void)snprintf(line, sizeof line, "call %.*s %d\n", len, call, (int)status);
    vectors.say(line);
    vectors_status("api", call, expected, status);
}

psa_key_attributes_t vectors_attributes(psa_key_type_t type, size_t bits, psa_key_usage_t usage,
                                        psa_algorithm_t alg)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, type);
    psa_set_key_bits(&attributes, bits);
    psa_set_key_usage_flags(&attributes, usage);
    psa_set_key_algorithm(&attributes, alg);
    return attributes;
}

psa_status_t vectors_import(psa_key_type_t type, psa_key_usage_t usage, psa_algorithm_t alg,
                            const struct bytes *value, psa_key_id_t *key)
{
    const psa_key_attributes_t attributes = vectors_attributes(type, 0, usage, alg);
    return psa_import_key(&attributes, value->data, value->len, key);
}

psa_key_id_t vectors_generate(psa_key_type_t type, size_t bits, psa_key_usage_t usage,
                              psa_algorithm_t alg)
{
    const psa_key_attributes_t attributes = vectors_attributes(type, bits, usage, alg);
    psa_key_id_t key = 0;
    OK("key by chance", psa_generate_key(&attributes, &key));
    return key;
}

void vectors_refused(const char *row, psa_status_t import, psa_status_t call)
{
    vectors_status(row, "what the set does not have", PSA_ERROR_NOT_SUPPORTED,
                   import != PSA_SUCCESS ? import : call);
}
