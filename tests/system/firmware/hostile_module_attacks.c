/*
 * The attacks of a hostile module. Addresses and handles are typed here on purpose: an attacker knows
 * them without our headers.
 */
#include <psa/crypto.h>
#include <psa/internal_trusted_storage.h>

#include "hostile_module_attacks.h"

#define SLOT       0x0C100000u
#define SLOT_BYTES 0x6000u
#define TEXT       (SLOT + 0x400u)
#define RAM        0x3009E000u
#define RAM_END    0x300A0000u

#define GATE 0x0C014800u

#define CRYPTO_HANDLE ((psa_handle_t)0x40000101)
#define ITS_HANDLE    ((psa_handle_t)0x40000103)

/** A whole message, or a vector that is lent. */
#define LENT_BYTES 32u

const psa_msg_t *hostile_message;
static volatile uint32_t never;

static int32_t lend(uint32_t addr)
{
    const psa_invec in = {(const void *)(uintptr_t)addr, LENT_BYTES};
    return psa_call(ITS_HANDLE, 0, &in, 1, NULL, 0);
}

static int32_t lend_output(uint32_t addr)
{
    psa_outvec out = {(void *)(uintptr_t)addr, LENT_BYTES};
    return psa_call(ITS_HANDLE, 0, NULL, 0, &out, 1);
}

static int32_t run(uint32_t addr)
{
    ((void (*)(void))(uintptr_t)(addr | 1u))();
    return 1;
}

static int32_t write(uint32_t addr)
{
    *(volatile uint32_t *)(uintptr_t)addr = HOSTILE_WORD;
    return 1;
}

static int32_t send(uint32_t addr)
{
    psa_write(hostile_message->handle, 0, (const void *)(uintptr_t)addr, sizeof(uint32_t));
    return 1;
}

/* What most attacks are: one thing done with one address. */
#define ATTACK(function, result)                                                                   \
    int32_t function(void)                                                                         \
    {                                                                                              \
        return (int32_t)(result);                                                                  \
    }
#define READS(function, addr)  ATTACK(function, *(volatile uint32_t *)(uintptr_t)(addr))
#define WRITES(function, addr) ATTACK(function, write(addr))
#define RUNS(function, addr)   ATTACK(function, run(addr))
#define SENDS(function, addr)  ATTACK(function, send(addr))
#define LENDS(function, addr)  ATTACK(function, lend(addr))
#define RECEIVES(function, addr)                                                                   \
    ATTACK(function, psa_read(hostile_message->handle, 0, (void *)(uintptr_t)(addr), 4))
#define LENDS_OUTPUT(function, addr) ATTACK(function, lend_output(addr))
#define CALLS(function, handle)      ATTACK(function, psa_call(handle, 0, NULL, 0, NULL, 0))

READS(read_handoff, 0x30040000u)
WRITES(write_handoff, 0x30040000u)
READS(read_spm_stack, 0x30041000u)
READS(read_partitions, 0x30048000u)
WRITES(write_partitions, 0x30048000u)
READS(read_sram2_end, 0x3004FFFCu)
READS(read_below, RAM - 4u)
WRITES(write_below, RAM - 4u)
READS(read_window_end, RAM_END - 4u)
READS(read_ram_alias, RAM - 0x10000000u)
WRITES(write_code, TEXT + 0x100u)
READS(read_header, SLOT)
READS(read_code_alias, TEXT - 0x4000000u)
READS(read_tlvs, SLOT + SLOT_BYTES - 4u)
READS(read_vectors, 0x0C014400u)
READS(read_spm_code, 0x0C014C00u)
READS(read_library, 0x0C027000u)
READS(read_staged, 0x0C106000u)
READS(read_storage, 0x0C1EC000u)
WRITES(write_storage, 0x0C1EC000u)
READS(read_keys, 0x0FFD0200u)
READS(read_open_flash, 0x0803E400u)
READS(read_open_ram, 0x20000000u)
WRITES(write_open_ram, 0x20050000u)

READS(read_usart, 0x4001381Cu)
READS(read_tim6, 0x5000102Cu)
READS(read_behind_tim7, 0x50001800u)
READS(read_tim7_alias, 0x4000142Cu)
RECEIVES(receive_to_device, 0x5000142Cu)
SENDS(send_device, 0x5000142Cu)
LENDS(lend_device, 0x50001400u)
READS(read_rng, 0x520C0808u)
WRITES(write_saes, 0x520C0C00u)
WRITES(write_flash, 0x50022028u)
WRITES(write_tzsc, 0x50032410u)
WRITES(write_rcc, 0x54020C00u)
WRITES(write_mpu, 0xE000ED94u)
WRITES(write_vtor, 0xE000ED08u)
WRITES(write_sau, 0xE000EDD0u)

RUNS(run_data, RAM)
RUNS(run_spm, 0x0C014C00u)
RUNS(run_library, 0x0C027000u)
RUNS(run_open, 0x0803E400u)

RUNS(run_record, TEXT)

/** What a module's code may not have, where it cannot be run. */
int32_t run_constants(void)
{
    static const uint16_t code[] = {0x4770, 0x4784}; /* bx lr: would come back; blxns r0 */
    return run((uint32_t)(uintptr_t)code);
}

/** Where a function of the gate begins: its SG is nothing to Secure code, and its return comes back. */
RUNS(run_gate, GATE)
READS(read_gate, GATE)

/** What BLXNS does, by hand: the gate's own BXNS, a frame to come back with, and a forged return. */
static int32_t leave_to(uint32_t function)
{
    const volatile uint16_t *at = (const volatile uint16_t *)GATE;
    while (*at != never + 0x4774u) { /* bxns lr; not among its own code */
        at++;
    }
    __asm__ volatile("adr r1, 1f\n"
                     "orr r1, #1\n"
                     "movs r2, #0\n"
                     "push {r1, r2}\n"
                     "mvn r3, #0x01000000\n" /* FNC_RETURN: what others than lr could hold */
                     "mov r12, r3\n"
                     "mov lr, %1\n"
                     "bx %0\n"
                     ".balign 4\n"
                     "1: nop\n" ::"r"((uint32_t)(uintptr_t)at | 1u),
                     "r"(function)
                     : "r1", "r2", "r3", "r12", "lr", "memory");
    return 1;
}

/** An address of the application's, which it has sent. */
static uint32_t door(uint32_t number)
{
    uint32_t doors[2] = {0, 0};
    (void)psa_read(hostile_message->handle, 0, doors, sizeof doors);
    return doors[number];
}

/** To a function that returns. */
int32_t leave_by_gate(void)
{
    return leave_to(door(0));
}

/** To one that does not: if nobody ended the call, nobody would be served again. */
int32_t leave_and_stay(void)
{
    return leave_to(door(1));
}

RECEIVES(receive_to_spm, 0x30041000u)
RECEIVES(receive_to_partitions, 0x30048000u)
RECEIVES(receive_below, RAM - 2u)
RECEIVES(receive_to_code, TEXT)
RECEIVES(receive_to_open, 0x20000000u)
SENDS(send_spm, 0x30041000u)
SENDS(send_spm_code, 0x0C014C00u)
SENDS(send_header, SLOT)
SENDS(send_handoff, 0x30040000u)

CALLS(call_update, 0x40000102u)
CALLS(call_ps, 0x40000104u)
CALLS(call_itself, 0x40001000u)
CALLS(call_unknown, 0x40001010u)
LENDS(lend_spm, 0x30041000u)
LENDS(lend_header, SLOT)
LENDS_OUTPUT(lend_code, TEXT)
LENDS_OUTPUT(lend_open, 0x20000000u)
LENDS_OUTPUT(lend_its, 0x3004C000u)

int32_t message_made_up(void)
{
    uint32_t word;
    return (int32_t)psa_read((psa_handle_t)1000, 0, &word, sizeof word);
}

/** Uses more stack than there is. */
__attribute__((noinline)) static uint32_t recurse(uint32_t depth)
{
    volatile uint32_t room[64];
    room[depth % 64u] = depth;
    if (depth > UINT32_MAX / 2u + never) {
        return depth;
    }
    return recurse(depth + 1u) + room[(depth + 1u) % 64u];
}

int32_t stack_overflown(void)
{
    return (int32_t)recurse(0);
}

int32_t loop_for_ever(void)
{
    for (;;) {
    }
}

/** Random bytes, which cost the crypto service much more than the module. */
int32_t calls_for_ever(void)
{
    static uint8_t bytes[2048];
    static const uint32_t request[4] = {9, 0, 0, 0};
    const psa_invec in = {request, sizeof request};
    psa_outvec out = {bytes, sizeof bytes};
    int32_t status = 0;
    while (status == 0) {
        status = psa_call(CRYPTO_HANDLE, 0, &in, 1, &out, 1);
    }
    return status;
}

int32_t panic(void)
{
    psa_panic();
}

int32_t supervisor_unknown(void)
{
    __asm__ volatile("svc #200");
    return 1;
}

int32_t supervisor_gate(void)
{
    __asm__ volatile("svc #3");
    return 1;
}

int32_t flash_erased(void)
{
    __asm__ volatile("movs r0, #0\nmovs r1, #0\nmov r2, #0x2000\nsvc #24" ::
                         : "r0", "r1", "r2", "r3");
    return 1;
}

int32_t chip_reset(void)
{
    __asm__ volatile("svc #25");
    return 1;
}

/** An exception return from Thread mode, and a try for privilege before. */
int32_t return_forged(void)
{
    __asm__ volatile("movs r0, #0\nmsr control, r0\nisb\nldr r0, =0xFFFFFFF9\nbx r0\n.ltorg" ::
                         : "r0");
    return 1;
}

int32_t return_elsewhere(void)
{
    __asm__ volatile("mov r1, #0\nmsr psplim, r1\nmov sp, %0\nsvc #16" ::"r"(0x30041000u) : "r1");
    return 1;
}

/* Floods: 0 when one is refused for want of room before there are too many. */
#define FLOOD 100u

static int32_t refused(uint32_t count, psa_status_t status, psa_status_t expected)
{
    return count > 0 && count < FLOOD && status == expected ? 0 : 1;
}

static int32_t flood_with_keys(psa_key_id_t id, size_t bytes, psa_status_t expected)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_status_t status = PSA_SUCCESS;
    uint32_t count = 0;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_RAW_DATA);
    psa_set_key_bits(&attributes, 8u * bytes);
    while (count < FLOOD) {
        psa_key_id_t key;
        if (id != 0) {
            psa_set_key_id(&attributes, id + count);
        }
        status = psa_generate_key(&attributes, &key);
        if (status != PSA_SUCCESS) {
            break;
        }
        count++;
    }
    return refused(count, status, expected);
}

int32_t flood_keys(void)
{
    return flood_with_keys(0, 1, PSA_ERROR_INSUFFICIENT_MEMORY);
}

int32_t flood_arena(void)
{
    return flood_with_keys(0, 1000, PSA_ERROR_INSUFFICIENT_MEMORY);
}

int32_t flood_stored_keys(void)
{
    return flood_with_keys(1, 400, PSA_ERROR_INSUFFICIENT_STORAGE);
}

int32_t flood_operations(void)
{
    psa_status_t status = PSA_SUCCESS;
    uint32_t count = 0;
    while (count < FLOOD) {
        psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
        status = psa_hash_setup(&operation, PSA_ALG_SHA_512);
        if (status != PSA_SUCCESS) {
            break;
        }
        count++;
    }
    return refused(count, status, PSA_ERROR_INSUFFICIENT_MEMORY);
}

static int32_t flood_with_objects(psa_storage_create_flags_t flags)
{
    static const uint8_t data[400] = {1};
    psa_status_t status = PSA_SUCCESS;
    uint32_t count = 0;
    while (count < FLOOD) {
        status = psa_its_set(1000u + count, sizeof data, data, flags);
        if (status != PSA_SUCCESS) {
            break;
        }
        count++;
    }
    return refused(count, status, PSA_ERROR_INSUFFICIENT_STORAGE);
}

int32_t flood_its(void)
{
    return flood_with_objects(PSA_STORAGE_FLAG_NONE);
}

int32_t flood_its_for_ever(void)
{
    return flood_with_objects(PSA_STORAGE_FLAG_WRITE_ONCE);
}
