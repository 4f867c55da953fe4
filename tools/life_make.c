#include "life_make.h"

#include "report.h"

enum sim_status life_make(const char *path, const struct provision_plan *plan,
                          struct sim_error *error)
{
    const struct sim_config config = {.device_path = path, .no_cpu = true};
    struct sim *sim = NULL;
    enum sim_status status = sim_create(path, &plan->identity, error);
    if (status == SIM_OK) {
        status = sim_open(&config, &sim, error);
    }
    for (unsigned i = 0; status == SIM_OK && i < plan->images; i++) {
        const struct plan_image *image = &plan->image[i];
        if (plan_image_is_system(image)) {
            status = sim_poke(sim, (uint32_t)image->config->address.number, image->file.data,
                              image->file.len, error);
        }
    }
    sim_close(sim);
    return status;
}

static int perform(struct sim *sim, const struct life_plan *life,
                   const struct life_credentials *credentials, bool *refused)
{
    sim_power_on(sim);
    for (unsigned i = 0; i < life->steps; i++) {
        struct sim_error error = {""};
        const enum sim_status status = life_step_do(sim, &life->step[i], credentials, &error);
        if (status == SIM_ERROR_INTERNAL || status == SIM_ERROR_MEMORY) {
            return fail(EXIT_INTERNAL, "%s", error.text);
        }
        if (status == SIM_OK) {
            continue;
        }
        *refused = true;
        say("step %u, %s: %s", i + 1u, life->step[i].text, error.text);
        if (!life->go_on) {
            return EXIT_DONE;
        }
    }
    return EXIT_DONE;
}

int life_perform(const char *path, const struct life_plan *life,
                 const struct life_credentials *credentials, bool *refused)
{
    const struct sim_config config = {.device_path = path};
    struct sim_error error = {""};
    struct sim *sim = NULL;
    *refused = false;
    const enum sim_status status = sim_open(&config, &sim, &error);
    if (status != SIM_OK) {
        return fail(status == SIM_ERROR_MEMORY ? EXIT_INTERNAL : EXIT_USAGE, "%s", error.text);
    }
    const int done = perform(sim, life, credentials, refused);
    const enum sim_status kept = sim_commit(sim, &error);
    sim_close(sim);
    return done == EXIT_DONE && kept != SIM_OK ? fail(EXIT_INTERNAL, "%s", error.text) : done;
}
