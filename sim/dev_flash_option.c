/*
 * Option words: registers, what may change in which product state, load at reset.
 *
 * A change is stored when its operation ends and is in force from the next reset (nv.h). [U]
 */
#include "dev_flash.h"
#include "product_state.h"

#include <stdio.h>
#include <string.h>

_Static_assert(NV_OB_COUNT <= NV_OPTION_PENDING, "words in force end before those that wait");
_Static_assert(NV_OPTION_PENDING + NV_OB_COUNT <= NV_OPTION_WAITING, "so do these before the mark");

#define OPTION_NO_REGISTER 0u
#define OPTION_ON          0xB4u /* TZEN, BOOT_LOCK. */
#define OPTION_OFF         0xC3u

/** Where an option word is seen, and who may write its _PRG register while TrustZone is on. */
static const struct flash_option {
    uint16_t cur;
    uint16_t prg;     /**< OPTION_NO_REGISTER: never written by software. */
    bool secure_only; /**< [U] */
    uint32_t mask;    /**< Bits that exist. */
    const char *name;
} flash_options[NV_OB_COUNT] = {
    [NV_OB_OPTSR] = {0x050, 0x054, false, 0xBFF3FFDFu, "OPTSR"},
    [NV_OB_OPTSR2] = {0x070, 0x074, false, 0xFF00017Cu, "OPTSR2"},
    [NV_OB_NSEPOCH] = {0x060, OPTION_NO_REGISTER, false, 0x00FFFFFFu, "NSEPOCH"},
    [NV_OB_SECEPOCH] = {0x068, OPTION_NO_REGISTER, true, 0x00FFFFFFu, "SECEPOCH"},
    [NV_OB_NSBOOT] = {0x080, 0x084, false, 0xFFFFFFFFu, "NSBOOT"},
    [NV_OB_SECBOOT] = {0x088, 0x08C, true, 0xFFFFFFFFu, "SECBOOT"},
    [NV_OB_OTPBL] = {0x090, 0x094, false, 0xFFFFFFFFu, "OTPBL"},
    [NV_OB_SECWM1] = {0x0E0, 0x0E4, true, 0x007F007Fu, "SECWM1"},
    [NV_OB_WRP1] = {0x0E8, 0x0EC, false, 0xFFFFFFFFu, "WRP1"},
    [NV_OB_EDATA1] = {0x0F0, 0x0F4, false, 0x00008007u, "EDATA1"},
    [NV_OB_HDP1] = {0x0F8, 0x0FC, true, 0x007F007Fu, "HDP1"},
    [NV_OB_SECWM2] = {0x1E0, 0x1E4, true, 0x007F007Fu, "SECWM2"},
    [NV_OB_WRP2] = {0x1E8, 0x1EC, false, 0xFFFFFFFFu, "WRP2"},
    [NV_OB_EDATA2] = {0x1F0, 0x1F4, false, 0x00008007u, "EDATA2"},
    [NV_OB_HDP2] = {0x1F8, 0x1FC, true, 0x007F007Fu, "HDP2"},
};

/* Sets of product states. */
#define STATES_DEVELOPMENT (STATE_OPEN | STATE_PROVISIONING | STATE_IROT)
#define STATES_LIVING      (STATES_DEVELOPMENT | STATE_TZ_CLOSED | STATE_CLOSED)

#define OPTSR_STATE 0x0000FF00u
#define OPTSR_UBE   0x3FC00000u
#define OPTSR2_TZEN 0xFF000000u
#define BOOT_LOCK   0x000000FFu

/**
 * In which product states a field may change. That OPEN allows all and that WRP is frozen from
 * TZ-CLOSED on is known; every other row is the narrowest that firmware can live with. [U]
 */
static const struct flash_option_rule {
    enum nv_option word;
    uint32_t mask;
    uint8_t states;
    uint8_t max_hdpl; /**< Highest HDPL at which it may change. [U] */
    const char *field;
} flash_option_rules[] = {
    {NV_OB_OPTSR, OPTSR_UBE, STATE_OPEN | STATE_PROVISIONING, 3, "BOOT_UBE"},
    {NV_OB_OPTSR, FLASH_SWAP_BANK, STATES_LIVING, 3, "SWAP_BANK"},
    {NV_OB_OPTSR, ~(OPTSR_STATE | OPTSR_UBE | FLASH_SWAP_BANK), STATES_LIVING, 3, "OPTSR"},
    {NV_OB_OPTSR2, OPTSR2_TZEN, STATE_OPEN, 3, "TZEN"},
    {NV_OB_OPTSR2, ~OPTSR2_TZEN, STATES_LIVING, 3, "OPTSR2"},
    {NV_OB_NSBOOT, 0xFFFFFFFFu, STATES_LIVING, 3, "NSBOOT"},
    {NV_OB_SECBOOT, 0xFFFFFFFFu, STATES_DEVELOPMENT, 3, "SECBOOT"},
    {NV_OB_OTPBL, 0xFFFFFFFFu, STATES_LIVING, 3, "OTPBL"},
    {NV_OB_SECWM1, 0xFFFFFFFFu, STATES_DEVELOPMENT, 3, "SECWM1"},
    {NV_OB_SECWM2, 0xFFFFFFFFu, STATES_DEVELOPMENT, 3, "SECWM2"},
    {NV_OB_WRP1, 0xFFFFFFFFu, STATES_DEVELOPMENT, 3, "WRP1"},
    {NV_OB_WRP2, 0xFFFFFFFFu, STATES_DEVELOPMENT, 3, "WRP2"},
    {NV_OB_EDATA1, 0xFFFFFFFFu, STATES_DEVELOPMENT, 3, "EDATA1"},
    {NV_OB_EDATA2, 0xFFFFFFFFu, STATES_DEVELOPMENT, 3, "EDATA2"},
    {NV_OB_HDP1, 0xFFFFFFFFu, STATES_DEVELOPMENT, 1, "HDP1"},
    {NV_OB_HDP2, 0xFFFFFFFFu, STATES_DEVELOPMENT, 1, "HDP2"},
};

/** TrustZone that a transition asks for. */
enum { TZ_EITHER = 0, TZ_ON };

/** The transitions that software may ask for; every other one is refused. */
static const struct {
    uint8_t from; /**< Set of states. */
    uint8_t to;   /**< One state. */
    uint8_t trustzone;
    uint8_t max_hdpl;
} flash_transitions[] = {
    {STATE_OPEN, STATE_PROVISIONING, TZ_EITHER, 3},
    {STATE_OPEN, STATE_IROT, TZ_EITHER, 3},
    {STATE_PROVISIONING, STATE_IROT, TZ_EITHER, 3},
    {STATE_PROVISIONING, STATE_TZ_CLOSED, TZ_ON, 3},
    {STATE_PROVISIONING, STATE_CLOSED, TZ_EITHER, 3},
    {STATE_PROVISIONING, STATE_LOCKED, TZ_EITHER, 3},
    {STATE_IROT, STATE_CLOSED, TZ_EITHER, 3},
    {STATE_PROVISIONING | STATE_TZ_CLOSED | STATE_CLOSED, STATE_REGRESSION, TZ_EITHER, 1},
    {STATE_IROT, STATE_REGRESSION, TZ_EITHER, 1}, /* [U] */
    {STATE_CLOSED, STATE_NS_REGRESSION, TZ_ON, 1},
    {STATE_IROT, STATE_NS_REGRESSION, TZ_ON, 1},      /* [U] */
    {STATE_REGRESSION, STATE_OPEN, TZ_EITHER, 0},     /* The boot ROM, when it is done. */
    {STATE_NS_REGRESSION, STATE_TZ_CLOSED, TZ_ON, 0}, /* Likewise. */
};

/* Registers. */

static bool flash_option_open(const struct dev_flash *flash, const struct flash_option *option,
                              struct sim_attr attr)
{
    const struct sim_chip *chip = flash->dev.chip;
    const bool nspriv = (flash->privcfgr & 2u) != 0;
    if (nspriv && !attr.privileged) {
        return false;
    }
    return !option->secure_only || !chip_trustzone(chip) || attr.secure;
}

uint32_t flash_option_read(const struct dev_flash *flash, uint32_t off)
{
    for (unsigned i = 0; i < NV_OB_COUNT; i++) {
        if (off == flash_options[i].cur) {
            return flash->dev.chip->nv->option[i];
        }
        if (off == flash_options[i].prg && off != OPTION_NO_REGISTER) {
            return flash->prg[i];
        }
    }
    return 0;
}

void flash_option_write(struct dev_flash *flash, uint32_t off, uint32_t value, struct sim_attr attr)
{
    for (unsigned i = 0; i < NV_OB_COUNT; i++) {
        const struct flash_option *option = &flash_options[i];
        if (off != option->prg || off == OPTION_NO_REGISTER) {
            continue;
        }
        if (flash->op.code != FLASH_OP_OPTION && flash_option_open(flash, option, attr)) {
            flash->prg[i] = value & option->mask;
        }
        return;
    }
}

/* Rules. A change is judged against the words as stored, also those not yet in force. */

static const uint32_t *flash_option_stored(const struct dev_flash *flash)
{
    const uint32_t *option = flash->dev.chip->nv->option;
    return option[NV_OPTION_WAITING] != 0 ? option + NV_OPTION_PENDING : option;
}

/** BOOT_LOCK fields: what they lock stays, and a lock once closed stays closed. [U] */
static const char *flash_option_boot_locked(const struct dev_flash *flash)
{
    const uint32_t *cur = flash_option_stored(flash);
    const uint32_t *prg = flash->prg;
    const bool trustzone = chip_trustzone(flash->dev.chip);
    const bool ns = (cur[NV_OB_NSBOOT] & BOOT_LOCK) == OPTION_ON;
    const bool sec = (cur[NV_OB_SECBOOT] & BOOT_LOCK) == OPTION_ON;
    const uint32_t optsr = cur[NV_OB_OPTSR] ^ prg[NV_OB_OPTSR];
    if (ns && cur[NV_OB_NSBOOT] != prg[NV_OB_NSBOOT]) {
        return "NSBOOT_LOCK freezes NSBOOT";
    }
    if (sec && cur[NV_OB_SECBOOT] != prg[NV_OB_SECBOOT]) {
        return "SECBOOT_LOCK freezes SECBOOT";
    }
    if (sec && (optsr & OPTSR_UBE) != 0) {
        return "SECBOOT_LOCK freezes BOOT_UBE";
    }
    if ((optsr & FLASH_SWAP_BANK) != 0 && ((sec && trustzone) || (ns && !trustzone))) {
        return "the boot lock freezes SWAP_BANK";
    }
    return NULL;
}

static bool flash_transition_known(const struct dev_flash *flash, const struct product_state *from,
                                   const struct product_state *to)
{
    const bool trustzone = chip_trustzone(flash->dev.chip);
    const unsigned hdpl = chip_hdpl(flash->dev.chip);
    for (size_t i = 0; i < sizeof(flash_transitions) / sizeof(flash_transitions[0]); i++) {
        if ((flash_transitions[i].from & from->bit) != 0 && flash_transitions[i].to == to->bit) {
            return hdpl <= flash_transitions[i].max_hdpl &&
                   (trustzone || flash_transitions[i].trustzone == TZ_EITHER);
        }
    }
    return false;
}

/** Says in `why` what forbids the change of product state; false when it may be made. */
static bool flash_state_barred(const struct dev_flash *flash, char *why, size_t size)
{
    const uint32_t cur = flash_option_stored(flash)[NV_OB_OPTSR];
    const uint32_t prg = flash->prg[NV_OB_OPTSR];
    if (((cur ^ prg) & OPTSR_STATE) == 0) {
        return false;
    }
    const struct product_state *from = product_state_of(cur);
    const struct product_state *to = product_state_of(prg);
    if (to == NULL || from == NULL) {
        snprintf(why, size, "0x%02X is no product state", (unsigned)(uint8_t)(prg >> 8));
        return true;
    }
    if (!flash_transition_known(flash, from, to)) {
        snprintf(why, size, "no way is known from product state %s to %s at HDPL %u, TrustZone %s",
                 from->name, to->name, chip_hdpl(flash->dev.chip),
                 chip_trustzone(flash->dev.chip) ? "on" : "off");
        return true;
    }
    return false;
}

/** Values that are not among those the manual lists, and locks that would be undone. */
static const char *flash_option_value_bad(const struct dev_flash *flash)
{
    const uint32_t *cur = flash_option_stored(flash);
    const uint32_t *prg = flash->prg;
    const uint32_t tzen = prg[NV_OB_OPTSR2] >> 24;
    const uint32_t ube = (prg[NV_OB_OPTSR] >> 22) & 0xFFu;
    if (tzen != OPTION_ON && tzen != OPTION_OFF) {
        return "TZEN is neither 0xB4 nor 0xC3";
    }
    if (ube != OPTION_ON && ube != OPTION_OFF) {
        return "BOOT_UBE is neither 0xB4 nor 0xC3";
    }
    if ((cur[NV_OB_OTPBL] & ~prg[NV_OB_OTPBL]) != 0) {
        return "an OTP block cannot be unlocked";
    }
    return NULL;
}

/** Says in `why` which rule the whole change breaks; false when it breaks none. */
static bool flash_change_barred(const struct dev_flash *flash, char *why, size_t size)
{
    const struct sim_chip *chip = flash->dev.chip;
    const uint32_t *cur = flash_option_stored(flash);
    const struct product_state *state = product_state_of(cur[NV_OB_OPTSR]);
    const char *reason = flash_option_value_bad(flash);
    reason = reason != NULL ? reason : flash_option_boot_locked(flash);
    if (reason != NULL) {
        snprintf(why, size, "%s", reason);
        return true;
    }
    for (size_t i = 0; i < sizeof(flash_option_rules) / sizeof(flash_option_rules[0]); i++) {
        const struct flash_option_rule *rule = &flash_option_rules[i];
        if (((cur[rule->word] ^ flash->prg[rule->word]) & rule->mask) == 0) {
            continue;
        }
        if (state == NULL || (rule->states & state->bit) == 0) {
            snprintf(why, size, "%s may not change in product state %s", rule->field,
                     state != NULL ? state->name : "(unknown)");
            return true;
        }
        if (chip_hdpl(chip) > rule->max_hdpl) {
            snprintf(why, size, "%s may not change at HDPL %u", rule->field, chip_hdpl(chip));
            return true;
        }
    }
    return flash_state_barred(flash, why, size);
}

/* The change. */

void flash_option_request(struct dev_flash *flash)
{
    flash_operation_settle(flash);
    if ((flash->sr[FLASH_NS] & FLASH_SR_OPTCHANGEERR) != 0) {
        return; /* OPTSTRT cannot be set while the flag stands. */
    }
    char why[160];
    if (flash_change_barred(flash, why, sizeof(why))) {
        memcpy(flash->prg, flash_option_stored(flash), sizeof(flash->prg));
        flash_error(flash, FLASH_NS, FLASH_SR_OPTCHANGEERR, "an option change was refused: %s",
                    why);
        return;
    }
    const struct flash_operation op = {.code = FLASH_OP_OPTION, .world = FLASH_NS};
    flash_operation_start(flash, &op);
}

void flash_option_finish(struct dev_flash *flash)
{
    struct sim_nv *nv = flash->dev.chip->nv;
    memcpy(nv->option + NV_OPTION_PENDING, flash->prg, sizeof(flash->prg));
    nv->option[NV_OPTION_WAITING] = 1u;
    nv_touch(nv, NV_PART_OPTIONS, 0, sizeof(nv->option));
}

void flash_option_load(struct dev_flash *flash)
{
    struct sim_nv *nv = flash->dev.chip->nv;
    if (nv->option[NV_OPTION_WAITING] != 0) {
        for (unsigned i = 0; i < NV_OB_COUNT; i++) {
            nv->option[i] = nv->option[NV_OPTION_PENDING + i];
            nv->option[NV_OPTION_PENDING + i] = 0;
        }
        nv->option[NV_OPTION_WAITING] = 0;
        nv_touch(nv, NV_PART_OPTIONS, 0, sizeof(nv->option));
    }
    memcpy(flash->prg, nv->option, sizeof(flash->prg));
}
