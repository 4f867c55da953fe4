#include "chain_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garrison/port.h>

#include "support/test.h"

#define STORE_SLOT 16u

struct chain_world chain;

static const struct layout_bounds bounds = {
    .flash_size = CHAIN_SECTORS * CHAIN_SECTOR,
    .sector = CHAIN_SECTOR,
    .free_off = CHAIN_IROT_END,
    .free_end = CHAIN_SECTORS * CHAIN_SECTOR,
};

static const struct boot_self irot_self = {.off = 0, .size = CHAIN_SECTOR, .addr = CHAIN_BASE_S};

static const struct boot_slot irot_slots[] = {
    {.role = IMAGE_ROLE_UROT,
     .base = CHAIN_BASE_S,
     .ram = {{CHAIN_STACK_S - 0x1000u, CHAIN_STACK_S}}},
};

static const struct boot_slot urot_slots[] = {
    {.role = IMAGE_ROLE_MANAGER,
     .base = CHAIN_BASE_S,
     .ram = {{CHAIN_STACK_S - 0x1000u, CHAIN_STACK_S}}},
    {.role = IMAGE_ROLE_APPLICATION,
     .base = CHAIN_BASE_NS,
     .ram = {{CHAIN_STACK_NS - 0x1000u, CHAIN_STACK_NS}}},
    {.role = IMAGE_ROLE_MODULE_0, .base = CHAIN_BASE_S},
};

const struct boot_stage chain_irot = {
    .role = IMAGE_ROLE_IROT,
    .hdpl = 1,
    .counters_off = BOOT_COUNTERS_OFF_HDPL1,
    .image_key_off = IMAGE_KEY_OFF_HDPL1,
    .header_size = CHAIN_HEADER,
    .vectors_align = 0x20,
    .self = &irot_self,
    .bounds = &bounds,
    .slot = irot_slots,
    .slot_count = COUNT_OF(irot_slots),
    .next = IMAGE_ROLE_UROT,
    .install = install_overwrite,
    .recover = install_recover_urot,
};

const struct boot_stage chain_urot = {
    .role = IMAGE_ROLE_UROT,
    .hdpl = 2,
    .counters_off = BOOT_COUNTERS_OFF_HDPL2,
    .image_key_off = IMAGE_KEY_OFF_HDPL2,
    .header_size = CHAIN_HEADER,
    .vectors_align = 0x20,
    .bounds = &bounds,
    .slot = urot_slots,
    .slot_count = COUNT_OF(urot_slots),
    .next = IMAGE_ROLE_MANAGER,
    .install = install_run,
    .recover = install_recover,
    .last = true,
    .derive = port_derive_key,
    .watch = port_watchdog_start,
};

/*
 * Ends.
 */

static GARRISON_NORETURN void end(enum chain_end how)
{
    longjmp(chain.end, (int)how);
}

/**
 * Power that is off executes nothing. A boot stage runs on to its end, with a flash that answers
 * nothing: what it keeps in RAM is zero at its next start, as it is on the chip.
 */
static void end_if_off(void)
{
    if (chain.power.off && chain.hdpl == 3) {
        end(CHAIN_CUT);
    }
}

enum chain_end chain_run(void (*body)(void))
{
    const int how = setjmp(chain.end);
    if (how == 0) {
        body();
    }
    return chain.power.off ? CHAIN_CUT : (enum chain_end)how;
}

/*
 * The user flash.
 */

static enum garrison_status flash_read(const struct flash_device *device, uint32_t off,
                                       uint8_t *data, uint32_t len)
{
    (void)device;
    const enum garrison_status status =
        chain.flash.device.read(&chain.flash.device, off, data, len);
    end_if_off();
    return status;
}

static enum garrison_status flash_program(const struct flash_device *device, uint32_t off,
                                          const uint8_t *data, uint32_t len)
{
    (void)device;
    const enum garrison_status status =
        chain.flash.device.program(&chain.flash.device, off, data, len);
    end_if_off();
    return status;
}

static enum garrison_status flash_erase(const struct flash_device *device, uint32_t off,
                                        uint32_t len)
{
    (void)device;
    const enum garrison_status status = chain.flash.device.erase(&chain.flash.device, off, len);
    end_if_off();
    return status;
}

const struct flash_device *chain_flash(void)
{
    static const struct flash_device device = {
        .size = CHAIN_SECTORS * CHAIN_SECTOR,
        .sector = CHAIN_SECTOR,
        .unit = CHAIN_UNIT,
        .erased = 0xFF,
        .read = flash_read,
        .program = flash_program,
        .erase = flash_erase,
    };
    return &device;
}

const struct flash_device *port_flash(void)
{
    return chain_flash();
}

/*
 * The keys store, as port/stm32h573/keys.c writes it: what is new goes into the sector that is not
 * read, erased before; a swap then adds what is not new and makes it the one that is read.
 */

static const struct {
    uint32_t first;
    uint32_t behind;
} levels[] = {{0x0000, 0x0100}, {0x0100, 0x0900}, {0x0900, 0x0C00}};

static bool level_has(uint32_t off, uint32_t len)
{
    return chain.hdpl < COUNT_OF(levels) && off >= levels[chain.hdpl].first &&
           off <= levels[chain.hdpl].behind && len <= levels[chain.hdpl].behind - off;
}

enum garrison_status port_keys_read(uint32_t off, uint8_t *data, uint32_t len)
{
    if (!level_has(off, len)) {
        return GARRISON_ERROR_DEVICE;
    }
    const struct flash_device *device = &chain.store.device;
    return device->read(device, chain.current * CHAIN_STORE_BYTES + off, data, len);
}

static bool is_updated(const struct port_keys_update *updates, uint32_t count, uint32_t off)
{
    for (uint32_t i = 0; i < count; i++) {
        if (off >= updates[i].off && off - updates[i].off < updates[i].len) {
            return true;
        }
    }
    return false;
}

/** The hardware's swap; a selector that is torn leaves the old sector the one that is read. */
static void swap_store(const struct port_keys_update *updates, uint32_t count)
{
    const uint32_t from = chain.current * CHAIN_STORE_BYTES;
    const uint32_t to = CHAIN_STORE_BYTES - from;
    const bool done = flash_power_other(&chain.power);
    for (uint32_t off = 0; done && off < CHAIN_STORE_BYTES; off += STORE_SLOT) {
        if (!is_updated(updates, count, off)) {
            flash_emulator_poke(&chain.store, to + off, chain.store.bytes + from + off, STORE_SLOT);
        }
    }
    if (done) {
        chain.current ^= 1u;
    }
}

enum garrison_status port_keys_write(const struct port_keys_update *updates, uint32_t count)
{
    const struct flash_device *device = &chain.store.device;
    const uint32_t to = CHAIN_STORE_BYTES - chain.current * CHAIN_STORE_BYTES;
    for (uint32_t i = 0; i < count; i++) {
        if (!level_has(updates[i].off, updates[i].len)) {
            return GARRISON_ERROR_ARGUMENT;
        }
    }
    enum garrison_status status = device->erase(device, to, CHAIN_STORE_BYTES);
    for (uint32_t i = 0; i < count && status == GARRISON_OK; i++) {
        status = device->program(device, to + updates[i].off, updates[i].data, updates[i].len);
    }
    end_if_off();
    for (uint32_t i = 0; i < count && status == GARRISON_OK; i++) {
        if (memcmp(chain.store.bytes + to + updates[i].off, updates[i].data, updates[i].len) != 0) {
            status = GARRISON_ERROR_DEVICE;
        }
    }
    if (status == GARRISON_OK) {
        swap_store(updates, count);
        end_if_off();
    }
    return status;
}

void chain_provision(uint32_t off, const void *data, uint32_t len)
{
    flash_emulator_poke(&chain.store, chain.current * CHAIN_STORE_BYTES + off, data, len);
}

struct boot_counters chain_counters(uint32_t off)
{
    struct boot_counters counters;
    memcpy(&counters, chain.store.bytes + chain.current * CHAIN_STORE_BYTES + off, sizeof counters);
    if (counters.magic != BOOT_COUNTERS_MAGIC) {
        memset(&counters, 0, sizeof counters);
    }
    return counters;
}

/*
 * The rest of the port.
 */

enum port_reset_cause port_reset_cause(void)
{
    return PORT_RESET_POWER;
}

unsigned port_hdpl(void)
{
    return chain.hdpl;
}

enum garrison_status port_derive_key(const char *label, uint8_t key[64])
{
    memset(key, (int)strlen(label), 64);
    return GARRISON_OK;
}

struct handoff *port_handoff(void)
{
    return &chain.handoff;
}

void port_leave(uint32_t vectors)
{
    chain.vectors = vectors;
    end(CHAIN_LEFT);
}

void port_watchdog_start(void)
{
    chain.watched = true;
}

void port_boot_verdict(uint32_t verdict)
{
    (void)verdict;
}

enum garrison_status port_isolation_apply(const struct layout_record *layout)
{
    (void)layout;
    return GARRISON_OK;
}

void port_log(const char *line)
{
    (void)snprintf(chain.log, sizeof chain.log, "%s", line);
}

void port_panic(const char *reason)
{
    (void)snprintf(chain.panic, sizeof chain.panic, "%s", reason);
    end(CHAIN_GAVE_UP);
}

void port_reset(void)
{
    end(CHAIN_RESET);
}

/** No line: a stage without an image gives up, which no power cut may bring about. */
bool port_rescue_open(void)
{
    return false;
}

bool port_rescue_read(uint8_t *byte, bool wait)
{
    (void)byte;
    (void)wait;
    return false;
}

void port_rescue_write(const uint8_t *data, uint32_t len)
{
    (void)data;
    (void)len;
}

/*
 * Boots.
 */

static void run_irot(void)
{
    boot_stage_run(&chain_irot);
}

static void run_urot(void)
{
    boot_stage_run(&chain_urot);
}

/** Whether a stage has started the image of that role, which is where the layout says. */
static bool started(uint32_t role)
{
    const struct layout_slot *slot = layout_find(&chain.handoff.layout, role);
    return slot != NULL && chain.vectors == CHAIN_BASE_S + slot->off + CHAIN_HEADER;
}

enum chain_end chain_boot(void)
{
    /* What RAM holds after a reset is anything. */
    memset(&chain.handoff, 0x5A, sizeof chain.handoff);
    chain.hdpl = 1;
    chain.vectors = 0;
    chain.watched = false;
    enum chain_end how = chain_run(run_irot);
    if (how == CHAIN_LEFT && started(IMAGE_ROLE_UROT)) {
        chain.hdpl = 2;
        chain.vectors = 0;
        how = chain_run(run_urot);
    }
    if (how == CHAIN_LEFT && !started(IMAGE_ROLE_MANAGER)) {
        (void)snprintf(chain.panic, sizeof chain.panic, "started 0x%08X", (unsigned)chain.vectors);
        how = CHAIN_GAVE_UP;
    }
    chain.hdpl = 3;
    return how;
}

void chain_open(void)
{
    memset(&chain, 0, sizeof chain);
    flash_power_init(&chain.power, 1);
    flash_emulator_open(&chain.flash, &chain.power, CHAIN_SECTORS, CHAIN_SECTOR, CHAIN_UNIT);
    flash_emulator_open(&chain.store, &chain.power, 2, CHAIN_STORE_BYTES, STORE_SLOT);
    if (flash_emulator_image_bytes(&chain.flash) != sizeof((struct chain_state *)0)->flash ||
        flash_emulator_image_bytes(&chain.store) != sizeof((struct chain_state *)0)->store) {
        abort();
    }
}

void chain_close(void)
{
    flash_emulator_close(&chain.flash);
    flash_emulator_close(&chain.store);
}

void chain_save(struct chain_state *state)
{
    flash_emulator_save(&chain.flash, state->flash);
    flash_emulator_save(&chain.store, state->store);
    state->current = chain.current;
}

void chain_restore(const struct chain_state *state)
{
    flash_emulator_restore(&chain.flash, state->flash);
    flash_emulator_restore(&chain.store, state->store);
    chain.current = state->current;
}
