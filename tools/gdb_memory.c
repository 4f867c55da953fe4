/* Memory, flash, breakpoints and watchpoints of a session. */
#include "gdb_session.h"

#include <string.h>

#define SECTOR_BYTES   0x2000u
#define QUADWORD_BYTES 16u
#define FLASH_BYTES    0x00200000u

/** Two numbers: "addr,len". */
static void take_range(struct gdb_cursor *cursor, uint32_t *addr, uint32_t *len)
{
    *addr = gdb_take_number(cursor);
    gdb_expect(cursor, ",");
    *len = gdb_take_number(cursor);
}

void gdb_memory_read(struct gdb_session *session, struct gdb_cursor *cursor)
{
    static uint8_t data[GDB_PACKET_BYTES / 2u];
    struct sim_error error;
    uint32_t addr = 0;
    uint32_t len = 0;
    size_t done = 0;
    take_range(cursor, &addr, &len);
    if (!gdb_taken(cursor)) {
        gdb_malformed(session);
        return;
    }
    len = len < sizeof data ? len : sizeof data;
    const enum sim_status status = sim_debug_read(session->sim, addr, data, len, &done, &error);
    if (status != SIM_OK && done == 0) {
        gdb_refuse(session, error.text);
        return;
    }
    gdb_put_hex(&session->reply, data, done);
}

void gdb_memory_write(struct gdb_session *session, struct gdb_cursor *cursor, bool binary)
{
    static uint8_t data[GDB_PACKET_BYTES];
    struct sim_error error;
    uint32_t addr = 0;
    uint32_t len = 0;
    size_t done = 0;
    take_range(cursor, &addr, &len);
    gdb_expect(cursor, ":");
    if (cursor->bad || len > sizeof data || (binary && len != cursor->left)) {
        gdb_malformed(session);
        return;
    }
    if (binary) {
        memcpy(data, cursor->at, len);
    } else {
        gdb_take_hex(cursor, data, len);
        if (!gdb_taken(cursor)) {
            gdb_malformed(session);
            return;
        }
    }
    if (sim_debug_write(session->sim, addr, data, len, &done, &error) != SIM_OK) {
        gdb_refuse(session, error.text);
        return;
    }
    gdb_put_text(&session->reply, "OK");
}

/** GDB's own checksum, for compare-sections. */
static uint32_t crc_add(uint32_t crc, uint8_t byte)
{
    crc ^= (uint32_t)byte << 24;
    for (unsigned bit = 0; bit < 8; bit++) {
        crc = (crc << 1) ^ ((crc & 0x80000000u) != 0 ? 0x04C11DB7u : 0);
    }
    return crc;
}

void gdb_memory_crc(struct gdb_session *session, struct gdb_cursor *cursor)
{
    struct sim_error error;
    uint32_t addr = 0;
    uint32_t len = 0;
    uint32_t crc = UINT32_MAX;
    take_range(cursor, &addr, &len);
    if (!session->started || !gdb_taken(cursor) || len > FLASH_BYTES) {
        gdb_malformed(session);
        return;
    }
    while (len > 0) {
        uint8_t data[256];
        size_t done = 0;
        const uint32_t part = len < sizeof data ? len : sizeof data;
        if (sim_debug_read(session->sim, addr, data, part, &done, &error) != SIM_OK) {
            gdb_refuse(session, error.text);
            return;
        }
        for (uint32_t i = 0; i < part; i++) {
            crc = crc_add(crc, data[i]);
        }
        addr += part;
        len -= part;
    }
    gdb_put_format(&session->reply, "C%08x", (unsigned)crc);
}

/* Flash. */

static void flash_erase(struct gdb_session *session, struct gdb_cursor *cursor)
{
    struct sim_error error;
    uint32_t addr = 0;
    uint32_t len = 0;
    take_range(cursor, &addr, &len);
    if (!gdb_taken(cursor) || addr % SECTOR_BYTES != 0 || len > FLASH_BYTES) {
        gdb_malformed(session);
        return;
    }
    for (uint32_t done = 0; done < len; done += SECTOR_BYTES) {
        if (sim_debug_flash_erase(session->sim, addr + done, &error) != SIM_OK) {
            gdb_refuse(session, error.text);
            return;
        }
    }
    gdb_put_text(&session->reply, "OK");
}

/** Bytes at any place: what a quad-word lacks stays as it is, erased. */
static void flash_write(struct gdb_session *session, struct gdb_cursor *cursor)
{
    struct sim_error error;
    const uint32_t addr = gdb_take_number(cursor);
    gdb_expect(cursor, ":");
    if (cursor->bad) {
        gdb_malformed(session);
        return;
    }
    for (uint32_t done = 0; done < cursor->left;) {
        uint8_t quadword[QUADWORD_BYTES];
        const uint32_t at = addr + done;
        const uint32_t skip = at % QUADWORD_BYTES;
        const size_t rest = cursor->left - done;
        const uint32_t part = rest < QUADWORD_BYTES - skip ? (uint32_t)rest : QUADWORD_BYTES - skip;
        memset(quadword, 0xFF, sizeof quadword);
        memcpy(quadword + skip, cursor->at + done, part);
        if (sim_debug_flash_program(session->sim, at - skip, quadword, sizeof quadword, &error) !=
            SIM_OK) {
            gdb_refuse(session, error.text);
            return;
        }
        done += part;
    }
    gdb_put_text(&session->reply, "OK");
}

void gdb_flash(struct gdb_session *session, struct gdb_cursor *cursor)
{
    if (!session->started) {
        gdb_malformed(session);
    } else if (gdb_skip(cursor, "Erase:")) {
        flash_erase(session, cursor);
    } else if (gdb_skip(cursor, "Write:")) {
        flash_write(session, cursor);
    } else if (gdb_skip(cursor, "Done")) {
        gdb_put_text(&session->reply, "OK");
    }
}

/* Breakpoints and watchpoints. */

static void soft_note(struct gdb_session *session, uint32_t addr, bool set)
{
    unsigned i = 0;
    while (i < session->softs && session->soft[i] != addr) {
        i++;
    }
    if (set && i == session->softs && i < sizeof session->soft / sizeof session->soft[0]) {
        session->soft[session->softs++] = addr;
    } else if (!set && i < session->softs) {
        session->soft[i] = session->soft[--session->softs];
    }
}

/** Of the kinds of watchpoints: 2 stops at writes, 3 at reads, 4 at both. */
static struct sim_debug_watch watch_of(uint32_t kind, uint32_t addr, uint32_t len)
{
    return (struct sim_debug_watch){
        .addr = addr, .len = len, .reads = kind != 2, .writes = kind != 3};
}

static enum sim_status set_point(struct gdb_session *session, uint32_t kind, uint32_t addr,
                                 uint32_t len, struct sim_error *error)
{
    if (kind <= 1) {
        soft_note(session, addr, kind == 0);
        return sim_debug_break_set(session->sim, addr, error);
    }
    const struct sim_debug_watch watch = watch_of(kind, addr, len);
    return sim_debug_watch_set(session->sim, &watch, error);
}

static void clear_point(struct gdb_session *session, uint32_t kind, uint32_t addr, uint32_t len)
{
    if (kind <= 1) {
        soft_note(session, addr, false);
        sim_debug_break_clear(session->sim, addr);
        return;
    }
    const struct sim_debug_watch watch = watch_of(kind, addr, len);
    sim_debug_watch_clear(session->sim, &watch);
}

void gdb_point(struct gdb_session *session, struct gdb_cursor *cursor, bool set)
{
    struct sim_error error;
    uint32_t addr = 0;
    uint32_t len = 0;
    const uint32_t kind = gdb_take_number(cursor);
    gdb_expect(cursor, ",");
    take_range(cursor, &addr, &len);
    if (cursor->bad) {
        gdb_malformed(session);
    } else if (kind > 4 || cursor->left > 0) {
        return; /* GDB evaluates conditions itself */
    } else if (!set) {
        clear_point(session, kind, addr, len);
        gdb_put_text(&session->reply, "OK");
    } else if (set_point(session, kind, addr, len, &error) != SIM_OK) {
        gdb_refuse(session, error.text);
    } else {
        gdb_put_text(&session->reply, "OK");
    }
}

/**
 * The flash stands at two addresses. The rest is RAM for GDB: what it may not touch is refused when
 * it does, with the reason.
 */
const char *gdb_memory_map_xml(void)
{
    return "<?xml version=\"1.0\"?>\n"
           "<!DOCTYPE memory-map PUBLIC \"+//IDN gnu.org//DTD GDB Memory Map V1.0//EN\""
           " \"gdb-memory-map.dtd\">\n"
           "<memory-map>\n"
           "<memory type=\"ram\" start=\"0x0\" length=\"0x8000000\"/>\n"
           "<memory type=\"flash\" start=\"0x8000000\" length=\"0x200000\">"
           "<property name=\"blocksize\">0x2000</property></memory>\n"
           "<memory type=\"ram\" start=\"0x8200000\" length=\"0x3e00000\"/>\n"
           "<memory type=\"flash\" start=\"0xc000000\" length=\"0x200000\">"
           "<property name=\"blocksize\">0x2000</property></memory>\n"
           "<memory type=\"ram\" start=\"0xc200000\" length=\"0xf3e00000\"/>\n"
           "</memory-map>\n";
}
