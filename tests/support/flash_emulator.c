#include "support/flash_emulator.h"

#include <stdlib.h>
#include <string.h>

uint64_t flash_random(uint64_t *state)
{
    *state += 0x9E3779B97F4A7C15u; /* splitmix64 */
    uint64_t value = *state;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
}

/* ---- power ---- */

void flash_power_init(struct flash_power *power, uint64_t seed)
{
    memset(power, 0, sizeof *power);
    power->seed = seed;
    power->cut_at = FLASH_NO_CUT;
}

void flash_power_arm(struct flash_power *power, uint32_t at, enum flash_cut cut)
{
    power->operations = 0;
    power->cut_at = at;
    power->cut = cut;
}

void flash_power_on(struct flash_power *power)
{
    power->off = false;
    flash_power_arm(power, FLASH_NO_CUT, FLASH_CUT_BEFORE);
}

bool flash_cut_applies(enum flash_cut cut, enum flash_operation operation)
{
    if (cut == FLASH_CUT_BEFORE || cut == FLASH_CUT_AFTER) {
        return true;
    }
    return operation == (cut < FLASH_CUT_ERASE_HEADER_LEFT ? FLASH_PROGRAM : FLASH_ERASE) &&
           cut < FLASH_CUT_KINDS;
}

/* Counts an operation. Whether it is the one that is cut; power is then off. */
static bool power_ends(struct flash_power *power, enum flash_operation operation)
{
    const uint32_t number = power->operations++;
    if (number < FLASH_POWER_TRACE) {
        power->trace[number] = (uint8_t)operation;
    }
    if (number == power->cut_at) {
        power->off = true;
    }
    return power->off;
}

bool flash_power_other(struct flash_power *power)
{
    return !power->off && (!power_ends(power, FLASH_OTHER) || power->cut == FLASH_CUT_AFTER);
}

/* ---- units and sectors ---- */

static struct flash_emulator *of(const struct flash_device *device)
{
    return device->context;
}

static void set_fault(struct flash_emulator *flash, const char *text, uint32_t off)
{
    if (flash->fault == NULL) {
        flash->fault = text;
        flash->fault_off = off;
    }
}

static bool fits(struct flash_emulator *flash, uint32_t off, uint32_t len, uint32_t align)
{
    const uint32_t size = flash->device.size;
    if (off <= size && len <= size - off && off % align == 0 && len % align == 0) {
        return true;
    }
    set_fault(flash, "a range outside the device, or not aligned", off);
    return false;
}

static void fill_random(struct flash_emulator *flash, uint8_t *bytes, uint32_t len)
{
    for (uint32_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)flash_random(&flash->power->seed);
    }
}

static bool is_blank(const struct flash_emulator *flash, const uint8_t *bytes)
{
    for (uint32_t i = 0; i < flash->device.unit; i++) {
        if (bytes[i] != flash->device.erased) {
            return false;
        }
    }
    return true;
}

static uint8_t *bytes_of(const struct flash_emulator *flash, uint32_t unit)
{
    return flash->bytes + (size_t)unit * flash->device.unit;
}

static void set_unit(struct flash_emulator *flash, uint32_t unit, enum flash_cell cell)
{
    flash->cells[unit] = (uint8_t)cell;
    if (cell == FLASH_CELL_ERASED || cell == FLASH_CELL_WEAK_FAILS ||
        cell == FLASH_CELL_WEAK_GARBAGE) {
        memset(bytes_of(flash, unit), flash->device.erased, flash->device.unit);
    }
}

static void set_garbage(struct flash_emulator *flash, uint32_t unit)
{
    fill_random(flash, bytes_of(flash, unit), flash->device.unit);
    set_unit(flash, unit, FLASH_CELL_WRITTEN);
}

/* Each bit of the unit is as it was or, drawn, as an erased one. */
static void set_partly_erased(struct flash_emulator *flash, uint32_t unit)
{
    uint8_t *bytes = bytes_of(flash, unit);
    for (uint32_t i = 0; i < flash->device.unit; i++) {
        const uint8_t mask = (uint8_t)flash_random(&flash->power->seed);
        bytes[i] = (uint8_t)((bytes[i] & mask) | (flash->device.erased & ~mask));
    }
    set_unit(flash, unit, is_blank(flash, bytes) ? FLASH_CELL_WEAK_GARBAGE : FLASH_CELL_WRITTEN);
}

static void program_unit(struct flash_emulator *flash, uint32_t unit, const uint8_t *data)
{
    memcpy(bytes_of(flash, unit), data, flash->device.unit);
    flash->cells[unit] = FLASH_CELL_WRITTEN;
}

static void tear_unit(struct flash_emulator *flash, uint32_t unit, const uint8_t *data,
                      enum flash_cut cut)
{
    if (flash->cells[unit] != FLASH_CELL_ERASED && cut != FLASH_CUT_BEFORE) {
        set_garbage(flash, unit); /* it was weak: nothing good comes of it */
        return;
    }
    switch ((int)cut) {
    case FLASH_CUT_AFTER:
        program_unit(flash, unit, data);
        break;
    case FLASH_CUT_PROGRAM_ECC:
        set_unit(flash, unit, FLASH_CELL_ECC);
        break;
    case FLASH_CUT_PROGRAM_GARBAGE:
        set_garbage(flash, unit);
        break;
    case FLASH_CUT_PROGRAM_MIX:
        program_unit(flash, unit, data);
        set_partly_erased(flash, unit);
        break;
    case FLASH_CUT_PROGRAM_WEAK_FAILS:
        set_unit(flash, unit, FLASH_CELL_WEAK_FAILS);
        break;
    case FLASH_CUT_PROGRAM_WEAK_GARBAGE:
        set_unit(flash, unit, FLASH_CELL_WEAK_GARBAGE);
        break;
    default:
        break;
    }
}

static void erase_unit_randomly(struct flash_emulator *flash, uint32_t unit)
{
    switch (flash_random(&flash->power->seed) % 7u) {
    case 0:
        break;
    case 1:
        set_unit(flash, unit, FLASH_CELL_ERASED);
        break;
    case 2:
        set_partly_erased(flash, unit);
        break;
    case 3:
        set_garbage(flash, unit);
        break;
    case 4:
        set_unit(flash, unit, FLASH_CELL_ECC);
        break;
    case 5:
        set_unit(flash, unit, FLASH_CELL_WEAK_FAILS);
        break;
    default:
        set_unit(flash, unit, FLASH_CELL_WEAK_GARBAGE);
        break;
    }
}

static void tear_sector(struct flash_emulator *flash, uint32_t sector, enum flash_cut cut)
{
    const uint32_t units = flash->device.sector / flash->device.unit;
    const uint32_t first = sector * units;
    uint32_t left = 0;
    if (cut == FLASH_CUT_ERASE_HEADER_LEFT) {
        left = 1u + (uint32_t)(flash_random(&flash->power->seed) % 4u);
    }
    for (uint32_t i = 0; i < units; i++) {
        const uint32_t unit = first + i;
        switch ((int)cut) {
        case FLASH_CUT_ERASE_HEADER_LEFT:
            if (i >= left) {
                set_unit(flash, unit, FLASH_CELL_ERASED);
            }
            break;
        case FLASH_CUT_ERASE_HALF:
            if (i < units / 2u) {
                set_unit(flash, unit, FLASH_CELL_ERASED);
            }
            break;
        case FLASH_CUT_ERASE_RANDOM:
            erase_unit_randomly(flash, unit);
            break;
        case FLASH_CUT_ERASE_GARBAGE:
            set_garbage(flash, unit);
            break;
        case FLASH_CUT_ERASE_ECC:
            set_unit(flash, unit, FLASH_CELL_ECC);
            break;
        case FLASH_CUT_ERASE_WEAK:
            set_unit(flash, unit, i % 2u == 0 ? FLASH_CELL_WEAK_FAILS : FLASH_CELL_WEAK_GARBAGE);
            break;
        case FLASH_CUT_AFTER:
            set_unit(flash, unit, FLASH_CELL_ERASED);
            break;
        default:
            break;
        }
    }
}

/* ---- operations ---- */

static enum garrison_status emulator_read(const struct flash_device *device, uint32_t off,
                                          uint8_t *data, uint32_t len)
{
    struct flash_emulator *flash = of(device);
    flash->reads++;
    if (!fits(flash, off, len, 1)) {
        return GARRISON_ERROR_ARGUMENT;
    }
    if (flash->power->off) {
        return GARRISON_ERROR_DEVICE;
    }
    for (uint32_t unit = off / device->unit; unit * device->unit < off + len; unit++) {
        if (flash->cells[unit] == FLASH_CELL_ECC) {
            return GARRISON_ERROR_DEVICE;
        }
    }
    memcpy(data, flash->bytes + off, len);
    return GARRISON_OK;
}

static enum garrison_status program_one(struct flash_emulator *flash, uint32_t unit,
                                        const uint8_t *data)
{
    if (flash->power->off) {
        return GARRISON_ERROR_DEVICE;
    }
    if (flash->cells[unit] == FLASH_CELL_WRITTEN || flash->cells[unit] == FLASH_CELL_ECC) {
        set_fault(flash, "a unit was programmed that is not erased", unit * flash->device.unit);
    }
    flash->programmed++;
    if (power_ends(flash->power, FLASH_PROGRAM)) {
        tear_unit(flash, unit, data, flash->power->cut);
        return GARRISON_ERROR_DEVICE;
    }
    const uint8_t wear = flash->wear[unit * flash->device.unit / flash->device.sector];
    if (flash->cells[unit] == FLASH_CELL_WEAK_FAILS || wear == FLASH_WEAR_PROGRAM_FAILS) {
        set_unit(flash, unit, FLASH_CELL_ECC);
        return GARRISON_ERROR_DEVICE;
    }
    if (flash->cells[unit] == FLASH_CELL_WEAK_GARBAGE) {
        set_garbage(flash, unit);
        return GARRISON_OK;
    }
    program_unit(flash, unit, data);
    if (wear == FLASH_WEAR_READS_WRONG) {
        flash_emulator_rot(flash, unit * flash->device.unit, 1);
    }
    return GARRISON_OK;
}

static enum garrison_status emulator_program(const struct flash_device *device, uint32_t off,
                                             const uint8_t *data, uint32_t len)
{
    struct flash_emulator *flash = of(device);
    if (!fits(flash, off, len, device->unit)) {
        return GARRISON_ERROR_ARGUMENT;
    }
    for (uint32_t done = 0; done < len; done += device->unit) {
        const enum garrison_status status =
            program_one(flash, (off + done) / device->unit, data + done);
        if (status != GARRISON_OK) {
            return status;
        }
    }
    return GARRISON_OK;
}

static enum garrison_status erase_one(struct flash_emulator *flash, uint32_t sector)
{
    if (flash->power->off) {
        return GARRISON_ERROR_DEVICE;
    }
    flash->erased++;
    flash->erases[sector]++;
    if (power_ends(flash->power, FLASH_ERASE)) {
        tear_sector(flash, sector, flash->power->cut);
        return GARRISON_ERROR_DEVICE;
    }
    if (flash->endurance > 0 && flash->erases[sector] > flash->endurance) {
        flash->wear[sector] = (uint8_t)(FLASH_WEAR_ERASE_FAILS + sector % 3u);
    }
    if (flash->wear[sector] == FLASH_WEAR_ERASE_FAILS) {
        tear_sector(flash, sector, FLASH_CUT_ERASE_RANDOM);
        return GARRISON_ERROR_DEVICE;
    }
    tear_sector(flash, sector, FLASH_CUT_AFTER);
    return GARRISON_OK;
}

static enum garrison_status emulator_erase(const struct flash_device *device, uint32_t off,
                                           uint32_t len)
{
    struct flash_emulator *flash = of(device);
    if (!fits(flash, off, len, device->sector)) {
        return GARRISON_ERROR_ARGUMENT;
    }
    for (uint32_t done = 0; done < len; done += device->sector) {
        const enum garrison_status status = erase_one(flash, (off + done) / device->sector);
        if (status != GARRISON_OK) {
            return status;
        }
    }
    return GARRISON_OK;
}

/* ---- the device ---- */

static void *need_memory(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL) {
        abort();
    }
    return memory;
}

void flash_emulator_open(struct flash_emulator *flash, struct flash_power *power, uint32_t sectors,
                         uint32_t sector, uint32_t unit)
{
    memset(flash, 0, sizeof *flash);
    flash->device = (struct flash_device){
        .size = sectors * sector,
        .sector = sector,
        .unit = unit,
        .erased = 0xFF,
        .context = flash,
        .read = emulator_read,
        .program = emulator_program,
        .erase = emulator_erase,
    };
    flash->power = power;
    flash->bytes = need_memory(flash_emulator_image_bytes(flash), 1);
    flash->cells = flash->bytes + flash->device.size;
    flash->wear = need_memory(sectors, sizeof flash->wear[0]);
    flash->erases = need_memory(sectors, sizeof flash->erases[0]);
    memset(flash->bytes, flash->device.erased, flash->device.size);
}

void flash_emulator_close(struct flash_emulator *flash)
{
    free(flash->bytes);
    free(flash->wear);
    free(flash->erases);
    memset(flash, 0, sizeof *flash);
}

uint32_t flash_emulator_image_bytes(const struct flash_emulator *flash)
{
    return flash->device.size + flash->device.size / flash->device.unit;
}

void flash_emulator_save(const struct flash_emulator *flash, uint8_t *image)
{
    memcpy(image, flash->bytes, flash_emulator_image_bytes(flash));
}

void flash_emulator_restore(struct flash_emulator *flash, const uint8_t *image)
{
    memcpy(flash->bytes, image, flash_emulator_image_bytes(flash));
}

void flash_emulator_poke(struct flash_emulator *flash, uint32_t off, const uint8_t *data,
                         uint32_t len)
{
    if (len == 0 || !fits(flash, off, len, 1)) {
        return;
    }
    memcpy(flash->bytes + off, data, len);
    for (uint32_t unit = off / flash->device.unit; unit * flash->device.unit < off + len; unit++) {
        flash->cells[unit] = FLASH_CELL_WRITTEN;
    }
}

void flash_emulator_rot(struct flash_emulator *flash, uint32_t off, uint32_t bits)
{
    const uint32_t unit = off / flash->device.unit;
    if (bits == 0) {
        set_unit(flash, unit, FLASH_CELL_ECC);
        return;
    }
    const uint32_t start = (uint32_t)flash_random(&flash->power->seed);
    for (uint32_t i = 0; i < bits; i++) {
        const uint32_t bit = (start + i) % (flash->device.unit * 8u);
        bytes_of(flash, unit)[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
    }
    flash->cells[unit] = FLASH_CELL_WRITTEN;
}
