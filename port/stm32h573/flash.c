/*
 * The user flash, through its controller.
 *
 * Sectors that are Secure by watermark go through the Secure alias and the Secure set of registers;
 * the rest through the Non-secure ones. A range may cross borders.
 */
#include <string.h>

#include <garrison/port.h>

#include "image.h"
#include "layout.h"
#include "regs.h"

#define QUADWORD ((uint32_t)LAYOUT_UNIT)

/* Cycles between two polls: a quad-word takes more than a thousand, a sector's erase many more. */
#define BUSY_PAUSE 33u

/* The controller is never busy this long. */
#define BUSY_POLLS 10000000u

/** One of the two sets of registers, and the alias that goes with it. */
struct flash_side {
    uint32_t memory;
    uint32_t keyr;
    uint32_t sr;
    uint32_t cr;
    uint32_t ccr;
};

static const struct flash_side side_secure = {
    .memory = LAYOUT_FLASH_S,
    .keyr = FLASH_SECKEYR,
    .sr = FLASH_SECSR,
    .cr = FLASH_SECCR,
    .ccr = FLASH_SECCCR,
};

static const struct flash_side side_non_secure = {
    .memory = LAYOUT_FLASH_NS,
    .keyr = FLASH_NSKEYR,
    .sr = FLASH_NSSR,
    .cr = FLASH_NSCR,
    .ccr = FLASH_NSCCR,
};

/** The keys store: an area of its own, with its own lock besides. */
static const struct flash_side side_keys = {
    .memory = LAYOUT_OBK_S,
    .keyr = FLASH_SECKEYR,
    .sr = FLASH_SECSR,
    .cr = FLASH_SECCR,
    .ccr = FLASH_SECCCR,
};

static volatile bool ecc_failed;

static const struct flash_side *flash_side(uint32_t off)
{
    const uint32_t sector = off % LAYOUT_BANK_SIZE / LAYOUT_SECTOR;
    const uint32_t watermark =
        reg_read(off < LAYOUT_BANK_SIZE ? FLASH_SECWM1R_CUR : FLASH_SECWM2R_CUR);
    const bool secure =
        sector >= FLASH_SECWM_FIRST(watermark) && sector <= FLASH_SECWM_LAST(watermark);
    return secure ? &side_secure : &side_non_secure;
}

/** Bytes from `off` to the end of its sector, at most `len`. */
static uint32_t flash_part(uint32_t off, uint32_t len)
{
    const uint32_t left = LAYOUT_SECTOR - off % LAYOUT_SECTOR;
    return len < left ? len : left;
}

static bool range_fits(uint32_t off, uint32_t len, uint32_t alignment)
{
    return off <= LAYOUT_FLASH_SIZE && len <= LAYOUT_FLASH_SIZE - off && off % alignment == 0 &&
           len % alignment == 0;
}

bool flash_take_ecc_error(void)
{
    if (!(reg_read(FLASH_ECCDETR) & FLASH_ECCDETR_ECCD)) {
        return false;
    }
    reg_write(FLASH_ECCDETR, FLASH_ECCDETR_ECCD);
    ecc_failed = true;
    return true;
}

void flash_clear_ecc_error(void)
{
    ecc_failed = false;
}

bool flash_ecc_failed(void)
{
    reg_barrier(); /* The NMI for the last read has been taken, where there is one. */
    (void)flash_take_ecc_error();
    return ecc_failed;
}

static enum garrison_status flash_read(const struct flash_device *device, uint32_t off,
                                       uint8_t *data, uint32_t len)
{
    (void)device;
    if (!range_fits(off, len, 1)) {
        return GARRISON_ERROR_ARGUMENT;
    }
    flash_clear_ecc_error();
    while (len > 0) {
        const uint32_t part = flash_part(off, len);
        mapped_read(flash_side(off)->memory + off, data, part);
        off += part;
        data += part;
        len -= part;
    }
    return flash_ecc_failed() ? GARRISON_ERROR_DEVICE : GARRISON_OK;
}

static enum garrison_status flash_wait(const struct flash_side *side)
{
    const uint32_t busy = FLASH_SR_BSY | FLASH_SR_WBNE | FLASH_SR_DBNE;
    for (uint32_t poll = 0; poll < BUSY_POLLS; poll++) {
        const uint32_t sr = reg_read(side->sr);
        if ((sr & busy) == 0) {
            return (sr & FLASH_SR_ERRORS) ? GARRISON_ERROR_DEVICE : GARRISON_OK;
        }
        reg_pause(BUSY_PAUSE);
    }
    return GARRISON_ERROR_DEVICE;
}

/** Opens the registers of a side, with the flags of earlier operations cleared. */
static enum garrison_status flash_open(const struct flash_side *side)
{
    if (reg_read(side->cr) & FLASH_CR_LOCK) {
        reg_write(side->keyr, FLASH_KEY_1);
        reg_write(side->keyr, FLASH_KEY_2);
    }
    reg_write(side->ccr, FLASH_SR_ERRORS | FLASH_SR_EOP);
    return flash_wait(side);
}

static void flash_close(const struct flash_side *side)
{
    reg_write(side->cr, FLASH_CR_LOCK);
}

static enum garrison_status program_quadword(const struct flash_side *side, uint32_t off,
                                             const uint8_t data[QUADWORD])
{
    uint32_t word[QUADWORD / 4u];
    memcpy(word, data, sizeof(word));
    reg_write(side->cr, FLASH_CR_PG);
    reg_barrier();
    for (uint32_t i = 0; i < QUADWORD / 4u; i++) {
        reg_write(side->memory + off + 4u * i, word[i]);
    }
    reg_barrier();
    const enum garrison_status status = flash_wait(side);
    if (status != GARRISON_OK && (reg_read(side->sr) & FLASH_SR_WBNE)) {
        /* Words left in the buffer would become part of the next quad-word. */
        reg_write(side->cr, FLASH_CR_PG | FLASH_CR_FW);
        (void)!flash_wait(side);
    }
    return status;
}

static enum garrison_status flash_program(const struct flash_device *device, uint32_t off,
                                          const uint8_t *data, uint32_t len)
{
    (void)device;
    if (!range_fits(off, len, QUADWORD)) {
        return GARRISON_ERROR_ARGUMENT;
    }
    enum garrison_status status = GARRISON_OK;
    for (uint32_t done = 0; done < len && status == GARRISON_OK; done += QUADWORD) {
        const struct flash_side *side = flash_side(off + done);
        status = flash_open(side);
        if (status == GARRISON_OK) {
            status = program_quadword(side, off + done, data + done);
        }
        flash_close(side);
    }
    return status;
}

static enum garrison_status erase_sector(const struct flash_side *side, uint32_t off)
{
    uint32_t cr = FLASH_CR_SER | ((off % LAYOUT_BANK_SIZE / LAYOUT_SECTOR) << FLASH_CR_SNB_POS);
    if (off >= LAYOUT_BANK_SIZE) {
        cr |= FLASH_CR_BKSEL;
    }
    reg_write(side->cr, cr);
    reg_write(side->cr, cr | FLASH_CR_STRT);
    reg_barrier();
    return flash_wait(side);
}

static enum garrison_status flash_erase(const struct flash_device *device, uint32_t off,
                                        uint32_t len)
{
    (void)device;
    if (!range_fits(off, len, LAYOUT_SECTOR)) {
        return GARRISON_ERROR_ARGUMENT;
    }
    enum garrison_status status = GARRISON_OK;
    for (uint32_t done = 0; done < len && status == GARRISON_OK; done += LAYOUT_SECTOR) {
        const struct flash_side *side = flash_side(off + done);
        status = flash_open(side);
        if (status == GARRISON_OK) {
            status = erase_sector(side, off + done);
        }
        flash_close(side);
    }
    return status;
}

enum garrison_status flash_keys_open(void)
{
    return flash_open(&side_keys);
}

void flash_keys_close(void)
{
    flash_close(&side_keys);
}

enum garrison_status flash_keys_wait(void)
{
    return flash_wait(&side_keys);
}

enum garrison_status flash_keys_program(uint32_t off, const uint8_t data[QUADWORD])
{
    return program_quadword(&side_keys, off, data);
}

const struct flash_device *port_flash(void)
{
    static const struct flash_device flash = {
        .size = LAYOUT_FLASH_SIZE,
        .sector = LAYOUT_SECTOR,
        .unit = QUADWORD,
        .erased = 0xFF,
        .context = NULL,
        .read = flash_read,
        .program = flash_program,
        .erase = flash_erase,
    };
    return &flash;
}
