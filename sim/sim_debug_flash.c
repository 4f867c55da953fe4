/*
 * Flash as a debugger's loader writes it: through the registers of the controller, in the world that
 * owns the sector, so that write protection, watermarks, HDP and the state of the quad-words decide.
 */
#include <garrison/sim_debug.h>

#include "sim_internal.h"

#define FLASH_REGISTERS_NS 0x40022000u
#define FLASH_REGISTERS_S  0x50022000u

/* Offsets of the Non-secure set; each one's Secure twin is 4 bytes further. */
#define FLASH_KEYR   0x04u
#define FLASH_SR     0x20u
#define FLASH_CR     0x28u
#define FLASH_CCR    0x30u
#define FLASH_SECURE 0x04u

#define FLASH_KEY_1    0x45670123u
#define FLASH_KEY_2    0xCDEF89ABu
#define FLASH_CR_LOCK  0x00000001u
#define FLASH_CR_PG    0x00000002u
#define FLASH_CR_SER   0x00000004u
#define FLASH_CR_FW    0x00000010u
#define FLASH_CR_STRT  0x00000020u
#define FLASH_CR_SNB   6u
#define FLASH_CR_BANK2 0x80000000u
#define FLASH_SR_BUSY  0x0000000Bu /* BSY, WBNE, DBNE */
#define FLASH_SR_BSY   0x00000001u
#define FLASH_SR_WBNE  0x00000002u
#define FLASH_SR_EOP   0x00010000u
#define FLASH_SR_BAD   0x00FE0000u

#define FLASH_QUADWORD 16u

/** A sector's side: the set of registers, and the alias of its bytes. */
struct flash_loader {
    struct sim *sim;
    bool secure;
    uint32_t off; /**< Of the sector or quad-word in the flash. */
};

static bool loader_access(const struct flash_loader *loader, enum sim_access_kind kind,
                          uint32_t addr, uint32_t *value)
{
    const struct sim_attr attr = {.secure = loader->secure, .privileged = true};
    struct sim_chip *chip = loader->sim->chip;
    return (kind == SIM_WRITE ? bus_write(chip, addr, 4, attr, *value, NULL)
                              : bus_read(chip, addr, 4, attr, value, NULL)) == SIM_ANSWER_OK;
}

static uint32_t register_addr(const struct flash_loader *loader, uint32_t reg)
{
    return loader->secure ? FLASH_REGISTERS_S + reg + FLASH_SECURE : FLASH_REGISTERS_NS + reg;
}

static uint32_t register_read(const struct flash_loader *loader, uint32_t reg)
{
    uint32_t value = 0;
    return loader_access(loader, SIM_READ, register_addr(loader, reg), &value) ? value : 0;
}

static void register_write(const struct flash_loader *loader, uint32_t reg, uint32_t value)
{
    (void)loader_access(loader, SIM_WRITE, register_addr(loader, reg), &value);
}

/** Which side a sector is on, if the debugger may have it. */
static enum sim_status loader_open(struct sim *sim, uint32_t addr, uint32_t unit,
                                   struct flash_loader *loader, struct sim_error *error)
{
    const struct chip_memory *flash = &sim->chip->memory[CHIP_FLASH];
    const uint32_t base = addr - flash->base_ns < flash->size ? flash->base_ns : flash->base_s;
    const uint32_t off = addr - base;
    struct sim_debug_access access;
    chip_debug_access(sim->chip, &access);
    if (!access.nonsecure) {
        return sim_fail(error, SIM_ERROR_REFUSED, "%s", access.why);
    }
    if (off >= flash->size || off % unit != 0) {
        return sim_fail(error, SIM_ERROR_USAGE, "0x%08X is no place in the flash to begin at",
                        addr);
    }
    const uint32_t sectors = NV_FLASH_SECTORS / 2u;
    const uint32_t sector = off / NV_SECTOR_BYTES;
    const struct sim_attr stranger = {.secure = false, .privileged = true};
    struct bus_decision bus;
    bus_decide(sim->chip, flash->base_ns + off, SIM_READ, stranger, &bus);
    *loader = (struct flash_loader){.sim = sim, .off = off};
    loader->secure = access.trustzone && bus.answer != SIM_ANSWER_OK;
    if (loader->secure && !access.secure) {
        return sim_fail(error, SIM_ERROR_REFUSED, "sector %u of bank %u is Secure, and %s",
                        sector % sectors, sector / sectors + 1u, access.why);
    }
    if ((register_read(loader, FLASH_SR) & FLASH_SR_BUSY) != 0) {
        sim_advance(sim, chip_ticks(sim->chip, 1000000)); /* longer than any operation */
    }
    if ((register_read(loader, FLASH_SR) & FLASH_SR_WBNE) != 0) {
        return sim_fail(error, SIM_ERROR_REFUSED, "the firmware has a quad-word half written");
    }
    return SIM_OK;
}

/** Unlocks, with old errors cleared. @return what the control register was */
static uint32_t loader_unlock(const struct flash_loader *loader)
{
    const uint32_t before = register_read(loader, FLASH_CR);
    if ((before & FLASH_CR_LOCK) != 0) {
        register_write(loader, FLASH_KEYR, FLASH_KEY_1);
        register_write(loader, FLASH_KEYR, FLASH_KEY_2);
    }
    register_write(loader, FLASH_CCR, FLASH_SR_BAD | FLASH_SR_EOP);
    return before;
}

/** Waits for the end of the operation, leaves the controller as it was, and says what it said. */
static enum sim_status loader_end(const struct flash_loader *loader, uint32_t before,
                                  const char *what, struct sim_error *error)
{
    static const char *const flags[] = {"WRPERR", "PGSERR",  "STRBERR",     "INCERR",
                                        "OBKERR", "OBKWERR", "OPTCHANGEERR"};
    struct sim *sim = loader->sim;
    const uint64_t until = flash_busy_until(sim->chip);
    if (until > sim->chip->now) {
        sim_advance(sim, until - sim->chip->now);
    }
    const uint32_t sr = register_read(loader, FLASH_SR);
    if ((sr & FLASH_SR_WBNE) != 0) { /* words that would become part of the next quad-word */
        register_write(loader, FLASH_CR, FLASH_CR_PG | FLASH_CR_FW);
        sim_advance(sim, chip_ticks(sim->chip, 1000000));
    }
    register_write(loader, FLASH_CCR, FLASH_SR_BAD | FLASH_SR_EOP);
    register_write(loader, FLASH_CR, before & ~FLASH_CR_STRT);
    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if ((sr & (1u << (17u + i))) != 0) {
            return sim_fail(error, SIM_ERROR_REFUSED,
                            "%s of the flash at offset 0x%06X failed: %s; is it write protected, "
                            "hidden by HDP, or not erased?",
                            what, loader->off, flags[i]);
        }
    }
    return SIM_OK;
}

enum sim_status sim_debug_flash_erase(struct sim *sim, uint32_t addr, struct sim_error *error)
{
    struct flash_loader loader;
    const enum sim_status status = loader_open(sim, addr, NV_SECTOR_BYTES, &loader, error);
    if (status != SIM_OK) {
        return status;
    }
    const uint32_t sectors = NV_FLASH_SECTORS / 2u;
    const uint32_t sector = loader.off / NV_SECTOR_BYTES;
    const uint32_t cr =
        FLASH_CR_SER | (sector % sectors) << FLASH_CR_SNB | (sector < sectors ? 0 : FLASH_CR_BANK2);
    const uint32_t before = loader_unlock(&loader);
    register_write(&loader, FLASH_CR, cr);
    register_write(&loader, FLASH_CR, cr | FLASH_CR_STRT);
    return loader_end(&loader, before, "an erase", error);
}

enum sim_status sim_debug_flash_program(struct sim *sim, uint32_t addr, const uint8_t *data,
                                        size_t len, struct sim_error *error)
{
    enum sim_status status = SIM_OK;
    if (len % FLASH_QUADWORD != 0) {
        return sim_fail(error, SIM_ERROR_USAGE, "%zu bytes are not whole quad-words", len);
    }
    for (size_t done = 0; done < len && status == SIM_OK; done += FLASH_QUADWORD) {
        struct flash_loader loader;
        status = loader_open(sim, addr + (uint32_t)done, FLASH_QUADWORD, &loader, error);
        if (status != SIM_OK) {
            return status;
        }
        const struct chip_memory *flash = &sim->chip->memory[CHIP_FLASH];
        const uint32_t base = loader.secure ? flash->base_s : flash->base_ns;
        const uint32_t before = loader_unlock(&loader);
        register_write(&loader, FLASH_CR, FLASH_CR_PG);
        for (unsigned i = 0; i < FLASH_QUADWORD; i += 4) {
            const uint8_t *at = data + done + i;
            uint32_t word = (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
                            (uint32_t)at[3] << 24;
            (void)loader_access(&loader, SIM_WRITE, base + loader.off + i, &word);
        }
        status = loader_end(&loader, before, "a write", error);
    }
    return status;
}
