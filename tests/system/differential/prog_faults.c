/* Faults and their status registers, escalation, CCR's traps, privilege. */
#include "rt.h"

static void catch_all(void)
{
    handlers_s[HARD_FAULT] = on_fault_skip;
    handlers_s[MEM_MANAGE] = on_fault_skip;
    handlers_s[BUS_FAULT] = on_fault_skip;
    handlers_s[USAGE_FAULT] = on_fault_skip;
    handlers_s[SECURE_FAULT] = on_fault_skip;
    handlers_ns[MEM_MANAGE] = ns_on_fault_skip;
    handlers_ns[USAGE_FAULT] = ns_on_fault_skip;
}

PROGRAM(undefined_instructions)
{
    catch_all();
    __asm volatile("udf #0x12");
    __asm volatile("udf.w #0x1234");
    __asm volatile(".hword 0xEE00, 0x0510"); /* a coprocessor that is not there */
    __asm volatile(".hword 0xFFFF, 0xFFFF");
    note("done", 1);
}

PROGRAM(branch_without_the_thumb_bit)
{
    handlers_s[USAGE_FAULT] = on_fault_return;
    __asm volatile("ldr r4, =0x30000100\n blx r4" ::: "r4", "lr", "memory");
    note("done", 1);
}

PROGRAM(pop_without_the_thumb_bit)
{
    handlers_s[USAGE_FAULT] = on_fault_return;
    __asm volatile("adr r4, 1f\n push {r4}\n ldr lr, =2f\n orr lr, #1\n pop {pc}\n"
                   ".balign 4\n 1: nop\n 2:" ::
                       : "r4", "lr", "memory");
    note("done", 1);
}

PROGRAM(division_by_zero)
{
    catch_all();
    uint32_t quotient = 5;
    __asm volatile("mov r4, #0\n mov r5, #7\n udiv %0, r5, r4" : "+r"(quotient)::"r4", "r5");
    note("untrapped", quotient);
    store(CCR, load(CCR) | CCR_DIV_0_TRP);
    quotient = 5;
    /* QEMU forgets what the instructions just before have written: hence the ISB. */
    __asm volatile("mov r4, #0\n mov r5, #7\n isb\n udiv %0, r5, r4" : "+r"(quotient)::"r4", "r5");
    note("udiv", quotient);
    __asm volatile("mov r4, #0\n mov r5, #7\n isb\n sdiv %0, r5, r4" : "+r"(quotient)::"r4", "r5");
    note("sdiv", quotient);
    __asm volatile("mov r4, #-1\n mov r5, #0x80000000\n sdiv %0, r5, r4"
                   : "+r"(quotient)::"r4", "r5");
    note("overflow", quotient);
}

static uint32_t unaligned(uint32_t at)
{
    uint32_t sum = 0;
    uint32_t value = 0x11;
    __asm volatile("ldr %0, [%1, #1]" : "+r"(value) : "r"(at));
    sum += value;
    __asm volatile("ldrh %0, [%1, #3]" : "+r"(value) : "r"(at));
    sum += value;
    __asm volatile("str %0, [%1, #2]" : "+r"(value) : "r"(at));
    sum += value;
    __asm volatile("strh %0, [%1, #5]" : "+r"(value) : "r"(at));
    return sum + value;
}

PROGRAM(unaligned_trap)
{
    catch_all();
    store(WINDOW_S, 0x44332211u);
    store(WINDOW_S + 4u, 0x88776655u);
    note("untrapped", unaligned(WINDOW_S));
    note_words("memory", (const uint32_t *)WINDOW_S, 3);
    store(CCR, load(CCR) | CCR_UNALIGN_TRP);
    note("trapped", unaligned(WINDOW_S));
    note_words("memory", (const uint32_t *)WINDOW_S, 3);
}

PROGRAM(always_aligned_instructions)
{
    catch_all();
    uint32_t at = WINDOW_S + 2u;
    __asm volatile("mov r2, #2\n mov r3, #3\n ldrd r2, r3, [%0]" : "+r"(at)::"r2", "r3", "memory");
    __asm volatile("strd r2, r3, [%0]" : "+r"(at)::"r2", "r3", "memory");
    __asm volatile("ldm %0!, {r2, r3}" : "+r"(at)::"r2", "r3", "memory");
    note("base", at);
    __asm volatile("stm %0!, {r2, r3}" : "+r"(at)::"r2", "r3", "memory");
    note("base", at);
    __asm volatile("ldrex r2, [%0]" : "+r"(at)::"r2", "memory");
    __asm volatile("lda r2, [%0]" : "+r"(at)::"r2", "memory");
    __asm volatile("stl r2, [%0]" : "+r"(at)::"r2", "memory");
    __asm volatile("add %0, #1\n ldrexh r2, [%0]" : "+r"(at)::"r2", "memory");
    note("base", at);
}

/** Goes round a loop `rounds` times, then once more with its base unaligned. */
#define ROUND_AND_UNALIGNED(insn)                                                                  \
    __asm volatile("1: " insn "\n subs %0, #1\n bpl 2f\n b 3f\n"                                   \
                   "2: bne 1b\n adds %1, #2\n b 1b\n 3:"                                           \
                   : "+r"(rounds), "+r"(base)::"r2", "r3", "cc", "memory")

PROGRAM(unaligned_after_many_aligned_rounds)
{
    catch_all();
    uint32_t rounds = 1000;
    uint32_t base = WINDOW_S;
    ROUND_AND_UNALIGNED("ldrd r2, r3, [%1]");
    note("base", base);
    rounds = 1000;
    base = WINDOW_S;
    ROUND_AND_UNALIGNED("ldm %1, {r2, r3}");
    note("base", base);
    rounds = 1000;
    base = WINDOW_S;
    ROUND_AND_UNALIGNED("mov r2, #2\n mov r3, #3\n stm %1, {r2, r3}");
    note("base", base);
    rounds = 1000;
    base = WINDOW_S;
    ROUND_AND_UNALIGNED("mov r2, #2\n mov r3, #3\n strd r2, r3, [%1]");
    note("base", base);
}

static NS_CODE uint32_t ns_divides_by_zero(uint32_t a, uint32_t b)
{
    uint32_t quotient = 5;
    __asm volatile("isb\n udiv %0, %1, %2" : "+r"(quotient) : "r"(a), "r"(b));
    return quotient;
}

PROGRAM(division_by_zero_of_each_state)
{
    catch_all();
    handlers_ns[USAGE_FAULT] = ns_on_fault_skip;
    for (unsigned traps = 0; traps < 4; traps++) {
        store(CCR, (load(CCR) & ~CCR_DIV_0_TRP) | ((traps & 2u) != 0 ? CCR_DIV_0_TRP : 0u));
        store(CCR + NS,
              (load(CCR + NS) & ~CCR_DIV_0_TRP) | ((traps & 1u) != 0 ? CCR_DIV_0_TRP : 0u));
        note("NS", ns_call(ns_divides_by_zero, 7, 0));
        uint32_t quotient = 5;
        __asm volatile("isb\n udiv %0, %1, %2" : "+r"(quotient) : "r"(7), "r"(0));
        note("S", quotient);
    }
}

PROGRAM(data_bus_faults)
{
    catch_all();
    uint32_t value = 0x77;
    __asm volatile("ldr %0, [%1]" : "+r"(value) : "r"(VOID_S + 4u));
    __asm volatile("ldrb %0, [%1]" : "+r"(value) : "r"(VOID_S + 5u));
    __asm volatile("ldrh %0, [%1]" : "+r"(value) : "r"(VOID_S + 6u));
    __asm volatile("ldm %1, {r2, r3}" : "+r"(value) : "r"(VOID_S + 8u) : "r2", "r3");
    note("value", value);
}

PROGRAM(instruction_bus_fault)
{
    handlers_s[BUS_FAULT] = on_fault_return;
    __asm volatile("mov r4, %0\n blx r4" ::"r"(VOID_S + 1u) : "r4", "lr", "memory");
    note("done", 1);
}

static NS_CODE uint32_t ns_bus_faults(uint32_t at, uint32_t b)
{
    uint32_t value = b;
    __asm volatile("ldr %0, [%1]" : "+r"(value) : "r"(at));
    return value;
}

PROGRAM(non_secure_bus_fault_is_secure_by_default)
{
    catch_all();
    sau_region(2, VOID_NS, VOID_NS + 0xFFFFu, 1);
    note("value", ns_call(ns_bus_faults, VOID_NS + 8u, 3));
}

static NS_CODE uint32_t ns_enables(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    note("NS SHCSR", load(SHCSR));
    store(SHCSR, 0xFFFFFFFFu & SHCSR_FAULTS);
    note("NS SHCSR", load(SHCSR));
    return 0;
}

PROGRAM(bfhfnmins_gives_faults_to_non_secure)
{
    catch_all();
    handlers_ns[BUS_FAULT] = ns_on_fault_skip;
    handlers_ns[HARD_FAULT] = ns_on_fault_skip;
    handlers_ns[NMI] = ns_on_note;
    sau_region(2, VOID_NS, VOID_NS + 0xFFFFu, 1);
    store(AIRCR, AIRCR_KEY | AIRCR_BFHFNMINS);
    (void)ns_call(ns_enables, 0, 0);
    note("value", ns_call(ns_bus_faults, VOID_NS + 8u, 3));
    store(SHCSR + NS, 0);
    note("value", ns_call(ns_bus_faults, VOID_NS + 12u, 3));
    note("SHCSR", load(SHCSR));
    store(ICSR, ICSR_NMIPENDSET);
}

PROGRAM(disabled_faults_escalate)
{
    catch_all();
    store(SHCSR, 0);
    __asm volatile("udf #1");
    uint32_t value = 0;
    __asm volatile("ldr %0, [%1]" : "+r"(value) : "r"(VOID_S));
    __asm volatile("mov r4, %0\n strd r2, r3, [r4]" ::"r"(WINDOW_S + 1u) : "r4", "memory");
    note("SHCSR", load(SHCSR));
}

PROGRAM(faults_escalate_by_priority)
{
    catch_all();
    store(SHPR1, 0x00400000u);
    set_basepri(0x40);
    __asm volatile("udf #1");
    set_basepri(0);
    set_primask(1);
    __asm volatile("udf #2");
    set_primask(0);
    set_faultmask(1);
    uint32_t value = 0;
    note("faultmask", get_faultmask());
    set_faultmask(0);
    __asm volatile("udf #3");
    note("value", value);
}

static NS_CODE uint32_t ns_undefined(uint32_t a, uint32_t b)
{
    (void)b;
    if (a != 0) {
        set_primask(1);
    }
    __asm volatile("udf #4");
    set_primask(0);
    return a;
}

PROGRAM(non_secure_faults_escalate_to_secure_hard_fault)
{
    catch_all();
    (void)ns_call(ns_undefined, 0, 0);
    (void)ns_call(ns_undefined, 1, 0);
    store(SHCSR + NS, 0);
    (void)ns_call(ns_undefined, 0, 0);
}

static void usage_within_mem_manage(struct entry *entry)
{
    note("outer", entry->lr);
    __asm volatile("udf #5");
    on_fault_skip(entry);
}

static void tell(struct entry *entry)
{
    note("inner", get_ipsr());
    note("SHCSR", load(SHCSR));
    note_icsr("ICSR");
    on_fault_skip(entry);
}

PROGRAM(fault_within_a_fault_handler)
{
    handlers_s[BUS_FAULT] = usage_within_mem_manage;
    handlers_s[USAGE_FAULT] = tell;
    handlers_s[HARD_FAULT] = tell;
    uint32_t value = 0;
    store(SHPR1, 0x00004000u);
    __asm volatile("ldr %0, [%1]" : "+r"(value) : "r"(VOID_S));
    note("equal now", 0);
    store(SHPR1, 0x00000000u);
    __asm volatile("ldr %0, [%1]" : "+r"(value) : "r"(VOID_S));
}

PROGRAM(breakpoint_without_a_debugger)
{
    catch_all();
    __asm volatile("bkpt #1");
    note("DFSR", load(0xE000ED30u));
}

PROGRAM(unprivileged_access_to_the_system_registers)
{
    catch_all();
    be_unprivileged();
    uint32_t value = 0x88;
    __asm volatile("ldr %0, [%1]" : "+r"(value) : "r"(VTOR));
    __asm volatile("str %0, [%1]" : "+r"(value) : "r"(NVIC_ISER(64)));
    __asm volatile("ldr %0, [%1]" : "+r"(value) : "r"(SYST_CSR));
    __asm volatile("str %0, [%1]" : "+r"(value) : "r"(STIR));
    note("value", value);
    be_privileged();
}

PROGRAM(usersetmpend_opens_stir)
{
    catch_all();
    handlers_s[IRQ0 + 66] = on_note;
    irq_open(66, 0x40, true);
    store(CCR, load(CCR) | 2u);
    be_unprivileged();
    __asm volatile("str %0, [%1]\n dsb\n isb" ::"r"(66), "r"(STIR));
    be_privileged();
    note("ISPR", load(NVIC_ISPR(64)));
}

/* 66 is Secure, 67 is not. */
static void pends_both_at(uint32_t stir)
{
    store(stir, 66);
    store(stir, 67);
}

static void note_pended(const char *tag)
{
    note(tag, load(NVIC_ISPR(64)));
    store(NVIC_ICPR(64), ~0u);
}

static NS_CODE uint32_t ns_pends(uint32_t stir, uint32_t unused)
{
    be_unprivileged();
    store(stir, 66);
    store(stir, 67);
    be_privileged();
    return unused;
}

PROGRAM(usersetmpend_of_each_state)
{
    catch_all();
    store(NVIC_ITNS(64), 1u << 67 % 32u);
    for (unsigned open = 0; open < 4; open++) {
        store(CCR, (load(CCR) & ~2u) | ((open & 1u) != 0 ? 2u : 0u));
        store(CCR + NS, (load(CCR + NS) & ~2u) | ((open & 2u) != 0 ? 2u : 0u));
        be_unprivileged();
        pends_both_at(STIR);
        be_privileged();
        note_pended("Secure");
        be_unprivileged();
        pends_both_at(STIR + NS);
        be_privileged();
        note_pended("Secure, by the alias");
        (void)ns_call(ns_pends, STIR, 0);
        note_pended("Non-secure");
        (void)ns_call(ns_pends, STIR + NS, 0);
        note_pended("Non-secure, by the alias");
    }
}

PROGRAM(fault_status_bits_clear_by_writing_one)
{
    store(CFSR, 0xFFFFFFFFu);
    note("CFSR", load(CFSR));
    store(MMFAR, 0x12345678u);
    store(BFAR, 0x9ABCDEF0u);
    note("MMFAR", load(MMFAR));
    note("BFAR", load(BFAR));
    store(MMFAR + NS, 0x5555u);
    note("MMFAR", load(MMFAR));
    note("MMFAR_NS", load(MMFAR + NS));
    note("BFAR_NS", load(BFAR + NS));
    store(HFSR, 0xFFFFFFFFu);
    note("HFSR", load(HFSR));
}

PROGRAM(sfar_can_be_written)
{
    store(SFAR, 0x13572468u);
    note("SFAR", load(SFAR));
    note("SFSR", load(SFSR));
}

PROGRAM(handlers_can_be_pended_by_software)
{
    handlers_s[MEM_MANAGE] = on_note;
    handlers_s[BUS_FAULT] = on_note;
    handlers_s[USAGE_FAULT] = on_note;
    handlers_s[SECURE_FAULT] = on_note;
    handlers_s[SVCALL] = on_note;
    set_primask(1);
    store(SHCSR, load(SHCSR) | 1u << 12 | 1u << 13 | 1u << 14 | 1u << 15 | 1u << 20);
    note("SHCSR", load(SHCSR));
    note_icsr("ICSR");
    set_primask(0);
    barrier();
    note("SHCSR", load(SHCSR));
}

PROGRAM(fetch_beyond_the_code_region_is_execute_never)
{
    handlers_s[MEM_MANAGE] = on_fault_return;
    static const uint32_t target[] = {0xE000E001u, 0x50000001u, 0xE0100001u, 0xF0000001u};
    for (unsigned i = 0; i < 4; i++) {
        note("to", target[i]);
        __asm volatile("blx %0" ::"r"(target[i]) : "lr", "memory");
    }
}

static NS_CODE uint32_t ns_branches(uint32_t target, uint32_t unused)
{
    __asm volatile("push {lr}\n blx %0\n pop {lr}" ::"r"(target) : "lr", "memory");
    return unused;
}

/* From 0xF0000000 on, whatever the SAU says. */
PROGRAM(fetch_from_the_top_is_secure)
{
    handlers_s[MEM_MANAGE] = on_fault_return;
    handlers_s[SECURE_FAULT] = on_fault_return;
    handlers_ns[MEM_MANAGE] = ns_on_fault_return;
    sau_region(2, 0xF0100000u, 0xF0101FFFu, 1);
    static const uint32_t target[] = {0xF0100001u, 0xF0101FF1u, 0xF0102001u};
    for (unsigned i = 0; i < 3; i++) {
        note("to", target[i]);
        __asm volatile("blx %0" ::"r"(target[i]) : "lr", "memory");
        (void)ns_call(ns_branches, target[i], 0);
    }
}
