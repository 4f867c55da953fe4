/* Stack limits, and faults of stacking and unstacking. */
#include "rt.h"

static void on_limit(struct entry *entry)
{
    note("fault", get_ipsr());
    note("exc_return", entry->lr);
    note_faults();
    note("msp", (uint32_t)(entry + 1));
    note("psp", get_psp());
    note("control", get_control());
}

static void on_limit_skip(struct entry *entry)
{
    note("msp", (uint32_t)(entry + 1));
    note("psp", get_psp());
    on_fault_skip(entry);
}

/* In these there is always room for the fault's own frame of 32 bytes. */
PROGRAM(push_below_psplim)
{
    handlers_s[USAGE_FAULT] = on_limit_skip;
    set_psp(PSP_S_TOP);
    set_psplim(PSP_S_TOP - 128u);
    set_control(2);
    __asm volatile("mov r7, sp\n sub sp, #72\n push {r0-r12, lr}\n mov sp, r7" ::: "r7", "memory");
    __asm volatile("mov r7, sp\n sub sp, #80\n push {r0-r12, lr}\n mov sp, r7" ::: "r7", "memory");
    __asm volatile("mov r7, sp\n sub sp, #72\n str r0, [sp, #-60]!\n mov sp, r7" ::
                       : "r7", "memory");
    __asm volatile("mov r7, sp\n sub sp, #72\n strd r0, r1, [sp, #-56]!\n mov sp, r7" ::
                       : "r7", "memory");
    __asm volatile("mov r7, sp\n sub sp, #72\n stmdb sp!, {r0-r12, lr}\n mov sp, r7" ::
                       : "r7", "memory");
    set_control(0);
    note("psp", get_psp());
}

PROGRAM(arithmetic_below_psplim)
{
    handlers_s[USAGE_FAULT] = on_limit_skip;
    set_psp(PSP_S_TOP);
    set_psplim(PSP_S_TOP - 128u);
    set_control(2);
    __asm volatile(
        "mov r7, sp\n sub sp, #128\n mov sp, r7\n sub sp, #96\n sub sp, #64\n mov sp, r7" ::
            : "r7", "memory");
    __asm volatile("mov r7, sp\n mov r4, #256\n sub sp, sp, r4\n mov sp, r7" ::
                       : "r4", "r7", "memory");
    __asm volatile("mov r7, sp\n sub.w sp, sp, #1024\n mov sp, r7" ::: "r7", "memory");
    set_control(0);
    note("psp", get_psp());
}

PROGRAM(mov_to_sp_is_checked_and_msr_is_not)
{
    handlers_s[USAGE_FAULT] = on_limit_skip;
    uint32_t seen;
    set_psplim(PSP_S_TOP - 64u);
    set_psp(PSP_S_TOP - 256u);
    note("psp", get_psp());
    set_psp(PSP_S_TOP);
    set_control(2);
    __asm volatile("mov r7, sp\n sub r4, r7, #200\n mov sp, r4\n mov %0, sp\n mov sp, r7"
                   : "=&r"(seen)::"r4", "r7", "memory");
    set_control(0);
    note("sp", seen);
    set_msplim(MSP_S_TOP - 1001u);
    note("msplim", get_msplim());
    set_psplim(7);
    note("psplim", get_psplim());
}

static void at_the_limit(struct entry *entry)
{
    on_limit(entry);
    /* The frame was not written: make one. */
    struct frame *const frame = (struct frame *)(PSP_S_TOP - 128u);
    frame->pc = *(volatile uint32_t *)WINDOW_S & ~1u;
    frame->xpsr = 1u << 24;
    set_psplim(0);
    set_psp((uint32_t)frame);
}

PROGRAM(exception_entry_below_psplim)
{
    handlers_s[USAGE_FAULT] = at_the_limit;
    handlers_s[SVCALL] = on_note;
    __asm volatile("push {r4-r11}\n mov r7, #0x30000000\n add r7, #0x4800\n mov r6, r7\n"
                   "adr r5, 1f\n str r5, [r7]\n msr psp, r7\n sub r4, r7, #24\n msr psplim, r4\n"
                   "mov r4, #2\n msr control, r4\n isb\n svc 0\n nop\n nop\n"
                   ".balign 4\n 1: mov r4, #0\n msr control, r4\n isb\n pop {r4-r11}" ::
                       : "r0", "r1", "r2", "r3", "r12", "lr", "cc", "memory");
    note("went on", get_psplim());
}

static NS_CODE uint32_t ns_pushes(uint32_t a, uint32_t b)
{
    (void)b;
    note("NS msplim", get_msplim());
    __asm volatile("mov r3, sp\n sub r2, r3, #64\n bic r2, #7\n msr msplim, r2\n sub sp, #24\n"
                   "push {r0-r10}\n mov sp, r3\n mov r2, #0\n msr msplim, r2" ::
                       : "r2", "r3", "memory");
    return a;
}

PROGRAM(non_secure_limit)
{
    handlers_ns[USAGE_FAULT] = ns_on_fault_skip;
    set_msplim_ns(0x20006800u);
    set_psplim_ns(PSP_NS_TOP - 64u);
    note("msplim_ns", get_msplim_ns());
    note("psplim_ns", get_psplim_ns());
    note("msplim", get_msplim());
    note("returned", ns_call(ns_pushes, 5, 0));
    note("msplim_ns", get_msplim_ns());
}

PROGRAM(writing_sp_ns_below_its_limit)
{
    handlers_s[USAGE_FAULT] = on_limit_skip;
    set_msplim_ns(MSP_NS_TOP - 64u);
    set_sp_ns(MSP_NS_TOP - 64u);
    note("sp_ns", get_sp_ns());
    set_sp_ns(MSP_NS_TOP - 72u);
    note("sp_ns", get_sp_ns());
    set_msp_ns(MSP_NS_TOP - 80u);
    note("msp_ns", get_msp_ns());
}

static void masked_limit(struct entry *entry)
{
    note("exc_return", entry->lr);
    store(CCR, load(CCR) | 1u << 10); /* STKOFHFNMIGN */
    note("CCR", load(CCR));
    if ((load(CCR) & 1u << 10) != 0) {
        __asm volatile("mov r3, sp\n bic r2, r3, #7\n msr msplim, r2\n push {r0-r3}\n mov sp, r3\n"
                       "mov r2, #0\n msr msplim, r2" ::
                           : "r2", "r3", "memory");
    }
    note_faults();
}

PROGRAM(stkofhfnmign_ignores_the_limit)
{
    handlers_s[NMI] = masked_limit;
    store(ICSR, ICSR_NMIPENDSET);
}

/** The process stack points where the MPU says no. */
static void on_stacking_fault(struct entry *entry)
{
    note("fault", get_ipsr());
    note("exc_return", entry->lr);
    note("psp", get_psp());
    note_faults();
    set_psp(PSP_S_TOP - 64u);
    struct frame *const frame = (struct frame *)get_psp();
    frame->pc = *(volatile uint32_t *)WINDOW_S & ~1u;
    frame->xpsr = 1u << 24;
    set_control(get_control() & ~1u);
}

static void svc_with_process_stack(uint32_t psp)
{
    __asm volatile("push {r4-r11}\n mov r7, #0x30000000\n add r7, #0x4800\n"
                   "adr r5, 1f\n str r5, [r7]\n msr psp, %0\n"
                   "mov r4, #2\n msr control, r4\n isb\n svc 0\n nop\n nop\n"
                   ".balign 4\n 1: mov r4, #0\n msr control, r4\n isb\n pop {r4-r11}" ::"r"(psp)
                   : "r1", "r2", "r3", "r12", "lr", "cc", "memory");
}

PROGRAM(stacking_into_a_forbidden_region)
{
    handlers_s[MEM_MANAGE] = on_stacking_fault;
    handlers_s[SVCALL] = on_note;
    mpu_region(0, 0, WINDOW_S + 0x200u, WINDOW_S + 0x2FFu, MPU_RO_ANY);
    mpu_on(0);
    svc_with_process_stack(WINDOW_S + 0x280u);
    note("went on", 0);
    svc_with_process_stack(WINDOW_S + 0x310u);
    note("went on", 0);
}

PROGRAM(stacking_where_nothing_is)
{
    handlers_s[BUS_FAULT] = on_stacking_fault;
    handlers_s[SVCALL] = on_note;
    svc_with_process_stack(VOID_S + 0x100u);
    note("went on", 0);
}

static void moves_frame_away(struct entry *entry)
{
    (void)entry;
    set_psp(WINDOW_S + 0x1F0u);
}

PROGRAM(unstacking_from_a_forbidden_region)
{
    handlers_s[MEM_MANAGE] = on_stacking_fault;
    handlers_s[SVCALL] = moves_frame_away;
    /* Everything but the window, which is for privileged software. */
    mpu_region(0, 0, 0x30000000u, WINDOW_S - 1u, MPU_RW_ANY);
    mpu_region(0, 1, NS_FIRST, NS_LAST, MPU_RW_ANY);
    mpu_on(0);
    store(WINDOW_S, 0);
    __asm volatile("push {r4-r11}\n mov r7, #0x30000000\n add r7, #0x4800\n"
                   "adr r5, 1f\n str r5, [r7]\n sub r6, r7, #64\n msr psp, r6\n"
                   "mov r4, #3\n msr control, r4\n isb\n svc 0\n nop\n nop\n"
                   ".balign 4\n 1: mov r4, #0\n msr control, r4\n isb\n pop {r4-r11}" ::
                       : "r0", "r1", "r2", "r3", "r12", "lr", "cc", "memory");
    note("went on", get_control());
}

static void moves_frame_into_the_void(struct entry *entry)
{
    (void)entry;
    set_psp(VOID_S + 0x100u);
}

PROGRAM(unstacking_where_nothing_is)
{
    handlers_s[BUS_FAULT] = on_stacking_fault;
    handlers_s[SVCALL] = moves_frame_into_the_void;
    svc_with_process_stack(PSP_S_TOP);
    note("went on", 0);
}

static NS_CODE uint32_t ns_waits(uint32_t a, uint32_t b)
{
    (void)b;
    __asm volatile("mrs r3, msp\n msr msp, %0\n mov r2, r0\n ldr r2, =0xE000E208\n mov r1, #1\n"
                   "str r1, [r2]\n dsb\n isb\n msr msp, r3" ::"r"(a)
                   : "r1", "r2", "r3", "memory");
    return 0;
}

static void on_ns_stack_in_secure(struct entry *entry)
{
    note("fault", get_ipsr());
    note("exc_return", entry->lr);
    note_faults();
    end_program();
}

PROGRAM(non_secure_stack_pointer_into_secure_memory)
{
    handlers_s[SECURE_FAULT] = on_ns_stack_in_secure;
    handlers_ns[IRQ0 + 64] = ns_on_note;
    irq_open(64, 0x40, false);
    (void)ns_call(ns_waits, WINDOW_S + 0x100u, 0);
}
