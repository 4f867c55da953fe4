/*
 * A module that attacks everybody, one attack for each number, and serves a few letters: 'e' does
 * nothing wrong.
 */
#include <psa/crypto.h>
#include <psa/internal_trusted_storage.h>

#include "hostile_module_attacks.h"

#define CRYPTO_SID 0x47410001u
#define ITS_SID    0x47410003u

GARRISON_MODULE(2048, .name = "hostile", .service_count = 1,
                .service = {{HOSTILE_SID, 1, MODULE_FOR_NON_SECURE}}, .use_count = 2,
                .use = {CRYPTO_SID, ITS_SID}, .device_count = 1, .device = {1 /* TIM7 */},
                .time_limit_ms = HOSTILE_TIME_MS);

static volatile uint32_t calls = HOSTILE_WORD;
static volatile uint32_t zeroed;
static volatile uint8_t kept[HOSTILE_KEPT_BYTES];

static int32_t (*const attacks[])(void) = {
#define HOSTILE_ENTRY(function, what, end, argument) function,
    HOSTILE_MODULE_ATTACKS(HOSTILE_ENTRY)
#undef HOSTILE_ENTRY
};

#define ATTACKS (sizeof attacks / sizeof attacks[0])

/** Has something to lose, in its RAM and with the crypto service. */
static uint32_t keep(void)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key;
    for (uint32_t i = 0; i < HOSTILE_KEPT_BYTES; i++) {
        kept[i] = HOSTILE_KEPT_BYTE(i);
    }
    psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_MESSAGE);
    psa_set_key_algorithm(&attributes, PSA_ALG_HMAC(PSA_ALG_SHA_256));
    return (uint32_t)psa_import_key(&attributes, (const uint8_t *)kept, sizeof kept, &key);
}

static uint32_t its_word(void)
{
    uint32_t word = 0;
    size_t len = 0;
    const psa_status_t status = psa_its_get(7, 0, sizeof word, &word, &len);
    return status == PSA_SUCCESS ? word : (uint32_t)status;
}

/** Takes all operations that it can have. @return the first one's number, unless there were 3 */
static uint32_t take_operations(void)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    uint32_t first = 0;
    uint32_t count = 0;
    while (psa_hash_setup(&operation, PSA_ALG_SHA_256) == PSA_SUCCESS) {
        first = first == 0 ? operation.handle : first;
        count++;
        operation = psa_hash_operation_init();
    }
    return count == 3 ? first : count;
}

static uint32_t use_operation(uint32_t number)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    operation.handle = number;
    return (uint32_t)psa_hash_update(&operation, (const uint8_t *)&number, sizeof number);
}

static uint32_t its_keep(uint32_t word)
{
    return (uint32_t)psa_its_set(7, sizeof word, &word, 0);
}

/** What a call finds; most attacks do not come back. */
static uint32_t serve(int32_t type, uint32_t aim)
{
    volatile uint32_t *at = (volatile uint32_t *)(uintptr_t)aim;
    if (type >= HOSTILE_ATTACK && (uint32_t)(type - HOSTILE_ATTACK) < ATTACKS) {
        return (uint32_t)attacks[type - HOSTILE_ATTACK]();
    }
    switch (type) {
    case 'e':
        calls++;
        zeroed++;
        return calls + 0x10000u * zeroed;
    case 'v':
        return keep();
    case 'r':
        return *at;
    case 'w':
        *at = HOSTILE_WORD;
        return 1;
    case 'p':
        psa_panic();
    case 'k':
        return its_keep(aim);
    case 'q':
        return its_word();
    case 'd':
        return take_operations();
    case 'D':
        return use_operation(aim);
    default:
        return 0;
    }
}

psa_status_t garrison_module_main(const psa_msg_t *message)
{
    uint32_t aim = 0;
    hostile_message = message;
    if (message->type < HOSTILE_ATTACK) {
        (void)psa_read(message->handle, 0, &aim, sizeof aim);
    }
    const uint32_t found = serve(message->type, aim);
    psa_write(message->handle, 0, &found, sizeof found);
    return PSA_SUCCESS;
}
