/* Stacking and unstacking in all four pairs of states: frames, registers, integrity signature. */
#include "rt.h"

/** Values that a state has in its registers when it is interrupted. */
#define FILL                                                                                       \
    "ldr r0, =0xA0A0A0A0\n ldr r1, =0xA1A1A1A1\n ldr r2, =0xA2A2A2A2\n ldr r3, =0xA3A3A3A3\n"      \
    "ldr r4, =0xA4A4A4A4\n ldr r5, =0xA5A5A5A5\n ldr r6, =0xA6A6A6A6\n ldr r7, =0xA7A7A7A7\n"      \
    "ldr r8, =0xA8A8A8A8\n ldr r9, =0xA9A9A9A9\n ldr r10, =0xAAAAAAAA\n ldr r11, =0xABABABAB\n"    \
    "ldr r12, =0xACACACAC\n"

/** Sum over the registers, with their places: shows whether all came back. */
#define SUM                                                                                        \
    "add r0, r0, r1, lsl #1\n add r0, r0, r2, lsl #2\n add r0, r0, r3, lsl #3\n"                   \
    "add r0, r0, r4, lsl #4\n add r0, r0, r5, lsl #5\n add r0, r0, r6, lsl #6\n"                   \
    "add r0, r0, r7, lsl #7\n add r0, r0, r8, lsl #8\n add r0, r0, r9, lsl #9\n"                   \
    "add r0, r0, r10, lsl #10\n add r0, r0, r11, lsl #11\n add r0, r0, r12, lsl #12\n"

/** Pends interrupt 64 with all registers filled, and sums them up when it is over. */
#define PEND_BODY                                                                                  \
    "push {r4-r11, lr}\n cpsid i\n ldr r0, =0xE000E208\n mov r1, #1\n"                             \
    "str r1, [r0]\n dsb\n isb\n" FILL "cpsie i\n isb\n" SUM "pop {r4-r11, lr}\n"                   \
    "mov r1, #0\n mov r2, #0\n mov r3, #0\n mov r12, #0\n msr apsr_nzcvqg, r1\n"

static uint32_t s_filled(void)
{
    register uint32_t sum __asm("r0");
    __asm volatile(PEND_BODY : "=r"(sum)::"r1", "r2", "r3", "r12", "cc", "memory");
    return sum;
}

static NS_CODE uint32_t ns_filled(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    register uint32_t sum __asm("r0");
    __asm volatile(PEND_BODY : "=r"(sum)::"r1", "r2", "r3", "r12", "cc", "memory");
    return sum;
}

/** The same, but with a load that only the Secure state may do, and that its handler skips. */
#define FAULT_BODY                                                                                 \
    "push {r4-r11, lr}\n" FILL "ldr r7, =0x30004800\n ldr r7, [r7]\n" SUM "pop {r4-r11, lr}\n"     \
    "mov r1, #0\n mov r2, #0\n mov r3, #0\n mov r12, #0\n msr apsr_nzcvqg, r1\n"

static NS_CODE uint32_t ns_filled_faults(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    register uint32_t sum __asm("r0");
    __asm volatile(FAULT_BODY : "=r"(sum)::"r1", "r2", "r3", "r12", "cc", "memory");
    return sum;
}

/** The Secure stack below a Non-secure handler: signature, additional state, frame. */
static uint32_t dump_secure_stack(uint32_t unused, uint32_t unused_too)
{
    (void)unused;
    (void)unused_too;
    const bool process = (get_control() & 2u) != 0;
    const uint32_t *word = (const uint32_t *)(process ? get_psp() : get_msp());
    while ((*word | 1u) != 0xFEFA125Bu && (uint32_t)word < PSP_S_TOP) {
        word++;
    }
    note("at", (uint32_t)word);
    note("signature", word[0]);
    note_words("additional", word + 2, 8);
    note_words("frame", word + 10, 8);
    return 0;
}

static void s_handler(struct entry *entry)
{
    note_entry(entry);
    note_frame(frame_of(entry));
    note("frame at", (uint32_t)frame_of(entry));
    note("control_ns", get_control_ns());
    note("msp", (uint32_t)(entry + 1));
}

static void s_handler_skips(struct entry *entry)
{
    s_handler(entry);
    frame_of(entry)->pc += 2u;
}

static NS_CODE void ns_handler(struct entry *entry)
{
    for (unsigned i = 0; i < 13; i++) {
        note("NS entry", entry->r[i]);
    }
    note("NS exc_return", entry->lr);
    note("NS xpsr", get_ipsr());
    note("NS msp", (uint32_t)(entry + 1));
    if ((entry->lr & 0x40u) == 0) {
        const struct frame *const frame = ns_frame_of(entry);
        note("NS frame at", (uint32_t)frame);
        note("r0", frame->r0);
        note("r12", frame->r12);
        note("lr", frame->lr);
        note("pc", frame->pc);
        note("xpsr", frame->xpsr);
    }
}

PROGRAM(secure_thread_to_secure_handler)
{
    handlers_s[IRQ0 + 64] = s_handler;
    irq_open(64, 0x40, true);
    note("sum", s_filled());
}

PROGRAM(secure_process_stack_to_secure_handler)
{
    handlers_s[IRQ0 + 64] = s_handler;
    irq_open(64, 0x40, true);
    set_control(2);
    const uint32_t sum = s_filled();
    set_control(0);
    note("sum", sum);
}

PROGRAM(non_secure_thread_to_secure_handler)
{
    handlers_s[SECURE_FAULT] = s_handler_skips;
    note("sum", ns_call(ns_filled_faults, 0, 0));
}

PROGRAM(non_secure_process_stack_to_secure_handler)
{
    handlers_s[SECURE_FAULT] = s_handler_skips;
    set_control_ns(2);
    note("sum", ns_call(ns_filled_faults, 0, 0));
}

PROGRAM(non_secure_thread_to_non_secure_handler)
{
    handlers_ns[IRQ0 + 64] = ns_handler;
    irq_open(64, 0x40, false);
    note("sum", ns_call(ns_filled, 0, 0));
}

PROGRAM(non_secure_process_stack_to_non_secure_handler)
{
    handlers_ns[IRQ0 + 64] = ns_handler;
    irq_open(64, 0x40, false);
    set_control_ns(2);
    note("sum", ns_call(ns_filled, 0, 0));
}

static NS_CODE void ns_handler_and_dump(struct entry *entry)
{
    ns_handler(entry);
    (void)gate_call(dump_secure_stack, 0, 0);
}

PROGRAM(secure_thread_to_non_secure_handler)
{
    handlers_ns[IRQ0 + 64] = ns_handler_and_dump;
    irq_open(64, 0x40, false);
    note("sum", s_filled());
}

PROGRAM(secure_process_stack_to_non_secure_handler)
{
    handlers_ns[IRQ0 + 64] = ns_handler_and_dump;
    irq_open(64, 0x40, false);
    set_control(2);
    const uint32_t sum = s_filled();
    set_control(0);
    note("sum", sum);
}

static void s_handler_interrupted(struct entry *entry)
{
    note("S handler", entry->lr);
    irq_pend(65);
    note("S handler goes on", get_ipsr());
}

PROGRAM(secure_handler_to_non_secure_handler)
{
    handlers_s[IRQ0 + 64] = s_handler_interrupted;
    handlers_ns[IRQ0 + 65] = ns_handler_and_dump;
    irq_open(64, 0x80, true);
    irq_open(65, 0x40, false);
    irq_pend(64);
}

static NS_CODE void ns_handler_interrupted(struct entry *entry)
{
    note("NS handler", entry->lr);
    gate_call(irq_pend_secure, 65, 0);
    note("NS handler goes on", get_ipsr());
}

PROGRAM(non_secure_handler_to_secure_handler)
{
    handlers_ns[IRQ0 + 64] = ns_handler_interrupted;
    handlers_s[IRQ0 + 65] = s_handler;
    irq_open(64, 0x80, false);
    irq_open(65, 0x40, true);
    irq_pend(64);
}

/** Two at once: the second is entered from the first without unstacking. */
static void chain(bool first_secure, bool second_secure)
{
    handlers_s[IRQ0 + 64] = s_handler;
    handlers_ns[IRQ0 + 64] = ns_handler;
    handlers_s[IRQ0 + 65] = s_handler;
    handlers_ns[IRQ0 + 65] = ns_handler;
    irq_open(65, 0x80, second_secure);
    irq_open(64, 0x80, first_secure);
    set_primask(1);
    irq_pend(65);
    irq_pend(64);
    set_primask(0);
    barrier();
}

PROGRAM(tail_chain_secure_to_non_secure)
{
    chain(true, false);
}

PROGRAM(tail_chain_non_secure_to_secure)
{
    chain(false, true);
}

PROGRAM(tail_chain_non_secure_to_non_secure)
{
    chain(false, false);
}

static NS_CODE uint32_t ns_opens_masks(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    irq_pend(65);
    gate_call(irq_pend_secure, 64, 0);
    set_primask(0);
    barrier();
    return 7;
}

PROGRAM(tail_chain_with_non_secure_background)
{
    handlers_s[IRQ0 + 64] = s_handler;
    handlers_ns[IRQ0 + 65] = ns_handler;
    irq_open(65, 0x80, false);
    irq_open(64, 0x80, true);
    set_primask_ns(1);
    note("returned", ns_call(ns_opens_masks, 0, 0));
}

/* Damage to what the Secure stack holds while Non-secure code handles an exception. */

static uint32_t damage_signature(uint32_t unused, uint32_t value)
{
    (void)unused;
    uint32_t *word = (uint32_t *)get_msp();
    while ((*word | 1u) != 0xFEFA125Bu) {
        word++;
    }
    *word = value;
    return 0;
}

static NS_CODE void ns_has_signature_damaged(struct entry *entry)
{
    note("NS exc_return", entry->lr);
    (void)gate_call(damage_signature, 0, 0xFEFA125Cu);
}

static void on_end(struct entry *entry)
{
    note("fault", get_ipsr());
    note("exc_return", entry->lr);
    note_faults();
    end_program();
}

PROGRAM(damaged_signature_is_refused)
{
    handlers_ns[IRQ0 + 64] = ns_has_signature_damaged;
    handlers_s[SECURE_FAULT] = on_end;
    irq_open(64, 0x40, false);
    note("sum", s_filled());
}

static NS_CODE void ns_returns_wrongly(struct entry *entry)
{
    note("NS exc_return", entry->lr);
    entry->lr = *(volatile uint32_t *)WINDOW_NS;
}

static void try_ns_return(uint32_t exc_return)
{
    handlers_ns[IRQ0 + 64] = ns_returns_wrongly;
    handlers_ns[USAGE_FAULT] = ns_on_fault_skip;
    handlers_s[SECURE_FAULT] = on_end;
    handlers_s[USAGE_FAULT] = on_end;
    irq_open(64, 0x40, false);
    store(WINDOW_NS, exc_return);
    note("sum", s_filled());
}

PROGRAM(non_secure_return_claims_a_secure_exception)
{
    try_ns_return(0xFFFFFFF9u);
}

PROGRAM(non_secure_return_claims_stacked_registers)
{
    try_ns_return(0xFFFFFFD8u); /* DCRS clear */
}

static void s_returns_wrongly(struct entry *entry)
{
    note("exc_return", entry->lr);
    entry->lr &= ~1u;
}

PROGRAM(secure_return_claims_a_non_secure_exception)
{
    handlers_s[IRQ0 + 64] = s_returns_wrongly;
    handlers_s[SECURE_FAULT] = on_end;
    handlers_s[USAGE_FAULT] = on_end;
    irq_open(64, 0x40, true);
    note("sum", s_filled());
}

static void s_returns_to_ns(struct entry *entry)
{
    note("exc_return", entry->lr);
    entry->lr ^= 0x40u;
}

PROGRAM(secure_return_to_the_wrong_state)
{
    handlers_s[IRQ0 + 64] = s_returns_to_ns;
    handlers_s[SECURE_FAULT] = on_end;
    handlers_s[USAGE_FAULT] = on_end;
    irq_open(64, 0x40, true);
    /* A frame on the Non-secure stack that says go on in Secure memory. */
    struct frame *const frame = (struct frame *)(get_msp_ns() - 32u);
    frame->pc = 0x30000200u;
    frame->xpsr = 1u << 24;
    set_msp_ns((uint32_t)frame);
    note("sum", s_filled());
}
