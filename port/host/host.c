/*
 * Starting and ending the native way.
 */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <garrison/keys.h>
#include <garrison/spm.h>
#include <garrison/version.h>

#include "../stm32h573/image.h"
#include "../stm32h573/layout.h"
#include "../stm32h573/layout_data.h"
#include "../stm32h573/regs.h"
#include "services/crypto_protocol.h"

#define DEVICE_VARIABLE "GARRISON_DEVICE"
#define LOG_VARIABLE    "GARRISON_LOG"

/* OPTSR2.TZEN and OPTSR.BOOT_UBE of a chip that this process made: TrustZone on, user flash. */
#define OPTSR2_TZEN_MASK 0xFF000000u
#define OPTSR2_TZEN_ON   0xB4000000u
#define OPTSR_UBE_MASK   0x3FC00000u
#define OPTSR_UBE_USER   0x2D000000u /* 0xB4 << 22 */

/** Times that the chain may reset the chip before it starts the manager. */
#define RESETS_MAX 16u

struct sim *host_chip;

static struct garrison_host_config host_config;
static char host_reason[512];
static bool host_chain;

const char *garrison_host_reason(void)
{
    return host_reason;
}

void host_log(const char *line)
{
    if (host_config.on_log != NULL) {
        host_config.on_log(host_config.context, line);
    } else if (getenv(LOG_VARIABLE) != NULL) {
        fprintf(stderr, "%s\n", line);
    }
}

void host_listen(garrison_host_log_fn *on_log, void *context)
{
    host_config.on_log = on_log;
    host_config.context = context;
}

int host_refuse(const char *text)
{
    (void)snprintf(host_reason, sizeof host_reason, "%s", text);
    sim_close(host_chip);
    host_chip = NULL;
    return -1;
}

/** Makes the file of a new device with TrustZone on; its identity is of the host's randomness. */
static enum sim_status host_make_device(const char *path, struct sim_error *error)
{
    struct sim_identity identity;
    if (getrandom(&identity, sizeof identity, 0) != (ssize_t)sizeof identity) {
        (void)snprintf(error->text, sizeof error->text, "the host gives no random bytes");
        return SIM_ERROR_INTERNAL;
    }
    return sim_create(path, &identity, error);
}

/** Switches on TrustZone in a chip that has nothing in its flash. */
static enum sim_status host_prepare_options(struct sim_error *error)
{
    uint32_t optsr = 0;
    uint32_t optsr2 = 0;
    enum sim_status status = sim_option_read(host_chip, "OPTSR", &optsr, error);
    if (status == SIM_OK) {
        status = sim_option_read(host_chip, "OPTSR2", &optsr2, error);
    }
    if (status == SIM_OK) {
        optsr = (optsr & ~OPTSR_UBE_MASK) | OPTSR_UBE_USER;
        status = sim_option_write(host_chip, "OPTSR", optsr, error);
    }
    if (status == SIM_OK) {
        optsr2 = (optsr2 & ~OPTSR2_TZEN_MASK) | OPTSR2_TZEN_ON;
        status = sim_option_write(host_chip, "OPTSR2", optsr2, error);
    }
    return status;
}

static enum sim_status host_open(const struct sim_config *properties, struct sim_error *error)
{
    const char *path = host_config.device_path;
    if (path == NULL) {
        path = getenv(DEVICE_VARIABLE);
    }
    if (path != NULL && !properties->ephemeral && access(path, F_OK) != 0) {
        const enum sim_status made = host_make_device(path, error);
        if (made != SIM_OK) {
            return made;
        }
    }
    struct sim_config config = *properties;
    config.device_path = path;
    return sim_open(&config, &host_chip, error);
}

/** What the process itself is, when there is no chain to verify it. */
static enum garrison_status host_hand_over(void)
{
    static const uint32_t roles[] = {IMAGE_ROLE_IROT, IMAGE_ROLE_UROT, IMAGE_ROLE_MANAGER,
                                     IMAGE_ROLE_APPLICATION};
    struct handoff *record = port_handoff();
    handoff_init(record, (uint32_t)port_reset_cause());
    record->layout = layout_default;
    for (unsigned i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        const struct handoff_entry entry = {
            .role = roles[i],
            .version = {GARRISON_VERSION_MAJOR, GARRISON_VERSION_MINOR, GARRISON_VERSION_REVISION,
                        0},
        };
        const enum garrison_status status = handoff_append(record, &entry);
        if (status != GARRISON_OK) {
            return status;
        }
    }
    return handoff_seal(record);
}

/** Raises the level as the boot ROM and the stages would have. */
static void host_raise_level(void)
{
    while (port_hdpl() < 3) {
        reg_write(SBS_HDPLCR, SBS_HDPLCR_RAISE);
    }
}

bool host_has_chain(void)
{
    return host_chain;
}

/** Runs the chain, which may reset the chip when it has installed something. */
static int host_boot_chain(void)
{
    for (unsigned resets = 0; resets <= RESETS_MAX; resets++) {
        uint32_t vectors = 0;
        struct host_ending ending;
        if (resets > 0) {
            sim_power_on(host_chip);
            (void)!sim_boot(host_chip, &vectors);
        }
        host_run_chain(&ending);
        if (ending.end == HOST_END_LEFT) {
            return 0;
        }
        if (ending.end != HOST_END_RESET) {
            return host_refuse(ending.reason);
        }
    }
    return host_refuse("the boot chain resets the chip again and again");
}

int host_boot(void)
{
    uint32_t vectors = 0;
    host_chain = sim_boot(host_chip, &vectors);
    if (host_chain) {
        return host_boot_chain();
    }
    host_raise_level();
    return host_hand_over() == GARRISON_OK ? 0 : host_refuse("the hand-over record is full");
}

int host_open_chip(const struct garrison_host_config *config, const struct sim_config *properties)
{
    garrison_host_stop();
    host_config = *config;
    host_reason[0] = '\0';
    struct sim_error error;
    if (host_open(properties, &error) != SIM_OK) {
        return host_refuse(error.text);
    }
    struct sim_state state;
    sim_state_get(host_chip, &state);
    if (!state.trustzone && state.sectors_used > 0) {
        return host_refuse("the device has images but TrustZone is off: provision it first");
    }
    if (!state.trustzone && host_prepare_options(&error) != SIM_OK) {
        return host_refuse(error.text);
    }
    sim_power_on(host_chip);
    return 0;
}

/**
 * The memory of the crypto service is this process's and outlives a reset of the chip; what the
 * service keeps in it for the application must not. Partitions and modules have nothing there.
 */
static psa_status_t forget_keys(void)
{
    static const struct crypto_request request = {.function = CRYPTO_FORGET};
    const psa_invec in = {&request, sizeof request};
    return psa_call(CRYPTO_HANDLE, PSA_IPC_CALL, &in, 1, NULL, 0);
}

int host_serve(void)
{
    static bool served;
    if (port_isolation_check(&port_handoff()->layout) != GARRISON_OK) {
        return host_refuse("the storage areas are not Secure: the device's secure_watermark must "
                           "cover sectors 118-127 of bank 2");
    }
    rng_init();
    host_storage_start();
    if (manager_serve() != GARRISON_OK) {
        return host_refuse("the manager's table of partitions is wrong");
    }
    if (served && forget_keys() != PSA_SUCCESS) {
        return host_refuse("the crypto service does not begin anew");
    }
    served = true;
    host_modules_refuse();
    return 0;
}

int garrison_host_start(const struct garrison_host_config *config)
{
    const struct sim_config properties = {
        .no_cpu = true, .ephemeral = config->ephemeral, .seed = config->seed};
    return host_open_chip(config, &properties) == 0 && host_boot() == 0 ? host_serve() : -1;
}

void garrison_host_stop(void)
{
    sim_close(host_chip);
    host_chip = NULL;
}

void host_ensure_started(void)
{
    static const struct garrison_host_config defaults;
    if (host_chip != NULL) {
        return;
    }
    if (garrison_host_start(&defaults) != 0) {
        fprintf(stderr, "garrison: %s\n", host_reason);
        exit(2);
    }
    (void)atexit(garrison_host_stop);
}
