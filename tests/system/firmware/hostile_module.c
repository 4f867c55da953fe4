/*
 * A module that attacks everybody, one attack for each letter; 'e' does nothing wrong.
 */
#include <string.h>

#include <psa/crypto.h>
#include <psa/internal_trusted_storage.h>

#include "hostile_module.h"

#define CRYPTO_SID    0x47410001u
#define ITS_SID       0x47410003u
#define ITS_HANDLE    ((psa_handle_t)0x40000103)
#define UPDATE_HANDLE ((psa_handle_t)0x40000102)

GARRISON_MODULE(2048, .name = "hostile", .service_count = 1,
                .service = {{HOSTILE_SID, 1, MODULE_FOR_NON_SECURE}}, .use_count = 2,
                .use = {CRYPTO_SID, ITS_SID}, .device_count = 1, .device = {1 /* TIM7 */},
                .time_limit_ms = HOSTILE_TIME_MS);

static volatile uint32_t calls = HOSTILE_SECRET;
static volatile uint32_t zeroed;

/** Uses more stack than there is. */
__attribute__((noinline)) static uint32_t recurse(uint32_t depth)
{
    volatile uint32_t room[64];
    room[depth % 64u] = depth;
    if (depth > UINT32_MAX / 2u + zeroed) {
        return depth;
    }
    return recurse(depth + 1u) + room[(depth + 1u) % 64u];
}

static void run(uint32_t addr)
{
    ((void (*)(void))(uintptr_t)(addr | 1u))();
}

static void unknown_call(void)
{
    __asm__ volatile("svc #200");
}

static void gate_call(void)
{
    __asm__ volatile("svc #3");
}

static void area_erase(void)
{
    __asm__ volatile("movs r0, #0\nmovs r1, #0\nmov r2, #0x2000\nsvc #24" ::
                         : "r0", "r1", "r2", "r3");
}

static void reset(void)
{
    __asm__ volatile("svc #25");
}

/** An exception return from Thread mode, and a try for privilege before. */
static void forge_return(void)
{
    __asm__ volatile("movs r0, #0\nmsr control, r0\nisb\nldr r0, =0xFFFFFFF9\nbx r0\n.ltorg" ::
                         : "r0");
}

static void stack_elsewhere(uint32_t addr)
{
    __asm__ volatile("mov r1, #0\nmsr psplim, r1\nmov sp, %0\nsvc #16" ::"r"(addr) : "r1");
}

static psa_status_t lend(uint32_t addr)
{
    const psa_invec in = {(const void *)(uintptr_t)addr, 32};
    return psa_call(ITS_HANDLE, 0, &in, 1, NULL, 0);
}

static psa_status_t lend_output(uint32_t addr)
{
    psa_outvec out = {(void *)(uintptr_t)addr, 32};
    return psa_call(ITS_HANDLE, 0, NULL, 0, &out, 1);
}

static uint32_t its_word(void)
{
    uint32_t word = 0;
    size_t len = 0;
    const psa_status_t status = psa_its_get(7, 0, sizeof word, &word, &len);
    return status == PSA_SUCCESS ? word : (uint32_t)status;
}

/** Takes all operations that it can have. @return the first one's number, unless there were 8 */
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
    return count == 8 ? first : count;
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

/** What a call finds; most letters do not come back. */
static uint32_t attack(const psa_msg_t *message, uint32_t aim)
{
    volatile uint32_t *at = (volatile uint32_t *)(uintptr_t)aim;
    switch (message->type) {
    case 'e':
        calls++;
        zeroed++;
        return calls + 0x10000u * zeroed;
    case 'r':
        return *at;
    case 'w':
        *at = HOSTILE_SECRET;
        return 1;
    case 'x':
        run(aim);
        return 1;
    case 's':
        return recurse(0);
    case 't':
        for (;;) {
        }
    case 'p':
        psa_panic();
    case 'i':
        return (uint32_t)psa_read(message->handle, 0, (void *)(uintptr_t)aim, 4);
    case 'o':
        psa_write(message->handle, 0, (const void *)(uintptr_t)aim, 4);
        return 1;
    case 'h':
        return (uint32_t)psa_read((psa_handle_t)aim, 0, &aim, 4);
    case 'c':
        return (uint32_t)psa_call((psa_handle_t)aim, 0, NULL, 0, NULL, 0);
    case 'L':
        return (uint32_t)lend(aim);
    case 'O':
        return (uint32_t)lend_output(aim);
    case 'n':
        unknown_call();
        return 1;
    case 'g':
        gate_call();
        return 1;
    case 'f':
        area_erase();
        return 1;
    case 'b':
        reset();
        return 1;
    case 'R':
        forge_return();
        return 1;
    case 'S':
        stack_elsewhere(aim);
        return 1;
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
    if (message->type != 'i') {
        (void)psa_read(message->handle, 0, &aim, sizeof aim);
    } else {
        (void)psa_read(message->handle, 1, &aim, sizeof aim);
    }
    const uint32_t found = attack(message, aim);
    psa_write(message->handle, 0, &found, sizeof found);
    return PSA_SUCCESS;
}
