/*
 * What the Non-secure caller may reach: asked of the processor, which knows SAU, IDAU and both
 * sides' MPU, with the test-target instructions (Armv8-M Architecture Reference Manual, TTA, TTAT).
 */
#include <garrison/port.h>

#include "client.h"
#include "fault.h"
#include "layout.h"
#include "regs.h"

/* The answer of TT, TTA and TTAT. */
#define TT_MREGION_VALID (1u << 16)
#define TT_READ          (1u << 18)
#define TT_WRITE         (1u << 19) /* and read */
#define TT_NS_READ       (1u << 20)
#define TT_NS_WRITE      (1u << 21) /* and read */
#define TT_SECURE        (1u << 22)

#define CONTROL_UNPRIVILEGED 1u

/* An MPU region begins and ends at a multiple of this. */
#define MPU_GRANULE 32u

/* Nothing above is memory, and a partition must not be led to read a device's registers. */
#define MEMORY_END 0x40000000u

static bool thread_is_privileged(void)
{
    uint32_t control;
    __asm__ volatile("mrs %0, control_ns" : "=r"(control));
    return (control & CONTROL_UNPRIVILEGED) == 0;
}

static uint32_t test_target(uintptr_t addr, bool privileged)
{
    uint32_t answer;
    if (privileged) {
        __asm__ volatile("tta %0, %1" : "=r"(answer) : "r"(addr));
    } else {
        __asm__ volatile("ttat %0, %1" : "=r"(answer) : "r"(addr));
    }
    return answer;
}

static bool answer_allows(uint32_t answer, bool write)
{
    const uint32_t wanted = write ? TT_NS_READ | TT_NS_WRITE : TT_NS_READ;
    return (answer & TT_SECURE) == 0 && (answer & wanted) == wanted;
}

/**
 * Whether an allowed first and last byte say it all. They do when one region of the caller's MPU
 * holds both, or when that MPU is off; the SAU's regions are checked by the equal answers too.
 */
static bool ends_decide(uint32_t answer)
{
    return (answer & TT_MREGION_VALID) != 0 || (reg_read(SCS_NS(MPU_CTRL)) & MPU_CTRL_ENABLE) == 0;
}

/**
 * Whether this side's own MPU, too, lets the manager do what the client asks for: else its own access
 * would fault, for instance where the client names flash to be written.
 */
static bool manager_may(uintptr_t base, uintptr_t last, bool write)
{
    const uint32_t wanted = write ? TT_READ | TT_WRITE : TT_READ;
    uint32_t first_answer;
    uint32_t last_answer;
    __asm__ volatile("tt %0, %1" : "=r"(first_answer) : "r"(base));
    __asm__ volatile("tt %0, %1" : "=r"(last_answer) : "r"(last));
    return (first_answer & wanted) == wanted && first_answer == last_answer;
}

static bool may(uintptr_t base, size_t len, bool write, bool privileged)
{
    const uintptr_t last = base + (len - 1u);
    if (last < base || last >= MEMORY_END || !manager_may(base, last, write)) {
        return false;
    }
    const uint32_t answer = test_target(base, privileged);
    if (!answer_allows(answer, write) || test_target(last, privileged) != answer) {
        return false;
    }
    if (ends_decide(answer)) {
        return true;
    }
    /* Background memory of the caller's MPU: a region of it may lie between the ends. */
    for (uintptr_t at = base; at < last; at = (at | (MPU_GRANULE - 1u)) + 1u) {
        if (test_target(at, privileged) != answer) {
            return false;
        }
    }
    return true;
}

bool port_client_may(uintptr_t base, size_t len, bool write)
{
    return len == 0 || may(base, len, write, thread_is_privileged());
}

bool client_may_stack(uintptr_t base, size_t len, uint32_t exc_return)
{
    const bool handler = (exc_return & EXC_RETURN_THREAD) == 0;
    return may(base, len, true, handler || thread_is_privileged());
}
