/*
 * Asks for everything that a client can know of attestation, one line each, for a checker outside. The
 * same source natively, hosted and on the chip.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <garrison/attestation.h>
#include <psa/client.h>
#include <psa/lifecycle.h>

#include "attest_module.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* docs/SPEC.md */
#define ATTEST_HANDLE ((psa_handle_t)0x40000105)
#define ATTEST_SID    0x47410005u
#define PROFILES      2u
#define FILL          0xA5

static const size_t sizes[] = {32, 48, 64};
static uint8_t token[PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE + 8u];

static void print_hex(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        printf("%02x", data[i]);
    }
    printf("\n");
}

/** The challenges are these, whoever asks. */
static void fill_challenge(uint8_t challenge[64], uint32_t profile, size_t len)
{
    for (size_t i = 0; i < 64; i++) {
        challenge[i] = (uint8_t)(7u * i + len + profile);
    }
}

static bool is_filled(const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (data[i] != FILL) {
            return false;
        }
    }
    return true;
}

static void say(const char *what, psa_status_t status)
{
    printf("attest: %s: %d\n", what, (int)status);
}

/* Of this client, and of the module if there is one. */

static void show_token(uint32_t profile, size_t len)
{
    uint8_t challenge[64];
    size_t size = 0;
    size_t made = 0;
    fill_challenge(challenge, profile, len);
    psa_status_t status = garrison_attest_get_token_size(profile, len, &size);
    printf("attest: size %u %u: %d %u\n", (unsigned)profile, (unsigned)len, (int)status,
           (unsigned)size);
    memset(token, FILL, sizeof token);
    if (size > PSA_INITIAL_ATTEST_MAX_TOKEN_SIZE) {
        printf("attest: FAILED: longer than the longest\n");
        return;
    }
    /* Exactly as much as was told. */
    status = garrison_attest_get_token(profile, challenge, len, token, size, &made);
    if (status != PSA_SUCCESS || made != size || !is_filled(token + size, sizeof token - size)) {
        printf("attest: FAILED: token %d, %u bytes\n", (int)status, (unsigned)made);
        return;
    }
    printf("attest: token %u %u: ", (unsigned)profile, (unsigned)len);
    print_hex(token, made);
}

static void show_token_of_module(uint32_t profile, size_t len)
{
    uint8_t challenge[64];
    const uint32_t wanted = profile;
    const psa_invec in[] = {{&wanted, sizeof wanted}, {challenge, len}};
    psa_outvec out = {token, sizeof token};
    fill_challenge(challenge, profile, len);
    const psa_status_t status =
        psa_call(ATTEST_MODULE_HANDLE, PSA_IPC_CALL, in, COUNT_OF(in), &out, 1);
    if (status != PSA_SUCCESS) {
        printf("attest: FAILED: token of the module: %d\n", (int)status);
        return;
    }
    printf("attest: module %u %u: ", (unsigned)profile, (unsigned)len);
    print_hex(token, out.len);
}

static void show_tokens(void)
{
    for (uint32_t profile = 0; profile < PROFILES; profile++) {
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            show_token(profile, sizes[i]);
            if (psa_version(ATTEST_MODULE_SID) != PSA_VERSION_NONE) {
                show_token_of_module(profile, sizes[i]);
            }
        }
    }
}

/** The functions of the standard: those of RFC 9783. */
static void show_standard(void)
{
    uint8_t challenge[64];
    size_t size = 0;
    size_t made = 0;
    fill_challenge(challenge, 9, 32);
    psa_status_t status = psa_initial_attest_get_token_size(32, &size);
    if (status == PSA_SUCCESS) {
        status = psa_initial_attest_get_token(challenge, 32, token, sizeof token, &made);
    }
    if (status != PSA_SUCCESS || made != size) {
        printf("attest: FAILED: standard token %d, %u of %u bytes\n", (int)status, (unsigned)made,
               (unsigned)size);
        return;
    }
    printf("attest: standard: ");
    print_hex(token, made);
}

/* What is refused. */

static void try_sizes(void)
{
    static const size_t wrong[] = {0, 1, 31, 33, 47, 49, 63, 65, 96, 1024};
    static uint8_t challenge[1024];
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        size_t size = 1;
        size_t made = 1;
        const psa_status_t told = psa_initial_attest_get_token_size(wrong[i], &size);
        const psa_status_t status =
            psa_initial_attest_get_token(challenge, wrong[i], token, sizeof token, &made);
        printf("attest: challenge of %u bytes: %d %u, %d %u\n", (unsigned)wrong[i], (int)told,
               (unsigned)size, (int)status, (unsigned)made);
    }
}

static void try_buffers(void)
{
    static const uint8_t challenge[32];
    static const char *const names[] = {"one byte short", "of one byte", "of none"};
    size_t size = 0;
    size_t made = 0;
    (void)psa_initial_attest_get_token_size(32, &size);
    const size_t rooms[] = {size - 1u, 1, 0};
    for (size_t i = 0; i < COUNT_OF(rooms); i++) {
        memset(token, FILL, sizeof token);
        made = 1;
        const psa_status_t status =
            psa_initial_attest_get_token(challenge, 32, token, rooms[i], &made);
        printf("attest: buffer %s: %d %u %s\n", names[i], (int)status, (unsigned)made,
               is_filled(token, sizeof token) ? "untouched" : "TOUCHED");
    }
    say("no buffer", psa_initial_attest_get_token(challenge, 32, NULL, sizeof token, &made));
    say("no challenge", psa_initial_attest_get_token(NULL, 32, token, sizeof token, &made));
    say("no size", psa_initial_attest_get_token(challenge, 32, token, sizeof token, NULL));
    say("no size to tell", psa_initial_attest_get_token_size(32, NULL));
    say("no key", garrison_attest_get_public_key(NULL));
    say("profile 2", garrison_attest_get_token((enum garrison_attest_profile)2, challenge, 32,
                                               token, sizeof token, &made));
}

static psa_status_t call(const void *request, size_t len, int32_t type, size_t out_len)
{
    const psa_invec in = {request, len};
    psa_outvec out = {token, out_len};
    return psa_call(ATTEST_HANDLE, type, &in, 1, &out, 1);
}

static void try_messages(void)
{
    static const uint32_t key[4] = {3};
    static const uint32_t size[3] = {2, 0, 32};
    static const uint32_t made[3] = {1};
    static const uint32_t none[3] = {0};
    static const uint32_t beyond[3] = {4};
    say("request of 11 bytes", call(key, 11, PSA_IPC_CALL, 65));
    say("request of 16 bytes", call(key, 16, PSA_IPC_CALL, 65));
    say("request of none", call(key, 0, PSA_IPC_CALL, 65));
    say("function 0", call(none, 12, PSA_IPC_CALL, 65));
    say("function 4", call(beyond, 12, PSA_IPC_CALL, 65));
    say("type 1", call(key, 12, 1, 65));
    say("key of 64 bytes", call(key, 12, PSA_IPC_CALL, 64));
    say("size of 3 bytes", call(size, 12, PSA_IPC_CALL, 3));
    say("size of 8 bytes", call(size, 12, PSA_IPC_CALL, 8));
    say("token without a challenge", call(made, 12, PSA_IPC_CALL, sizeof token));
    say("connect", psa_connect(ATTEST_SID, 1));
    printf("attest: version: %u\n", (unsigned)psa_version(ATTEST_SID));
}

/** Memory that is not the client's; natively everything is. */
static void try_addresses(void)
{
#ifdef __arm__
    static const uintptr_t addresses[] = {0x30040000, 0x20040000, 0x0C014000, 0x0BF90000, 4};
    static const uint8_t challenge[32];
    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        size_t made = 1;
        printf("attest: at 0x%08x: ", (unsigned)addresses[i]);
        printf("%d, ", (int)psa_initial_attest_get_token((const uint8_t *)addresses[i], 32, token,
                                                         sizeof token, &made));
        printf("%d, ", (int)psa_initial_attest_get_token(challenge, 32, (uint8_t *)addresses[i],
                                                         1024, &made));
        printf("%d\n", (int)garrison_attest_get_public_key((uint8_t *)addresses[i]));
    }
#endif
}

#ifdef __arm__
#define ICSR           (*(volatile uint32_t *)0xE000ED04u)
#define ICSR_PENDSVSET 0x10000000u

static uint32_t state_in_handler = 1;

void PendSV_Handler(void);

void PendSV_Handler(void)
{
    state_in_handler = psa_rot_lifecycle_state();
}
#endif

static void show_life_cycle(void)
{
    printf("attest: life cycle: 0x%04x\n", (unsigned)psa_rot_lifecycle_state());
#ifdef __arm__
    ICSR = ICSR_PENDSVSET;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
    printf("attest: life cycle in a handler: 0x%04x\n", (unsigned)state_in_handler);
#endif
}

int main(void)
{
    uint8_t point[GARRISON_ATTEST_POINT_BYTES];
    show_life_cycle();
    const psa_status_t status = garrison_attest_get_public_key(point);
    if (status != PSA_SUCCESS) {
        printf("attest: FAILED: public key %d\n", (int)status);
        return 1;
    }
    printf("attest: key: ");
    print_hex(point, sizeof point);
    show_tokens();
    show_standard();
    try_sizes();
    try_buffers();
    try_messages();
    try_addresses();
    printf("attest: done\n");
    return 0;
}
