#define _GNU_SOURCE /* memmem */
#include "hostile_scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"

#define PAIR         8u
#define BACKUP_FIRST 0x40007D00u /* TAMP_BKP0R, as Non-secure code reads it */
#define BACKUP_WORDS 32u

struct range {
    const char *name;
    uint32_t addr;
    uint32_t len;
};

/* Addresses are typed, not taken from the port. */
static const struct range secure[] = {
    {"SRAM2", 0x20040000, 0x10000},
    {"the module's RAM", 0x2009E000, 0x2000},
    {"the module's slot", 0x08100000, 0x6000},
    {"the option-byte keys", 0x0BFD0000, 0x2000},
};

static const struct range open_ranges[] = {
    {"SRAM1", 0x20000000, 0x40000},
    {"SRAM3", 0x20050000, 0x4E000},
    {"backup SRAM", 0x40036400, 0x1000},
    {"the application's flash", 0x0803E000, 0xC2000},
};

#define RANGE_MAX 0xC2000u

static uint8_t bytes[RANGE_MAX];

/** A range's bytes; they live until the next call. */
static const uint8_t *peek(const struct device *device, const struct range *range)
{
    struct sim_error error;
    assert_int_equal(sim_peek(device->sim, range->addr, bytes, range->len, &error), SIM_OK);
    return bytes;
}

static uint64_t pair_at(const uint8_t *data)
{
    uint64_t pair;
    memcpy(&pair, data, sizeof pair);
    return pair;
}

static uint32_t hash(uint64_t pair)
{
    return (uint32_t)(pair * 0x9E3779B97F4A7C15u >> (64u - SCAN_FILTER_BITS));
}

static int compare(const void *a, const void *b)
{
    const uint64_t *x = a;
    const uint64_t *y = b;
    return *x < *y ? -1 : *x > *y ? 1 : 0;
}

static size_t find(const struct scan *scan, uint64_t pair)
{
    const uint32_t at = hash(pair);
    if ((scan->filter[at / 32u] >> at % 32u & 1u) == 0) {
        return scan->count;
    }
    const uint64_t *found = bsearch(&pair, scan->pair, scan->count, sizeof pair, compare);
    return found != NULL ? (size_t)(found - scan->pair) : scan->count;
}

bool scan_has(const struct scan *scan, const uint8_t eight[PAIR])
{
    return find(scan, pair_at(eight)) < scan->count;
}

/** Sorts the pairs, takes out those that are there twice, and fills the filter. */
static void settle(struct scan *scan)
{
    size_t kept = 0;
    qsort(scan->pair, scan->count, sizeof scan->pair[0], compare);
    memset(scan->filter, 0, sizeof scan->filter);
    for (size_t i = 0; i < scan->count; i++) {
        if (kept == 0 || scan->pair[kept - 1u] != scan->pair[i]) {
            const uint32_t at = hash(scan->pair[i]);
            scan->filter[at / 32u] |= 1u << at % 32u;
            scan->pair[kept++] = scan->pair[i];
        }
    }
    scan->count = kept;
}

static void add(struct scan *scan, uint64_t pair)
{
    assert_true(scan->count < SCAN_PAIRS_MAX);
    scan->pair[scan->count++] = pair;
}

/** Whether eight bytes are no coincidence: most differ, they are no text, and no word is an address. */
static bool is_telling(const uint8_t eight[PAIR])
{
    unsigned different = 0;
    unsigned printable = 0;
    for (unsigned i = 0; i < PAIR; i++) {
        different += memchr(eight, eight[i], i) == NULL ? 1u : 0u;
        printable += eight[i] == 0 || (eight[i] >= 0x20u && eight[i] < 0x7Fu) ? 1u : 0u;
    }
    const bool address =
        eight[3] == 0x20u || eight[3] == 0x08u || eight[7] == 0x20u || eight[7] == 0x08u;
    return different >= 6u && printable < PAIR && !address;
}

/** Forgets what open memory has too. */
static void forget_open(struct scan *scan, const struct device *device)
{
    static bool is_open[SCAN_PAIRS_MAX];
    size_t kept = 0;
    memset(is_open, 0, sizeof is_open);
    for (size_t r = 0; r < COUNT_OF(open_ranges); r++) {
        const uint8_t *data = peek(device, &open_ranges[r]);
        for (size_t off = 0; off + PAIR <= open_ranges[r].len; off++) {
            const size_t at = find(scan, pair_at(data + off));
            if (at < scan->count) {
                is_open[at] = true;
            }
        }
    }
    for (size_t i = 0; i < scan->count; i++) {
        if (!is_open[i]) {
            scan->pair[kept++] = scan->pair[i];
        }
    }
    scan->count = kept;
}

void scan_prepare(struct scan *scan, const struct device *device)
{
    memset(scan, 0, sizeof *scan);
    for (size_t r = 0; r < COUNT_OF(secure); r++) {
        const uint8_t *data = peek(device, &secure[r]);
        for (size_t off = 0; off + PAIR <= secure[r].len; off += 4u) {
            if (is_telling(data + off)) {
                add(scan, pair_at(data + off));
            }
        }
    }
    settle(scan);
    forget_open(scan, device);
    settle(scan);
}

/** Word by word or over both words, turned or not. */
static void add_orders(struct scan *scan, const uint8_t *data)
{
    for (unsigned order = 0; order < 4u; order++) {
        const unsigned within = (order & 1u) != 0 ? 3u : 0;
        const unsigned words = (order & 2u) != 0 ? 4u : 0;
        uint8_t turned[PAIR];
        for (unsigned i = 0; i < PAIR; i++) {
            turned[i] = data[i ^ within ^ words];
        }
        add(scan, pair_at(turned));
    }
}

void scan_name(struct scan *scan, const char *name, const void *data, size_t len)
{
    struct scan_named *named = &scan->named[scan->names++];
    assert_true(scan->names <= SCAN_NAMED_MAX && len <= sizeof named->data && len >= PAIR);
    *named = (struct scan_named){.name = name, .len = len};
    memcpy(named->data, data, len);
    for (size_t off = 0; off + PAIR <= len; off++) {
        add_orders(scan, named->data + off);
    }
    settle(scan);
}

bool scan_in_secure(const struct device *device, const void *data, size_t len)
{
    for (size_t r = 0; r < COUNT_OF(secure); r++) {
        if (memmem(peek(device, &secure[r]), secure[r].len, data, len) != NULL) {
            return true;
        }
    }
    return false;
}

/** Whether a piece is part of a named secret, forwards or backwards. */
static bool is_part(const struct scan_named *named, const uint8_t *piece, size_t len)
{
    uint8_t turned[PAIR];
    for (size_t i = 0; i < len; i++) {
        turned[i] = piece[len - 1u - i];
    }
    return memmem(named->data, named->len, piece, len) != NULL ||
           memmem(named->data, named->len, turned, len) != NULL;
}

static const char *name_of(const struct scan *scan, const uint8_t *piece, size_t len)
{
    for (size_t i = 0; i < scan->names; i++) {
        if (is_part(&scan->named[i], piece, len)) {
            return scan->named[i].name;
        }
    }
    return NULL;
}

static bool finds_in(const struct scan *scan, const char *where, const uint8_t *data, size_t len,
                     char *leak, size_t max)
{
    for (size_t off = 0; off + PAIR <= len; off++) {
        if (scan_has(scan, data + off)) {
            const char *name = name_of(scan, data + off, PAIR);
            (void)snprintf(leak, max, "%s, %016llX, in %s at its byte 0x%zX",
                           name != NULL ? name : "of Secure memory",
                           (unsigned long long)pair_at(data + off), where, off);
            return true;
        }
    }
    return false;
}

static bool finds_in_registers(const struct scan *scan, const struct device *device, char *leak,
                               size_t max)
{
    if (sim_reg_read(device->sim, SIM_REG_SECURE) != 0) {
        return false; /* The manager's own, as it stops. */
    }
    for (unsigned i = 0; i <= 14u; i++) {
        const uint32_t value = sim_reg_read(device->sim, (enum sim_reg)(SIM_REG_R0 + i));
        const char *name = name_of(scan, (const uint8_t *)&value, sizeof value);
        if (name != NULL) {
            (void)snprintf(leak, max, "%s, %08X, in r%u", name, value, i);
            return true;
        }
    }
    return false;
}

static bool finds_in_backup(const struct scan *scan, const struct device *device, char *leak,
                            size_t max)
{
    uint32_t words[BACKUP_WORDS];
    for (uint32_t i = 0; i < BACKUP_WORDS; i++) {
        struct sim_access access = {.kind = SIM_READ,
                                    .addr = BACKUP_FIRST + 4u * i,
                                    .size = 4,
                                    .attr = {.secure = false, .privileged = true}};
        (void)sim_access(device->sim, &access);
        words[i] = access.value;
    }
    return finds_in(scan, "the backup registers", (const uint8_t *)words, sizeof words, leak, max);
}

bool scan_finds(const struct scan *scan, const struct device *device, char *leak, size_t max)
{
    for (size_t r = 0; r < COUNT_OF(open_ranges); r++) {
        if (finds_in(scan, open_ranges[r].name, peek(device, &open_ranges[r]), open_ranges[r].len,
                     leak, max)) {
            return true;
        }
    }
    return finds_in(scan, "what was sent", (const uint8_t *)device->uart, device->uart_len, leak,
                    max) ||
           finds_in_backup(scan, device, leak, max) || finds_in_registers(scan, device, leak, max);
}
