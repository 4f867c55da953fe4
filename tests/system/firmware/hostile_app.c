/*
 * A hostile application: makes the attack whose number the mailbox says, or uses what is its own as
 * an honest one does.
 */
#include "hostile_app.h"
#include "hostile_module.h"

#include <stdio.h>
#include <string.h>

#include <psa/crypto.h>
#include <psa/internal_trusted_storage.h>

#define CPACR    (*(volatile uint32_t *)0xE000ED88u)
#define CPACR_FP 0xF00000u

#define MARK(n)  (0xC0C0C0C0u + 0x01010101u * (n))
#define FLOAT(n) (0x3F800000u + (n))

volatile struct hostile_mailbox mailbox;
uint32_t own_key;
void (*volatile on_tick)(void);

static int32_t (*const attacks[])(void) = {
#define HOSTILE_ENTRY(function, what, end, argument) function,
    HOSTILE_APPLICATION_ATTACKS(HOSTILE_ENTRY)
#undef HOSTILE_ENTRY
};

struct marked_call {
    uint32_t r[4];
    uint32_t function;
};

void SysTick_Handler(void);
void call_marked(const struct marked_call *call, volatile struct hostile_registers *after);

/* For assembler. */
__attribute__((used)) static uint32_t float_marks[32];

__attribute__((naked)) void call_marked(const struct marked_call *call,
                                        volatile struct hostile_registers *after)
{
    (void)call;
    (void)after;
    __asm__ volatile(".fpu fpv5-sp-d16\n"
                     "push {r4-r11, lr}\n"
                     "push {r1}\n"
                     "mov r12, r0\n"
                     "ldr r4, =float_marks\n"
                     "vldm r4, {s0-s31}\n"
                     "ldr r4, =0xC4C4C4C4\n"
                     "ldr r5, =0xC5C5C5C5\n"
                     "ldr r6, =0xC6C6C6C6\n"
                     "ldr r7, =0xC7C7C7C7\n"
                     "ldr r8, =0xC8C8C8C8\n"
                     "ldr r9, =0xC9C9C9C9\n"
                     "ldr r10, =0xCACACACA\n"
                     "ldr r11, =0xCBCBCBCB\n"
                     "ldm r12, {r0-r3}\n"
                     "ldr r12, [r12, #16]\n"
                     "blx r12\n"
                     "push {r0-r12}\n"
                     "mrs r3, apsr\n"
                     "ldr r1, [sp, #52]\n"
                     "str r3, [r1, #52]\n"
                     "add r2, r1, #56\n"
                     "vstm r2, {s0-s31}\n"
                     "mov r2, sp\n"
                     "movs r3, #0\n"
                     "1: ldr r0, [r2, r3]\n"
                     "str r0, [r1, r3]\n"
                     "adds r3, #4\n"
                     "cmp r3, #52\n"
                     "bne 1b\n"
                     "add sp, #56\n"
                     "pop {r4-r11, pc}\n"
                     ".ltorg\n");
}

/** Counts what is not the application's own. */
static void look_at_registers(const volatile struct hostile_registers *after)
{
    for (uint32_t i = 1; i < 13u; i++) {
        mailbox.dirty += after->r[i] != (i >= 4u && i <= 11u ? MARK(i) : 0);
    }
    mailbox.dirty += (after->flags & 0xF8000000u) != 0;
    for (uint32_t i = 0; i < 32u; i++) {
        mailbox.dirty += after->s[i] != FLOAT(i);
    }
}

int32_t gate(uint32_t function, uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3)
{
    const struct marked_call marked = {{r0, r1, r2, r3}, function};
    volatile struct hostile_registers after; /* not shared: a handler may call while this looks */
    call_marked(&marked, &after);
    mailbox.calls++;
    look_at_registers(&after);
    return (int32_t)after.r[0];
}

int32_t call(uint32_t inputs, uint32_t outputs, const void *in, const void *out)
{
    return gate(GATE_CALL, CRYPTO_HANDLE, outputs << 24 | inputs << 16, (uint32_t)in,
                (uint32_t)out);
}

int32_t hash_of(uint32_t base, uint32_t len)
{
    static const struct request request = {{HASH_COMPUTE, PSA_ALG_SHA_256}};
    uint8_t hash[32];
    const psa_invec in[2] = {{&request, sizeof request}, {(const void *)base, len}};
    psa_outvec out[1] = {{hash, sizeof hash}};
    return call(2, 1, in, out);
}

int32_t random_to(uint32_t base, uint32_t len)
{
    static const struct request request = {{RANDOM}};
    const psa_invec in[1] = {{&request, sizeof request}};
    psa_outvec out[1] = {{(void *)base, len}};
    return call(1, 1, in, out);
}

int32_t ask(const struct request *request, uint32_t *answer)
{
    const psa_invec in[1] = {{request, sizeof *request}};
    psa_outvec out[1] = {{answer, sizeof *answer}};
    return call(1, answer != NULL ? 1 : 0, in, out);
}

void start_ticks(uint32_t cycles)
{
    SYST_RVR = cycles;
    SYST_CVR = 0;
    SYST_CSR = 7u;
}

void stop_ticks(void)
{
    SYST_CSR = 0;
    on_tick = NULL;
}

void SysTick_Handler(void)
{
    if (on_tick != NULL) {
        on_tick();
    }
}

/** An ordinary function, for a module that would like to run it. */
__attribute__((noinline)) static uint32_t open_function(uint32_t word)
{
    mailbox.found = word;
    return word + 1u;
}

/** Another one, in which nobody is served again. */
__attribute__((noinline)) static void open_loop(void)
{
    for (;;) {
        __asm__ volatile("nop");
    }
}

/** Leaves what the module has found in the mailbox. */
static int32_t call_module(uint32_t type)
{
    uint32_t found = 0;
    const uint32_t doors[2] = {(uint32_t)(uintptr_t)open_function & ~1u,
                               (uint32_t)(uintptr_t)open_loop & ~1u};
    const psa_invec in[1] = {{doors, type >= HOSTILE_ATTACK ? sizeof doors : 0}};
    psa_outvec out[1] = {{&found, sizeof found}};
    const int32_t status = gate(GATE_CALL, (uint32_t)HOSTILE_HANDLE, 1u << 24 | 1u << 16 | type,
                                (uint32_t)in, (uint32_t)out);
    mailbox.found = found;
    return status;
}

static int32_t prepare(void)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    psa_status_t status = psa_import_key(&attributes, (const uint8_t *)mailbox.secret,
                                         sizeof mailbox.secret, &own_key);
    if (status == PSA_SUCCESS) {
        status = psa_its_set(OWN_UID, sizeof mailbox.object, (const void *)mailbox.object,
                             PSA_STORAGE_FLAG_NONE);
    }
    memset((void *)mailbox.secret, 0, sizeof mailbox.secret);
    memset((void *)mailbox.object, 0, sizeof mailbox.object);
    if (status == PSA_SUCCESS) {
        status = call_module('v');
    }
    return status != PSA_SUCCESS ? status : (int32_t)mailbox.found;
}

/** A key, an operation and an object more. @return 0, or which of them cannot be had */
static int32_t make_more(void)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    psa_key_id_t key = 0;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_RAW_DATA);
    psa_set_key_bits(&attributes, 8u * 512u);
    if (psa_generate_key(&attributes, &key) != 0 || psa_destroy_key(key) != 0) {
        return 5;
    }
    if (psa_hash_setup(&operation, PSA_ALG_SHA_256) != 0 || psa_hash_abort(&operation) != 0) {
        return 6;
    }
    static uint8_t object[2048];
    return psa_its_set(OWN_UID + 1u, sizeof object, object, PSA_STORAGE_FLAG_NONE) != 0 ||
                   psa_its_remove(OWN_UID + 1u) != 0
               ? 7
               : 0;
}

/** All services, without anything of what is secret coming out. */
static int32_t honest(void)
{
    static const uint8_t text[3] = {'a', 'b', 'c'};
    static const uint8_t expected[4] = {0xBA, 0x78, 0x16, 0xBF};
    struct psa_storage_info_t info;
    uint8_t hash[32];
    uint8_t signature[64];
    size_t len = 0;
    if (psa_hash_compute(PSA_ALG_SHA_256, text, sizeof text, hash, sizeof hash, &len) != 0 ||
        memcmp(hash, expected, sizeof expected) != 0) {
        return 1;
    }
    if (psa_its_get_info(OWN_UID, &info) != 0 || info.size != HOSTILE_SECRET_BYTES) {
        return 2;
    }
    if (psa_sign_hash(own_key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), hash, sizeof hash, signature,
                      sizeof signature, &len) != 0) {
        return 3;
    }
    return call_module('e') != 0 ? 4 : make_more();
}

static int32_t serve(uint32_t number)
{
    switch (number) {
    case HOSTILE_PREPARE:
        return prepare();
    case HOSTILE_HONEST:
        return honest();
    default:
        return number < HOSTILE_MODULE ? attacks[number]()
                                       : call_module(HOSTILE_ATTACK + number - HOSTILE_MODULE);
    }
}

/** Threads have the process stack, handlers one of their own. */
static void split_stacks(void)
{
    __asm__ volatile("mov r0, sp\n"
                     "msr psp, r0\n"
                     "sub r0, #0x2000\n"
                     "msr msp, r0\n"
                     "movs r0, #2\n"
                     "msr control, r0\n"
                     "isb\n" ::
                         : "r0", "memory");
}

int main(void)
{
    split_stacks();
    CPACR |= CPACR_FP;
    for (uint32_t i = 0; i < 32u; i++) {
        float_marks[i] = FLOAT(i);
    }
    printf("hostile: mailbox %08lX\n", (unsigned long)(uintptr_t)&mailbox);
    printf("hostile: ready\n");
    for (;;) {
        while (mailbox.go == 0) {
        }
        mailbox.go = 0;
        mailbox.calls = 0;
        mailbox.dirty = 0;
        mailbox.value = serve(mailbox.number);
        mailbox.done = 1;
    }
}
