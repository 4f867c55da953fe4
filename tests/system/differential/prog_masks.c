/* PRIMASK, BASEPRI, FAULTMASK of both states; CPS; who may write what. */
#include "rt.h"

static void open_two(void)
{
    handlers_s[IRQ0 + 90] = on_note;
    handlers_s[IRQ0 + 91] = on_note;
    irq_open(90, 0x40, true);
    irq_open(91, 0x80, true);
}

static void pend_two(const char *tag)
{
    note(tag, 0);
    irq_pend(90);
    irq_pend(91);
    note("still pending", load(NVIC_ISPR(90)));
}

PROGRAM(primask_holds_everything_back)
{
    open_two();
    __asm volatile("cpsid i");
    pend_two("masked");
    note("primask", get_primask());
    __asm volatile("cpsie i\n isb");
    note("still pending", load(NVIC_ISPR(90)));
}

PROGRAM(basepri_holds_back_its_own_and_lower)
{
    open_two();
    for (uint32_t basepri = 0x20; basepri <= 0xA0; basepri += 0x20) {
        set_basepri(basepri);
        note("basepri", get_basepri());
        pend_two("masked");
        set_basepri(0);
        barrier();
    }
}

PROGRAM(basepri_max_only_raises)
{
    static const uint8_t written[] = {0x80, 0x40, 0xC0, 0x00, 0x20, 0x30};
    for (unsigned i = 0; i < sizeof written; i++) {
        set_basepri_max(written[i]);
        note("basepri", get_basepri());
    }
    set_basepri(0);
}

PROGRAM(faultmask_holds_faults_back)
{
    open_two();
    __asm volatile("cpsid f");
    pend_two("masked");
    note("faultmask", get_faultmask());
    note("primask", get_primask());
    __asm volatile("cpsie f\n isb");
    note("still pending", load(NVIC_ISPR(90)));
}

static void sets_faultmask(struct entry *entry)
{
    (void)entry;
    set_faultmask(1);
    note("in", get_faultmask());
}

static void nmi_sets_faultmask(struct entry *entry)
{
    (void)entry;
    set_faultmask(1);
    note("in nmi", get_faultmask());
}

PROGRAM(return_clears_faultmask_except_from_nmi)
{
    handlers_s[SVCALL] = sets_faultmask;
    handlers_s[NMI] = nmi_sets_faultmask;
    __asm volatile("svc 0");
    note("after", get_faultmask());
    store(ICSR, ICSR_NMIPENDSET);
    note("after nmi", get_faultmask());
    set_faultmask(0);
}

PROGRAM(unprivileged_code_cannot_mask)
{
    open_two();
    be_unprivileged();
    __asm volatile("cpsid i\n cpsid f");
    set_primask(1);
    set_faultmask(1);
    set_basepri(0x40);
    set_msp(0);
    set_psp(0);
    set_msplim(8);
    set_control(0);
    note("primask", get_primask());
    note("faultmask", get_faultmask());
    note("basepri", get_basepri());
    note("msplim", get_msplim());
    note("msp", get_msp());
    note("psp", get_psp());
    note("ipsr", get_ipsr());
    note("control", get_control());
    be_privileged();
    note("control", get_control());
    note("psp", get_psp());
    pend_two("not masked");
}

PROGRAM(secure_writes_the_non_secure_masks)
{
    set_primask_ns(1);
    set_basepri_ns(0x60);
    set_faultmask_ns(1);
    note("primask", get_primask());
    note("basepri", get_basepri());
    note("faultmask", get_faultmask());
    note("primask_ns", get_primask_ns());
    note("basepri_ns", get_basepri_ns());
    note("faultmask_ns", get_faultmask_ns());
    set_faultmask_ns(0);
    set_primask_ns(0);
    set_basepri_ns(0);
    set_control_ns(3);
    note("control", get_control());
    note("control_ns", get_control_ns());
    set_control_ns(0);
    note("control_ns", get_control_ns());
}

static NS_CODE uint32_t ns_reads_aliases(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    set_primask(1);
    set_basepri(0x60);
    note("primask", get_primask());
    note("basepri", get_basepri());
    note("msp_ns", get_msp_ns());
    note("primask_ns", get_primask_ns());
    note("control_ns", get_control_ns());
    note("control", get_control());
    set_control_ns(3);
    note("control", get_control());
    set_primask_ns(0);
    note("primask", get_primask());
    set_primask(0);
    set_basepri(0);
    return 0;
}

PROGRAM(non_secure_finds_no_aliases)
{
    handlers_ns[USAGE_FAULT] = ns_on_fault_skip;
    (void)ns_call(ns_reads_aliases, 0, 0);
    note("primask", get_primask());
    note("basepri", get_basepri());
}

static NS_CODE uint32_t ns_sets_faultmask(uint32_t a, uint32_t b)
{
    (void)b;
    set_faultmask(1);
    note("NS faultmask", get_faultmask());
    note("primask", get_primask());
    if (a != 0) {
        gate_call(irq_pend_secure, 90, 0);
    }
    irq_pend(92);
    note("NS pended", load(NVIC_ISPR(90)));
    set_faultmask(0);
    barrier();
    return 0;
}

PROGRAM(non_secure_faultmask)
{
    open_two();
    handlers_ns[IRQ0 + 92] = ns_on_note;
    irq_open(92, 0x20, false);
    (void)ns_call(ns_sets_faultmask, 1, 0);
    store(AIRCR, AIRCR_KEY | AIRCR_PRIS);
    note("PRIS", 0);
    (void)ns_call(ns_sets_faultmask, 1, 0);
    store(AIRCR, AIRCR_KEY | AIRCR_BFHFNMINS);
    note("BFHFNMINS", 0);
    (void)ns_call(ns_sets_faultmask, 1, 0);
    note("AIRCR", load(AIRCR));
}

static NS_CODE uint32_t ns_pends_only(uint32_t a, uint32_t b)
{
    (void)a;
    (void)b;
    irq_pend(92);
    note("NS pended", load(NVIC_ISPR(90)));
    return 0;
}

PROGRAM(secure_masks_hold_non_secure_back)
{
    handlers_ns[IRQ0 + 92] = ns_on_note;
    irq_open(92, 0x60, false);
    set_primask(1);
    (void)ns_call(ns_pends_only, 0, 0);
    set_primask(0);
    barrier();
    set_basepri(0x40);
    (void)ns_call(ns_pends_only, 0, 0);
    set_basepri(0);
    barrier();
    set_basepri(0x80);
    (void)ns_call(ns_pends_only, 0, 0);
    set_basepri(0);
    store(AIRCR, AIRCR_KEY | AIRCR_PRIS);
    set_basepri(0x80);
    note("PRIS", 0);
    (void)ns_call(ns_pends_only, 0, 0);
    set_basepri(0);
    barrier();
}

PROGRAM(xpsr_parts_read_and_write)
{
    uint32_t value;
    __asm volatile("ldr r0, =0xF80F0000\n msr apsr_nzcvqg, r0\n mrs %0, xpsr"
                   : "=r"(value)::"r0", "cc");
    note("xpsr", value);
    __asm volatile("mrs %0, iepsr" : "=r"(value));
    note("iepsr", value);
    __asm volatile("movs r0, #0\n msr apsr_g, r0\n mrs %0, apsr" : "=r"(value)::"r0", "cc");
    note("apsr", value);
    __asm volatile("mvn r0, #0\n msr xpsr_nzcvq, r0\n mrs %0, xpsr" : "=r"(value)::"r0", "cc");
    note("xpsr", value);
}
