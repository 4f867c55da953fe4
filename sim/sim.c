/*
 * The public API: a chip, its processor and its device file, put together.
 *
 * The chip tells of changes through struct chip_listener; whatever stops the run (a reset, the
 * user) is noted there and acted upon here, between two runs of the processor.
 */
#include "rss.h"
#include "sim_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIM_VERSION "0.1.0"

static const char *const cause_names[] = {
    [CHIP_RESET_POWER_ON] = "power-on",       [CHIP_RESET_PIN] = "NRST pin",
    [CHIP_RESET_SOFTWARE] = "software",       [CHIP_RESET_IWDG] = "independent watchdog",
    [CHIP_RESET_WWDG] = "window watchdog",    [CHIP_RESET_OPTION_LOAD] = "option-byte load",
    [CHIP_RESET_LOCKUP] = "processor lockup",
};

static const char *const event_names[] = {
    [SIM_EVENT_BOOT] = "boot",   [SIM_EVENT_RESET] = "reset", [SIM_EVENT_REFUSED] = "refused",
    [SIM_EVENT_FAULT] = "fault", [SIM_EVENT_FLASH] = "flash", [SIM_EVENT_CONSOLE] = "console",
    [SIM_EVENT_BLOCK] = "block", [SIM_EVENT_NOTE] = "note",
};

const char *sim_event_name(enum sim_event_kind kind)
{
    return (unsigned)kind < sizeof event_names / sizeof event_names[0] ? event_names[kind]
                                                                       : "unknown";
}

const char *sim_version(void)
{
    static char text[64];
    (void)snprintf(text, sizeof text, "%s (%s)", SIM_VERSION, cpu_engine_version());
    return text;
}

/* What the chip tells. */

static void on_event(void *context, enum sim_event_kind kind, const char *text)
{
    struct sim *sim = context;
    struct sim_event event = {
        .time = sim->chip->now,
        .boot = sim->nv->boots,
        .kind = kind,
        .hdpl = (uint8_t)chip_hdpl(sim->chip),
        .has_cpu = sim->running,
        .text = text,
    };
    if (sim->running) {
        cpu_where(sim->cpu, &event.attr, &event.pc);
    }
    if (sim->store != NULL && !sim->config.ephemeral) {
        store_event(sim->store, &event);
    }
    if (sim->config.on_event != NULL) {
        sim->config.on_event(sim->config.context, &event);
    }
}

static void console_flush(struct sim *sim, unsigned uart)
{
    struct sim_console *console = &sim->console[uart];
    if (console->len == 0) {
        return;
    }
    char text[SIM_CONSOLE_BYTES + 16];
    (void)snprintf(text, sizeof text, "USART%u: %.*s", uart, (int)console->len, console->line);
    console->len = 0;
    on_event(sim, SIM_EVENT_CONSOLE, text);
}

static void on_uart(void *context, unsigned uart, uint8_t byte)
{
    struct sim *sim = context;
    if (sim->nv->dirty) {
        sim_note_failure(sim, sim_commit(sim, &sim->failure));
    }
    if (uart < SIM_CONSOLES) {
        struct sim_console *console = &sim->console[uart];
        if (byte == '\n' || console->len == SIM_CONSOLE_BYTES) {
            console_flush(sim, uart);
        }
        if (byte != '\n' && byte != '\r') {
            const bool printable = byte == '\t' || (byte >= 0x20 && byte < 0x7F);
            console->line[console->len++] = printable ? (char)byte : '?';
        }
    }
    if (sim->config.on_uart != NULL) {
        sim->config.on_uart(sim->config.context, uart, byte);
    }
}

static void on_reset_wanted(void *context, enum chip_reset_cause cause)
{
    struct sim *sim = context;
    if (!sim->reset_wanted) {
        sim->reset_wanted = true;
        sim->reset_cause = cause;
    }
    if (sim->cpu != NULL && !sim->rom) {
        cpu_stop(sim->cpu);
    }
}

static void on_irq(void *context, unsigned irq, bool level)
{
    struct sim *sim = context;
    if (sim->cpu != NULL) {
        cpu_irq(sim->cpu, irq, level);
    }
}

static void on_nmi(void *context)
{
    struct sim *sim = context;
    if (sim->cpu != NULL) {
        cpu_nmi(sim->cpu);
    }
}

static void on_map_changed(void *context)
{
    struct sim *sim = context;
    if (sim->cpu != NULL) {
        cpu_map_changed(sim->cpu);
    }
}

static void on_memory_changed(void *context, enum chip_memory_id id, uint32_t off, uint32_t len)
{
    struct sim *sim = context;
    if (sim->cpu != NULL) {
        cpu_memory_changed(sim->cpu, id, off, len);
    }
}

static void on_deadline(void *context)
{
    struct sim *sim = context;
    if (sim->cpu != NULL) {
        cpu_deadline(sim->cpu);
    }
}

static void on_flash_busy(void *context)
{
    struct sim *sim = context;
    sim->flash_operations++;
    if (sim->rom) {
        sim->rom_stop = sim->rom_stop || sim->flash_operations == sim->flash_stop;
    } else if (sim->cpu != NULL) {
        cpu_flash_busy(sim->cpu);
        if (sim->flash_operations == sim->flash_stop) {
            cpu_stop(sim->cpu);
        }
    }
}

void sim_note_failure(struct sim *sim, enum sim_status status)
{
    if (status == SIM_OK) {
        return;
    }
    sim->failed = true;
    if (sim->cpu != NULL) {
        cpu_stop(sim->cpu);
    }
}

/* Opening and closing. */

enum sim_status sim_create(const char *path, const struct sim_identity *identity,
                           struct sim_error *error)
{
    struct sim_nv *nv = calloc(1, sizeof *nv);
    if (nv == NULL) {
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    nv_init(nv, identity->uid, identity->secret);
    nv->rng_state = identity->seed;
    const enum sim_status status = store_create(path, nv, error);
    free(nv);
    return status;
}

enum sim_status sim_rename(const char *made, const char *path, bool replace,
                           struct sim_error *error)
{
    return replace ? store_replace(made, path, error) : store_name_give(made, path, error);
}

static enum sim_status sim_open_state(struct sim *sim, struct sim_error *error)
{
    static const uint8_t uid[12] = "garrison-sim";
    static const uint8_t secret[32] = "a chip in memory has no secrets";
    if (sim->config.device_path == NULL) {
        nv_init(sim->nv, uid, secret);
        return SIM_OK;
    }
    return store_open(sim->config.device_path, sim->config.ephemeral, sim->nv, &sim->store, error);
}

static enum sim_status sim_open_chip(struct sim *sim, struct sim_error *error)
{
    const struct chip_listener listener = {
        .context = sim,
        .irq = on_irq,
        .nmi = on_nmi,
        .map_changed = on_map_changed,
        .memory_changed = on_memory_changed,
        .reset_wanted = on_reset_wanted,
        .event = on_event,
        .uart = on_uart,
        .deadline = on_deadline,
        .flash_busy = on_flash_busy,
    };
    sim->chip = chip_new(sim->nv, &listener);
    if (sim->chip == NULL) {
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    sim->chip->strict_blocks = sim->config.strict_blocks;
    if (sim->config.no_cpu) {
        return SIM_OK;
    }
    sim->cpu = cpu_new(sim->chip, error);
    if (sim->cpu == NULL) {
        return SIM_ERROR_INTERNAL;
    }
    cpu_set_symbols(sim->cpu, sim_symbol_text, sim);
    return SIM_OK;
}

enum sim_status sim_open(const struct sim_config *config, struct sim **out, struct sim_error *error)
{
    *out = NULL;
    struct sim *sim = calloc(1, sizeof *sim);
    if (sim == NULL) {
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    sim->config = *config;
    enum sim_status status = SIM_OK;
    sim->nv = calloc(1, sizeof *sim->nv);
    sim->symbols = symbols_new();
    if (sim->nv == NULL || sim->symbols == NULL) {
        status = sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    if (status == SIM_OK) {
        status = sim_open_state(sim, error);
    }
    if (status == SIM_OK) {
        status = sim_open_chip(sim, error);
    }
    if (status != SIM_OK) {
        sim_free(sim);
        return status;
    }
    sim->config.device_path = NULL; /* The caller's string; not needed any more. */
    *out = sim;
    return SIM_OK;
}

void sim_free(struct sim *sim)
{
    if (sim->chip != NULL) {
        snapshot_pages_fini(&sim->pages);
    }
    cpu_free(sim->cpu);
    chip_free(sim->chip);
    store_close(sim->store);
    symbols_free(sim->symbols);
    free(sim->overlaid);
    free(sim->nv);
    free(sim);
}

void sim_close(struct sim *sim)
{
    if (sim == NULL) {
        return;
    }
    for (unsigned uart = 0; uart < SIM_CONSOLES; uart++) {
        console_flush(sim, uart);
    }
    struct sim_error ignored;
    (void)!sim_commit(sim, &ignored);
    sim_free(sim);
}

enum sim_status sim_commit(struct sim *sim, struct sim_error *error)
{
    if (sim->store == NULL || sim->config.ephemeral) {
        nv_clean(sim->nv);
        return SIM_OK;
    }
    return store_commit(sim->store, sim->nv, error);
}

/* Running. */

/** One step of a generator, so that each power-on draws other random numbers (SplitMix64). */
static uint64_t sim_next_seed(uint64_t seed)
{
    uint64_t z = seed + 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void sim_reset(struct sim *sim, enum chip_reset_cause cause)
{
    struct sim_nv *nv = sim->nv;
    nv->rng_state = sim_next_seed(nv->rng_state);
    nv->boots++;
    nv_touch(nv, NV_PART_BACKUP, 0, 0);
    sim->chip->seed = sim->config.seed != 0 ? sim->config.seed ^ nv->boots : nv->rng_state;
    chip_reset(sim->chip, cause);
    sim->rom = false;
    sim->boot_pending = true;
    sim->powered = true;
    chip_event(sim->chip, SIM_EVENT_RESET, "reset: %s", cause_names[cause]);
}

void sim_power_on(struct sim *sim)
{
    sim->halted = false;
    sim->reset_wanted = false;
    sim->flash_operations = 0;
    sim_reset(sim, CHIP_RESET_POWER_ON);
}

bool sim_boot(struct sim *sim, uint32_t *vectors)
{
    struct bootrom_verdict verdict;
    sim->rom = true;
    sim->rom_stop = false;
    bootrom_run(sim->chip, &verdict);
    chip_event(sim->chip, SIM_EVENT_BOOT, "%s", verdict.why);
    sim->rom = verdict.busy;
    sim->boot_pending = false;
    sim->halted = !verdict.starts && !verdict.busy;
    *vectors = verdict.vectors;
    return verdict.starts;
}

/** Commits and begins the reset that something on the chip asked for. */
static enum sim_stop sim_take_reset(struct sim *sim)
{
    sim->reset_wanted = false;
    for (unsigned uart = 0; uart < SIM_CONSOLES; uart++) {
        console_flush(sim, uart);
    }
    sim_reset(sim, sim->reset_cause);
    sim_note_failure(sim, sim_commit(sim, &sim->failure));
    return sim->failed ? SIM_STOP_ERROR : SIM_STOP_RESET;
}

/** Lets the boot ROM go on with what takes it time; the processor's instructions are its own. */
static enum sim_stop sim_run_rom(struct sim *sim, uint64_t end)
{
    struct sim_chip *chip = sim->chip;
    while (!sim->rom_stop && !sim->reset_wanted && !rss_adac_boots(chip) &&
           chip->next_event <= end) {
        chip_advance(chip, chip->next_event);
    }
    if (sim->reset_wanted) {
        return sim_take_reset(sim);
    }
    if (sim->rom_stop) {
        sim->rom_stop = false;
        return SIM_STOP_ASKED;
    }
    if (rss_adac_boots(chip)) {
        sim->rom = false;
        sim->boot_pending = true;
        return SIM_STOP_INSNS;
    }
    if (chip->next_event == SIM_NEVER) {
        return SIM_STOP_IDLE;
    }
    chip_advance(chip, end);
    return SIM_STOP_INSNS;
}

void sim_reset_now(struct sim *sim, enum chip_reset_cause cause)
{
    sim->reset_wanted = true;
    sim->reset_cause = cause;
    (void)sim_take_reset(sim); /* A failed commit is noted, and told by the next run. */
}

/**
 * Boots if that is due, and lets the boot ROM work.
 * @return true: the processor is to run until `end`; false: nothing is, because of `stop`
 */
static bool sim_run_boot(struct sim *sim, uint64_t end, enum sim_stop *stop)
{
    uint32_t vectors = 0;
    do {
        if (sim->boot_pending && sim_boot(sim, &vectors)) {
            cpu_reset(sim->cpu, vectors, vectors);
        }
        if (sim->halted) {
            *stop = SIM_STOP_HALTED;
            return false;
        }
        if (!sim->rom) {
            return true;
        }
        *stop = sim_run_rom(sim, end);
    } while (*stop == SIM_STOP_INSNS && sim->boot_pending);
    return false;
}

enum sim_stop sim_run(struct sim *sim, uint64_t insns)
{
    enum sim_stop booted;
    if (sim->cpu == NULL || sim->failed) {
        return SIM_STOP_ERROR;
    }
    if (!sim->powered) {
        sim_power_on(sim);
    }
    const uint64_t now = sim->chip->now;
    const uint64_t end = insns < UINT64_MAX - now ? now + insns : UINT64_MAX;
    if (!sim_run_boot(sim, end, &booted)) {
        return booted;
    }
    sim->running = true;
    const enum sim_stop stop = cpu_run(sim->cpu, end - sim->chip->now);
    sim->running = false;
    if (sim->failed) {
        on_event(sim, SIM_EVENT_NOTE, sim->failure.text);
        return SIM_STOP_ERROR;
    }
    if (sim->reset_wanted) {
        return sim_take_reset(sim);
    }
    return stop;
}

void sim_stop(struct sim *sim)
{
    if (sim->rom) {
        sim->rom_stop = true;
    } else if (sim->cpu != NULL) {
        cpu_stop(sim->cpu);
    }
}

uint64_t sim_flash_operations(const struct sim *sim)
{
    return sim->flash_operations;
}

void sim_flash_stop(struct sim *sim, uint64_t number)
{
    sim->flash_stop = number;
}

uint64_t sim_time(const struct sim *sim)
{
    return sim->chip->now;
}

void sim_advance(struct sim *sim, uint64_t ticks)
{
    chip_advance(sim->chip, sim->chip->now + ticks);
    if (sim->reset_wanted && sim->cpu == NULL) {
        (void)sim_take_reset(sim);
    }
}
