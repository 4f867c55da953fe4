/*
 * The core's MACs for a test in another language: requests on standard input, one a line, answers
 * on standard output. All bytes are hexadecimal, "-" if there are none.
 *
 *   cmac KEY MESSAGE          the MAC
 *   kdf KEY LABEL CONTEXT N   N bytes of key
 *   siv KEY ASSOCIATED DATA   tag and ciphertext, as RFC 5297 puts them together
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/storage_protection.h"
#include "support/hex.h"

#define FIELD_BYTES 2048u

struct field {
    uint8_t bytes[FIELD_BYTES];
    uint32_t len;
};

static struct view view_of(const struct field *field)
{
    return (struct view){field->bytes, field->len};
}

static void must(bool right, const char *what)
{
    if (!right) {
        fprintf(stderr, "mac_tool: %s\n", what);
        exit(1);
    }
}

static void answer(const uint8_t *bytes, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        printf("%02x", bytes[i]);
    }
}

static enum garrison_status encrypt(void *cipher, const uint8_t in[16], uint8_t out[16])
{
    return mbedtls_aes_crypt_ecb(cipher, MBEDTLS_AES_ENCRYPT, in, out) == 0 ? GARRISON_OK
                                                                            : GARRISON_ERROR_DEVICE;
}

static void cmac_of(const struct field *key, mbedtls_aes_context *aes, struct cmac *cmac)
{
    mbedtls_aes_init(aes);
    must(mbedtls_aes_setkey_enc(aes, key->bytes, key->len * 8u) == 0, "key length");
    must(cmac_init(cmac, encrypt, aes) == GARRISON_OK, "cmac_init");
}

static void serve_cmac(struct field field[3])
{
    mbedtls_aes_context aes;
    struct cmac cmac;
    uint8_t mac[CMAC_BYTES];
    cmac_of(&field[0], &aes, &cmac);
    must(cmac_compute(&cmac, view_of(&field[1]), mac) == GARRISON_OK, "cmac_compute");
    answer(mac, sizeof mac);
}

static void serve_kdf(struct field field[3], uint32_t len)
{
    mbedtls_aes_context aes;
    struct cmac cmac;
    uint8_t key[FIELD_BYTES];
    must(len <= sizeof key, "too much key");
    cmac_of(&field[0], &aes, &cmac);
    must(cmac_kdf(&cmac, view_of(&field[1]), view_of(&field[2]), key, len) == GARRISON_OK,
         "cmac_kdf");
    answer(key, len);
}

static void serve_siv(struct field field[3])
{
    struct storage_keys keys;
    uint8_t tag[STORE_TAG_BYTES];
    must(storage_keys_init(&keys, field[0].bytes, field[0].len) == GARRISON_OK, "key length");
    storage_seal(&keys, view_of(&field[1]), field[2].bytes, field[2].len, tag);
    answer(tag, sizeof tag);
    answer(field[2].bytes, field[2].len);
}

int main(void)
{
    static char line[8u * FIELD_BYTES];
    static struct field field[3];
    while (fgets(line, sizeof line, stdin) != NULL) {
        const char *verb = strtok(line, " \n");
        for (unsigned i = 0; i < 3; i++) {
            const char *digits = strtok(NULL, " \n");
            field[i].len = digits == NULL ? 0 : hex_bytes(digits, field[i].bytes, FIELD_BYTES);
        }
        const char *number = strtok(NULL, " \n");
        must(verb != NULL, "empty line");
        if (strcmp(verb, "cmac") == 0) {
            serve_cmac(field);
        } else if (strcmp(verb, "kdf") == 0) {
            serve_kdf(field, number == NULL ? 0 : (uint32_t)strtoul(number, NULL, 10));
        } else {
            must(strcmp(verb, "siv") == 0, "unknown verb");
            serve_siv(field);
        }
        putchar('\n');
    }
    return 0;
}
