/*
 * Isolation: one walk that applies the image's table, one that compares it with the hardware.
 */
#include <garrison/port.h>

#include "isolation.h"
#include "layout.h"
#include "layout_data.h"
#include "line.h"
#include "regs.h"

/* Behind the one that chooses a region, of SAU and MPU alike. */
#define RBAR_OFF 4u
#define RLAR_OFF 8u

static uint32_t region_registers(const struct isolation_row *row)
{
    return row->kind == ISOLATION_MPU ? MPU_RNR : SAU_RNR;
}

static void region_write(const struct isolation_row *row)
{
    const uint32_t rnr = region_registers(row);
    const struct isolation_words words = isolation_words(row->base, row->limit, row->value);
    for (uint32_t i = 0; i < row->count; i++) {
        reg_write(rnr, row->number + i);
        reg_write(rnr + RLAR_OFF, 0); /* A half-written region must not be in force. */
        reg_write(rnr + RBAR_OFF, words.rbar);
        reg_write(rnr + RLAR_OFF, words.rlar);
    }
}

static bool region_matches(const struct isolation_row *row)
{
    const uint32_t rnr = region_registers(row);
    const struct isolation_words words = isolation_words(row->base, row->limit, row->value);
    for (uint32_t i = 0; i < row->count; i++) {
        reg_write(rnr, row->number + i);
        if (reg_read(rnr + RBAR_OFF) != words.rbar || reg_read(rnr + RLAR_OFF) != words.rlar) {
            return false;
        }
    }
    return true;
}

/*
 * Places.
 */

static void place(struct isolation_row *row, uint32_t base, uint32_t limit)
{
    row->base = base;
    row->limit = limit > base ? limit : 0;
}

/** First byte behind a slot, as an offset; 0: there is no such slot. */
static uint32_t slot_end(const struct layout_record *layout, uint32_t role)
{
    const struct layout_slot *slot = layout_find(layout, role);
    return slot != NULL ? slot->off + slot->size : 0;
}

/** Secure flash of bank 1 from an offset on. */
static void place_secure_1(struct isolation_row *row, const struct layout_record *layout,
                           uint32_t from)
{
    const struct layout_secure secure = layout_secure(layout, &layout_bounds, 0);
    place(row, LAYOUT_FLASH_S + from, LAYOUT_FLASH_S + (secure.last + 1u) * LAYOUT_SECTOR);
}

static void place_secure_2(struct isolation_row *row, const struct layout_record *layout)
{
    const uint32_t bank = LAYOUT_FLASH_S + LAYOUT_BANK_SIZE;
    const struct layout_secure secure = layout_secure(layout, &layout_bounds, 1);
    place(row, bank + secure.first * LAYOUT_SECTOR, bank + (secure.last + 1u) * LAYOUT_SECTOR);
}

static void place_application(struct isolation_row *row, const struct layout_record *layout)
{
    const struct layout_slot *slot = layout_find(layout, IMAGE_ROLE_APPLICATION);
    if (slot == NULL) {
        place(row, 0, 0);
        return;
    }
    place(row, LAYOUT_FLASH_NS + slot->off, LAYOUT_FLASH_NS + slot->off + slot->size);
}

/** A watermark, as a word: what the layout needs, of the bits that say it. */
static void place_watermark(struct isolation_row *row, const struct layout_record *layout)
{
    const struct layout_secure secure = layout_secure(layout, &layout_bounds, row->number);
    row->value = FLASH_SECWM(secure.first, secure.last);
    row->mask = FLASH_SECWM(0x7Fu, 0x7Fu);
}

static void place_devices(struct isolation_row *row)
{
    const uint32_t bits = isolation_granted << row->number;
    row->value ^= bits;
    row->mask = row->mask != 0 ? row->mask : bits;
}

/** The first block of the modules' RAM; without a layout there is none. */
static void place_blocks(struct isolation_row *row, const struct layout_record *layout)
{
    const uint32_t modules = layout != NULL ? layout_windows_size(layout) : 0;
    row->value = (row->limit - modules) / GTZC_MPCBB_BLOCK;
}

/** A row with the bounds that the layout gives it; what needs one is off while there is none. */
static struct isolation_row placed(const struct isolation_row *of,
                                   const struct layout_record *layout)
{
    struct isolation_row row = *of;
    if (row.kind == ISOLATION_WATERMARK && layout != NULL) {
        place_watermark(&row, layout);
    }
    if (row.kind == ISOLATION_BLOCKS) {
        place_blocks(&row, layout);
    }
    if (row.place == PLACE_DEVICES) {
        place_devices(&row);
        return row;
    }
    if (row.place == PLACE_FIXED) {
        return row;
    }
    if (layout == NULL) {
        place(&row, 0, 0);
        if (row.place == PLACE_UROT) {
            place(&row, LAYOUT_FLASH_S + LAYOUT_UROT_OFF,
                  LAYOUT_FLASH_S + LAYOUT_UROT_OFF + LAYOUT_UROT_SIZE);
        }
        return row;
    }
    switch (row.place) {
    case PLACE_UROT:
        place(&row, LAYOUT_FLASH_S + LAYOUT_UROT_OFF,
              LAYOUT_FLASH_S + slot_end(layout, IMAGE_ROLE_UROT));
        break;
    case PLACE_BEHIND_IROT:
        place_secure_1(&row, layout, LAYOUT_IROT_OFF + LAYOUT_IROT_SIZE);
        break;
    case PLACE_BEHIND_UROT:
        place_secure_1(&row, layout, slot_end(layout, IMAGE_ROLE_UROT));
        break;
    case PLACE_SECURE_2:
        place_secure_2(&row, layout);
        break;
    case PLACE_APPLICATION:
        place_application(&row, layout);
        break;
    case PLACE_FROM_APPLICATION:
        place_application(&row, layout);
        row.limit = row.limit != 0 ? of->limit : 0;
        break;
    case PLACE_TO_MODULES:
        row.limit -= layout_windows_size(layout);
        break;
    case PLACE_FIXED:
    case PLACE_DEVICES:
        break;
    }
    return row;
}

/** What a word of a row of blocks says. */
static uint32_t blocks_word(const struct isolation_row *row, uint32_t number)
{
    const uint32_t first = number * 32u;
    if (row->value <= first) {
        return UINT32_MAX;
    }
    return row->value - first < 32u ? UINT32_MAX << (row->value - first) : 0;
}

/** Address of a word of a row. */
static uint32_t word_at(const struct isolation_row *row, uint32_t number)
{
    return row->at + number * (row->kind == ISOLATION_ALIKE ? ISOLATION_ALIKE_STEP : 4u);
}

static void row_write(const struct isolation_row *row)
{
    switch (row->kind) {
    case ISOLATION_WORDS:
    case ISOLATION_ALIKE:
        for (uint32_t i = 0; i < row->count; i++) {
            reg_update(word_at(row, i), row->mask, row->value);
        }
        return;
    case ISOLATION_KEYED:
        reg_write(row->at, AIRCR_KEY | row->value);
        return;
    case ISOLATION_SAU:
    case ISOLATION_MPU:
        region_write(row);
        return;
    case ISOLATION_BLOCKS:
        for (uint32_t i = 0; i < row->count; i++) {
            reg_write(word_at(row, i), blocks_word(row, i));
        }
        return;
    case ISOLATION_WATERMARK:
        return;
    }
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
    for (uint32_t i = 0; i < row->count; i++) {
        const uint32_t read = reg_read(word_at(row, i));
        const bool match = row->kind == ISOLATION_BLOCKS ? read == blocks_word(row, i)
                                                         : (read & row->mask) == row->value;
        if (!match) {
            return false;
        }
    }
    return true;
}

bool isolation_write_region(const struct isolation_row *of)
{
    const struct isolation_row row = placed(of, &port_handoff()->layout);
    region_write(&row);
    return region_matches(&row);
}

enum garrison_status port_isolation_apply(const struct layout_record *layout)
{
    /* What an earlier image set up is in force while this runs, but for its MPU, which would
     * forbid what the rows are about to allow. The last rows switch the MPU on again. */
    reg_synchronize();
    reg_write(MPU_CTRL, 0);
    reg_synchronize();
    uint32_t matching = 0;
    for (uint32_t i = 0; i < isolation_row_count; i++) {
        const struct isolation_row row = placed(&isolation_rows[i], layout);
        row_write(&row);
        reg_synchronize();
        if (row_matches(&row)) {
            matching++;
        }
    }
    /* Once more as a whole: a row must not have undone another one. */
    const enum garrison_status status = port_isolation_check(layout);
    return matching == isolation_row_count ? status : GARRISON_ERROR_MISMATCH;
}

static void log_mismatch(uint32_t number, const struct isolation_row *row)
{
    struct line line;
    line_start(&line);
    if (row->kind == ISOLATION_WATERMARK) {
        line_add(&line, row->number == 0 ? "SECWM1R" : "SECWM2R");
        line_add_hex(&line, " must be ", row->value);
        line_add_hex(&line, " for this layout; the option bytes say ",
                     reg_read(row->at) & row->mask);
        port_log(line.text);
        return;
    }
    line_add_hex(&line, "isolation differs in row ", number);
    line_add_hex(&line, ": address or region ",
                 row->kind == ISOLATION_SAU || row->kind == ISOLATION_MPU ? row->number : row->at);
    port_log(line.text);
}

enum garrison_status port_isolation_check(const struct layout_record *layout)
{
    uint32_t matching = 0;
    for (uint32_t i = 0; i < isolation_row_count; i++) {
        const struct isolation_row row = placed(&isolation_rows[i], layout);
        if (row_matches(&row)) {
            matching++;
        } else if (matching == i) {
            log_mismatch(i, &row); /* the first one */
        }
    }
    return matching == isolation_row_count ? GARRISON_OK : GARRISON_ERROR_MISMATCH;
}
