/*
 * Runs random sequences, each in a Thread mode of its own: the handler of SVC 0xE1 returns into the
 * sequence, with a made frame on the process stack; the exception that ends it returns to here.
 */
#include "machine.h"
#include "random.h"
#include "rt.h"

#define WORDS       256u /* of a window */
#define SVC_END     0xDFE0u
#define PSR_KEPT    0xF80F0000u /* flags and GE */
#define NO_CUT      0xFFFFFFFFu
#define STACK_BYTES 0x200u

#define RETURN_S  0xFFFFFFFDu /* to Secure Thread mode, process stack */
#define RETURN_NS 0xFFFFFFB9u /* to Non-secure Thread mode; CONTROL_NS says which stack */

/** How a sequence ended. In Non-secure memory: either state's handlers fill it. */
struct ending {
    uint32_t r[13];
    uint32_t sp;
    uint32_t frame[8];
    uint32_t exc;
    uint32_t exc_return;
};
NS_DATA static volatile struct ending ending = {0};

/** Where the sequences run: a page of their own in each state. */
static uint16_t slot_s[512] __attribute__((aligned(1024)));
extern uint16_t slot_ns[];
extern const char slot_ns_end[];
__asm(".pushsection .ns_slot, \"awx\"\n"
      ".balign 1024\n"
      "slot_ns: .space 128\n"
      /* Ends a Non-secure sequence in the Secure state. */
      "slot_ns_end: ldr r0, =0x30000000\n ldr r0, [r0]\n"
      ".pool\n"
      ".balign 1024\n"
      ".popsection\n");

static const struct random_sequence *sequence;
static uint32_t harness[8];   /* r4 to r11 of the one who waits in SVC 0xE1 */
static uint32_t fp[33];       /* s0 to s31, FPSCR */
static uint32_t cut = NO_CUT; /* half-word of the sequence that ends it before its time */
static uint32_t random_state;

static uint32_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static bool non_secure(void)
{
    return (sequence->flags & RANDOM_NON_SECURE) != 0;
}

/* In and out of a sequence. */

static void begin(struct entry *entry)
{
    const uint32_t top = non_secure() ? PSP_NS_TOP : PSP_S_TOP;
    uint32_t *const frame = (uint32_t *)(top - sequence->sp - sizeof(struct frame));
    for (unsigned i = 0; i < 8; i++) {
        harness[i] = entry->r[4u + i];
        entry->r[4u + i] = sequence->r[4u + i];
    }
    for (unsigned i = 0; i < 4; i++) {
        frame[i] = sequence->r[i];
    }
    frame[4] = sequence->r[12];
    frame[5] = 0x0BAD0BADu;
    frame[6] = (uint32_t)(non_secure() ? slot_ns : slot_s);
    frame[7] = (sequence->apsr & PSR_KEPT) | 1u << 24;
    const bool unprivileged = (sequence->flags & RANDOM_UNPRIVILEGED) != 0;
    if (non_secure()) {
        set_psp_ns((uint32_t)frame);
        set_control_ns(unprivileged ? 3 : 2);
        entry->lr = RETURN_NS;
    } else {
        set_psp((uint32_t)frame);
        set_control(unprivileged ? 1 : 0);
        entry->lr = RETURN_S;
    }
}

INLINE void take_ending(const struct entry *entry, const struct frame *frame, uint32_t exc)
{
    const uint32_t *const word = (const uint32_t *)frame;
    for (unsigned i = 0; i < 13; i++) {
        ending.r[i] = entry->r[i];
    }
    for (unsigned i = 0; i < 8; i++) {
        ending.frame[i] = word[i];
    }
    for (unsigned i = 0; i < 4; i++) {
        ending.r[i] = word[i];
    }
    ending.r[12] = word[4];
    ending.sp = (uint32_t)frame + 32u + ((word[7] & 1u << 9) != 0 ? 4u : 0u);
    ending.exc = exc;
    ending.exc_return = entry->lr;
}

/** Goes back to the one who waits in SVC 0xE1: his frame is on the main stack. */
static void end(struct entry *entry)
{
    for (unsigned i = 0; i < 8; i++) {
        entry->r[4u + i] = harness[i];
    }
    set_control(0);
    entry->lr = 0xFFFFFFF9u;
}

static void on_end(struct entry *entry)
{
    const struct frame *const frame = frame_of(entry);
    const uint32_t exc = get_ipsr();
    if (exc == SVCALL && (*(const uint16_t *)(frame->pc - 2u) & 0xFFu) == 0xE1u) {
        begin(entry);
        return;
    }
    if (frame->pc - (uint32_t)slot_ns_end >= 8u) {
        take_ending(entry, frame, exc);
    } else {
        store(SFSR, 0xFF);
    }
    end(entry);
}

NS_CODE static void ns_on_end(struct entry *entry)
{
    struct frame *const frame = ns_frame_of(entry);
    take_ending(entry, frame, get_ipsr() | 0x100u);
    frame->pc = (uint32_t)slot_ns_end & ~1u;
    frame->xpsr = 1u << 24 | (frame->xpsr & 1u << 9);
}

/* Digest. */
struct digest {
    uint32_t value;
    bool verbose;
};

static void add(struct digest *digest, const char *tag, uint32_t value)
{
    digest->value = (digest->value ^ value) * 0x01000193u;
    digest->value ^= digest->value >> 15;
    if (digest->verbose) {
        note(tag, value);
        print_notes();
    }
}

/**
 * Registers that are UNKNOWN after a load of several that has faulted, and that QEMU has loaded as
 * far as it came. On an exact machine they are as before: see restarts_whole().
 */
static uint32_t unknown_registers(uint32_t pc)
{
    const uint16_t *const code = (const uint16_t *)pc;
    const uint32_t first = code[0];
    if ((first & 0xF800u) == 0xC800u) {
        return first & 0xFFu;
    }
    if ((first & 0xFE00u) == 0xBC00u) {
        return first & 0xFFu;
    }
    if ((first & 0xFE50u) == 0xE810u) {
        return code[1];
    }
    if ((first & 0xFE50u) == 0xE850u) {
        return 1u << (code[1] >> 12) | 1u << (code[1] >> 8 & 0xFu);
    }
    return 0;
}

/** Where the sequence has ended, in bytes from its first instruction. */
static uint32_t ended_at(void)
{
    return ending.frame[6] - (uint32_t)(non_secure() ? slot_ns : slot_s);
}

static bool ended_by_fault(void)
{
    return (ending.exc & 0xFFu) != SVCALL;
}

/* An access across a border that QEMU lets pass: both machines end at it, each in its way. */

/** ARMv8-M ARM, ConditionHolds(). */
static bool condition_holds(uint32_t condition, uint32_t psr)
{
    const bool n = (psr >> 31 & 1u) != 0;
    const bool z = (psr >> 30 & 1u) != 0;
    const bool c = (psr >> 29 & 1u) != 0;
    const bool v = (psr >> 28 & 1u) != 0;
    const bool holds[8] = {z, c, n, v, c && !z, n == v, n == v && !z, true};
    return condition >= 14u || holds[condition >> 1] != ((condition & 1u) != 0);
}

/** Whether the sequence ended with its access across a border, refused or behind. */
static bool crossed(void)
{
    const uint32_t at = 2u * sequence->crossing;
    if (sequence->crossing == RANDOM_NO_CROSSING ||
        !condition_holds(sequence->crossing_condition, ending.frame[7])) {
        return false;
    }
    return ended_at() == (ended_by_fault() ? at : at + 4u + 2u); /* behind SVC 0xE2 */
}

/** What the architecture says of it: MemU(), each byte is checked by itself. */
static bool refusal_is_right(void)
{
    const uint32_t addr = sequence->crossing_refused;
    const uint32_t view = non_secure() ? NS : 0;
    const uint32_t secure_part = addr - (RANDOM_WINDOW_NS + RANDOM_SECURE);
    if (non_secure() && secure_part < RANDOM_SECURE_END - RANDOM_SECURE) {
        return ending.exc == SECURE_FAULT && load(SFSR) == 0x48u && load(SFAR) == addr &&
               load(CFSR + NS) == 0;
    }
    return ending.exc == (non_secure() ? 0x100u | MEM_MANAGE : MEM_MANAGE) && load(SFSR) == 0 &&
           load(CFSR + view) == 0x82u && load(MMFAR + view) == addr;
}

static void add_faults(struct digest *digest)
{
    const uint32_t cfsr = load(CFSR);
    const uint32_t cfsr_ns = load(CFSR + NS);
    add(digest, "CFSR_S", cfsr);
    add(digest, "CFSR_NS", cfsr_ns);
    add(digest, "HFSR", load(HFSR));
    add(digest, "SFSR", load(SFSR) & ~(1u << 6)); /* QEMU has no SFAR */
    add(digest, "MMFAR_S", (cfsr & 1u << 7) != 0 ? load(MMFAR) : 0);
    add(digest, "MMFAR_NS", (cfsr_ns & 1u << 7) != 0 ? load(MMFAR + NS) : 0);
    add(digest, "BFAR", (cfsr & 1u << 15) != 0 ? load(BFAR) : 0);
}

static void clear_faults(void)
{
    store(CFSR, load(CFSR));
    store(CFSR + NS, load(CFSR + NS));
    store(HFSR, load(HFSR));
    store(SFSR, load(SFSR));
}

static void add_registers(struct digest *digest)
{
    const uint32_t pc = ending.frame[6];
    const bool done = !ended_by_fault();
    uint32_t unknown = done ? 0 : unknown_registers(pc);
    unknown |= crossed() ? sequence->crossing_changes : 0;
    for (unsigned i = 0; i < 13; i++) {
        add(digest, "r0-r12", (unknown & 1u << i) != 0 ? 0 : ending.r[i]);
    }
    add(digest, "sp", ending.sp);
    add(digest, "lr", ending.frame[5]);
    add(digest, "flags", ending.frame[7] & PSR_KEPT);
    if (!crossed()) {
        add(digest, "exc_return", ending.exc_return);
        add(digest, "pc", pc);
        add(digest, "xpsr", ending.frame[7]);
        add(digest, "exception", ending.exc);
    }
    const bool fp_unknown = !done && (*(const uint16_t *)pc & 0xFE10u) == 0xEC10u;
    for (unsigned i = 0; i < 33 && !fp_unknown; i++) {
        add(digest, "s0-s31, fpscr", fp[i]);
    }
}

/** Words that an access across a border writes as far as the machine lets it. */
static bool word_is_crossed(const uint32_t *word)
{
    return crossed() && (uint32_t)word - (sequence->crossing_addr & ~3u) < 8u;
}

static void add_memory(struct digest *digest, bool all)
{
    const uint32_t *const word = (const uint32_t *)(non_secure() ? WINDOW_NS : WINDOW_S);
    const uint32_t *const stack =
        (const uint32_t *)((non_secure() ? PSP_NS_TOP : PSP_S_TOP) - STACK_BYTES);
    for (unsigned i = 0; i < WORDS; i++) {
        if (!non_secure() || i * 4u - RANDOM_SECURE >= RANDOM_SECURE_END - RANDOM_SECURE) {
            add(digest, "window", all || !word_is_crossed(&word[i]) ? word[i] : 0);
        }
    }
    /* What a frame left on the stack may hold registers that are unknown. */
    const uint32_t used = ending.sp - (uint32_t)stack;
    for (unsigned i = used / 4u; i < STACK_BYTES / 4u && used < STACK_BYTES; i++) {
        add(digest, "stack", stack[i]);
    }
}

/* One sequence. */

static void fill(void)
{
    uint32_t *const word = (uint32_t *)(non_secure() ? WINDOW_NS : WINDOW_S);
    uint32_t *const stack = (uint32_t *)((non_secure() ? PSP_NS_TOP : PSP_S_TOP) - STACK_BYTES);
    static const uint32_t special[8] = {0x00000000, 0x80000000, 0x3F800000, 0x7F800000,
                                        0xFF800000, 0x7FC00000, 0x7F800001, 0x00000001};
    random_state = sequence->seed | 1u;
    for (unsigned i = 0; i < WORDS; i++) {
        if (!non_secure() || i * 4u - RANDOM_SECURE >= RANDOM_SECURE_END - RANDOM_SECURE) {
            word[i] = next_random();
        }
    }
    for (unsigned i = 0; i < STACK_BYTES / 4u; i++) {
        stack[i] = next_random();
    }
    for (unsigned i = 0; i < 32; i++) {
        const uint32_t value = next_random();
        /* Often values whose sums and products are neither lost nor infinite. */
        fp[i] = (value & 7u) == 0   ? special[value >> 3 & 7u]
                : (value & 7u) == 1 ? value
                                    : (value & 0x87FFFFFFu) | 0x38000000u;
    }
    fp[32] = sequence->fpscr;
    uint16_t *const slot = non_secure() ? slot_ns : slot_s;
    for (unsigned i = 0; i < RANDOM_HALVES; i++) {
        slot[i] = i == cut ? SVC_END : sequence->code[i];
    }
    barrier();
}

static void run_once(void)
{
    const uint32_t trap = (sequence->flags & RANDOM_UNALIGN_TRP) != 0 ? CCR_UNALIGN_TRP : 0;
    store(MPU_CTRL, 0); /* Slot and window are filled in spite of their regions. */
    fill();
    clear_faults();
    store(CCR, (load(CCR) & ~CCR_UNALIGN_TRP) | trap);
    store(CCR + NS, (load(CCR + NS) & ~CCR_UNALIGN_TRP) | trap);
    mpu_on(0);
    __asm volatile("vldm %0, {s0-s31}\n ldr r3, [%0, #128]\n vmsr fpscr, r3\n"
                   "svc 0xE1\n"
                   "vstm %0, {s0-s31}\n vmrs r3, fpscr\n str r3, [%0, #128]" ::"r"(fp)
                   : "r0", "r1", "r2", "r3", "r12", "lr", "cc", "memory");
    store(CCR, load(CCR) & ~CCR_UNALIGN_TRP);
}

/* A refused instruction has changed nothing: it could be done again. */

/** Memory that a store of several registers may have written before it was refused is left out. */
static bool stores_several(const uint16_t *code)
{
    return (code[0] & 0xF800u) == 0xC000u || (code[0] & 0xFE00u) == 0xB400u ||
           (code[0] & 0xFE10u) == 0xE800u || (code[0] & 0xFE10u) == 0xEC00u;
}

/** Registers, FP registers and memory as the program that is interrupted sees them. */
static uint32_t visible_state(bool memory)
{
    struct digest digest = {.value = 0x811C9DC5u};
    for (unsigned i = 0; i < 13; i++) {
        add(&digest, "", ending.r[i]);
    }
    add(&digest, "", ending.sp);
    add(&digest, "", ending.frame[5]);
    add(&digest, "", ending.frame[7] & PSR_KEPT);
    for (unsigned i = 0; i < 33; i++) {
        add(&digest, "", fp[i]);
    }
    if (memory) {
        add_memory(&digest, true);
    }
    return digest.value;
}

/** Runs the sequence up to the refused instruction only, and compares. */
static bool restarts_whole(void)
{
    const uint32_t at = ended_at();
    if (at / 2u >= RANDOM_HALVES) {
        return false;
    }
    const bool memory = !stores_several(&sequence->code[at / 2u]);
    const uint32_t refused = visible_state(memory);
    cut = at / 2u;
    run_once();
    cut = NO_CUT;
    return !ended_by_fault() && ended_at() == at + 2u && visible_state(memory) == refused;
}

static void run_sequence(struct digest *digest)
{
    run_once();
    add_registers(digest);
    if (!crossed()) {
        add_faults(digest);
    } else if (machine_is_exact() && !refusal_is_right()) {
        add(digest, "wrong refusal", sequence->crossing_refused);
    }
    add_memory(digest, false);
    if (machine_is_exact() && ended_by_fault() && !restarts_whole()) {
        add(digest, "wrong: changed by what was refused", ended_at());
    }
}

static void set_regions(uint32_t view, uint32_t slot, uint32_t stack_top, uint32_t window)
{
    mpu_region(view, 0, slot, slot + 0x3FFu, MPU_RO_ANY);
    mpu_region(view, 1, stack_top - STACK_BYTES, stack_top - 1u, MPU_RW_ANY);
    mpu_region(view, 2, window, window + RANDOM_READ_ONLY - 1u, MPU_RW_ANY);
    mpu_region(view, 3, window + RANDOM_READ_ONLY, window + RANDOM_PRIVILEGED - 1u, MPU_RO_ANY);
    mpu_region(view, 4, window + RANDOM_PRIVILEGED, window + RANDOM_OPEN - 1u, MPU_RW_PRIV);
    mpu_region(view, 5, window + RANDOM_OPEN, window + 0x3FFu, MPU_RW_ANY);
    mpu_on(view);
}

static void set_up(void)
{
    for (unsigned exc = HARD_FAULT; exc <= SVCALL; exc++) {
        handlers_s[exc] = on_end;
        handlers_ns[exc] = ns_on_end;
    }
    sau_region(1, NS_FIRST, WINDOW_NS + RANDOM_SECURE - 1u, 1);
    sau_region(2, WINDOW_NS + RANDOM_SECURE_END, NS_LAST, 1);
    store(CPACR, 0x00F00000u);
    store(CPACR + NS, 0x00F00000u);
    store(NSACR, 0xC00u);
    store(FPCCR, 0); /* FP registers stay where they are. */
    store(FPCCR + NS, 0);
    set_regions(NS, (uint32_t)slot_ns, PSP_NS_TOP, WINDOW_NS);
    set_regions(0, (uint32_t)slot_s, PSP_S_TOP, WINDOW_S);
}

PROGRAM(random_sequences)
{
    const struct random_blob *const blob = (const struct random_blob *)program_blob();
    if (blob->magic != RANDOM_MAGIC) {
        note("no blob", blob->magic);
        return;
    }
    set_up();
    for (uint32_t i = 0; i < blob->count; i++) {
        struct digest digest = {.value = 0x811C9DC5u, .verbose = blob->verbose != 0};
        sequence = &blob->sequence[i];
        run_sequence(&digest);
        note("digest", digest.value);
        print_notes();
    }
}
