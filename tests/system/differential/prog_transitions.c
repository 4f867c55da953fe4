/* Between the states: gateways, BXNS, BLXNS, FNC_RETURN, and every forbidden way. */
#include "rt.h"

static uint32_t s_adds(uint32_t a, uint32_t b)
{
    note("S ipsr", get_ipsr());
    note("S control", get_control());
    return a + b;
}

static NS_CODE uint32_t ns_calls_gate(uint32_t a, uint32_t b)
{
    note("NS lr", (uint32_t)__builtin_return_address(0));
    note("NS msp", get_msp());
    const uint32_t sum = gate_call(s_adds, a, b);
    note("NS sum", sum);
    return sum + 1u;
}

PROGRAM(call_there_and_back)
{
    note("msp", get_msp());
    note("sum", ns_call(ns_calls_gate, 0x100, 0x23));
    note("msp", get_msp());
    note("msp_ns", get_msp_ns());
}

static uint32_t s_goes_deeper(uint32_t a, uint32_t b)
{
    return ns_call(ns_calls_gate, a * 2u, b * 2u);
}

static NS_CODE uint32_t ns_goes_deeper(uint32_t a, uint32_t b)
{
    return gate_call(s_goes_deeper, a, b);
}

PROGRAM(calls_nest)
{
    note("sum", ns_call(ns_goes_deeper, 3, 4));
}

/** Calls a label with BLXNS and shows what that leaves: LR there, the Secure stack, the return. */
PROGRAM(blxns_leaves_its_frame)
{
    register uint32_t lr __asm("r0");
    register uint32_t msp __asm("r1");
    register uint32_t xpsr __asm("r2");
    register uint32_t back __asm("r3");
    register uint32_t psr __asm("r7");
    register uint32_t depth __asm("r6");
    __asm volatile(".pushsection .ns_text, \"ax\"\n"
                   ".thumb_func\n"
                   "1: mov r0, lr\n mrs r1, msp\n mrs r2, xpsr\n bx lr\n"
                   ".popsection\n"
                   "ldr r4, =1b\n bic r4, #1\n mov r5, sp\n"
                   "mov r6, #-1\n msr apsr_nzcvqg, r6\n blxns r4\n"
                   "mov r6, sp\n subs r6, r5\n ldr r3, [sp, #-8]\n ldr r7, [sp, #-4]"
                   : "=r"(lr), "=r"(msp), "=r"(xpsr), "=r"(back), "=r"(psr), "=r"(depth)::"r4",
                     "r5", "lr", "cc", "memory");
    const uint32_t seen[] = {lr, msp, xpsr, back, psr, depth};
    note_words("lr, msp, xpsr there; address, psr, depth here", seen, 6);
}

static uint32_t s_flags(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    uint32_t flags;
    __asm volatile("mrs %0, apsr" : "=r"(flags));
    return flags;
}

static void blxns_handler(struct entry *entry)
{
    (void)entry;
    note("sum", ns_call(ns_calls_gate, 1, 2));
    note("ipsr", get_ipsr());
}

PROGRAM(call_out_of_a_handler)
{
    handlers_s[SVCALL] = blxns_handler;
    __asm volatile("svc 0");
}

static NS_CODE uint32_t ns_mode(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    note("NS ipsr", get_ipsr());
    note("NS control", get_control());
    return get_ipsr();
}

static void ipsr_handler(struct entry *entry)
{
    (void)entry;
    note("returned", ns_call(ns_mode, 1, 2));
    note("ipsr", get_ipsr());
}

PROGRAM(called_out_of_a_handler_sees_one)
{
    handlers_s[PENDSV] = ipsr_handler;
    store(ICSR, ICSR_PENDSVSET);
    note("from thread", ns_call(ns_mode, 0, 0));
}

PROGRAM(bxns_with_bit_0_stays_secure)
{
    uint32_t here = 0;
    __asm volatile("ldr r4, =1f\n orr r4, #1\n bxns r4\n nop\n"
                   ".thumb_func\n"
                   "1: mov %0, #1\n"
                   "ldr r4, =2f\n orr r4, #1\n blxns r4\n b 3f\n"
                   ".thumb_func\n"
                   "2: add %0, #1\n bx lr\n"
                   "3:"
                   : "+r"(here)::"r4", "lr", "memory");
    note("here", here);
    note("S", get_msplim() == 0);
}

PROGRAM(sg_within_secure_code_is_a_nop)
{
    uint32_t lr;
    __asm volatile("mov lr, #0x33\n sg\n mov %0, lr" : "=r"(lr)::"lr");
    note("lr", lr);
}

static NS_CODE uint32_t ns_runs_sg(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    uint32_t lr;
    __asm volatile("push {lr}\n mov lr, #0x33\n sg\n mov %0, lr\n pop {r3}\n mov lr, r3"
                   : "=r"(lr)::"r3", "memory");
    return lr;
}

PROGRAM(sg_in_non_secure_memory_is_a_nop)
{
    note("lr", ns_call(ns_runs_sg, 0, 0));
}

/** Non-secure code branches to an address, with LR behind the branch. */
static NS_CODE uint32_t ns_branches(uint32_t to, uint32_t b)
{
    uint32_t result;
    __asm volatile("push {r4, lr}\n mov r4, %1\n mov r0, #0x11\n blx r4\n mov %0, r0\n"
                   "pop {r4}\n pop {r1}\n mov lr, r1"
                   : "=r"(result)
                   : "r"(to)
                   : "r0", "r1", "r2", "r3", "memory");
    return result + b;
}

/** SecureFault of a Non-secure fetch: goes on where the branch came from. */
static void on_branch_refused(struct entry *entry)
{
    on_fault_return(entry);
}

static void try_branch(const char *what, uint32_t to)
{
    note(what, to);
    note("result", ns_call(ns_branches, to, 0));
}

PROGRAM(branches_into_secure_memory)
{
    __asm volatile(".pushsection .nsc, \"ax\"\n"
                   ".balign 32\n"
                   ".global no_gate\n no_gate: movs r0, #1\n bx lr\n"
                   ".balign 32\n"
                   ".global half_gate\n half_gate: .hword 0xE97F, 0x4770\n"
                   ".balign 32\n"
                   ".global lone_gate\n lone_gate: sg\n bxns lr\n"
                   ".popsection");
    extern const char no_gate[];
    extern const char half_gate[];
    extern const char lone_gate[];
    handlers_s[SECURE_FAULT] = on_branch_refused;
    try_branch("no SG", (uint32_t)no_gate + 1u);
    try_branch("half an SG", (uint32_t)half_gate + 1u);
    try_branch("SG", (uint32_t)lone_gate + 1u);
    try_branch("behind SG", (uint32_t)lone_gate + 5u);
    try_branch("middle of SG", (uint32_t)lone_gate + 3u);
    try_branch("Secure, not callable", (uint32_t)s_flags | 1u);
    try_branch("Secure alias of Non-secure", 0x30005001u);
}

PROGRAM(sg_across_the_end_of_the_region)
{
    handlers_s[SECURE_FAULT] = on_branch_refused;
    handlers_s[HARD_FAULT] = on_branch_refused;
    /* SG's second half is in the next region, which is not callable. */
    volatile uint16_t *const at = (volatile uint16_t *)(GATES + 0x3E0u - 2u);
    at[0] = 0xE97Fu;
    at[1] = 0xE97Fu;
    at[2] = 0x4770u;
    sau_region(0, GATES, GATES + 0x3DFu, 3);
    try_branch("cut SG", (uint32_t)at | 1u);
}

/** As on_fault_return(), for one that either state may take. */
static void on_fetch_refused(struct entry *entry)
{
    note("taken to", 1);
    on_fault_return(entry);
}

/** SG is fetched with the rights of Secure state, and with the privilege of that state's thread. */
PROGRAM(sg_that_the_secure_mpu_refuses)
{
    extern const char lone_gate[];
    handlers_s[MEM_MANAGE] = on_fetch_refused;
    handlers_s[SECURE_FAULT] = on_branch_refused;
    handlers_ns[MEM_MANAGE] = ns_on_fault_return;
    mpu_region(0, 0, (uint32_t)lone_gate & ~31u, ((uint32_t)lone_gate & ~31u) + 31u, MPU_RO_PRIV);
    mpu_on(0);
    try_branch("open", (uint32_t)lone_gate + 1u);
    mpu_region(0, 0, (uint32_t)lone_gate & ~31u, ((uint32_t)lone_gate & ~31u) + 31u,
               MPU_RO_ANY | MPU_XN);
    try_branch("never executed", (uint32_t)lone_gate + 1u);
    try_branch("behind SG", (uint32_t)lone_gate + 5u);
}

/** Secure code branches to Non-secure memory without BXNS. */
static void on_secure_branch_out(struct entry *entry)
{
    struct frame *const frame = frame_of(entry);
    note("exc_return", entry->lr);
    note("at", frame->pc);
    note("lr", frame->lr);
    note("xpsr", frame->xpsr);
    note_faults();
    frame->pc = frame->lr & ~1u;
}

PROGRAM(secure_branch_to_non_secure_memory)
{
    handlers_s[SECURE_FAULT] = on_secure_branch_out;
    /* Into the vectors, which the Secure side has not touched: QEMU's TLB must not know the page. */
    __asm volatile("ldr r4, =0x20005101\n mov r0, #0x77\n blx r4\n" ::
                       : "r0", "r1", "r2", "r3", "r4", "lr", "memory");
    note("S", 1);
}

static NS_CODE uint32_t ns_touches(uint32_t at, uint32_t how)
{
    uint32_t value = 0x55;
    switch (how) {
    case 0:
        __asm volatile("ldr %0, [%1]" : "+r"(value) : "r"(at));
        break;
    case 1:
        __asm volatile("strb %0, [%1]" : "+r"(value) : "r"(at));
        break;
    case 2:
        __asm volatile("ldrd %0, r3, [%1]" : "+r"(value) : "r"(at) : "r3");
        break;
    default:
        __asm volatile("ldm %1, {r2, r3}" : "+r"(value) : "r"(at) : "r2", "r3");
        break;
    }
    return value;
}

PROGRAM(non_secure_data_access_to_secure_memory)
{
    handlers_s[SECURE_FAULT] = on_fault_skip;
    note("value", ns_call(ns_touches, WINDOW_S, 0));
    note("value", ns_call(ns_touches, WINDOW_S + 5, 1));
    note("value", ns_call(ns_touches, GATES, 0));
    note("value", ns_call(ns_touches, WINDOW_S + 16, 2));
    note("value", ns_call(ns_touches, WINDOW_S + 20, 3));
    note("value", ns_call(ns_touches, 0x30007000u, 0));
}

static NS_CODE uint32_t ns_executes(uint32_t which, uint32_t b)
{
    (void)b;
    switch (which) {
    case 0:
        __asm volatile("bxns lr");
        break;
    case 1:
        __asm volatile("push {r4, lr}\n blxns r4\n pop {r4, lr}" ::: "memory");
        break;
    case 2:
        __asm volatile("tta r3, r4" ::: "r3");
        break;
    default:
        __asm volatile("ttat r3, r4" ::: "r3");
        break;
    }
    return which;
}

PROGRAM(secure_instructions_are_undefined_elsewhere)
{
    handlers_ns[USAGE_FAULT] = ns_on_fault_skip;
    for (uint32_t i = 0; i < 4; i++) {
        note("done", ns_call(ns_executes, i, 0));
    }
}

/** A faked FNC_RETURN: what the Secure stack holds does not fit. */
static void on_fake_return(struct entry *entry)
{
    note("exc_return", entry->lr);
    note("ipsr", get_ipsr());
    note_faults();
    end_program();
}

static NS_CODE void ns_on_fake_return(struct entry *entry)
{
    note("NS exc_return", entry->lr);
    note("NS ipsr", get_ipsr());
    note("NS CFSR", load(CFSR));
    (void)gate_call(end_program_gate, 0, 0);
}

PROGRAM(function_return_with_a_wrong_exception_number)
{
    handlers_ns[USAGE_FAULT] = ns_on_fake_return;
    handlers_s[USAGE_FAULT] = on_fake_return;
    handlers_s[SECURE_FAULT] = on_fake_return;
    uint32_t unused;
    __asm volatile(".pushsection .ns_text, \"ax\"\n .thumb_func\n 1: bx lr\n .popsection\n"
                   "sub sp, #8\n adr r5, 2f\n orr r5, #1\n str r5, [sp]\n mov r5, #3\n"
                   "str r5, [sp, #4]\n"
                   "ldr r6, =0xFEFFFFFF\n mov lr, r6\n ldr r6, =1b\n bic r6, #1\n bxns r6\n"
                   ".balign 4\n"
                   "2: mov %0, #1"
                   : "=r"(unused)::"r5", "r6", "lr", "memory");
    note("came back", unused);
}

PROGRAM(function_return_to_a_faked_frame)
{
    handlers_s[USAGE_FAULT] = on_fake_return;
    handlers_s[SECURE_FAULT] = on_fake_return;
    uint32_t back;
    __asm volatile(".pushsection .ns_text, \"ax\"\n .thumb_func\n 1: bx lr\n .popsection\n"
                   "sub sp, #8\n adr r5, 2f\n orr r5, #1\n str r5, [sp]\n mov r5, #0\n"
                   "str r5, [sp, #4]\n"
                   "ldr r6, =0xFEFFFFFF\n mov lr, r6\n ldr r6, =1b\n bic r6, #1\n bxns r6\n"
                   ".balign 4\n"
                   "2: mov %0, #1"
                   : "=r"(back)::"r5", "r6", "lr", "memory");
    note("came back", back);
}

PROGRAM(function_return_without_the_thumb_bit)
{
    handlers_s[USAGE_FAULT] = on_fake_return;
    handlers_s[SECURE_FAULT] = on_fake_return;
    __asm volatile(".pushsection .ns_text, \"ax\"\n .thumb_func\n 1: bx lr\n .popsection\n"
                   "sub sp, #8\n adr r5, 2f\n str r5, [sp]\n mov r5, #0\n"
                   "str r5, [sp, #4]\n"
                   "ldr r6, =0xFEFFFFFF\n mov lr, r6\n ldr r6, =1b\n bic r6, #1\n bxns r6\n"
                   ".balign 4\n"
                   "2: nop" ::
                       : "r5", "r6", "lr", "memory");
    note("came back", 1);
}

static void on_code_of_branch(struct entry *entry)
{
    note("exc_return", entry->lr);
    note("pc", frame_of(entry)->pc);
    note_faults();
    end_program();
}

PROGRAM(function_return_value_in_secure_code)
{
    handlers_s[MEM_MANAGE] = on_code_of_branch;
    handlers_s[USAGE_FAULT] = on_code_of_branch;
    handlers_s[SECURE_FAULT] = on_code_of_branch;
    __asm volatile("ldr r6, =0xFEFFFFFF\n adr r5, 1f\n orr r5, #1\n mov r4, #0\n"
                   "push {r4}\n push {r5}\n bx r6\n"
                   ".balign 4\n 1: nop" ::
                       : "r4", "r5", "r6", "memory");
    note("came back", 1);
}
