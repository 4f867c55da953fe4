/* The exclusive monitor: what clears it, in pages with one answer and in those with borders. */
#include "rt.h"

#define LDREX_STREX(between) "ldrex r3, [%1]\n" between "add r3, #1\n strex %0, r3, [%1]\n"

static uint32_t plain(uint32_t at)
{
    uint32_t status;
    __asm volatile(LDREX_STREX("") : "=&r"(status) : "r"(at) : "r3", "memory");
    return status;
}

/** A handler that does nothing, on the bare vector: nothing but entry and return can matter. */
static uint32_t across_svc(uint32_t at)
{
    uint32_t status;
    __asm volatile(LDREX_STREX("svc 1\n") : "=&r"(status) : "r"(at) : "r3", "memory");
    return status;
}

static uint32_t store_only(uint32_t at)
{
    uint32_t status;
    __asm volatile("mov r3, #9\n strex %0, r3, [%1]" : "=&r"(status) : "r"(at) : "r3", "memory");
    return status;
}

static uint32_t marked(uint32_t at)
{
    uint32_t status;
    __asm volatile("ldrex r3, [%1]\n mov %0, r3" : "=&r"(status) : "r"(at) : "r3", "memory");
    return status;
}

static void svc_stores(struct entry *entry)
{
    note("in the handler", store_only(entry->r[4]));
}

static void svc_loads(struct entry *entry)
{
    (void)marked(entry->r[4]);
}

static void svc_does_both(struct entry *entry)
{
    note("in the handler", plain(entry->r[4]));
}

static uint32_t with_handler(uint32_t at, handler_fn *handler, bool load_before)
{
    uint32_t status;
    handlers_s[SVCALL] = handler;
    if (load_before) {
        __asm volatile("mov r4, %1\n ldrex r3, [r4]\n svc 1\n mov r3, #7\n strex %0, r3, [r4]"
                       : "=&r"(status)
                       : "r"(at)
                       : "r3", "r4", "memory");
    } else {
        __asm volatile("clrex\n mov r4, %1\n svc 1\n mov r3, #7\n strex %0, r3, [r4]"
                       : "=&r"(status)
                       : "r"(at)
                       : "r3", "r4", "memory");
    }
    return status;
}

static void nothing(struct entry *entry)
{
    (void)entry;
}

static void try_monitor(uint32_t at)
{
    uint32_t status;
    store(at, 0x100u);
    handlers_s[SVCALL] = nothing;
    note("plain", plain(at));
    note("without a load", store_only(at));
    __asm volatile(LDREX_STREX("clrex\n") : "=&r"(status) : "r"(at) : "r3", "memory");
    note("behind CLREX", status);
    note("across SVC", across_svc(at));
    note("value", load(at));
    note("load, handler stores", with_handler(at, svc_stores, true));
    note("handler loads", with_handler(at, svc_loads, false));
    note("handler does both", with_handler(at, svc_does_both, true));
    note("value", load(at));
}

PROGRAM(exclusive_monitor_does_not_outlive_an_exception)
{
    try_monitor(WINDOW_S + 0x40u);
}

PROGRAM(exclusive_monitor_in_a_page_of_borders)
{
    mpu_region(0, 0, WINDOW_S + 0x100u, WINDOW_S + 0x11Fu, MPU_RO_PRIV);
    mpu_on(0);
    try_monitor(WINDOW_S + 0x40u);
}

static void pends_and_stores(struct entry *entry)
{
    irq_pend(64); /* of lower priority: taken when this handler returns, without unstacking */
    (void)marked(entry->r[4]);
}

static uint32_t *tail;
static void tail_stores(struct entry *entry)
{
    (void)entry;
    note("tail-chained", store_only((uint32_t)tail));
}

PROGRAM(exclusive_monitor_does_not_outlive_a_tail_chain)
{
    tail = (uint32_t *)(WINDOW_S + 0x40u);
    handlers_s[IRQ0 + 64] = tail_stores;
    store(SHPR2, 0x20000000u);
    irq_open(64, 0x80, true);
    note("after", with_handler((uint32_t)tail, pends_and_stores, true));
    mpu_region(0, 0, WINDOW_S + 0x100u, WINDOW_S + 0x11Fu, MPU_RO_PRIV);
    mpu_on(0);
    note("after", with_handler((uint32_t)tail, pends_and_stores, true));
}

static void faulting_store(struct entry *entry)
{
    frame_of(entry)->pc += 4u;
    note("in the fault", store_only(WINDOW_S + 0x40u));
}

PROGRAM(exclusive_monitor_does_not_outlive_a_fault)
{
    uint32_t status;
    handlers_s[USAGE_FAULT] = faulting_store;
    __asm volatile(LDREX_STREX("udf.w #1\n")
                   : "=&r"(status)
                   : "r"(WINDOW_S + 0x40u)
                   : "r3", "memory");
    note("after", status);
}
