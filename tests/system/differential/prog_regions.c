/* MPU, SAU and TT. */
#include "rt.h"

static void catch_all(void)
{
    handlers_s[MEM_MANAGE] = on_fault_skip;
    handlers_s[BUS_FAULT] = on_fault_skip;
    handlers_s[SECURE_FAULT] = on_fault_skip;
    handlers_ns[MEM_MANAGE] = ns_on_fault_skip;
}

/** Regions 6 and 7 open all memory but the windows to unprivileged Secure code. */
static void open_the_rest(void)
{
    mpu_region(0, 6, 0x30000000u, WINDOW_S - 1u, MPU_RW_ANY);
    mpu_region(0, 7, NS_FIRST, NS_LAST, MPU_RW_ANY);
}

static uint32_t touch(uint32_t at, uint32_t sum)
{
    uint32_t value = 0x1234;
    __asm volatile("ldr %0, [%1]" : "+r"(value) : "r"(at) : "memory");
    sum = sum * 3u + value;
    __asm volatile("str %0, [%1]" ::"r"(sum), "r"(at) : "memory");
    __asm volatile("ldrb %0, [%1]" : "+r"(value) : "r"(at) : "memory");
    return sum * 5u + value;
}

PROGRAM(mpu_rights_of_unprivileged_code)
{
    static const uint8_t rights[] = {MPU_RW_PRIV, MPU_RW_ANY, MPU_RO_PRIV, MPU_RO_ANY};
    catch_all();
    open_the_rest();
    mpu_on(0);
    for (unsigned i = 0; i < sizeof rights; i++) {
        note("rights", rights[i]);
        mpu_region(0, 0, WINDOW_S + 0x100u, WINDOW_S + 0x13Fu, rights[i]);
        be_unprivileged();
        note("sum", touch(WINDOW_S + 0x120u, i));
        be_privileged();
    }
    be_unprivileged();
    note("no region", touch(WINDOW_S + 0x200u, 1));
    be_privileged();
}

PROGRAM(mpu_rights_of_privileged_code)
{
    static const uint8_t rights[] = {MPU_RW_PRIV, MPU_RW_ANY, MPU_RO_PRIV, MPU_RO_ANY};
    catch_all();
    mpu_on(0);
    for (unsigned i = 0; i < sizeof rights; i++) {
        note("rights", rights[i]);
        mpu_region(0, 0, WINDOW_S + 0x100u, WINDOW_S + 0x13Fu, rights[i]);
        note("sum", touch(WINDOW_S + 0x120u, i));
    }
    note("no region", touch(WINDOW_S + 0x200u, 1));
    open_the_rest();
    store(MPU_CTRL, 1);
    note("no default map", touch(WINDOW_S + 0x200u, 1));
}

static void touches_window(struct entry *entry)
{
    note("privileged", touch(WINDOW_S + 0x120u, 3));
    on_svc(entry);
}

PROGRAM(mpu_rights_follow_privilege_through_handlers)
{
    catch_all();
    handlers_s[SVCALL] = touches_window;
    open_the_rest();
    mpu_region(0, 0, WINDOW_S + 0x100u, WINDOW_S + 0x13Fu, MPU_RW_PRIV);
    mpu_on(0);
    note("privileged", touch(WINDOW_S + 0x120u, 1));
    be_unprivileged();
    note("unprivileged", touch(WINDOW_S + 0x120u, 2));
    __asm volatile("svc 1");
    note("unprivileged", touch(WINDOW_S + 0x120u, 4));
    be_privileged();
}

PROGRAM(mpu_borders_are_exact)
{
    catch_all();
    mpu_region(0, 0, WINDOW_S + 0x100u, WINDOW_S + 0x11Fu, MPU_RO_ANY);
    mpu_on(0);
    for (uint32_t at = 0xF8u; at <= 0x124u; at += 4u) {
        note("str", at);
        __asm volatile("str %0, [%0]" ::"r"(WINDOW_S + at) : "memory");
    }
    note_words("memory", (const uint32_t *)(WINDOW_S + 0xF0u), 16);
}

static void on_crossing(struct entry *entry)
{
    struct frame *const frame = frame_of(entry);
    note("fault MMFAR", load(MMFAR));
    store(CFSR, load(CFSR));
    frame->pc += instruction_len(frame->pc);
}

PROGRAM(mpu_unaligned_access_across_a_border)
{
    handlers_s[MEM_MANAGE] = on_crossing;
    mpu_region(0, 0, WINDOW_S + 0x100u, WINDOW_S + 0x11Fu, MPU_RO_ANY);
    mpu_on(0);
    note("word out", 0);
    __asm volatile("str %0, [%1]" ::"r"(0x55667788), "r"(WINDOW_S + 0x11Eu) : "memory");
    note("word in", 0);
    __asm volatile("str %0, [%1]" ::"r"(0x11223344), "r"(WINDOW_S + 0xFEu) : "memory");
    note("half-word in", 0);
    __asm volatile("strh %0, [%1]" ::"r"(0x99AA), "r"(WINDOW_S + 0xFFu) : "memory");
    note("aligned", 0);
    __asm volatile("strd %0, %0, [%1]" ::"r"(0x99AA), "r"(WINDOW_S + 0xFCu) : "memory");
}

PROGRAM(mpu_overlapping_regions_fault)
{
    catch_all();
    mpu_region(0, 0, WINDOW_S + 0x100u, WINDOW_S + 0x17Fu, MPU_RW_ANY);
    mpu_region(0, 3, WINDOW_S + 0x140u, WINDOW_S + 0x1BFu, MPU_RW_ANY);
    mpu_on(0);
    note("one", touch(WINDOW_S + 0x13Cu, 1));
    note("two", touch(WINDOW_S + 0x140u, 2));
    note("two", touch(WINDOW_S + 0x17Cu, 3));
    note("one", touch(WINDOW_S + 0x180u, 4));
}

PROGRAM(mpu_execute_never)
{
    handlers_s[MEM_MANAGE] = on_fault_return;
    store(WINDOW_S + 0x100u, 0x4770BF00u);
    store(WINDOW_S + 0x140u, 0x4770BF00u);
    store(WINDOW_S + 0x180u, 0x4770BF00u);
    mpu_region(0, 0, WINDOW_S + 0x100u, WINDOW_S + 0x13Fu, MPU_RW_ANY | MPU_XN);
    mpu_region(0, 1, WINDOW_S + 0x140u, WINDOW_S + 0x17Fu, MPU_RO_ANY);
    mpu_region(0, 2, WINDOW_S + 0x180u, WINDOW_S + 0x1BFu, MPU_RO_ANY | MPU_XN);
    mpu_on(0);
    static const uint16_t offset[] = {0x101, 0x141, 0x181};
    for (unsigned i = 0; i < 3; i++) {
        note("call", offset[i]);
        __asm volatile("blx %0" ::"r"(WINDOW_S + offset[i]) : "lr", "memory");
    }
}

static void on_fetch_crossing(struct entry *entry)
{
    struct frame *const frame = frame_of(entry);
    note("fault at", frame->pc);
    store(CFSR, load(CFSR));
    frame->pc = frame->lr & ~1u;
}

PROGRAM(mpu_instruction_across_a_border)
{
    handlers_s[MEM_MANAGE] = on_fetch_crossing;
    /* movw r0, #1 with its second half in a region that may not be executed. */
    *(volatile uint16_t *)(WINDOW_S + 0x13Eu) = 0xF240u;
    *(volatile uint16_t *)(WINDOW_S + 0x140u) = 0x0001u;
    *(volatile uint16_t *)(WINDOW_S + 0x142u) = 0x4770u;
    mpu_region(0, 0, WINDOW_S + 0x140u, WINDOW_S + 0x15Fu, MPU_RW_ANY | MPU_XN);
    mpu_on(0);
    __asm volatile("blx %0" ::"r"(WINDOW_S + 0x13Fu) : "r0", "lr", "memory");
    note("done", 1);
}

static void without_mpu(struct entry *entry)
{
    note("exc_return", entry->lr);
    note("read only", touch(WINDOW_S + 0x100u, 1));
    store(MPU_CTRL, 7);
}

static void with_mpu(struct entry *entry)
{
    note("exc_return", entry->lr);
    __asm volatile("ldr r3, [%0]" ::"r"(WINDOW_S + 0x104u) : "r3");
    note("CFSR", load(CFSR));
}

PROGRAM(mpu_within_nmi_and_hfnmiena)
{
    handlers_s[NMI] = without_mpu;
    mpu_region(0, 0, WINDOW_S + 0x100u, WINDOW_S + 0x13Fu, MPU_RO_PRIV);
    mpu_on(0);
    store(ICSR, ICSR_NMIPENDSET);
    note("MPU_CTRL", load(MPU_CTRL));
    handlers_s[NMI] = with_mpu;
    store(ICSR, ICSR_NMIPENDSET);
    set_faultmask(1);
    store(MPU_CTRL, 5);
    note("faultmask", touch(WINDOW_S + 0x108u, 2));
    set_faultmask(0);
}

PROGRAM(mpu_registers_read_back)
{
    mpu_region(0, 2, 0x12345678u, 0x2345679Fu, 0x1Fu);
    note("RBAR", load(MPU_RBAR));
    note("RLAR", load(MPU_RLAR));
    store(MPU_RNR, 4);
    store(MPU_RBAR_A1, 0x11111106u);
    store(MPU_RLAR_A1, 0x2222220Fu);
    note("RBAR 4", load(MPU_RBAR));
    store(MPU_RNR, 5);
    note("RBAR 5", load(MPU_RBAR));
    note("RLAR 5", load(MPU_RLAR));
    store(MPU_RNR, 2);
    note("RBAR 2", load(MPU_RBAR));
    store(MPU_MAIR0, 0x12345678u);
    note("MAIR0", load(MPU_MAIR0));
    note("MAIR0_NS", load(MPU_MAIR0 + NS));
    note("RNR_NS", load(MPU_RNR + NS));
    mpu_region(NS, 3, 0x20006000u, 0x200060FFu, MPU_RO_ANY);
    note("RBAR_NS", load(MPU_RBAR + NS));
    note("RBAR 2", load(MPU_RBAR));
    store(MPU_CTRL + NS, 6);
    note("CTRL", load(MPU_CTRL));
    note("CTRL_NS", load(MPU_CTRL + NS));
}

static NS_CODE uint32_t ns_touch(uint32_t at, uint32_t sum)
{
    uint32_t value = 0x1234;
    __asm volatile("ldr %0, [%1]" : "+r"(value) : "r"(at) : "memory");
    __asm volatile("str %0, [%1]" ::"r"(sum), "r"(at) : "memory");
    return value + sum;
}

PROGRAM(each_state_has_its_mpu)
{
    catch_all();
    mpu_region(NS, 0, WINDOW_NS + 0x100u, WINDOW_NS + 0x11Fu, MPU_RO_PRIV);
    mpu_on(NS);
    note("NS", ns_call(ns_touch, WINDOW_NS + 0x104u, 1));
    note("S", touch(WINDOW_NS + 0x108u, 1));
    mpu_region(0, 0, WINDOW_NS + 0x200u, WINDOW_NS + 0x21Fu, MPU_RO_PRIV);
    mpu_on(0);
    note("NS", ns_call(ns_touch, WINDOW_NS + 0x204u, 1));
    note("S", touch(WINDOW_NS + 0x208u, 1));
}

PROGRAM(unprivileged_loads_and_stores)
{
    catch_all();
    open_the_rest();
    mpu_region(0, 0, WINDOW_S + 0x100u, WINDOW_S + 0x13Fu, MPU_RO_ANY);
    mpu_region(0, 1, WINDOW_S + 0x140u, WINDOW_S + 0x17Fu, MPU_RW_PRIV);
    mpu_on(0);
    uint32_t value = 0x99;
    __asm volatile("ldrt %0, [%1, #4]" : "+r"(value) : "r"(WINDOW_S + 0x100u) : "memory");
    __asm volatile("strt %0, [%1, #8]" : "+r"(value) : "r"(WINDOW_S + 0x100u) : "memory");
    __asm volatile("ldrbt %0, [%1, #1]" : "+r"(value) : "r"(WINDOW_S + 0x140u) : "memory");
    __asm volatile("ldrsht %0, [%1, #2]" : "+r"(value) : "r"(WINDOW_S + 0x140u) : "memory");
    __asm volatile("strht %0, [%1, #3]" : "+r"(value) : "r"(WINDOW_S + 0x140u) : "memory");
    note("value", value);
}

/* SAU. */

static void ns_touches(const char *what, uint32_t at)
{
    note(what, at);
    note("value", ns_call(ns_touch, at, 5));
}

PROGRAM(sau_borders_are_exact)
{
    catch_all();
    sau_region(1, NS_FIRST, WINDOW_NS + 0xFFu, 1);
    sau_region(2, WINDOW_NS + 0x120u, WINDOW_NS + 0x13Fu, 1);
    sau_region(3, NOTES, NS_LAST, 1);
    ns_touches("last word", WINDOW_NS + 0xFCu);
    ns_touches("beyond", WINDOW_NS + 0x100u);
    ns_touches("before", WINDOW_NS + 0x11Cu);
    ns_touches("first word", WINDOW_NS + 0x120u);
    ns_touches("last word", WINDOW_NS + 0x13Cu);
    ns_touches("beyond", WINDOW_NS + 0x140u);
}

PROGRAM(sau_overlapping_regions_are_secure)
{
    catch_all();
    sau_region(1, NS_FIRST, WINDOW_NS + 0x1FFu, 1);
    sau_region(2, WINDOW_NS + 0x180u, WINDOW_NS + 0x2FFu, 1);
    sau_region(3, NOTES, NS_LAST, 1);
    ns_touches("one", WINDOW_NS + 0x17Cu);
    ns_touches("two", WINDOW_NS + 0x180u);
    ns_touches("two", WINDOW_NS + 0x1FCu);
    ns_touches("one", WINDOW_NS + 0x200u);
}

PROGRAM(sau_registers_read_back)
{
    sau_region(5, 0x3234567Fu, 0x3345679Fu, 3);
    note("RBAR", load(SAU_RBAR));
    note("RLAR", load(SAU_RLAR));
    note("RNR", load(SAU_RNR));
    store(SAU_RNR, 1);
    note("RBAR", load(SAU_RBAR));
    note("RLAR", load(SAU_RLAR));
    note("TYPE", load(0xE000EDD4u));
    note("CTRL", load(SAU_CTRL));
}

static NS_CODE uint32_t ns_reads_sau(uint32_t a, uint32_t b)
{
    (void)b;
    note("NS SAU_CTRL", load(SAU_CTRL));
    store(SAU_RNR, 1);
    store(SAU_RLAR, 0);
    note("NS SAU_RLAR", load(SAU_RLAR));
    note("NS SFSR", load(SFSR));
    note("NS NSACR", load(NSACR));
    note("NS alias", load(SAU_CTRL + NS));
    return a;
}

PROGRAM(non_secure_finds_no_sau)
{
    (void)ns_call(ns_reads_sau, 0, 0);
    note("RLAR", load(SAU_RLAR));
}

/* TT. */

static uint32_t tt(uint32_t at)
{
    uint32_t result;
    __asm volatile("tt %0, %1" : "=r"(result) : "r"(at));
    return result & 0x00FEFFFFu; /* not IRVALID and IREGION, which are the part's own */
}

static uint32_t ttt(uint32_t at)
{
    uint32_t result;
    __asm volatile("ttt %0, %1" : "=r"(result) : "r"(at));
    return result & 0x00FEFFFFu;
}

static uint32_t tta(uint32_t at)
{
    uint32_t result;
    __asm volatile("tta %0, %1" : "=r"(result) : "r"(at));
    return result & 0x00FEFFFFu;
}

static uint32_t ttat(uint32_t at)
{
    uint32_t result;
    __asm volatile("ttat %0, %1" : "=r"(result) : "r"(at));
    return result & 0x00FEFFFFu;
}

static const uint32_t places[] = {
    0x30000000u,
    WINDOW_S,
    WINDOW_S + 0x11Fu,
    WINDOW_S + 0x120u,
    GATES,
    GATES_LAST,
    NS_FIRST,
    NS_LAST,
    NS_LAST + 1u,
    WINDOW_NS + 0x40u,
    WINDOW_NS + 0x100u,
    WINDOW_NS + 0x13Fu,
    WINDOW_NS + 0x180u,
    0xE000ED00u,
    0x30007000u,
    0xF8000000u,
    0x50000000u,
    0x40000000u,
    0x00000000u,
};

static void tell_places(const char *tag)
{
    note(tag, 0);
    for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
        note("place", places[i]);
        note("TT", tt(places[i]));
        note("TTT", ttt(places[i]));
        if (places[i] < 0xE0000000u || places[i] >= 0xF0000000u) {
            note("TTA", tta(places[i]));
            note("TTAT", ttat(places[i]));
        }
    }
}

PROGRAM(tt_without_mpu)
{
    tell_places("no MPU");
}

static void set_tt_regions(void)
{
    mpu_region(0, 0, WINDOW_S + 0x100u, WINDOW_S + 0x11Fu, MPU_RO_ANY);
    mpu_region(0, 1, WINDOW_S + 0x120u, WINDOW_S + 0x13Fu, MPU_RW_PRIV);
    mpu_region(0, 2, WINDOW_NS + 0x100u, WINDOW_NS + 0x13Fu, MPU_RW_ANY);
    mpu_region(0, 3, WINDOW_NS + 0x120u, WINDOW_NS + 0x15Fu, MPU_RW_ANY);
    mpu_region(NS, 4, WINDOW_NS + 0x100u, WINDOW_NS + 0x1FFu, MPU_RO_PRIV);
}

PROGRAM(tt_with_mpus_and_default_maps)
{
    set_tt_regions();
    mpu_on(0);
    mpu_on(NS);
    tell_places("both MPUs");
}

PROGRAM(tt_without_default_maps)
{
    open_the_rest();
    set_tt_regions();
    store(MPU_RNR, 7); /* NS memory for the notes, without the windows */
    store(MPU_RBAR, NOTES | MPU_RW_ANY);
    store(MPU_CTRL, 1);
    store(MPU_CTRL + NS, 1);
    tell_places("no default maps");
}

PROGRAM(tt_of_sau_regions)
{
    sau_region(3, WINDOW_NS + 0x100u, WINDOW_NS + 0x11Fu, 1); /* twice Non-secure */
    sau_region(4, WINDOW_S + 0x100u, WINDOW_S + 0x11Fu, 1);   /* the IDAU says Secure */
    sau_region(5, NS_LAST + 1u, NS_LAST + 0x20u, 3);          /* the IDAU says Non-secure */
    tell_places("SAU");
    /* Without SAU all is Secure, so that nothing can be noted meanwhile. */
    uint32_t seen[4];
    store(SAU_CTRL, 0);
    seen[0] = tt(WINDOW_NS);
    seen[1] = tt(WINDOW_S);
    store(SAU_CTRL, 2); /* ALLNS */
    seen[2] = tt(WINDOW_NS);
    seen[3] = tt(WINDOW_S);
    store(SAU_CTRL, 1);
    note_words("off, ALLNS", seen, 4);
}

static NS_CODE uint32_t ns_tt(uint32_t at, uint32_t kind)
{
    uint32_t result;
    if (kind == 0) {
        __asm volatile("tt %0, %1" : "=r"(result) : "r"(at));
    } else {
        __asm volatile("ttt %0, %1" : "=r"(result) : "r"(at));
    }
    return result;
}

PROGRAM(tt_in_non_secure_state)
{
    set_tt_regions();
    mpu_on(NS);
    for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
        note("place", places[i]);
        note("TT", ns_call(ns_tt, places[i], 0));
        note("TTT", ns_call(ns_tt, places[i], 1));
    }
}

PROGRAM(tt_when_unprivileged)
{
    open_the_rest();
    mpu_region(0, 0, WINDOW_S + 0x100u, WINDOW_S + 0x11Fu, MPU_RO_ANY);
    mpu_region(0, 1, WINDOW_S + 0x120u, WINDOW_S + 0x13Fu, MPU_RW_PRIV);
    mpu_on(0);
    be_unprivileged();
    for (unsigned i = 0; i < 8; i++) {
        note("TT", tt(places[i]));
        note("TTT", ttt(places[i]));
        note("TTA", tta(places[i]));
    }
    be_privileged();
}
