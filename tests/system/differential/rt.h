/*
 * What test programs stand on. A program starts right after a reset, in Secure privileged Thread
 * mode, notes what it sees, and returns; the notes are its transcript. The next program starts
 * with another reset.
 *
 * Map of the image (MACHINE_SRAM):
 *   0x30000000 Secure vectors, code, data     0x20005000 Non-secure vectors, code, data
 *   0x30004000 Secure main, process stack     0x20006800 Non-secure main, process stack
 *   0x30004800 Secure window, 1 KB            0x20007000 Non-secure window, 1 KB
 *   0x30004C00 gateways (NSC)                 0x20007400 notes
 * SAU region 0 is the gateways, region 1 the Non-secure part. The windows are for programs to
 * set rights on. The four fault exceptions are enabled.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define MSP_S_TOP  0x30004400u
#define PSP_S_TOP  0x30004800u
#define WINDOW_S   0x30004800u
#define GATES      0x30004C00u
#define GATES_LAST 0x30004FFFu
#define NS_FIRST   0x20005000u
#define NS_LAST    0x20007FFFu
#define MSP_NS_TOP 0x20006C00u
#define PSP_NS_TOP 0x20007000u
#define WINDOW_NS  0x20007000u
#define NOTES      0x20007400u
/** Nothing is there, on either machine. */
#define VOID_NS 0x26000000u
#define VOID_S  0x36000000u

/** Code and data of the Non-secure part. Non-secure code must be a leaf or call such code only. */
#define NS_CODE __attribute__((section(".ns_text"), noinline, used))
#define NS_DATA __attribute__((section(".ns_data"), used))
#define INLINE  static inline __attribute__((always_inline))

enum exception {
    NMI = 2,
    HARD_FAULT = 3,
    MEM_MANAGE = 4,
    BUS_FAULT = 5,
    USAGE_FAULT = 6,
    SECURE_FAULT = 7,
    SVCALL = 11,
    PENDSV = 14,
    SYSTICK = 15,
    IRQ0 = 16,
    EXCEPTIONS = 16 + 124,
};

/** Registers as they were when a handler began: below its stack pointer at that moment. */
struct entry {
    uint32_t r[13];
    uint32_t lr; /**< EXC_RETURN. A handler may change it. */
};

/** What the hardware stacks at least. */
struct frame {
    uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

typedef void handler_fn(struct entry *entry);

/** Handlers by exception number; any that a program does not set ends the program. */
extern handler_fn *handlers_s[EXCEPTIONS];
extern handler_fn *handlers_ns[EXCEPTIONS];

struct program {
    const char *name;
    void (*run)(void);
};

#define PROGRAM(name)                                                                              \
    static void name(void);                                                                        \
    static const struct program program_##name                                                     \
        __attribute__((section(".programs"), used)) = {#name, name};                               \
    static void name(void)

/* Notes. */

struct note {
    const char *tag; /**< A literal, in Secure memory; only the Secure side prints it. */
    uint32_t value;
};
#define NOTES_MAX 376u
struct notes {
    volatile uint32_t count;
    uint32_t spare;
    volatile struct note note[NOTES_MAX];
};

/** Takes down one value. For both states. */
INLINE void note(const char *tag, uint32_t value)
{
    struct notes *const notes = (struct notes *)NOTES;
    const uint32_t at = notes->count;
    if (at < NOTES_MAX) {
        notes->count = at + 1u;
        notes->note[at].tag = tag;
        notes->note[at].value = value;
    }
}

/** Takes down CFSR of both states, HFSR, SFSR and the valid ones of MMFAR, BFAR, SFAR; clears. */
void note_faults(void);
/** Takes down ICSR, without RETTOBASE in Thread mode, where it is not valid. */
INLINE void note_icsr(const char *tag)
{
    const uint32_t icsr = *(volatile uint32_t *)0xE000ED04u;
    note(tag, (icsr & 0x1FFu) != 0 ? icsr : icsr & ~(1u << 11));
}
/** Takes down a frame of eight words. */
void note_frame(const struct frame *frame);
/** Takes down `count` words. */
void note_words(const char *tag, const volatile uint32_t *word, unsigned count);
/** Takes down r0 to r12 and EXC_RETURN at a handler's entry. */
void note_entry(const struct entry *entry);

/** Prints what has been noted so far. Secure side only. */
void print_notes(void);
/** Input of the program: what the machine has been given beside the image. */
const uint32_t *program_blob(void);
/** Whether the machine is one that can be held to more than QEMU can: struct machine. */
bool machine_is_exact(void);
/** Ends the program here. Secure side only. */
void end_program(void) __attribute__((noreturn));
/** The same for gate_call(). */
uint32_t end_program_gate(uint32_t unused, uint32_t unused_too);

/* Exceptions. */

/** In a Secure handler: the frame of what was interrupted, in either state. */
struct frame *frame_of(const struct entry *entry);
/** In a Non-secure handler: the same, if that was Non-secure. */
struct frame *ns_frame_of(const struct entry *entry);
/** A Secure handler that notes fault, frame and status, and goes on behind the instruction. */
void on_fault_skip(struct entry *entry);
/** The same, going on at LR: for a fetch that failed. */
void on_fault_return(struct entry *entry);
/** The same two for Non-secure faults. They note less: what only the Secure side sees is missing. */
void ns_on_fault_skip(struct entry *entry);
void ns_on_fault_return(struct entry *entry);
/** A handler that notes the exception's number. */
void on_note(struct entry *entry);
void ns_on_note(struct entry *entry);
/** SVC 0xF0 makes Thread mode privileged: what SVCALL's handlers are at the start. */
void on_svc(struct entry *entry);
void ns_on_svc(struct entry *entry);
/** Length in bytes of the instruction at an address. */
unsigned instruction_len(uint32_t pc);

/* States. */

/** Calls a Non-secure function from the Secure side. */
uint32_t ns_call(uint32_t (*function)(uint32_t, uint32_t), uint32_t a, uint32_t b);
/** Calls a Secure function from the Non-secure side, through a gateway. */
uint32_t gate_call(uint32_t (*function)(uint32_t, uint32_t), uint32_t a, uint32_t b);

INLINE void barrier(void)
{
    __asm volatile("dsb\n isb" ::: "memory");
}

#define SPECIAL(name)                                                                              \
    INLINE uint32_t get_##name(void)                                                               \
    {                                                                                              \
        uint32_t value;                                                                            \
        __asm volatile("mrs %0, " #name : "=r"(value)::"memory");                                  \
        return value;                                                                              \
    }                                                                                              \
    INLINE void set_##name(uint32_t value)                                                         \
    {                                                                                              \
        __asm volatile("msr " #name ", %0\n isb" ::"r"(value) : "memory", "cc");                   \
    }

SPECIAL(apsr_nzcvq)
SPECIAL(ipsr)
SPECIAL(msp)
SPECIAL(psp)
SPECIAL(msplim)
SPECIAL(psplim)
SPECIAL(primask)
SPECIAL(basepri)
SPECIAL(basepri_max)
SPECIAL(faultmask)
SPECIAL(control)
SPECIAL(msp_ns)
SPECIAL(psp_ns)
SPECIAL(msplim_ns)
SPECIAL(psplim_ns)
SPECIAL(primask_ns)
SPECIAL(basepri_ns)
SPECIAL(faultmask_ns)
SPECIAL(control_ns)
SPECIAL(sp_ns)

/** Drops privilege in Thread mode of the present state. */
INLINE void be_unprivileged(void)
{
    set_control(get_control() | 1u);
}

INLINE void be_privileged(void)
{
    __asm volatile("svc 0xF0" ::: "memory");
}

/* The system control space, by the names of the Armv8-M manual. */

INLINE uint32_t load(uint32_t addr)
{
    return *(volatile uint32_t *)addr;
}

INLINE void store(uint32_t addr, uint32_t value)
{
    *(volatile uint32_t *)addr = value;
    barrier();
}

#define NS           0x20000u /* added to an address: the Non-secure view, from the Secure side */
#define SYST_CSR     0xE000E010u
#define SYST_RVR     0xE000E014u
#define SYST_CVR     0xE000E018u
#define NVIC_ISER(n) (0xE000E100u + (n) / 32u * 4u)
#define NVIC_ICER(n) (0xE000E180u + (n) / 32u * 4u)
#define NVIC_ISPR(n) (0xE000E200u + (n) / 32u * 4u)
#define NVIC_ICPR(n) (0xE000E280u + (n) / 32u * 4u)
#define NVIC_IABR(n) (0xE000E300u + (n) / 32u * 4u)
#define NVIC_ITNS(n) (0xE000E380u + (n) / 32u * 4u)
#define NVIC_IPR(n)  (0xE000E400u + (n))
#define ICSR         0xE000ED04u
#define VTOR         0xE000ED08u
#define AIRCR        0xE000ED0Cu
#define SCR          0xE000ED10u
#define CCR          0xE000ED14u
#define SHPR1        0xE000ED18u
#define SHPR2        0xE000ED1Cu
#define SHPR3        0xE000ED20u
#define SHCSR        0xE000ED24u
#define CFSR         0xE000ED28u
#define HFSR         0xE000ED2Cu
#define MMFAR        0xE000ED34u
#define BFAR         0xE000ED38u
#define CPACR        0xE000ED88u
#define NSACR        0xE000ED8Cu
#define MPU_CTRL     0xE000ED94u
#define MPU_RNR      0xE000ED98u
#define MPU_RBAR     0xE000ED9Cu
#define MPU_RLAR     0xE000EDA0u
#define MPU_RBAR_A1  0xE000EDA4u
#define MPU_RLAR_A1  0xE000EDA8u
#define MPU_MAIR0    0xE000EDC0u
#define SAU_CTRL     0xE000EDD0u
#define SAU_RNR      0xE000EDD8u
#define SAU_RBAR     0xE000EDDCu
#define SAU_RLAR     0xE000EDE0u
#define SFSR         0xE000EDE4u
#define SFAR         0xE000EDE8u
#define STIR         0xE000EF00u
#define FPCCR        0xE000EF34u
#define FPCAR        0xE000EF38u
#define FPDSCR       0xE000EF3Cu

#define ICSR_NMIPENDSET (1u << 31)
#define ICSR_PENDSVSET  (1u << 28)
#define ICSR_PENDSVCLR  (1u << 27)
#define ICSR_PENDSTSET  (1u << 26)
#define ICSR_PENDSTCLR  (1u << 25)
#define AIRCR_KEY       0x05FA0000u
#define AIRCR_PRIS      (1u << 14)
#define AIRCR_BFHFNMINS (1u << 13)
#define AIRCR_RESETREQ  (1u << 2)
#define SHCSR_FAULTS    0x000F0000u /* MemManage, BusFault, UsageFault, SecureFault enabled */
#define CCR_UNALIGN_TRP (1u << 3)
#define CCR_DIV_0_TRP   (1u << 4)

/**
 * Pends an interrupt, for both states. One of the present state is then taken where PRIMASK lets
 * it, and not somewhere between the store and the next barrier.
 */
INLINE void irq_pend(unsigned irq)
{
    const uint32_t primask = get_primask();
    __asm volatile("cpsid i");
    store(NVIC_ISPR(irq), 1u << irq % 32u);
    set_primask(primask);
}

/** The same as a Secure function for gate_call(). */
uint32_t irq_pend_secure(uint32_t irq, uint32_t unused);
/** Enables an interrupt with a priority (upper four bits) for the Secure or the Non-secure state. */
void irq_open(unsigned irq, uint32_t priority, bool secure);
/** Sets one byte of a register that is made of bytes. */
void store_byte(uint32_t addr, uint32_t value);

/** A SAU region: flags 1 Non-secure, 3 Non-secure callable. */
void sau_region(unsigned region, uint32_t first, uint32_t last, uint32_t flags);

/* MPU regions: how may be accessed, of RBAR; `view` is 0 or NS. */
#define MPU_RW_PRIV 0x0u
#define MPU_RW_ANY  0x2u
#define MPU_RO_PRIV 0x4u
#define MPU_RO_ANY  0x6u
#define MPU_XN      0x1u
void mpu_region(uint32_t view, unsigned region, uint32_t first, uint32_t last, uint32_t rights);
/** Switches the MPU on with the default map for privileged software. */
void mpu_on(uint32_t view);
