/*
 * Faults: one line that says what happened and where, then the end.
 */
#include <garrison/port.h>

#include "fault.h"
#include "image.h"
#include "line.h"
#include "regs.h"

#define IPSR_MASK              0x1FFu
#define EXCEPTION_HARD_FAULT   3u
#define EXCEPTION_SECURE_FAULT 7u

#define CFSR_MMARVALID (1u << 7)
#define CFSR_BFARVALID (1u << 15)
#define CFSR_STACKING  0x00103838u /* MSTKERR, MUNSTKERR, MLSPERR, the same of BusFault, STKOF */
#define SFSR_SFARVALID (1u << 6)

static const char *fault_text(uint32_t exception)
{
    static const char *const names[] = {"exception", "reset",    "NMI",        "HardFault",
                                        "MemManage", "BusFault", "UsageFault", "SecureFault"};
    return exception < sizeof(names) / sizeof(names[0]) ? names[exception] : "unexpected interrupt";
}

static void line_add_register(struct line *line, const char *name, uint32_t value)
{
    if (value != 0) {
        line_add_hex(line, name, value);
    }
}

/* Why, and the address that was refused, whichever register holds it. */
static void line_add_cause(struct line *line)
{
    const uint32_t cfsr = reg_read(SCB_CFSR);
    const uint32_t sfsr = reg_read(SFSR);
    line_add_register(line, ", CFSR ", cfsr);
    line_add_register(line, ", SFSR ", sfsr);
    line_add_register(line, ", HFSR ", reg_read(SCB_HFSR));
    if (cfsr & CFSR_MMARVALID) {
        line_add_hex(line, ", address ", reg_read(SCB_MMFAR));
    } else if (cfsr & CFSR_BFARVALID) {
        line_add_hex(line, ", address ", reg_read(SCB_BFAR));
    } else if (sfsr & SFSR_SFARVALID) {
        line_add_hex(line, ", address ", reg_read(SFAR));
    }
}

_Noreturn void fault_stop(const char *what)
{
    struct line line;
    fault_partition(what);
    line_start(&line);
    line_add(&line, what);
    fault_open_log();
    port_panic(line.text);
}

_Noreturn void fault_report(const uint32_t *frame, uint32_t exc_return)
{
    uint32_t ipsr;
    __asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
    const uint32_t exception = ipsr & IPSR_MASK;

    struct line line;
    line_start(&line);
    const char *reason = line.text + line.used;
    line_add(&line, fault_text(exception));
    if (!(exc_return & EXC_RETURN_SECURE)) {
        fault_add_non_secure(&line, exc_return);
    } else if (!(reg_read(SCB_CFSR) & CFSR_STACKING)) {
        line_add_hex(&line, " at ", frame[FAULT_FRAME_PC]);
    }
    line_add_cause(&line);
    if (fault_is_partitions(exc_return) && exception >= EXCEPTION_HARD_FAULT &&
        exception <= EXCEPTION_SECURE_FAULT) {
        fault_partition(reason);
    }
    fault_open_log();
    port_panic(line.text);
}

/* The frame lies on the stack that was in use; the MPU may forbid this code to read it, so its
 * address is only passed on. The limit goes, since an overflow may be why we are here. */
__attribute__((naked)) void fault_entry(void)
{
    __asm__ volatile("movs r0, #0\n"
                     "msr msplim, r0\n"
                     "and r1, lr, #12\n" /* Thread mode and process stack: both, or it was MSP */
                     "cmp r1, #12\n"
                     "ite ne\n"
                     "mrsne r0, msp\n"
                     "mrseq r0, psp\n"
                     "mov r1, lr\n"
                     "b fault_report\n");
}

__attribute__((naked)) void fault_nmi(void)
{
    __asm__ volatile("push {r4, lr}\n"
                     "bl flash_take_ecc_error\n"
                     "pop {r4, lr}\n"
                     "cmp r0, #0\n"
                     "beq fault_entry\n"
                     "bx lr\n");
}

__attribute__((weak)) void fault_add_non_secure(struct line *line, uint32_t exc_return)
{
    (void)line;
    (void)exc_return;
}

__attribute__((weak)) void fault_open_log(void)
{
}

__attribute__((weak)) bool fault_is_partitions(uint32_t exc_return)
{
    (void)exc_return;
    return false;
}

__attribute__((weak)) void fault_partition(const char *reason)
{
    (void)reason;
}
