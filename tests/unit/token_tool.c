/*
 * Makes an attestation token, for another implementation to read.
 *
 * usage: token_tool PROFILE CHALLENGE-BYTES COMPONENTS OPTIONAL SECRET-FILE TOKEN-FILE
 *   PROFILE     0 or 1: enum claims_profile
 *   OPTIONAL    0 or 1: with the claims that need not be there
 *   SECRET-FILE 32 bytes: the device key
 * Values are runs of numbers: a string of claim n (a row of the table) is n, n + 1 and so on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <p256-m.h>

#include "boot/sha256.h"
#include "token/claims.h"
#include "token/cose.h"

/* Nonces of signatures, the same in every run: nobody's secret depends on them. */
int p256_generate_random(uint8_t *output, unsigned output_size)
{
    memset(output, 0x5A, output_size);
    return 0;
}

static uint8_t run[16][64];

static struct view run_of(uint8_t first, uint32_t len)
{
    for (uint32_t i = 0; i < sizeof run[0]; i++) {
        run[first][i] = (uint8_t)(first + i);
    }
    return (struct view){run[first], len};
}

static struct view text(const char *words)
{
    return (struct view){(const uint8_t *)words, (uint32_t)strlen(words)};
}

static void must(int holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "token_tool: %s\n", what);
        exit(1);
    }
}

static void fill(struct claims *claims, enum claims_profile profile, uint32_t challenge,
                 int optional)
{
    claims->challenge = run_of(0, challenge);
    claims->instance_id = run_of(1, 33);
    claims->implementation_id = run_of(6, 32);
    claims->client_id = -1;
    claims->life_cycle = 0x3000;
    if (profile == CLAIMS_IOT_1 || optional) {
        claims->boot_seed = run_of(3, 32);
    }
    if (optional) {
        claims->client_id = 0x7FFFFFFF;
        claims->certification =
            text(profile == CLAIMS_IOT_1 ? "1234567890123" : "1234567890123-12345");
        claims->verification_service = text("verifier.example");
    }
}

int main(int argc, char **argv)
{
    static struct claims_component component[8];
    static uint8_t memory[2048];
    uint8_t secret[32];
    uint8_t digest[32];
    uint8_t signature[64];
    struct claims claims = {.component = component};
    struct cose cose;
    struct view part[2];
    struct sha256 hash;
    must(argc == 7, "six arguments");
    const enum claims_profile profile = argv[1][0] == '1' ? CLAIMS_IOT_1 : CLAIMS_RFC9783;
    fill(&claims, profile, (uint32_t)atoi(argv[2]), atoi(argv[4]));
    claims.components = (uint32_t)atoi(argv[3]);
    for (uint32_t i = 0; i < claims.components; i++) {
        component[i] = (struct claims_component){
            .type = text(i == 0 ? "iROT" : "manager"),
            .measurement = run_of((uint8_t)(8 + i), i == 1 ? 48 : 32),
            .version = i == 0 ? text("") : text("1.2.3"),
            .signer = run_of((uint8_t)(9 + i), 32),
            .description = i == 0 ? text("") : text("sha-256"),
        };
    }
    FILE *file = fopen(argv[5], "rb");
    must(file != NULL && fread(secret, 1, 32, file) == 32, "the secret");
    (void)fclose(file);
    cose_start(&cose, memory, sizeof memory);
    must(claims_put(&cose.room, profile, &claims) == GARRISON_OK, "the claims");
    must(cose_close(&cose, part) == GARRISON_OK, "the payload");
    sha256_start(&hash);
    sha256_add(&hash, part[0]);
    sha256_add(&hash, part[1]);
    must(sha256_finish(&hash, digest) == GARRISON_OK, "the digest");
    must(p256_ecdsa_sign(signature, secret, digest, sizeof digest) == 0, "the signature");
    must(cose_sign(&cose, signature) == GARRISON_OK, "the token");
    file = fopen(argv[6], "wb");
    must(file != NULL && fwrite(memory, 1, cose.room.used, file) == cose.room.used, "the file");
    must(fclose(file) == 0, "the file");
    return 0;
}
