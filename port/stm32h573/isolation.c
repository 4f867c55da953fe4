/*
 * Isolation: one walk that applies the image's table, one that compares it with the hardware.
 */
#include <garrison/port.h>

#include "isolation.h"
#include "layout.h"
#include "line.h"
#include "regs.h"

#define REGION_MASK       0xFFFFFFE0u /* SAU and MPU regions are multiples of 32 bytes */
#define RLAR_ENABLE       1u
#define SAU_RLAR_NSC      2u
#define MPU_RLAR_TYPE_POS 1u

static uint32_t region_rbar(const struct isolation_row *row)
{
    const uint32_t attributes = row->kind == ISOLATION_MPU ? row->value & ISOLATION_RBAR_MASK : 0;
    return row->limit == 0 ? 0 : (row->base & REGION_MASK) | attributes;
}

static uint32_t region_rlar(const struct isolation_row *row)
{
    if (row->limit == 0) {
        return 0;
    }
    uint32_t bits = RLAR_ENABLE;
    if (row->kind == ISOLATION_MPU) {
        bits |= ISOLATION_TYPE(row->value) << MPU_RLAR_TYPE_POS;
    } else if (row->value & ISOLATION_CALLABLE) {
        bits |= SAU_RLAR_NSC;
    }
    return ((row->limit - 1u) & REGION_MASK) | bits;
}

/** The three registers that lead to a region. */
struct region_registers {
    uint32_t rnr;
    uint32_t rbar;
    uint32_t rlar;
};

static const struct region_registers sau_registers = {SAU_RNR, SAU_RBAR, SAU_RLAR};
static const struct region_registers mpu_registers = {MPU_RNR, MPU_RBAR, MPU_RLAR};

static const struct region_registers *region_registers(const struct isolation_row *row)
{
    return row->kind == ISOLATION_MPU ? &mpu_registers : &sau_registers;
}

static void region_write(const struct isolation_row *row)
{
    const struct region_registers *registers = region_registers(row);
    reg_write(registers->rnr, row->at);
    reg_write(registers->rlar, 0); /* A half-written region must not be in force. */
    reg_write(registers->rbar, region_rbar(row));
    reg_write(registers->rlar, region_rlar(row));
}

static bool region_matches(const struct isolation_row *row)
{
    const struct region_registers *registers = region_registers(row);
    reg_write(registers->rnr, row->at);
    if (row->limit == 0) {
        return (reg_read(registers->rlar) & RLAR_ENABLE) == 0;
    }
    return reg_read(registers->rbar) == region_rbar(row) &&
           reg_read(registers->rlar) == region_rlar(row);
}

static void row_write(const struct isolation_row *row)
{
    switch (row->kind) {
    case ISOLATION_WORDS:
        for (uint32_t i = 0; i < row->count; i++) {
            reg_update(row->at + 4u * i, row->mask, row->value);
        }
        return;
    case ISOLATION_KEYED:
        reg_write(row->at, AIRCR_KEY | row->value);
        return;
    case ISOLATION_SAU:
    case ISOLATION_MPU:
        region_write(row);
        return;
    case ISOLATION_WATERMARK:
        return;
    }
}

static uint32_t sector_of(uint32_t off)
{
    return off % LAYOUT_BANK_SIZE / LAYOUT_SECTOR;
}

static bool watermark_covers(const struct isolation_row *row)
{
    const uint32_t watermark = reg_read(row->at);
    return FLASH_SECWM_FIRST(watermark) <= sector_of(row->base) &&
           FLASH_SECWM_LAST(watermark) >= sector_of(row->limit - 1u);
}

/** Whether the SAU can neither be changed any more nor asked for a region. */
static bool sau_is_locked(void)
{
    return (reg_read(SBS_CSLCKR) & SBS_CSLCKR_SAU) != 0;
}

static bool row_matches(const struct isolation_row *row)
{
    if (row->kind == ISOLATION_SAU && sau_is_locked()) {
        return true; /* compared when it was written, and out of everybody's reach since */
    }
    if (row->kind == ISOLATION_SAU || row->kind == ISOLATION_MPU) {
        return region_matches(row);
    }
    if (row->kind == ISOLATION_WATERMARK) {
        return watermark_covers(row);
    }
    for (uint32_t i = 0; i < row->count; i++) {
        if ((reg_read(row->at + 4u * i) & row->mask) != row->value) {
            return false;
        }
    }
    return true;
}

bool isolation_mpu_write(uint32_t region, uint32_t base, uint32_t limit, uint32_t attributes)
{
    const struct isolation_row row = ROW_MPU(region, base, limit, attributes);
    region_write(&row);
    return region_matches(&row);
}

static void barrier(void)
{
    __asm__ volatile("dsb 0xF\n"
                     "isb 0xF" ::
                         : "memory");
}

enum garrison_status port_isolation_apply(void)
{
    /* What an earlier image set up is in force while this runs, but for its MPU, which would
     * forbid what the rows are about to allow. The last rows switch the MPU on again. */
    barrier();
    reg_write(MPU_CTRL, 0);
    barrier();
    uint32_t matching = 0;
    for (uint32_t i = 0; i < isolation_row_count; i++) {
        row_write(&isolation_rows[i]);
        barrier();
        if (row_matches(&isolation_rows[i])) {
            matching++;
        }
    }
    /* Once more as a whole: a row must not have undone another one. */
    const enum garrison_status status = port_isolation_check();
    return matching == isolation_row_count ? status : GARRISON_ERROR_MISMATCH;
}

static void log_mismatch(uint32_t row)
{
    struct line line;
    line_start(&line);
    if (isolation_rows[row].kind == ISOLATION_WATERMARK) {
        line_add_hex(&line, "not Secure by watermark: flash from ", isolation_rows[row].base);
        line_add_hex(&line, " to ", isolation_rows[row].limit);
        line_add_hex(&line, "; the option bytes say ", reg_read(isolation_rows[row].at));
        port_log(line.text);
        return;
    }
    line_add_hex(&line, "isolation differs in row ", row);
    line_add_hex(&line, ": address or region ", isolation_rows[row].at);
    port_log(line.text);
}

enum garrison_status port_isolation_check(void)
{
    uint32_t matching = 0;
    for (uint32_t i = 0; i < isolation_row_count; i++) {
        if (row_matches(&isolation_rows[i])) {
            matching++;
        } else if (matching == i) {
            log_mismatch(i); /* the first one */
        }
    }
    return matching == isolation_row_count ? GARRISON_OK : GARRISON_ERROR_MISMATCH;
}
