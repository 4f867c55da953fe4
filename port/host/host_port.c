/*
 * The part of port.h that has nothing to do with registers on the host: there is no processor to
 * isolate, and a stage is a function that is left by a long jump.
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../stm32h573/layout.h"
#include "../stm32h573/regs.h"
#include "host.h"

/** Where a stage that ends goes back to; only while host_run_stage() runs. */
static jmp_buf stage_exit;
static struct host_ending *stage_ending;

static struct handoff handoff_memory;

void host_run(host_body_fn *body, void *context, struct host_ending *ending)
{
    memset(ending, 0, sizeof *ending);
    stage_ending = ending;
    if (setjmp(stage_exit) == 0) {
        body(context);
    }
    stage_ending = NULL;
}

static void run_stage(void *context)
{
    boot_stage_run(context);
}

void host_run_stage(const struct boot_stage *stage, struct host_ending *ending)
{
    host_run(run_stage, (void *)(uintptr_t)stage, ending);
}

/** Ends the running stage, or the process when none runs. */
static _Noreturn void host_end(enum host_end end, uint32_t vectors, const char *reason)
{
    if (stage_ending == NULL) {
        fprintf(stderr, "garrison: %s\n", reason);
        abort();
    }
    stage_ending->end = end;
    stage_ending->vectors = vectors;
    (void)snprintf(stage_ending->reason, sizeof stage_ending->reason, "%s", reason);
    longjmp(stage_exit, 1);
}

struct handoff *port_handoff(void)
{
    return &handoff_memory;
}

void port_leave(uint32_t vectors)
{
    reg_write(SBS_HDPLCR, SBS_HDPLCR_RAISE);
    host_end(HOST_END_LEFT, vectors, "left");
}

enum garrison_status port_isolation_apply(const struct layout_record *layout)
{
    (void)layout;
    return GARRISON_OK;
}

/** Of all that isolates on the chip there is one part here: the watermark over the storage areas. */
enum garrison_status port_isolation_check(const struct layout_record *layout)
{
    (void)layout;
    const uint32_t first = (LAYOUT_STORAGE_OFF - LAYOUT_BANK_SIZE) / LAYOUT_SECTOR;
    const uint32_t last = LAYOUT_BANK_SIZE / LAYOUT_SECTOR - 1u;
    const uint32_t watermark = reg_read(FLASH_SECWM2R_CUR);
    const bool covered =
        FLASH_SECWM_FIRST(watermark) <= first && FLASH_SECWM_LAST(watermark) >= last;
    return covered ? GARRISON_OK : GARRISON_ERROR_MISMATCH;
}

enum garrison_status port_partition_switch(const struct partition *partition)
{
    (void)partition;
    return GARRISON_OK;
}

/** What has failed is the process. */
void port_partition_reset(const struct partition *partition)
{
    (void)partition;
    port_panic("natively a partition that fails is the end");
}

void port_partition_leave(psa_status_t result)
{
    (void)result;
    port_panic("natively a partition that fails is the end");
}

bool port_client_may(uintptr_t base, size_t len, bool write)
{
    (void)write;
    return len == 0 || (base != 0 && base + (len - 1) >= base);
}

/** A process has no part that could hang without it. */
void port_watchdog_start(void)
{
}

void port_start_application(uint32_t vectors)
{
    (void)vectors;
    host_end(HOST_END_PANIC, 0, "on the host the application is this process");
}

void port_log(const char *line)
{
    host_log(line);
}

void port_panic(const char *reason)
{
    host_log(reason);
    host_end(HOST_END_PANIC, 0, reason);
}

/** Outside of a stage the chip is reset under the application: there is no process any more. */
void port_reset(void)
{
    if (stage_ending == NULL) {
        host_log("reset");
        exit(EXIT_SUCCESS);
    }
    host_end(HOST_END_RESET, 0, "reset");
}

/** No line leads into this process. */
bool port_rescue_open(void)
{
    return false;
}

bool port_rescue_read(uint8_t *byte, bool wait)
{
    (void)byte;
    (void)wait;
    return false;
}

void port_rescue_write(const uint8_t *data, uint32_t len)
{
    (void)data;
    (void)len;
}
