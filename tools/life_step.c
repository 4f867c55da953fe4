#include "life_step.h"

#include <string.h>

#include <garrison/sim_debug.h>

#define FLASH_NS     0x08000000u
#define SECTOR_BYTES 0x2000u
#define SECTORS      256u
#define QUAD         16u
#define PORTION      1024u

enum sim_status life_program(struct sim *sim, uint32_t addr, const uint8_t *data, size_t len,
                             struct sim_error *error)
{
    enum sim_status status = SIM_OK;
    for (size_t done = 0; status == SIM_OK && done < len;) {
        uint8_t portion[PORTION];
        const size_t bytes = len - done < sizeof portion ? len - done : sizeof portion;
        const size_t whole = (bytes + QUAD - 1u) / QUAD * QUAD;
        memset(portion, 0xFF, sizeof portion);
        memcpy(portion, data + done, bytes);
        status = sim_debug_flash_program(sim, addr + (uint32_t)done, portion, whole, error);
        done += bytes;
    }
    return status;
}

enum sim_status life_options(struct sim *sim, const struct plan_options *options,
                             struct sim_error *error)
{
    struct sim_probe_option changes[PLAN_OPTIONS_MAX];
    enum sim_status status = SIM_OK;
    size_t count = 0;
    for (unsigned i = 0; status == SIM_OK && sim_option_name(i) != NULL; i++) {
        uint32_t value = 0;
        status = sim_option_read(sim, sim_option_name(i), &value, error);
        if (status == SIM_OK && plan_options_apply(options, sim_option_name(i), &value)) {
            changes[count++] = (struct sim_probe_option){sim_option_name(i), value};
        }
    }
    return status == SIM_OK ? sim_probe_options(sim, changes, count, error) : status;
}

static bool is_blank(struct sim *sim, uint32_t addr)
{
    uint8_t sector[SECTOR_BYTES];
    if (sim_peek(sim, addr, sector, sizeof sector, NULL) != SIM_OK) {
        return false;
    }
    for (unsigned i = 0; i < SECTOR_BYTES; i++) {
        if (sector[i] != 0xFFu) {
            return false;
        }
    }
    return true;
}

/** The tool need not know which sectors are erased; it would take its time for all. */
static enum sim_status erase_flash(struct sim *sim, struct sim_error *error)
{
    enum sim_status status = SIM_OK;
    for (unsigned i = 0; status == SIM_OK && i < SECTORS; i++) {
        const uint32_t addr = FLASH_NS + i * SECTOR_BYTES;
        if (!is_blank(sim, addr)) {
            status = sim_debug_flash_erase(sim, addr, error);
        }
    }
    return status;
}

static enum sim_status write_obk(struct sim *sim, const struct file_data *obk,
                                 struct sim_error *error)
{
    uint32_t result = 0;
    return sim_probe_provision(sim, obk->data, obk->len, &result, error);
}

enum sim_status life_step_do(struct sim *sim, const struct life_step *step,
                             const struct life_credentials *credentials, struct sim_error *error)
{
    if (step->kind == LIFE_POWER) {
        sim_power_on(sim);
        return SIM_OK;
    }
    if (step->kind == LIFE_RESET) {
        sim_probe_reset(sim);
        return SIM_OK;
    }
    if (step->kind == LIFE_REGRESSION) {
        return life_regress(sim, credentials, step->partial, error);
    }
    const enum sim_status status = sim_probe_connect(sim, true, error);
    if (status != SIM_OK) {
        return status;
    }
    if (step->kind == LIFE_OPTIONS) {
        return life_options(sim, &step->options, error);
    }
    if (step->kind == LIFE_OBK) {
        return write_obk(sim, &step->obk, error);
    }
    if (step->kind == LIFE_ERASE) {
        return erase_flash(sim, error);
    }
    return life_program(sim, (uint32_t)step->image->config->address.number, step->image->file.data,
                        step->image->file.len, error);
}
