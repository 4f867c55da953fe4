/*
 * Option words: registers, what may change in which product state, load at reset.
 *
 * A change is stored when its operation ends and is in force from the next reset (nv.h). [U]
 */
#include "bootrom.h"
#include "dev_flash.h"
#include "rss.h"

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

bool flash_option_set(struct dev_flash *flash, enum nv_option word, uint32_t value,
                      struct sim_attr attr)
{
    const struct flash_option *option = &flash_options[word];
    if (option->prg == OPTION_NO_REGISTER || flash->op.code == FLASH_OP_OPTION ||
        !flash_option_open(flash, option, attr)) {
        return false;
    }
    flash->prg[word] = value & option->mask;
    return true;
}

void flash_option_write(struct dev_flash *flash, uint32_t off, uint32_t value, struct sim_attr attr)
{
    for (unsigned i = 0; off != OPTION_NO_REGISTER && i < NV_OB_COUNT; i++) {
        if (off == flash_options[i].prg) {
            (void)flash_option_set(flash, (enum nv_option)i, value, attr);
        }
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

/** Which of a way's needs is not met, in words; NULL: all are. */
static const char *flash_transition_lacks(const struct dev_flash *flash,
                                          const struct product_transition *way,
                                          enum product_asker asker)
{
    const struct sim_chip *chip = flash->dev.chip;
    const bool trustzone = chip_trustzone(chip);
    const uint32_t ube = (flash->prg[NV_OB_OPTSR] & OPTSR_UBE) >> 22;
    if ((way->needs & NEED_TRUSTZONE) != 0 && !trustzone) {
        return "TrustZone is off";
    }
    if (asker == ASK_FIRMWARE && chip_hdpl(chip) > way->max_hdpl) {
        return "the HDPL is too high";
    }
    if ((way->needs & NEED_IROT) != 0 && trustzone && ube == OPTION_OFF &&
        !bootrom_has_irot(chip)) {
        return "BOOT_UBE selects the iROT in system flash, which is not installed";
    }
    if ((way->needs & NEED_DA) != 0 && !rss_authentication_valid(chip)) {
        return "OBK holds no valid debug-authentication data";
    }
    return NULL;
}

/** Says in `why` what forbids the change of product state; false when it may be made. */
static bool flash_state_barred(const struct dev_flash *flash, enum product_asker asker, char *why,
                               size_t size)
{
    static const char *const askers[] = {
        [ASK_TOOL] = "a tool",
        [ASK_FIRMWARE] = "firmware",
        [ASK_AUTHENTICATION] = "debug authentication",
        [ASK_REGRESSION] = "the boot ROM",
    };
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
    const struct product_transition *way = product_transition_of(from->bit, to->bit, asker);
    const char *lack = "no such way is known";
    lack = way != NULL ? flash_transition_lacks(flash, way, asker) : lack;
    if (lack != NULL) {
        snprintf(why, size, "%s may not go from product state %s to %s at HDPL %u: %s",
                 askers[asker], from->name, to->name, chip_hdpl(flash->dev.chip), lack);
    }
    return lack != NULL;
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
static bool flash_change_barred(const struct dev_flash *flash, enum product_asker asker, char *why,
                                size_t size)
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
    return flash_state_barred(flash, asker, why, size);
}

/* The change. */

/** Closing a part that nobody can open again is allowed, as on the part. */
static void flash_option_warn(struct dev_flash *flash)
{
    struct sim_chip *chip = flash->dev.chip;
    const struct product_state *from = product_state_of(flash_option_stored(flash)[NV_OB_OPTSR]);
    const struct product_state *to = product_state_of(flash->prg[NV_OB_OPTSR]);
    const uint8_t closing = STATE_IROT | STATE_TZ_CLOSED | STATE_CLOSED;
    if (from != to && to != NULL && (to->bit & closing) != 0 && !rss_authentication_valid(chip)) {
        chip_event(chip, SIM_EVENT_NOTE,
                   "going to product state %s without valid debug-authentication data in OBK: "
                   "debug authentication will do nothing, a regression neither",
                   to->name);
    }
}

bool flash_option_start(struct dev_flash *flash, enum product_asker asker, char why[PRODUCT_WHY])
{
    const struct flash_operation op = {.code = FLASH_OP_OPTION, .world = FLASH_NS};
    why[0] = 0;
    flash_operation_settle(flash);
    if (asker != ASK_REGRESSION && flash_change_barred(flash, asker, why, PRODUCT_WHY)) {
        memcpy(flash->prg, flash_option_stored(flash), sizeof(flash->prg));
        return false;
    }
    flash_option_warn(flash);
    flash_operation_start(flash, &op);
    return true;
}

void flash_option_request(struct dev_flash *flash)
{
    flash_operation_settle(flash);
    if ((flash->sr[FLASH_NS] & FLASH_SR_OPTCHANGEERR) != 0) {
        return; /* OPTSTRT cannot be set while the flag stands. */
    }
    char why[PRODUCT_WHY];
    const enum product_asker asker = flash->dev.chip->tool_asks ? ASK_TOOL : ASK_FIRMWARE;
    if (!flash_option_start(flash, asker, why)) {
        flash_error(flash, FLASH_NS, FLASH_SR_OPTCHANGEERR, "an option change was refused: %s",
                    why);
    }
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
