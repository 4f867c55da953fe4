/* SysTick, AIRCR and the other control registers, by state. */
#include "rt.h"

#define ICSR_NMIPENDCLR       (1u << 30)
#define SHCSR_HARDFAULTPENDED (1u << 21)
#define FPCCR_LSPEN           (1u << 30)
#define FPCCR_LSPENS          (1u << 29)
#define FPCCR_CLRONRET        (1u << 28)
#define FPCCR_CLRONRETS       (1u << 27)
#define FPCCR_BFRDY           (1u << 6)
#define FPCCR_HFRDY           (1u << 4)

static void count(struct entry *entry)
{
    static uint32_t times;
    (void)entry;
    if (++times == 3) {
        store(SYST_CSR, 5);
        note("ticks", times);
    }
}

PROGRAM(systick_ticks)
{
    handlers_s[SYSTICK] = count;
    store(SYST_RVR, 999);
    store(SYST_CVR, 0x123456u);
    note("cleared", load(SYST_CVR));
    store(SYST_CSR, 7);
    while ((load(SYST_CSR) & 2u) != 0) {
        /* until the handler has counted to three */
    }
    note("enabled", load(SYST_CSR) & 7u);
    store(SYST_CSR, 0);
}

PROGRAM(systick_countflag)
{
    store(SYST_RVR, 500);
    store(SYST_CVR, 0);
    store(SYST_CSR, 5);
    while ((load(SYST_CSR) & 1u << 16) == 0) {
    }
    const uint32_t value = load(SYST_CVR);
    store(SYST_CSR, 4);
    note("within reload", value <= 500u);
    const uint32_t stopped = load(SYST_CVR);
    for (volatile unsigned i = 0; i < 100; i++) {
    }
    note("stands still", load(SYST_CVR) == stopped);
    store(SYST_CVR, 1);
    note("CVR", load(SYST_CVR));
    note("CSR", load(SYST_CSR));
    note("no tick pending", load(ICSR) & 1u << 26);
}

static NS_CODE uint32_t ns_reload(uint32_t a, uint32_t b)
{
    note("NS RVR", load(SYST_RVR));
    store(SYST_RVR, a);
    note("NS RVR", load(SYST_RVR));
    note("NS CSR", load(SYST_CSR) & 3u);
    return b;
}

PROGRAM(systick_registers_read_back)
{
    store(SYST_RVR, 0xFFABCDEFu);
    note("RVR", load(SYST_RVR));
    (void)ns_call(ns_reload, 0x123, 0);
    note("RVR", load(SYST_RVR));
    note("CSR", load(SYST_CSR) & 3u);
}

PROGRAM(systick_of_both_states_pends_apart)
{
    handlers_s[SYSTICK] = on_note;
    handlers_ns[SYSTICK] = ns_on_note;
    store_byte(0xE000ED23u, 0x80);      /* SysTick of the Secure state */
    store_byte(0xE000ED23u + NS, 0x40); /* and the Non-secure one */
    set_primask(1);
    store(ICSR, ICSR_PENDSTSET);
    store(ICSR + NS, ICSR_PENDSTSET);
    note_icsr("ICSR");
    note("ICSR_NS", load(ICSR + NS) & ~(1u << 11));
    note("SHCSR", load(SHCSR));
    set_primask(0);
    barrier();
    set_primask(1);
    store(ICSR + NS, ICSR_PENDSVSET);
    note("ICSR_NS", load(ICSR + NS) & ~(1u << 11));
    store(ICSR + NS, ICSR_PENDSVCLR);
    note("ICSR_NS", load(ICSR + NS) & ~(1u << 11));
    set_primask(0);
}

static NS_CODE void ns_counts(struct entry *entry)
{
    (void)entry;
    const uint32_t csr = load(SYST_CSR);
    store(SYST_CSR, 4);
    store(ICSR, ICSR_PENDSTCLR); /* QEMU's timer goes by the host's clock: another may be due */
    note("NS tick", csr & 7u);
}

static NS_CODE uint32_t ns_waits_for_tick(uint32_t a, uint32_t b)
{
    store(SYST_RVR, a);
    store(SYST_CVR, 0);
    store(SYST_CSR, 7);
    while ((load(SYST_CSR) & 1u) != 0) {
    }
    return b;
}

PROGRAM(systick_of_the_non_secure_state)
{
    handlers_ns[SYSTICK] = ns_counts;
    note("returned", ns_call(ns_waits_for_tick, 100000, 9));
    note("CSR", load(SYST_CSR) & 3u);
}

PROGRAM(tick_ends_wfi)
{
    handlers_s[SYSTICK] = count;
    store(SYST_RVR, 5000);
    store(SYST_CVR, 0);
    set_primask(1);
    store(SYST_CSR, 7);
    __asm volatile("wfi");
    note("pending", load(ICSR) & 1u << 26);
    store(SYST_CSR, 0);
    set_primask(0);
}

/* AIRCR and its kin. */

static NS_CODE uint32_t ns_aircr(uint32_t a, uint32_t b)
{
    (void)b;
    note("NS AIRCR", load(AIRCR));
    store(AIRCR, AIRCR_KEY | AIRCR_PRIS | AIRCR_BFHFNMINS | 5u << 8);
    note("NS AIRCR", load(AIRCR));
    store(VTOR, 0x20006000u);
    note("NS VTOR", load(VTOR));
    store(VTOR, NS_FIRST);
    note("NS SCR", load(SCR));
    store(CCR, load(CCR) | CCR_DIV_0_TRP);
    note("NS CCR", load(CCR));
    return a;
}

PROGRAM(aircr_is_banked_in_part)
{
    note("AIRCR", load(AIRCR));
    store(AIRCR, 0x12340000u | 3u << 8);
    note("another key", load(AIRCR));
    store(AIRCR, AIRCR_KEY | 3u << 8);
    note("AIRCR", load(AIRCR));
    note("AIRCR_NS", load(AIRCR + NS));
    (void)ns_call(ns_aircr, 0, 0);
    note("AIRCR", load(AIRCR));
    note("VTOR", load(VTOR));
    note("CCR", load(CCR));
    note("CCR_NS", load(CCR + NS));
}

static NS_CODE uint32_t ns_asks_for_reset(uint32_t a, uint32_t b)
{
    (void)a;
    store(AIRCR, AIRCR_KEY | AIRCR_RESETREQ);
    note("NS still here", load(AIRCR));
    return b;
}

PROGRAM(sysresetreqs_keeps_the_reset_for_secure)
{
    store(AIRCR, AIRCR_KEY | 1u << 3);
    note("AIRCR", load(AIRCR));
    note("returned", ns_call(ns_asks_for_reset, 0, 4));
}

PROGRAM(non_secure_reset_works_when_allowed)
{
    note("before", load(AIRCR));
    static uint32_t unreachable;
    end_program(); /* by now all has been said; a reset follows either way */
    unreachable = ns_call(ns_asks_for_reset, 0, 4);
    note("unreachable", unreachable);
}

PROGRAM(vectors_can_move)
{
    handlers_s[PENDSV] = on_note;
    volatile uint32_t *const moved = (volatile uint32_t *)0x30004000u;
    const uint32_t *const vectors = (const uint32_t *)0x30000000u;
    for (unsigned i = 0; i < 16; i++) {
        moved[i] = vectors[i];
    }
    store(VTOR, (uint32_t)moved);
    note("VTOR", load(VTOR));
    store(ICSR, ICSR_PENDSVSET);
    note("done", 1);
}

static void sleeper(struct entry *entry)
{
    note("irq", entry->lr);
    store(SCR, 0);
}

PROGRAM(sleep_on_exit)
{
    handlers_s[IRQ0 + 64] = sleeper;
    irq_open(64, 0x40, true);
    store(SCR, 2);
    note("SCR", load(SCR));
    irq_pend(64);
    note("awake", load(SCR));
}

PROGRAM(control_registers_reset_values)
{
    note("SCR", load(SCR));
    note("CCR", load(CCR));
    note("SHPR1", load(SHPR1));
    note("CPACR", load(CPACR));
    note("NSACR", load(NSACR));
    note("FPCCR", load(FPCCR));
    note("FPCCR_NS", load(FPCCR + NS));
    note("FPCAR", load(FPCAR));
    note("FPDSCR", load(FPDSCR));
    note("MVFR0", load(0xE000EF40u));
    note("MVFR1", load(0xE000EF44u));
    note("MVFR2", load(0xE000EF48u));
    note("MPU_CTRL", load(MPU_CTRL));
    note("ISAR0", load(0xE000ED60u));
    note("ISAR1", load(0xE000ED64u));
    note("ISAR2", load(0xE000ED68u));
    note("ISAR3", load(0xE000ED6Cu));
    note("ISAR4", load(0xE000ED70u));
    note("MMFR0", load(0xE000ED50u));
    note("MMFR2", load(0xE000ED58u));
    note("PFR1", load(0xE000ED44u));
}

/* Pending and active bits that software writes. */

static void nmi_withdraws_itself(struct entry *entry)
{
    (void)entry;
    store(ICSR, ICSR_NMIPENDSET);
    note("pended", load(ICSR) & ICSR_NMIPENDSET);
    store(ICSR + NS, ICSR_NMIPENDCLR);
    note("cleared by another state", load(ICSR) & ICSR_NMIPENDSET);
    store(ICSR, ICSR_NMIPENDCLR);
    note("cleared", load(ICSR) & ICSR_NMIPENDSET);
}

PROGRAM(pended_nmi_is_withdrawn_by_its_state)
{
    handlers_s[NMI] = nmi_withdraws_itself;
    store(ICSR, ICSR_NMIPENDSET);
    note("done", load(ICSR) & ICSR_NMIPENDSET);
}

static void nmi_clears_its_active_bit(struct entry *entry)
{
    (void)entry;
    note("SHCSR", load(SHCSR));
    store(SHCSR, SHCSR_FAULTS);
    note("SHCSR", load(SHCSR));
    store(SHCSR + NS, SHCSR_FAULTS);
    note("SHCSR", load(SHCSR));
}

PROGRAM(active_bit_of_a_secure_nmi_cannot_be_cleared)
{
    handlers_s[NMI] = nmi_clears_its_active_bit;
    store(ICSR, ICSR_NMIPENDSET);
    note("SHCSR", load(SHCSR));
}

PROGRAM(hard_fault_is_pended_by_software)
{
    handlers_s[HARD_FAULT] = on_note;
    set_faultmask(1);
    store(SHCSR, SHCSR_FAULTS | SHCSR_HARDFAULTPENDED);
    note("pended", load(SHCSR));
    store(SHCSR, SHCSR_FAULTS);
    note("withdrawn", load(SHCSR));
    store(SHCSR + NS, SHCSR_FAULTS);
    set_faultmask(0);
    store(SHCSR, SHCSR_FAULTS | SHCSR_HARDFAULTPENDED);
    note("taken", load(SHCSR));
    note("HFSR", load(HFSR));
}

static NS_CODE uint32_t ns_looks_at_what_is_pending(uint32_t a, uint32_t b)
{
    (void)a;
    note("NS ICSR", load(ICSR) & ~(1u << 11));
    return b;
}

/* Armv8.0-M: that a number is hidden as 1 comes with Armv8.1-M. */
PROGRAM(non_secure_icsr_tells_of_secure_interrupts)
{
    set_primask(1);
    irq_open(64, 0x40, true);
    (void)ns_call(ns_looks_at_what_is_pending, 0, 0);
    irq_pend(64);
    (void)ns_call(ns_looks_at_what_is_pending, 0, 0);
    note("ICSR_NS", load(ICSR + NS) & ~(1u << 11));
    store(NVIC_ICER(64), 1);
    (void)ns_call(ns_looks_at_what_is_pending, 0, 0);
    store(NVIC_ICPR(64), 1);
    store(ICSR, ICSR_PENDSVSET);
    (void)ns_call(ns_looks_at_what_is_pending, 0, 0);
    store(ICSR, ICSR_PENDSVCLR);
    set_primask(0);
}

PROGRAM(fpccr_bits_that_secure_code_keeps)
{
    static const uint32_t kept[] = {0, FPCCR_LSPENS, FPCCR_CLRONRETS};
    for (unsigned i = 0; i < 3; i++) {
        store(FPCCR, FPCCR_LSPEN | FPCCR_CLRONRET | kept[i]);
        store(FPCCR + NS, 0);
        note("cleared", load(FPCCR));
        store(FPCCR, kept[i]);
        store(FPCCR + NS, FPCCR_LSPEN | FPCCR_CLRONRET);
        note("set", load(FPCCR));
        note("NS", load(FPCCR + NS));
    }
    store(AIRCR, AIRCR_KEY | AIRCR_BFHFNMINS);
    store(FPCCR + NS, FPCCR_BFRDY | FPCCR_HFRDY);
    note("BFHFNMINS", load(FPCCR));
    store(AIRCR, AIRCR_KEY);
    store(FPCCR + NS, 0);
    note("without", load(FPCCR));
    note("NS", load(FPCCR + NS));
}

static void leaves_the_status(struct entry *entry)
{
    struct frame *const frame = frame_of(entry);
    frame->pc += instruction_len(frame->pc);
}

static NS_CODE uint32_t ns_writes_what_is_secure(uint32_t a, uint32_t b)
{
    store(CFSR, ~0u);
    store(BFAR, a);
    note("NS CFSR", load(CFSR));
    note("NS BFAR", load(BFAR));
    store(NSACR, 0);
    note("NS VTOR, by the alias", load(VTOR + NS));
    store(VTOR + NS, a);
    note("NS VTOR", load(VTOR));
    return b;
}

PROGRAM(non_secure_writes_leave_secure_status_alone)
{
    handlers_s[BUS_FAULT] = leaves_the_status;
    store(NSACR, 0xC00);
    (void)load(VOID_S);
    (void)ns_call(ns_writes_what_is_secure, 0x20006000u, 0);
    note("CFSR_NS", load(CFSR + NS));
    note("NSACR", load(NSACR));
    note_faults();
}

PROGRAM(stir_pends_by_number)
{
    static const uint8_t irqs[] = {0, 31, 32, 40, 63, 64, 80};
    set_primask(1);
    for (unsigned i = 0; i < sizeof irqs; i++) {
        store(STIR, irqs[i]);
        for (unsigned word = 0; word < 96; word += 32) {
            note("ISPR", load(NVIC_ISPR(word)));
        }
        store(NVIC_ICPR(irqs[i]), 1u << irqs[i] % 32u);
    }
    set_primask(0);
}

PROGRAM(systick_write_to_cvr_clears_countflag)
{
    set_primask(1);
    store(SYST_RVR, 500);
    store(SYST_CVR, 0);
    store(SYST_CSR, 7);
    while ((load(ICSR) & ICSR_PENDSTSET) == 0) {
    }
    store(SYST_RVR, 0xFFFFFF);
    store(SYST_CVR, 0);
    note("CSR", load(SYST_CSR));
    store(SYST_CSR, 0);
    store(ICSR, ICSR_PENDSTCLR);
    set_primask(0);
}
