/*
 * The Armv8-M system level of the processor: everything that the engine does not do.
 *
 * `struct v8m` holds the architectural state while the engine stands still; the engine's own
 * registers are loaded from it before a run and stored back after. Names and behaviour follow the
 * pseudocode of the Armv8-M Architecture Reference Manual (DDI 0553), cited as "ARMv8-M ARM".
 *
 * Conventions: banked registers are arrays indexed by `bool secure`. A function that may fault
 * returns false after it has set the status registers and pended the exception; its caller gives
 * up at once and leaves the registers of the program as they were.
 */
#pragma once

#include "cpu.h"

#define V8M_IRQS      CHIP_IRQS
#define V8M_VECTORS   (16u + V8M_IRQS)
#define V8M_MPU_MAX   12u
#define V8M_SAU_MAX   8u
#define V8M_PRIO_BITS 4u
#define V8M_PRIO_NONE 256
#define V8M_NO_PAGE   1u /**< ... or this. */

/* Bits of xPSR. */
#define XPSR_EXC       0x000001FFu
#define XPSR_SPREALIGN 0x00000200u /**< In a stacked RETPSR only. */
#define XPSR_IT        0x0600FC00u
#define XPSR_GE        0x000F0000u
#define XPSR_SFPA      0x00100000u /**< In a stacked RETPSR only. */
#define XPSR_T         0x01000000u
#define XPSR_FLAGS     0xF8000000u /**< N Z C V Q. */

/* CONTROL. FPCA and SFPA stand in the Secure bank. */
#define CONTROL_NPRIV 1u
#define CONTROL_SPSEL 2u
#define CONTROL_FPCA  4u
#define CONTROL_SFPA  8u

/* CFSR. */
#define CFSR_IACCVIOL    0x00000001u
#define CFSR_DACCVIOL    0x00000002u
#define CFSR_MUNSTKERR   0x00000008u
#define CFSR_MSTKERR     0x00000010u
#define CFSR_MLSPERR     0x00000020u
#define CFSR_MMARVALID   0x00000080u
#define CFSR_IBUSERR     0x00000100u
#define CFSR_PRECISERR   0x00000200u
#define CFSR_IMPRECISERR 0x00000400u
#define CFSR_UNSTKERR    0x00000800u
#define CFSR_STKERR      0x00001000u
#define CFSR_LSPERR      0x00002000u
#define CFSR_BFARVALID   0x00008000u
#define CFSR_UNDEFINSTR  0x00010000u
#define CFSR_INVSTATE    0x00020000u
#define CFSR_INVPC       0x00040000u
#define CFSR_NOCP        0x00080000u
#define CFSR_STKOF       0x00100000u
#define CFSR_UNALIGNED   0x01000000u
#define CFSR_DIVBYZERO   0x02000000u
#define CFSR_BUS         0x0000FF00u /**< The part that is not banked. */

/* SFSR. */
#define SFSR_INVEP     0x01u
#define SFSR_INVIS     0x02u
#define SFSR_INVER     0x04u
#define SFSR_AUVIOL    0x08u
#define SFSR_INVTRAN   0x10u
#define SFSR_LSPERR    0x20u
#define SFSR_SFARVALID 0x40u
#define SFSR_LSERR     0x80u

/* HFSR. */
#define HFSR_VECTTBL  0x00000002u
#define HFSR_FORCED   0x40000000u
#define HFSR_DEBUGEVT 0x80000000u

/* CCR. */
#define CCR_USERSETMPEND 0x00000002u
#define CCR_UNALIGN_TRP  0x00000008u
#define CCR_DIV_0_TRP    0x00000010u
#define CCR_BFHFNMIGN    0x00000100u
#define CCR_STKOFHFNMIGN 0x00000400u

/* AIRCR, SCR, DEMCR. */
#define AIRCR_SYSRESETREQS 0x00000008u
#define AIRCR_BFHFNMINS    0x00002000u
#define AIRCR_PRIS         0x00004000u
#define SCR_SLEEPONEXIT    0x00000002u
#define SCR_SEVONPEND      0x00000010u
#define DEMCR_MON_EN       0x00010000u
#define DEMCR_MON_PEND     0x00020000u
#define DEMCR_MON_REQ      0x00080000u
#define DEMCR_SDME         0x00100000u
#define DEMCR_TRCENA       0x01000000u

/* FPCCR. ASPEN, LSPEN and the like stand where the manual puts them: see cpu_v8m_fp.c. */
#define FPCCR_LSPACT    0x00000001u
#define FPCCR_USER      0x00000002u
#define FPCCR_S         0x00000004u
#define FPCCR_THREAD    0x00000008u
#define FPCCR_HFRDY     0x00000010u
#define FPCCR_MMRDY     0x00000020u
#define FPCCR_BFRDY     0x00000040u
#define FPCCR_SFRDY     0x00000080u
#define FPCCR_MONRDY    0x00000100u
#define FPCCR_SPLIMVIOL 0x00000200u
#define FPCCR_UFRDY     0x00000400u
#define FPCCR_TS        0x04000000u
#define FPCCR_CLRONRETS 0x08000000u
#define FPCCR_CLRONRET  0x10000000u
#define FPCCR_LSPENS    0x20000000u
#define FPCCR_LSPEN     0x40000000u
#define FPCCR_ASPEN     0x80000000u

/* EXC_RETURN. */
#define EXCRET_ES    0x01u
#define EXCRET_SPSEL 0x04u
#define EXCRET_MODE  0x08u
#define EXCRET_FTYPE 0x10u
#define EXCRET_DCRS  0x20u
#define EXCRET_S     0x40u
#define FNC_RETURN   0xFEFFFFFFu

/** Exception numbers. */
enum v8m_exc {
    V8M_NMI = 2,
    V8M_HARD = 3,
    V8M_MEM = 4,
    V8M_BUS = 5,
    V8M_USAGE = 6,
    V8M_SECURE = 7,
    V8M_SVC = 11,
    V8M_DEBUG = 12,
    V8M_PENDSV = 14,
    V8M_SYSTICK = 15,
    V8M_IRQ0 = 16,
};

struct v8m_vector {
    bool enabled; /**< System exceptions that cannot be disabled are always enabled. */
    bool pending;
    bool active;
    uint8_t prio; /**< As in SHPR and IPR; only the upper V8M_PRIO_BITS are implemented. */
};

struct v8m_systick {
    uint32_t ctrl; /**< ENABLE, TICKINT, CLKSOURCE as written. */
    bool countflag;
    uint32_t reload; /**< 24 bits. */
    uint32_t value;  /**< While it stands still: the counter. */
    uint64_t zero;   /**< While it counts: the time at which it next reaches zero. */
};

struct v8m_mpu {
    uint32_t ctrl;
    uint32_t rnr;
    uint32_t rbar[V8M_MPU_MAX];
    uint32_t rlar[V8M_MPU_MAX];
    uint32_t mair[2];
};

struct v8m_sau {
    uint32_t ctrl;
    uint32_t rnr;
    uint32_t rbar[V8M_SAU_MAX];
    uint32_t rlar[V8M_SAU_MAX];
};

/** Why an access is made; decides how a refusal is reported. ARMv8-M ARM, AccType. */
enum v8m_access {
    V8M_NORMAL = 0,
    V8M_STACK,
    V8M_UNSTACK,
    V8M_LAZYFP,
};

/** Who refused an access. */
enum v8m_refusal {
    V8M_PASSES = 0,
    V8M_BY_SECURITY, /**< SAU and IDAU: SecureFault. */
    V8M_BY_MPU,      /**< MemManage. */
    V8M_BY_PPB,      /**< Unprivileged access to the private peripherals: BusFault. */
    V8M_BY_BUS,      /**< Bus error: BusFault. */
    V8M_BY_SILENCE,  /**< The chip answers with zero or forgets the write. */
};

/** What a check found; holds for every byte of [first, last]. */
struct v8m_verdict {
    enum v8m_refusal refusal;
    uint32_t sfsr;    /**< Cause when refused by security. */
    bool secure_txn;  /**< Security of the transaction on the bus. */
    bool device_type; /**< Device memory by the MPU or the default map: no unaligned access. */
    bool ppb;         /**< Private peripheral bus: ours to answer. */
    uint32_t first;
    uint32_t last;
    struct bus_decision bus;
};

/** Security of an address, ARMv8-M ARM, SecurityCheck(). */
struct v8m_attribution {
    bool ns;
    bool nsc;
    bool sr_valid;
    bool ir_valid;
    uint8_t sregion;
    uint8_t iregion;
    uint32_t first;
    uint32_t last;
};

/** Answer of an MPU, ARMv8-M ARM, MPUCheck(). */
struct v8m_mpu_answer {
    bool readable;
    bool writable;
    bool executable;
    bool device_type;
    int region;      /**< -1: none, or more than one. */
    const char *why; /**< What decided: "no region", "two regions", "region", "default map". */
    uint32_t first;
    uint32_t last;
};

struct v8m;

/** What the engine does for the system level. */
struct v8m_host {
    void *context;
    /** Copies the FP registers out of the engine. */
    void (*fp_read)(void *context, uint32_t s[32], uint32_t *fpscr);
    /** Bytes of a memory were changed other than by a store of the engine. */
    void (*stored)(void *context, enum chip_memory_id id, uint32_t off, uint32_t len);
    /** SAU, MPU or a trap setting changed: forget every answer given for a page. */
    void (*map_changed)(void *context);
    /** Exceptions, masks or deadlines changed: look before the next block. */
    void (*attention)(void *context);
    /**
     * The host's gate, if PC is in it, before SG; or what an undefined instruction stands for, of the
     * boot ROM's services or the host. @return whether that was it
     */
    bool (*gate)(void *context, bool trap);
    /** Asked before an access while `watching`. @return whether it is not to be done now */
    bool (*watched)(void *context, uint32_t addr, unsigned size, bool write);
};

#define V8M_KNOWN 64u

/** A check that an access to memory has passed; holds while `rules` and `key` are the same. */
struct v8m_known {
    uint32_t rules;
    uint32_t key; /**< Page of 1 KB, kind, attributes, and whether the priority is negative. */
    uint32_t first;
    uint32_t last;
    uint32_t off; /**< In `memory`, of `first`. */
    const struct chip_memory *memory;
    bool secure_txn;
    bool device_type;
};

#define V8M_REPORTS 16u

/** One line of the journal that may repeat. */
struct v8m_report {
    uint32_t key;
    uint32_t count;
};

struct v8m {
    struct sim_chip *chip;
    struct v8m_host host;
    cpu_symbol_fn *symbol;
    void *symbol_context;
    struct v8m_known *known; /**< V8M_KNOWN of them. */
    uint32_t rules;          /**< Number of the rules in force: SAU, MPU, filters of the chip. */

    uint64_t time;  /**< Virtual time: instructions executed, sleep included. */
    bool trustzone; /**< Off: there is no Secure state at all. */

    uint32_t r[16]; /**< r[13] is not used: see v8m_sp(). r[15] is the next instruction. */
    uint32_t xpsr;
    bool secure;
    uint32_t msp[2];
    uint32_t psp[2];
    uint32_t msplim[2];
    uint32_t psplim[2];
    uint32_t control[2];
    uint32_t primask[2];
    uint32_t basepri[2];
    uint32_t faultmask[2];

    struct v8m_vector vector[2][V8M_VECTORS]; /**< Not banked ones: in the bank of v8m_bank(). */
    bool irq_ns[V8M_IRQS];                    /**< NVIC_ITNS. */
    bool irq_level[V8M_IRQS];
    unsigned pending; /**< How many vectors are pending. */

    uint32_t vtor[2];
    uint32_t aircr_ns; /**< PRIGROUP of each bank; the rest in the Secure. */
    uint32_t aircr_s;
    uint32_t scr[2];
    uint32_t ccr[2];
    uint32_t cfsr[2]; /**< BusFault's byte in the Non-secure bank. */
    uint32_t hfsr;
    uint32_t dfsr;
    uint32_t mmfar[2];
    uint32_t bfar;
    uint32_t sfsr;
    uint32_t sfar;
    uint32_t cpacr[2];
    uint32_t nsacr;
    uint32_t demcr;
    uint32_t dwt_ctrl;
    uint64_t dwt_base;   /**< Time at which CYCCNT was 0, if it counts. */
    uint32_t dwt_cyccnt; /**< CYCCNT while it stands still. */

    struct v8m_systick systick[2];
    struct v8m_mpu mpu[2];
    struct v8m_sau sau;

    uint32_t fpccr[2];
    uint32_t fpcar[2];
    uint32_t fpdscr[2];
    uint32_t s[32]; /**< FP registers, if fp_here. */
    uint32_t fpscr;
    bool fp_here; /**< s and fpscr are newer than the engine's. */

    uint64_t wait_until;   /**< The instruction was not done: the flash answers then; 0: it was. */
    bool has_stored;       /**< The instruction that is being emulated has. */
    uint32_t refused_page; /**< Page whose refusal stopped the engine ... */
    bool watching;         /**< Accesses of the instruction are asked of `host.watched`. */
    bool exclusive;        /**< A load-exclusive that the engine did not do. */
    bool clear_exclusive;  /**< The engine's monitor is to be cleared. */
    bool ignore_stack_faults; /**< While entering a derived exception. */
    bool event_register;
    enum { V8M_AWAKE = 0, V8M_WFI, V8M_WFE } sleeping;
    bool lockup;

    struct v8m_report report[V8M_REPORTS];
    unsigned report_next;
    char cause[256]; /**< Status bits set since the last fault taken. */
};

/* cpu_v8m_regs.c: registers and state. */

void v8m_reset(struct v8m *v, uint32_t vtor_s, uint32_t vtor_ns);
static inline bool v8m_handler(const struct v8m *v)
{
    return (v->xpsr & XPSR_EXC) != 0;
}
/** Privilege of the given state, or of the one now executing. */
bool v8m_privileged_in(const struct v8m *v, bool secure);
bool v8m_privileged(const struct v8m *v);
struct sim_attr v8m_attr(const struct v8m *v);
/** The stack pointer in use in a state, were it in Thread or Handler mode. */
uint32_t *v8m_sp_of(struct v8m *v, bool secure, bool thread);
uint32_t *v8m_sp(struct v8m *v);
/** The limit that applies to the stack pointer in use; 0 when limits are ignored. */
uint32_t v8m_sp_limit(const struct v8m *v);
uint32_t v8m_reg(struct v8m *v, unsigned n);
void v8m_set_reg(struct v8m *v, unsigned n, uint32_t value);
uint32_t v8m_mrs(struct v8m *v, unsigned sysm);
/** @return false when it faulted (SP_NS below its limit). */
bool v8m_msr(struct v8m *v, unsigned sysm, unsigned mask, uint32_t value);
uint32_t v8m_control_read(const struct v8m *v, bool secure);

/* cpu_v8m_attr.c: SAU and IDAU. */

void v8m_attribute(const struct v8m *v, uint32_t addr, bool fetch, struct v8m_attribution *out);

/* cpu_v8m_mpu.c */

/** Number of regions of a bank. */
unsigned v8m_mpu_regions(bool secure);
void v8m_mpu_check(const struct v8m *v, uint32_t addr, struct sim_attr attr,
                   struct v8m_mpu_answer *out);

/* cpu_v8m_tt.c */

uint32_t v8m_tt(const struct v8m *v, uint32_t addr, bool alternate, bool unprivileged);

/* cpu_v8m_access.c: checks and single accesses. */

/** Checks an access of one byte; the answer holds for [out->first, out->last]. */
void v8m_check(const struct v8m *v, uint32_t addr, enum sim_access_kind kind, struct sim_attr attr,
               struct v8m_verdict *out);
/** Checks `size` bytes; false if one is refused. `*at` is the byte that `*out` is about. */
bool v8m_check_range(const struct v8m *v, uint32_t addr, unsigned size, enum sim_access_kind kind,
                     struct sim_attr attr, struct v8m_verdict *out, uint32_t *at);
/** Reads or writes 1, 2 or 4 bytes, at any alignment for V8M_NORMAL. */
bool v8m_read(struct v8m *v, uint32_t addr, unsigned size, struct sim_attr attr,
              enum v8m_access access, uint32_t *value);
bool v8m_write(struct v8m *v, uint32_t addr, unsigned size, struct sim_attr attr,
               enum v8m_access access, uint32_t value);
/** Reads an entry of the vector table: SAU and bus apply, the MPU does not. Faults nothing. */
bool v8m_read_vector(struct v8m *v, uint32_t addr, bool secure, uint32_t *word);
/** The half-word at an address, if the chip's memory has one there; no check, no effect. */
bool v8m_peek(const struct v8m *v, uint32_t addr, uint16_t *half);

/* cpu_v8m_secure.c: transitions between the states other than exceptions. */

/** NS code has branched to a page that its state may not execute: SG, or the fault it deserves. */
void v8m_refused_fetch(struct v8m *v);
/** Branch to a value that may be EXC_RETURN or FNC_RETURN. ARMv8-M ARM, BXWritePC(). */
void v8m_branch(struct v8m *v, uint32_t target);
void v8m_bxns(struct v8m *v, uint32_t target);
void v8m_blxns(struct v8m *v, uint32_t target, uint32_t next);
void v8m_function_return(struct v8m *v);

/* cpu_v8m_entry.c, cpu_v8m_return.c: exceptions. */

/** Takes pending exceptions as long as one may be taken. */
void v8m_take_pending(struct v8m *v);
/** Until when the vector of the exception that is due cannot be read; 0: it can, or none is due. */
uint64_t v8m_vector_wait(const struct v8m *v);
void v8m_exception_return(struct v8m *v, uint32_t exc_return);
/** Chooses the exception again on an existing frame. ARMv8-M ARM, ExceptionTaken(). */
void v8m_exception_taken(struct v8m *v, uint32_t exc_return, bool tail_chain, bool ignore_faults);

/* cpu_v8m_nvic.c: priorities, pending and active. */

/** Where a vector's state stands: the bank of an exception that may be banked. */
bool v8m_bank(const struct v8m *v, unsigned exc, bool secure);
/** The state that an exception which is not banked is taken to. */
bool v8m_target(const struct v8m *v, unsigned exc, bool bank);
bool v8m_banked(unsigned exc);
void v8m_nvic_reset(struct v8m *v);
void v8m_pend(struct v8m *v, unsigned exc, bool secure);
void v8m_unpend(struct v8m *v, unsigned exc, bool secure);
/** Pends a fault that cannot wait, escalating it as its priority demands; may lock up. */
void v8m_pend_fault(struct v8m *v, unsigned exc, bool secure);
/** The same while an exception of priority `original` is being entered. */
void v8m_pend_derived(struct v8m *v, unsigned exc, bool secure);
/** The same for lazy FP stacking, with the priorities of the time of the stacking. */
void v8m_pend_lazyfp(struct v8m *v, unsigned exc, bool secure);
int v8m_execution_priority(const struct v8m *v);
/** The same without masks: the highest active exception. */
int v8m_active_priority(const struct v8m *v);
int v8m_vector_priority(const struct v8m *v, unsigned exc, bool bank);
/** Highest pending and enabled exception; false if none. */
bool v8m_highest_pending(const struct v8m *v, unsigned *exc, bool *bank, int *prio);
bool v8m_can_take(const struct v8m *v);
/** Whether anything would end WFI (masks ignored) or WFE. */
bool v8m_would_wake(const struct v8m *v, bool wfe);
void v8m_activate(struct v8m *v, unsigned exc, bool bank);
/** @return false if it was not active. */
bool v8m_deactivate(struct v8m *v, unsigned exc, bool secure);
bool v8m_ready(const struct v8m *v, unsigned exc, bool secure);
/** Execution at negative priority as far as a state may know. ARMv8-M ARM, IsReqExcPriNeg(). */
bool v8m_negative_priority(const struct v8m *v, bool secure);
void v8m_irq_line(struct v8m *v, unsigned irq, bool level);

/* cpu_v8m_fault.c: status registers. */

void v8m_usage_fault(struct v8m *v, bool secure, uint32_t cfsr);
void v8m_secure_fault(struct v8m *v, uint32_t sfsr);
void v8m_bus_fault(struct v8m *v, uint32_t cfsr);
/** Adds status bits without pending anything. */
void v8m_set_cfsr(struct v8m *v, bool secure, uint32_t bits);
void v8m_set_sfsr(struct v8m *v, uint32_t bits);
/**
 * A refused access: status, address, journal, exception.
 * @return true: only the journal hears of it, the access reads as zero or writes nothing.
 */
bool v8m_refuse(struct v8m *v, uint32_t addr, unsigned size, enum sim_access_kind kind,
                struct sim_attr attr, enum v8m_access access, const struct v8m_verdict *verdict);

/* cpu_v8m_report.c: the journal. */

void v8m_report_refused(struct v8m *v, uint32_t addr, unsigned size, enum sim_access_kind kind,
                        struct sim_attr attr, const struct v8m_verdict *verdict,
                        const char *result);
void v8m_report_fault(struct v8m *v, unsigned exc, bool secure);
void v8m_report_lockup(struct v8m *v, unsigned exc, bool secure);
const char *v8m_exc_name(unsigned exc);

/* cpu_v8m_fp.c: floating point context. */

/** Brings the FP registers into v->s. */
void v8m_fp_fetch(struct v8m *v);
bool v8m_cp10_allowed(const struct v8m *v, bool secure, bool privileged);
/** Fault of an FP instruction that may not run now, or the lazy save it causes. */
bool v8m_fp_check(struct v8m *v);
/** Whether the engine may run FP instructions as they come. */
bool v8m_fp_ready(const struct v8m *v);
void v8m_fp_update_fpccr(struct v8m *v, uint32_t frame, bool apply_limit);
bool v8m_vlstm(struct v8m *v, uint32_t frame);
bool v8m_vlldm(struct v8m *v, uint32_t frame);
void v8m_fp_clear(struct v8m *v, unsigned registers);

/* cpu_v8m_scs.c, cpu_v8m_scs_nvic.c: the registers from 0xE000E000. */

uint32_t v8m_ppb_read(struct v8m *v, uint32_t addr, unsigned size, struct sim_attr attr);
void v8m_ppb_write(struct v8m *v, uint32_t addr, unsigned size, uint32_t value,
                   struct sim_attr attr);
uint32_t v8m_nvic_read(struct v8m *v, uint32_t off, bool secure);
void v8m_nvic_write(struct v8m *v, uint32_t off, unsigned size, uint32_t value, bool secure);
uint32_t v8m_mpu_read(const struct v8m *v, uint32_t off, bool bank);
void v8m_mpu_write(struct v8m *v, uint32_t off, uint32_t value, bool bank);
uint32_t v8m_sau_read(const struct v8m *v, uint32_t off);
void v8m_sau_write(struct v8m *v, uint32_t off, uint32_t value);

/* cpu_v8m_scb.c: registers of the SCS that show the state of exceptions. */

/** BusFault, NMI and HardFault do not exist for Non-secure code while AIRCR.BFHFNMINS is 0. */
bool v8m_bus_fault_hidden(const struct v8m *v, bool bank);
uint32_t v8m_icsr_read(const struct v8m *v, bool bank);
void v8m_icsr_write(struct v8m *v, uint32_t value, bool bank);
uint32_t v8m_aircr_read(const struct v8m *v, bool bank);
void v8m_aircr_write(struct v8m *v, uint32_t value, bool bank);
uint32_t v8m_shcsr_read(const struct v8m *v, bool bank);
void v8m_shcsr_write(struct v8m *v, uint32_t value, bool bank);
uint32_t v8m_shpr_read(struct v8m *v, uint32_t off, bool bank);
/** The priority behind one byte of SHPR; NULL: none that the state may see. */
uint8_t *v8m_shpr_byte(struct v8m *v, uint32_t off, bool bank);
uint32_t v8m_fpccr_read(const struct v8m *v, bool bank);
void v8m_fpccr_write(struct v8m *v, uint32_t value, bool bank);

/* cpu_v8m_systick.c */

uint32_t v8m_systick_read(struct v8m *v, bool bank, uint32_t off);
void v8m_systick_write(struct v8m *v, bool bank, uint32_t off, uint32_t value);
/** Lets both timers reach v->time; returns when the next one interrupts, or SIM_NEVER. */
uint64_t v8m_systick_advance(struct v8m *v);

/* cpu_v8m_scan.c: instructions that must not run in the engine by themselves. */

enum v8m_trap {
    V8M_TRAP_NONE = 0,
    V8M_TRAP_EMULATE,   /**< Ours to do. */
    V8M_TRAP_UNMASK,    /**< The engine does it; pending exceptions are looked at after. */
    V8M_TRAP_FP,        /**< Ours while v8m_fp_ready() is false. */
    V8M_TRAP_DIVIDE,    /**< Ours while a divisor of zero traps. */
    V8M_TRAP_EXCLUSIVE, /**< Ours after a load-exclusive that was. */
};

enum v8m_trap v8m_scan(uint16_t first, uint16_t second);
/** Base register of a load or store that must always be aligned to words; -1: it is none. */
int v8m_aligned_base(uint16_t first, uint16_t second);
static inline bool v8m_is_wide(uint16_t half)
{
    return half >= 0xE800u;
}

/* cpu_v8m_trap.c: doing a trapped instruction at v->r[15]; advances it, or faults. */

void v8m_emulate(struct v8m *v);
/** ITSTATE within xPSR, and back. */
static inline uint32_t v8m_it_of(uint32_t xpsr)
{
    return ((xpsr >> 25) & 3u) | ((xpsr >> 8) & 0xFCu);
}

static inline uint32_t v8m_it_bits(uint32_t it)
{
    return ((it & 3u) << 25) | ((it & 0xFCu) << 8);
}

/** ARMv8-M ARM, ITAdvance(); outside an IT block it stays 0. */
static inline uint32_t v8m_it_advance(uint32_t it)
{
    return (it & 7u) == 0 ? 0 : (it & 0xE0u) | ((it << 1) & 0x1Fu);
}

/** Advances past an instruction of `size` bytes: PC and IT state. */
void v8m_advance(struct v8m *v, unsigned size);
/** Whether the instruction at PC passes its IT condition. */
bool v8m_condition_passed(const struct v8m *v);

/* cpu_v8m_ldst.c, cpu_v8m_ldst_fp.c: loads and stores, for pages that need an exact check. */

/** Does the load or store at v->r[15], or faults. @return false: it is none of them. */
bool v8m_load_store(struct v8m *v, uint16_t first, uint16_t second);
bool v8m_load_store_fp(struct v8m *v, uint16_t first, uint16_t second);
/* cpu_v8m_vcvt.c */

bool v8m_is_vcvt_from_fixed(uint16_t first, uint16_t second);
/** Does it, with FP ready. @return false: it is another instruction. */
bool v8m_vcvt_from_fixed(struct v8m *v, uint16_t first, uint16_t second);

/* cpu_v8m_scan.c */

/** A store with a sign, or at PC: the engine does one of Advanced SIMD, or at PC. */
bool v8m_is_undefined_store(uint16_t first);
/** The unprivileged loads and stores. */
bool v8m_is_unprivileged(uint16_t first, uint16_t second);
