#include "wipe_lab.h"

#include <stdio.h>
#include <string.h>

#include <psa/client.h>

#include "chip.h"
#include "firmware/relay.h"
#include "sim_internal.h"
#include "support/elf_symbol.h"
#include "support/test.h"

#define BOOT_INSNS 400000000u
#define CALL_INSNS 20000000000u
#define STEP       20000u

#define PIECE        8u
#define PIECES_MAX   32768u
#define FILTER_BITS  18u
#define MARKS_BYTES  16384u
#define MARKS_MAX    32u
#define COPIES_MAX   64u
#define MEMORY_BYTES 0x50000u

struct device wipe_device;

static struct sim_snapshot *ready;

/* What is looked for: the values, and the pieces of them in a table with a filter before it. */
static struct {
    uint8_t bytes[MARKS_BYTES];
    size_t used;
    struct {
        const uint8_t *data;
        size_t len;
    } mark[MARKS_MAX];
    size_t marks;
    uint64_t piece[PIECES_MAX];
    size_t pieces;
    uint8_t filter[1u << FILTER_BITS];
    uint32_t words[PIECES_MAX]; /* of registers */
} watched;

/** A run of pieces, one after the other. */
static struct copy {
    const char *place;
    size_t off; /**< Address, or byte of a device's state. */
    size_t len; /**< Bytes. */
} copies[COPIES_MAX];
static size_t copy_count;
static unsigned held;
static bool is_open;

/** Where nothing is looked at. */
static struct elf_symbol excepted;

static uint32_t hash(uint64_t piece)
{
    return (uint32_t)(piece * 0x9E3779B97F4A7C15u >> (64u - FILTER_BITS));
}

static void add_piece(const uint8_t data[PIECE])
{
    for (unsigned order = 0; order < 4u; order++) {
        const unsigned turn = ((order & 1u) != 0 ? 3u : 0) ^ ((order & 2u) != 0 ? 4u : 0);
        uint8_t turned[PIECE];
        for (unsigned i = 0; i < PIECE; i++) {
            turned[i] = data[i ^ turn];
        }
        assert_true(watched.pieces < PIECES_MAX);
        memcpy(&watched.piece[watched.pieces], turned, PIECE);
        memcpy(&watched.words[watched.pieces], turned, sizeof watched.words[0]);
        watched.filter[hash(watched.piece[watched.pieces++])] = 1;
    }
}

static uint8_t *keep(size_t len)
{
    assert_true(len >= PIECE && watched.used + len <= MARKS_BYTES && watched.marks < MARKS_MAX);
    uint8_t *kept = watched.bytes + watched.used;
    watched.used += len;
    watched.mark[watched.marks].data = kept;
    watched.mark[watched.marks++].len = len;
    return kept;
}

static const uint8_t *watch(const uint8_t *kept, size_t len)
{
    for (size_t off = 0; off + PIECE <= len; off++) {
        add_piece(kept + off);
    }
    return kept;
}

void wipe_watch(const void *value, size_t len)
{
    uint8_t *kept = keep(len);
    memcpy(kept, value, len);
    (void)watch(kept, len);
}

const uint8_t *wipe_mark(size_t len)
{
    static uint32_t state = 0x9E3779B9;
    uint8_t *kept = keep(len);
    for (size_t i = 0; i < len; i++) {
        state = state * 1664525u + 1013904223u;
        kept[i] = (uint8_t)(state >> 24);
    }
    return watch(kept, len);
}

void wipe_expect_held(unsigned count)
{
    held = count;
    is_open = false;
}

void wipe_expect_open(void)
{
    is_open = true;
}

static struct elf_symbol symbol_of(const char *name)
{
    struct elf_symbol symbol = elf_symbol("port/stm32h573/manager", name);
    symbol.addr &= ~0x10000000u; /* as memories are named here */
    return symbol;
}

static bool is_in(const struct elf_symbol *place, size_t addr, size_t len)
{
    return addr >= place->addr && addr + len <= place->addr + place->size;
}

void wipe_except(const char *symbol)
{
    excepted = symbol_of(symbol);
}

static bool is_piece(const uint8_t *data)
{
    uint64_t piece;
    memcpy(&piece, data, sizeof piece);
    if (watched.filter[hash(piece)] == 0) {
        return false;
    }
    for (size_t i = 0; i < watched.pieces; i++) {
        if (watched.piece[i] == piece) {
            return true;
        }
    }
    return false;
}

static void note(const char *place, size_t off, size_t len)
{
    if (copy_count < COPIES_MAX && !is_in(&excepted, off, len)) {
        copies[copy_count++] = (struct copy){place, off, len};
    }
}

static void search_bytes(const char *place, size_t base, const uint8_t *data, size_t len)
{
    for (size_t off = 0; off + PIECE <= len; off++) {
        const size_t from = off;
        while (off + PIECE <= len && is_piece(data + off)) {
            off++;
        }
        if (off > from) {
            note(place, base + from, off - from + PIECE - 1u);
        }
    }
}

static void search_memories(void)
{
    static const struct {
        const char *name;
        uint32_t addr;
        uint32_t len;
    } memories[] = {{"SRAM1", 0x20000000, 0x40000},
                    {"SRAM2", 0x20040000, 0x10000},
                    {"SRAM3", 0x20050000, 0x50000},
                    {"backup SRAM", 0x40036400, 0x1000}};
    static uint8_t bytes[MEMORY_BYTES];
    struct sim_error error;
    for (size_t i = 0; i < COUNT_OF(memories); i++) {
        assert_int_equal(
            sim_peek(wipe_device.sim, memories[i].addr, bytes, memories[i].len, &error), SIM_OK);
        search_bytes(memories[i].name, memories[i].addr, bytes, memories[i].len);
    }
}

static void search_devices(void)
{
    const struct sim_chip *chip = wipe_device.sim->chip;
    for (unsigned i = 0; i < chip->devices; i++) {
        const struct sim_device *device = chip->device[i];
        search_bytes(device->name, 0, (const uint8_t *)device, device->bytes);
    }
}

static void search_registers(void)
{
    for (unsigned reg = 0; reg < SIM_REG_PC; reg++) {
        const uint32_t value = sim_reg_read(wipe_device.sim, (enum sim_reg)reg);
        for (size_t i = 0; i < watched.pieces; i++) {
            if (watched.words[i] == value) {
                note("the processor's registers", reg, sizeof value);
                break;
            }
        }
    }
}

static void search(void)
{
    copy_count = 0;
    search_memories();
    search_devices();
    search_registers();
}

bool wipe_finds(void)
{
    search();
    return copy_count > 0;
}

static bool is_whole(const struct copy *copy)
{
    for (size_t i = 0; i < watched.marks; i++) {
        if (copy->len == watched.mark[i].len) {
            return true;
        }
    }
    return false;
}

/** What the last call was: the first word of its request is the function. */
static char last_call[80];

void wipe_search(void)
{
    const struct elf_symbol arena = symbol_of("arena");
    char found[1024] = "";
    size_t right = 0;
    search();
    for (size_t i = 0; i < copy_count; i++) {
        const size_t len = strlen(found);
        const struct copy *copy = &copies[i];
        right += is_in(&arena, copy->off, copy->len) && (is_open || is_whole(copy)) ? 1u : 0u;
        (void)snprintf(found + len, sizeof found - len, "\n  %zu bytes in %s at 0x%zX", copy->len,
                       copy->place, copy->off);
    }
    if (right != copy_count || (!is_open && copy_count != held)) {
        fail_msg("after %s: in the arena %s%u whole copies wanted, found:%s", last_call,
                 is_open ? "anything, not " : "", held, found);
    }
}

/*
 * The client's calls.
 */

static void poke(uint32_t addr, const void *data, size_t len)
{
    struct sim_error error;
    assert_int_equal(sim_poke(wipe_device.sim, addr, data, len, &error), SIM_OK);
}

static void peek(uint32_t addr, void *data, size_t len)
{
    struct sim_error error;
    assert_int_equal(sim_peek(wipe_device.sim, addr, data, len, &error), SIM_OK);
}

static struct relay_vector place(size_t number, size_t len)
{
    assert_true(number < 4 && len <= RELAY_BUFFER);
    return (struct relay_vector){RELAY_BUFFERS + (uint32_t)number * RELAY_BUFFER, (uint32_t)len};
}

static void await(struct relay_mailbox *mail)
{
    const uint64_t end = sim_time(wipe_device.sim) + CALL_INSNS;
    do {
        const enum sim_stop stop = sim_run(wipe_device.sim, STEP);
        if (stop != SIM_STOP_INSNS || sim_time(wipe_device.sim) > end) {
            fail_msg("%s has not come back (%d):\n%s\n%s", last_call, (int)stop, wipe_device.uart,
                     wipe_device.events);
        }
        peek(RELAY_MAILBOX, mail, sizeof *mail);
    } while (mail->go != 0);
}

static void clear_mailbox(void)
{
    static const uint8_t zeros[RELAY_END - RELAY_MAILBOX];
    poke(RELAY_MAILBOX, zeros, sizeof zeros);
}

psa_status_t psa_call(psa_handle_t handle, int32_t type, const psa_invec *in_vec, size_t in_len,
                      psa_outvec *out_vec, size_t out_len)
{
    struct relay_mailbox mail = {.go = 1, .handle = handle, .type = type};
    uint32_t function = 0;
    mail.in_count = (uint32_t)in_len;
    mail.out_count = (uint32_t)out_len;
    for (size_t i = 0; i < in_len; i++) {
        mail.in[i] = place(i, in_vec[i].len);
        poke(mail.in[i].base, in_vec[i].base, in_vec[i].len);
    }
    for (size_t i = 0; i < out_len; i++) {
        mail.out[i] = place(in_len + i, out_vec[i].len);
    }
    if (in_len > 0 && in_vec[0].len >= sizeof function) {
        memcpy(&function, in_vec[0].base, sizeof function);
    }
    (void)snprintf(last_call, sizeof last_call, "function %u of 0x%08X", function,
                   (unsigned)handle);
    poke(RELAY_MAILBOX, &mail, sizeof mail);
    await(&mail);
    for (size_t i = 0; i < out_len; i++) {
        out_vec[i].len = mail.out[i].len;
        peek(mail.out[i].base, out_vec[i].base, mail.out[i].len);
    }
    clear_mailbox();
    wipe_search();
    return mail.status;
}

/** Every service of the manager is there. */
uint32_t psa_version(uint32_t sid)
{
    (void)sid;
    return 1;
}

/*
 * Keys of the client's.
 */

psa_key_attributes_t wipe_attributes(psa_key_type_t type, psa_key_usage_t usage,
                                     psa_algorithm_t alg)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, type);
    psa_set_key_usage_flags(&attributes, usage);
    psa_set_key_algorithm(&attributes, alg);
    return attributes;
}

psa_key_id_t wipe_import_value(psa_key_type_t type, psa_key_usage_t usage, psa_algorithm_t alg,
                               const uint8_t *value, size_t size)
{
    const psa_key_attributes_t attributes = wipe_attributes(type, usage, alg);
    psa_key_id_t key = 0;
    wipe_expect_held(1);
    OK(psa_import_key(&attributes, value, size, &key));
    return key;
}

psa_key_id_t wipe_import(psa_key_type_t type, psa_key_usage_t usage, psa_algorithm_t alg,
                         size_t size)
{
    return wipe_import_value(type, usage, alg, wipe_mark(size), size);
}

void wipe_destroy(psa_key_id_t key)
{
    wipe_expect_held(0);
    OK(psa_destroy_key(key));
}

/*
 * The device.
 */

void wipe_restore(void)
{
    sim_snapshot_restore(wipe_device.sim, ready);
    memset(&watched, 0, sizeof watched);
    excepted = (struct elf_symbol){0};
    wipe_expect_held(0);
    device_forget_texts(&wipe_device);
}

void wipe_open(void)
{
    const struct device_images images = {.application = "tests/system/firmware/relay",
                                         .module = "examples/secure_module/otp"};
    struct sim_error error;
    device_open(&wipe_device, &images);
    device_boot(&wipe_device);
    if (!device_run_until(&wipe_device, RELAY_READY, BOOT_INSNS)) {
        fail_msg("no boot:\n%s\n%s", wipe_device.uart, wipe_device.events);
    }
    clear_mailbox();
    assert_int_equal(sim_snapshot_take(wipe_device.sim, &ready, &error), SIM_OK);
}

void wipe_close(void)
{
    sim_snapshot_free(ready);
    device_close(&wipe_device);
}
