#include "borders.h"

#define CORE      13u /* r0 to r12 */
#define FP        4u  /* s0 to s3, behind them */
#define REGISTERS (CORE + FP)
#define BASE      4u /* the register with the address */
#define FILLER    0xC0DE0000u

/** A kind of access: elements of `size` bytes, `count` of them, from and to registers in a row. */
struct operation {
    const char *name;
    uint8_t size;
    uint8_t count;
    bool load;
    uint8_t first; /**< Register of the first element: CORE is s0. */
    int8_t moves;  /**< What the base register moves by; below zero the access lies before it. */
    bool pairs;    /**< Of words in pairs, which QEMU checks by the first word. */
};

static const struct operation operations[] = {
    {"ldrb", 1, 1, true, 0, 0, false},
    {"strb", 1, 1, false, 0, 0, false},
    {"ldrh", 2, 1, true, 0, 0, false},
    {"strh", 2, 1, false, 0, 0, false},
    {"ldr", 4, 1, true, 0, 0, false},
    {"str", 4, 1, false, 0, 0, false},
    {"ldrd", 4, 2, true, 0, 0, false},
    {"strd", 4, 2, false, 0, 0, false},
    {"ldm", 4, 4, true, 0, 0, false},
    {"stm", 4, 4, false, 0, 0, false},
    {"pop", 4, 4, true, 0, 16, false},
    {"push", 4, 4, false, 0, -16, false},
    {"vldr", 4, 1, true, CORE, 0, false},
    {"vstr", 4, 1, false, CORE, 0, false},
    {"vldm", 4, 4, true, CORE, 0, false},
    {"vstm", 4, 4, false, CORE, 0, false},
    {"vpop", 4, 4, true, CORE, 16, false},
    {"vpush", 4, 4, false, CORE, -16, false},
    {"vldr double", 4, 2, true, CORE, 0, true},
    {"vstr double", 4, 2, false, CORE, 0, true},
    {"vldm double", 4, 4, true, CORE, 0, true},
    {"vstm double", 4, 4, false, CORE, 0, true},
    {"vpop double", 4, 4, true, CORE, 16, true},
    {"vpush double", 4, 4, false, CORE, -16, true},
};
#define OPERATIONS (sizeof operations / sizeof operations[0])

/*
 * One routine per operation, in the order of the table, 4 bytes and a return each. In both states.
 * Of PUSH and POP the forms for any base register: with SP a fault would have no stack.
 */
#define ROUTINES                                                                                   \
    "ldrb.w r0, [r4]\n bx lr\n strb.w r0, [r4]\n bx lr\n ldrh.w r0, [r4]\n bx lr\n"                \
    "strh.w r0, [r4]\n bx lr\n ldr.w r0, [r4]\n bx lr\n str.w r0, [r4]\n bx lr\n"                  \
    "ldrd r0, r1, [r4]\n bx lr\n strd r0, r1, [r4]\n bx lr\n"                                      \
    "ldm.w r4, {r0-r3}\n bx lr\n stm.w r4, {r0-r3}\n bx lr\n"                                      \
    "ldm.w r4!, {r0-r3}\n bx lr\n stmdb r4!, {r0-r3}\n bx lr\n"                                    \
    "vldr s0, [r4]\n bx lr\n vstr s0, [r4]\n bx lr\n"                                              \
    "vldm r4, {s0-s3}\n bx lr\n vstm r4, {s0-s3}\n bx lr\n"                                        \
    "vldm r4!, {s0-s3}\n bx lr\n vstmdb r4!, {s0-s3}\n bx lr\n"                                    \
    "vldr d0, [r4]\n bx lr\n vstr d0, [r4]\n bx lr\n"                                              \
    "vldm r4, {d0-d1}\n bx lr\n vstm r4, {d0-d1}\n bx lr\n"                                        \
    "vldm r4!, {d0-d1}\n bx lr\n vstmdb r4!, {d0-d1}\n bx lr\n"
#define ROUTINE_BYTES 6u

/** r0: registers in and out; r1: routine. Loads r0 to r12, calls, stores r0 to r12. */
#define RUNNER                                                                                     \
    "push {r4-r11, lr}\n push {r0, r1}\n"                                                          \
    "ldm r0, {r0-r12}\n ldr lr, [sp, #4]\n blx lr\n"                                               \
    "ldr lr, [sp]\n stm lr, {r0-r12}\n pop {r0, r1}\n pop {r4-r11, lr}\n bx lr\n"
/** The same with s0 to s3. */
#define FP_RUNNER                                                                                  \
    "push {r4-r11, lr}\n push {r0, r1}\n add r1, r0, #52\n vldm r1, {s0-s3}\n"                     \
    "ldm r0, {r0-r12}\n ldr lr, [sp, #4]\n blx lr\n"                                               \
    "ldr lr, [sp]\n stm lr!, {r0-r12}\n vstm lr, {s0-s3}\n"                                        \
    "pop {r0, r1}\n pop {r4-r11, lr}\n bx lr\n"

__asm(".fpu fpv5-sp-d16\n .text\n .balign 4\n s_routines:\n" ROUTINES
      ".thumb_func\n s_run:\n" RUNNER ".thumb_func\n s_run_fp:\n" FP_RUNNER
      ".pushsection .ns_text, \"ax\"\n .balign 4\n ns_routines:\n" ROUTINES
      ".thumb_func\n ns_run:\n" RUNNER ".thumb_func\n ns_run_fp:\n" FP_RUNNER ".popsection\n");
extern const char s_routines[];
extern const char ns_routines[];
uint32_t s_run(uint32_t registers, uint32_t routine);
uint32_t ns_run(uint32_t registers, uint32_t routine);
uint32_t s_run_fp(uint32_t registers, uint32_t routine);
uint32_t ns_run_fp(uint32_t registers, uint32_t routine);

/** What a fault's handler saw. In Non-secure memory, for both states. */
struct fault {
    uint32_t exc; /**< 0: none. */
    uint32_t status;
    uint32_t addr;
};
NS_DATA static volatile struct fault fault = {0};
NS_DATA static volatile uint32_t registers[REGISTERS] = {0};

static void on_refusal(struct entry *entry)
{
    fault.exc = get_ipsr();
    if (fault.exc == SECURE_FAULT) {
        fault.status = load(SFSR);
        fault.addr = (fault.status & 1u << 6) != 0 ? load(SFAR) : 0;
        store(SFSR, fault.status);
    } else {
        fault.status = load(CFSR);
        fault.addr = load(fault.exc == MEM_MANAGE ? MMFAR : BFAR);
        store(CFSR, fault.status);
    }
    frame_of(entry)->pc += 4u;
}

NS_CODE static void ns_on_refusal(struct entry *entry)
{
    fault.exc = get_ipsr();
    fault.status = load(CFSR);
    fault.addr = load(MMFAR);
    store(CFSR, fault.status);
    ns_frame_of(entry)->pc += 4u;
}

void borders_catch(void)
{
    handlers_s[MEM_MANAGE] = on_refusal;
    handlers_s[BUS_FAULT] = on_refusal;
    handlers_s[SECURE_FAULT] = on_refusal;
    handlers_ns[MEM_MANAGE] = ns_on_refusal;
    store(CPACR, 0x00F00000u);
    store(CPACR + NS, 0x00F00000u);
    store(NSACR, 0xC00u);
}

/* What the architecture says. */

static bool refused(const struct border *border, const struct operation *op, uint32_t addr)
{
    return addr >= border->first && addr <= border->last && (!op->load || border->loads);
}

/** Address that a fault reports: of the first element refused, or byte if that is not aligned. */
static bool first_refused(const struct border *border, const struct operation *op, uint32_t at,
                          uint32_t *where)
{
    const uint32_t step = at % op->size == 0 ? op->size : 1u;
    for (uint32_t addr = at; addr < at + (uint32_t)op->size * op->count; addr += step) {
        if (refused(border, op, addr)) {
            *where = addr;
            return border->refusal != REFUSED_IN_SILENCE;
        }
    }
    return false;
}

static uint32_t expected_status(enum refusal refusal)
{
    switch (refusal) {
    case REFUSED_BY_MPU:
        return 0x82;
    case REFUSED_BY_SAU:
        return 0x48;
    case REFUSED_BY_BUS:
        return 0x8200;
    case REFUSED_IN_SILENCE:
    default:
        return 0;
    }
}

static bool fault_is_right(const struct border *border, const struct operation *op, uint32_t at)
{
    static const uint8_t exception[] = {MEM_MANAGE, SECURE_FAULT, BUS_FAULT, 0};
    uint32_t where = 0;
    if (!first_refused(border, op, at, &where)) {
        return fault.exc == 0;
    }
    const uint32_t status = expected_status(border->refusal);
    const bool same = fault.status == status && fault.addr == where;
    /* QEMU leaves SFARVALID and SFAR out: the comparison of transcripts shows that. */
    const bool no_sfar =
        border->refusal == REFUSED_BY_SAU && fault.status == 0x08u && !machine_is_exact();
    return fault.exc == exception[border->refusal] && (same || no_sfar);
}

#define PAGE_BYTES 1024u /* of both machines' engines */

/**
 * Registers that the access may have changed. Of a refused one of several registers the list is
 * UNKNOWN, its base is not. QEMU loads as far as it comes; an exact machine may have loaded only
 * what lies in another page than the word refused.
 */
static uint32_t may_change(const struct operation *op, uint32_t at)
{
    const uint32_t all = op->load ? ((1u << op->count) - 1u) << op->first : 0;
    if (fault.exc == 0) {
        return all;
    }
    if (op->count == 1) {
        return 0;
    }
    if (!machine_is_exact()) {
        return all;
    }
    uint32_t list = 0;
    for (unsigned i = 0; i < op->count; i++) {
        const bool other_page = (at + 4u * i) / PAGE_BYTES != fault.addr / PAGE_BYTES;
        list |= other_page ? all & 1u << (op->first + i) : 0;
    }
    return list;
}

/** The base moves when all is done, and stays where it was when a word is refused. */
static bool registers_are_right(const struct operation *op, uint32_t at,
                                const uint32_t before[REGISTERS])
{
    const uint32_t list = may_change(op, at);
    for (unsigned i = 0; i < REGISTERS; i++) {
        const bool moved = i == BASE && fault.exc == 0;
        const uint32_t expected = before[i] + (moved ? (uint32_t)op->moves : 0);
        if ((list & 1u << i) == 0 && registers[i] != expected) {
            return false;
        }
    }
    return true;
}

/** What was refused in silence reads as zero. */
static bool value_is_right(const struct border *border, const struct operation *op, uint32_t at)
{
    return border->refusal != REFUSED_IN_SILENCE || !op->load || !refused(border, op, at) ||
           !refused(border, op, at + op->size - 1u) || registers[op->first] == 0;
}

/* The accesses. */

static void try_access(const struct border *border, unsigned index, uint32_t at)
{
    const struct operation *const op = &operations[index];
    uint32_t before[REGISTERS];
    for (unsigned i = 0; i < REGISTERS; i++) {
        before[i] = i == BASE ? at - (op->moves < 0 ? (uint32_t)op->moves : 0) : FILLER + i;
        registers[i] = before[i];
    }
    fault.exc = 0;
    fault.status = 0;
    fault.addr = 0;
    const uint32_t routines = (uint32_t)(border->non_secure ? ns_routines : s_routines);
    const uint32_t routine = routines + index * ROUTINE_BYTES + 1u;
    const bool fp = op->first >= CORE;
    if (border->non_secure) {
        (void)ns_call(fp ? ns_run_fp : ns_run, (uint32_t)registers, routine);
    } else if (border->unprivileged) {
        be_unprivileged();
        (void)(fp ? s_run_fp : s_run)((uint32_t)registers, routine);
        be_privileged();
    } else {
        (void)(fp ? s_run_fp : s_run)((uint32_t)registers, routine);
    }
    note(op->name, at);
    note("fault", fault.exc);
    note("address", fault.addr);
    if (!fault_is_right(border, op, at)) {
        note("wrong fault", fault.status);
    }
    if (!registers_are_right(op, at, before)) {
        note("wrong registers", at);
    }
    if (!value_is_right(border, op, at)) {
        note("wrong value", registers[0]);
    }
}

static void try_range(const struct border *border, unsigned index, uint32_t first, uint32_t last)
{
    const struct operation *const op = &operations[index];
    const uint32_t step = border->unaligned ? 1u : op->size;
    for (uint32_t at = first; at <= last; at += step) {
        if (!border->unaligned || (op->count == 1 && at % op->size != 0)) {
            try_access(border, index, at);
        }
    }
}

/** Every start from the last that touches nothing refused to the first behind. */
static void try_operation(const struct border *border, unsigned index)
{
    const struct operation *const op = &operations[index];
    const uint32_t bytes = (uint32_t)op->size * op->count;
    if ((!op->load && border->no_stores) || op->pairs != border->pairs) {
        return;
    }
    if (!border->no_lower) {
        try_range(border, index, border->first - bytes, border->first);
    }
    if (border->upper) {
        try_range(border, index, border->last + 1u - bytes, border->last + 1u);
    }
}

void borders_try(const struct border *border)
{
    for (unsigned index = 0; index < OPERATIONS; index++) {
        try_operation(border, index);
        const uint32_t control = load(MPU_CTRL);
        store(MPU_CTRL, 0);
        print_notes();
        store(MPU_CTRL, control);
    }
}
