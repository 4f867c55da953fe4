#include "bootrom.h"

#include "bus.h"
#include "product_state.h"
#include "rss.h"

#include <stdio.h>

#define OPTSR_PRODUCT_STATE(optsr) (((optsr) >> 8) & 0xFFu)
#define OPTSR_BOOT_UBE(optsr)      (((optsr) >> 22) & 0xFFu)
#define BOOT_UBE_USER_FLASH        0xB4u
#define BOOT_UBE_SYSTEM_FLASH      0xC3u
#define BOOT_ADDRESS(bootr)        (0xFFFFFF00u & (bootr))

/** Whether the first two words of a vector table are as erased. */
static bool bootrom_vectors_blank(const uint8_t *vectors)
{
    for (unsigned i = 0; i < 8; i++) {
        if (vectors[i] != 0xFFu) {
            return false;
        }
    }
    return true;
}

static void bootrom_start(struct sim_chip *chip, uint32_t vectors, const char *what,
                          struct bootrom_verdict *verdict)
{
    verdict->vectors = vectors;
    verdict->starts = true;
    chip_hdpl_raise(chip);
    (void)snprintf(verdict->why, sizeof verdict->why,
                   "boot ROM: starting the %s at 0x%08X, TrustZone %s", what, vectors,
                   chip_trustzone(chip) ? "on" : "off");
}

static void bootrom_user_flash(struct sim_chip *chip, uint32_t vectors,
                               struct bootrom_verdict *verdict)
{
    const struct chip_memory *flash = &chip->memory[CHIP_FLASH];
    const uint32_t base = chip_trustzone(chip) ? flash->base_s : flash->base_ns;
    const uint32_t off = vectors - base;
    verdict->vectors = vectors;
    if (off >= flash->size) {
        (void)snprintf(verdict->why, sizeof verdict->why,
                       "boot ROM: the boot address 0x%08X is not in the user flash at 0x%08X; "
                       "nothing starts",
                       vectors, base);
        return;
    }
    if (off < flash->size - 8u &&
        bootrom_vectors_blank(chip->nv->flash + flash_physical(chip, off))) {
        (void)snprintf(verdict->why, sizeof verdict->why,
                       "boot ROM: the flash at the boot address 0x%08X is blank; nothing starts",
                       vectors);
        return;
    }
    bootrom_start(chip, vectors, "user flash", verdict);
}

bool bootrom_has_irot(const struct sim_chip *chip)
{
    return !bootrom_vectors_blank(chip->nv->system + NV_SYSTEM_IROT_OFF);
}

static void bootrom_system_flash(struct sim_chip *chip, struct bootrom_verdict *verdict)
{
    if (!bootrom_has_irot(chip)) {
        (void)snprintf(verdict->why, sizeof verdict->why,
                       "boot ROM: BOOT_UBE selects the iROT in system flash, which is not "
                       "installed; nothing starts");
        return;
    }
    bootrom_start(chip, chip->memory[CHIP_SYSTEM_FLASH].base_s + NV_SYSTEM_IROT_OFF,
                  "iROT in system flash", verdict);
}

void bootrom_run(struct sim_chip *chip, struct bootrom_verdict *verdict)
{
    *verdict = (struct bootrom_verdict){0};
    const uint32_t optsr = chip->nv->option[NV_OB_OPTSR];
    const struct product_state *state = product_state_of(optsr);
    if (state == NULL) {
        (void)snprintf(verdict->why, sizeof verdict->why,
                       "boot ROM: product state 0x%02X does not exist; nothing starts",
                       OPTSR_PRODUCT_STATE(optsr));
        return;
    }
    const struct product_regression *regression = product_regression_of(state->bit);
    if (regression != NULL) {
        verdict->busy = true;
        (void)snprintf(verdict->why, sizeof verdict->why, "boot ROM: %s under way", state->name);
        rss_regression_begin(chip, regression);
        return;
    }
    if (rss_adac_begin(chip, state)) {
        verdict->busy = true;
        (void)snprintf(verdict->why, sizeof verdict->why,
                       "boot ROM: a host asks for debug authentication; nothing starts meanwhile");
        return;
    }
    if (!state->user_code) {
        (void)snprintf(verdict->why, sizeof verdict->why,
                       "boot ROM: in product state %s no user code runs", state->name);
        return;
    }
    if (state->bit == STATE_OPEN && chip_rss_command(chip) != 0) {
        (void)snprintf(verdict->why, sizeof verdict->why,
                       "boot ROM: RSSCMDR is 0x%X, so the RSS waits for a tool; nothing starts",
                       chip_rss_command(chip));
        return;
    }
    if (!chip_trustzone(chip)) {
        bootrom_user_flash(chip, BOOT_ADDRESS(chip->nv->option[NV_OB_NSBOOT]), verdict);
        return;
    }
    switch (OPTSR_BOOT_UBE(optsr)) {
    case BOOT_UBE_USER_FLASH:
        bootrom_user_flash(chip, BOOT_ADDRESS(chip->nv->option[NV_OB_SECBOOT]), verdict);
        return;
    case BOOT_UBE_SYSTEM_FLASH:
        bootrom_system_flash(chip, verdict);
        return;
    default:
        (void)snprintf(verdict->why, sizeof verdict->why,
                       "boot ROM: BOOT_UBE 0x%02X is neither 0xB4 nor 0xC3; nothing starts",
                       OPTSR_BOOT_UBE(optsr));
        return;
    }
}
