#include "life_ability.h"

#include <string.h>

#include <garrison/handoff.h>
#include <garrison/sim_debug.h>

#define FLASH_NS     0x08000000u
#define FLASH_BYTES  0x200000u
#define SECTOR_BYTES 0x2000u
#define ALIAS_MASK   0x04000000u
#define BANK_2       0x100000u

#define STATE_MASK 0xFF00u

/** What an ability is tried with. */
struct trial {
    struct sim *sim;
    const struct provision_plan *plan;
    const struct life_credentials *credentials;
    const struct ability *ability;
};

struct ability {
    const char *gone;
    bool (*can)(const struct trial *trial);
    const char *word; /**< For can_change(): the option word, and the bits that are turned over. */
    uint32_t bits;
};

static bool can_run(const struct trial *trial)
{
    sim_power_on(trial->sim);
    return sim_run(trial->sim, 100) != SIM_STOP_HALTED;
}

static bool can_see_secure(const struct trial *trial)
{
    struct sim_debug_access access;
    sim_debug_access(trial->sim, &access);
    return access.secure || (access.nonsecure && !access.trustzone);
}

static bool can_see_nonsecure(const struct trial *trial)
{
    struct sim_debug_access access;
    sim_debug_access(trial->sim, &access);
    return access.nonsecure;
}

static bool can_change(const struct trial *trial)
{
    const struct ability *ability = trial->ability;
    struct sim_probe_option option = {.name = ability->word};
    if (sim_probe_connect(trial->sim, true, NULL) != SIM_OK ||
        sim_option_read(trial->sim, ability->word, &option.value, NULL) != SIM_OK) {
        return false;
    }
    option.value ^= ability->bits;
    return sim_probe_options(trial->sim, &option, 1, NULL) == SIM_OK;
}

static bool can_provision(const struct trial *trial)
{
    /* The last slot of HDPL2: 0x0FFD0BF0, 16 bytes, as they are. */
    static const uint8_t obk[28] = {0xF0, 0x0B, 0xFD, 0x0F, 16};
    uint32_t result = 0;
    return sim_probe_provision(trial->sim, obk, sizeof obk, &result, NULL) == SIM_OK;
}

static bool can_erase(const struct trial *trial, uint32_t addr)
{
    return sim_probe_connect(trial->sim, true, NULL) == SIM_OK &&
           sim_debug_flash_erase(trial->sim, addr, NULL) == SIM_OK;
}

static bool can_erase_first(const struct trial *trial)
{
    return can_erase(trial, FLASH_NS);
}

static bool can_erase_last(const struct trial *trial)
{
    return can_erase(trial, FLASH_NS + FLASH_BYTES - SECTOR_BYTES);
}

/** The application's first sector; without one, the first of bank 2. */
static bool can_erase_application(const struct trial *trial)
{
    uint32_t addr = FLASH_NS + BANK_2;
    for (unsigned i = 0; i < trial->plan->images; i++) {
        const struct device_image *image = trial->plan->image[i].config;
        if (image->role.number == IMAGE_ROLE_APPLICATION) {
            addr = (uint32_t)image->address.number & ~ALIAS_MASK & ~(SECTOR_BYTES - 1u);
        }
    }
    return can_erase(trial, addr);
}

static bool can_change_state(const struct trial *trial)
{
    static const uint8_t codes[] = {0x17, 0x2E, 0xC6, 0x72, 0x5C};
    struct sim_probe_option option = {.name = "OPTSR"};
    uint32_t optsr = 0;
    if (sim_probe_connect(trial->sim, true, NULL) != SIM_OK ||
        sim_option_read(trial->sim, option.name, &optsr, NULL) != SIM_OK) {
        return false;
    }
    for (size_t i = 0; i < sizeof codes; i++) {
        option.value = (optsr & ~STATE_MASK) | (uint32_t)codes[i] << 8;
        if (option.value != optsr && sim_probe_options(trial->sim, &option, 1, NULL) == SIM_OK) {
            return true;
        }
    }
    return false;
}

static bool can_regress(const struct trial *trial)
{
    return life_regress(trial->sim, trial->credentials, false, NULL) == SIM_OK;
}

static bool can_regress_partly(const struct trial *trial)
{
    return life_regress(trial->sim, trial->credentials, true, NULL) == SIM_OK;
}

static const struct ability abilities[] = {
    {"user code does not run", can_run, NULL, 0},
    {"Secure code and memory are closed to debuggers", can_see_secure, NULL, 0},
    {"debug is closed altogether", can_see_nonsecure, NULL, 0},
    {"no tool switches TrustZone", can_change, "OPTSR2", 0x77000000u},
    {"no tool changes BOOT_UBE", can_change, "OPTSR", 0x1DC00000u},
    {"no tool changes the Secure boot address", can_change, "SECBOOTR", 0x100u},
    {"no tool changes the Non-secure boot address", can_change, "NSBOOTR", 0x100u},
    {"no tool changes the Secure watermark", can_change, "SECWM1R", 1u},
    {"no tool changes HDP", can_change, "HDP1R", 1u},
    {"no tool changes the write protection", can_change, "WRP1R", 0x80000000u},
    {"no tool writes option-byte keys", can_provision, NULL, 0},
    {"no tool erases the first sector", can_erase_first, NULL, 0},
    {"no tool erases the last sector", can_erase_last, NULL, 0},
    {"no tool erases the application", can_erase_application, NULL, 0},
    {"no tool changes the product state", can_change_state, NULL, 0},
    {"no full regression by debug authentication", can_regress, NULL, 0},
    {"no partial regression by debug authentication", can_regress_partly, NULL, 0},
};
#define ABILITIES (sizeof abilities / sizeof abilities[0])
_Static_assert(ABILITIES <= 32, "a set has a bit for each");

const char *life_ability_gone(unsigned index)
{
    return index < ABILITIES ? abilities[index].gone : NULL;
}

life_abilities life_abilities_try(struct sim *sim, const struct sim_snapshot *snapshot,
                                  const struct provision_plan *plan,
                                  const struct life_credentials *credentials)
{
    life_abilities all = 0;
    for (unsigned i = 0; i < ABILITIES; i++) {
        const struct trial trial = {sim, plan, credentials, &abilities[i]};
        sim_snapshot_restore(sim, snapshot);
        all |= abilities[i].can(&trial) ? 1u << i : 0;
    }
    sim_snapshot_restore(sim, snapshot);
    return all;
}
