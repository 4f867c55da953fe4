/*
 * Late arrival: stacking for one exception raises another, and the one of higher priority is
 * entered first, the other from its return. No frame is where the stack pointed: the first of the
 * two handlers makes one.
 */
#include "rt.h"

#define IRQ 64u
/** Process stacks that cannot take a frame: the MPU lets them be read only. */
#define BAD_PSP_S  (WINDOW_S + 0x280u)
#define BAD_PSP_NS (WINDOW_NS + 0x280u)

/** Where the frame goes that the stack has no room for. */
#define FRAME_S  (PSP_S_TOP - 64u)
#define FRAME_NS (PSP_NS_TOP - 64u)

/** Makes a frame, once, to go on at the address the window begins with. */
#define REPAIR(get_sp, set_sp, frame_at, window)                                                   \
    do {                                                                                           \
        if (get_sp() != (frame_at)) {                                                              \
            set_sp(frame_at);                                                                      \
            fill_frame((struct frame *)(frame_at), load(window) & ~1u);                            \
        }                                                                                          \
    } while (0)

INLINE void fill_frame(struct frame *frame, uint32_t pc)
{
    *frame = (struct frame){.r0 = 0xB0B0B0B0u,
                            .r1 = 0xB1B1B1B1u,
                            .r2 = 0xB2B2B2B2u,
                            .r3 = 0xB3B3B3B3u,
                            .r12 = 0xBCBCBCBCu,
                            .lr = 0xBEBEBEBEu,
                            .pc = pc,
                            .xpsr = 1u << 24};
}

INLINE void note_arrival(const struct entry *entry)
{
    note("in", get_ipsr());
    note("exc_return", entry->lr);
    note("ICSR", load(ICSR));
    note("SHCSR", load(SHCSR));
    note("msp", (uint32_t)(entry + 1));
}

static void on_arrival(struct entry *entry)
{
    note_arrival(entry);
    note("psp", get_psp());
    note_faults();
    set_psplim(0);
    REPAIR(get_psp, set_psp, FRAME_S, WINDOW_S);
    note_frame(frame_of(entry));
}

/** Goes onto the process stack, lets a pending interrupt in, and comes back. */
#define INTERRUPTED(window)                                                                        \
    "push {r4-r11}\n ldr r7, =" window "\n adr r5, 1f\n str r5, [r7]\n msr psp, %0\n"              \
    "mov r4, #2\n msr control, r4\n isb\n cpsie i\n isb\n nop\n nop\n"                             \
    ".balign 4\n 1: mov r4, #0\n msr control, r4\n isb\n pop {r4-r11}"

static void be_interrupted(uint32_t psp)
{
    set_primask(1);
    store(NVIC_ISPR(IRQ), 1u << IRQ % 32u);
    __asm volatile(INTERRUPTED("0x30004800")::"r"(psp)
                   : "r0", "r1", "r2", "r3", "r12", "lr", "cc", "memory");
    note_icsr("went on");
}

/** An interrupt whose stacking raises a fault; SHPR1 has the faults' priorities. */
static void arrive(unsigned fault, uint32_t fault_priority, uint32_t priority, uint32_t psp)
{
    handlers_s[fault] = on_arrival;
    handlers_s[IRQ0 + IRQ] = on_arrival;
    store_byte(SHPR1 + fault - MEM_MANAGE, fault_priority);
    irq_open(IRQ, priority, true);
    be_interrupted(psp);
}

static void close_stack(uint32_t view, uint32_t window)
{
    mpu_region(view, 0, window + 0x200u, window + 0x2FFu, MPU_RO_ANY);
    mpu_on(view);
}

PROGRAM(stacking_fault_overtakes_its_interrupt)
{
    close_stack(0, WINDOW_S);
    arrive(MEM_MANAGE, 0x40, 0x80, BAD_PSP_S);
}

PROGRAM(stacking_fault_waits_for_its_interrupt)
{
    close_stack(0, WINDOW_S);
    arrive(MEM_MANAGE, 0x80, 0x40, BAD_PSP_S);
}

PROGRAM(stacking_fault_of_equal_priority_overtakes)
{
    close_stack(0, WINDOW_S);
    arrive(MEM_MANAGE, 0x40, 0x40, BAD_PSP_S);
}

PROGRAM(stacking_fault_of_equal_group_priority_overtakes_by_subpriority)
{
    close_stack(0, WINDOW_S);
    store(AIRCR, AIRCR_KEY | 7u << 8); /* no group priority at all */
    arrive(MEM_MANAGE, 0x40, 0x80, BAD_PSP_S);
    arrive(MEM_MANAGE, 0x80, 0x40, BAD_PSP_S);
}

PROGRAM(stacking_bus_fault_overtakes_its_interrupt)
{
    arrive(BUS_FAULT, 0x40, 0x80, VOID_S + 0x100u);
}

PROGRAM(stacking_bus_fault_waits_for_its_interrupt)
{
    arrive(BUS_FAULT, 0x80, 0x40, VOID_S + 0x100u);
}

PROGRAM(stack_overflow_overtakes_its_interrupt)
{
    set_psplim(WINDOW_S + 0x270u);
    arrive(USAGE_FAULT, 0x40, 0x80, BAD_PSP_S);
}

PROGRAM(stack_overflow_waits_for_its_interrupt)
{
    set_psplim(WINDOW_S + 0x270u);
    arrive(USAGE_FAULT, 0x80, 0x40, BAD_PSP_S);
}

PROGRAM(disabled_stacking_fault_overtakes_as_a_hard_fault)
{
    close_stack(0, WINDOW_S);
    store(SHCSR, load(SHCSR) & ~(1u << 16));
    handlers_s[HARD_FAULT] = on_arrival;
    arrive(MEM_MANAGE, 0x40, 0x20, BAD_PSP_S);
}

/* The two states: the stack is of the interrupted one, and so is the fault. */

static NS_CODE void ns_on_arrival(struct entry *entry)
{
    note_arrival(entry);
    note("psp", get_psp());
    note("CFSR", load(CFSR));
    store(CFSR, 0xFFFFFFFFu);
    REPAIR(get_psp, set_psp, FRAME_NS, WINDOW_NS);
}

static void on_arrival_from_non_secure(struct entry *entry)
{
    note_arrival(entry);
    note("psp_ns", get_psp_ns());
    note_faults();
    REPAIR(get_psp_ns, set_psp_ns, FRAME_NS, WINDOW_NS);
    note_frame(frame_of(entry));
}

static NS_CODE uint32_t ns_be_interrupted(uint32_t psp, uint32_t pends)
{
    if (pends != 0) {
        irq_pend(IRQ);
    } else {
        gate_call(irq_pend_secure, IRQ, 0);
    }
    __asm volatile(INTERRUPTED("0x20007000")::"r"(psp)
                   : "r0", "r1", "r2", "r3", "r12", "lr", "cc", "memory");
    note_icsr("NS went on");
    return load(CFSR);
}

static void arrive_from_non_secure(uint32_t fault_priority, uint32_t priority, bool secure)
{
    handlers_ns[MEM_MANAGE] = ns_on_arrival;
    handlers_ns[IRQ0 + IRQ] = ns_on_arrival;
    handlers_s[IRQ0 + IRQ] = on_arrival_from_non_secure;
    close_stack(NS, WINDOW_NS);
    store_byte(SHPR1 + NS, fault_priority);
    irq_open(IRQ, priority, secure);
    set_primask_ns(1);
    note("returned", ns_call(ns_be_interrupted, BAD_PSP_NS, secure ? 0 : 1));
}

PROGRAM(non_secure_stacking_fault_overtakes_a_non_secure_interrupt)
{
    arrive_from_non_secure(0x40, 0x80, false);
}

PROGRAM(non_secure_stacking_fault_waits_for_a_non_secure_interrupt)
{
    arrive_from_non_secure(0x80, 0x40, false);
}

PROGRAM(non_secure_stacking_fault_overtakes_a_secure_interrupt)
{
    arrive_from_non_secure(0x40, 0x80, true);
}

PROGRAM(non_secure_stacking_fault_waits_for_a_secure_interrupt)
{
    arrive_from_non_secure(0x80, 0x40, true);
}

PROGRAM(pris_lets_a_secure_interrupt_go_before_a_non_secure_stacking_fault)
{
    store(AIRCR, AIRCR_KEY | AIRCR_PRIS);
    arrive_from_non_secure(0x40, 0x80, true);
}

static NS_CODE void ns_on_arrival_and_nothing_else(struct entry *entry)
{
    note_arrival(entry);
    for (unsigned i = 0; i < 13; i++) {
        note("NS entry", entry->r[i]);
    }
}

static void on_arrival_ends(struct entry *entry)
{
    note_arrival(entry);
    note("psp", get_psp());
    note_faults();
    end_program();
}

static void arrive_in_non_secure(uint32_t fault_priority, uint32_t priority)
{
    handlers_ns[IRQ0 + IRQ] = ns_on_arrival_and_nothing_else;
    handlers_s[MEM_MANAGE] = on_arrival_ends;
    close_stack(0, WINDOW_S);
    store_byte(SHPR1, fault_priority);
    irq_open(IRQ, priority, false);
    be_interrupted(BAD_PSP_S);
}

PROGRAM(secure_stacking_fault_overtakes_a_non_secure_interrupt)
{
    arrive_in_non_secure(0x40, 0x80);
}

PROGRAM(secure_stacking_fault_waits_for_a_non_secure_interrupt)
{
    arrive_in_non_secure(0x80, 0x40);
}
