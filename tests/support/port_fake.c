#include "support/port_fake.h"

#include <stdio.h>
#include <string.h>

struct port_fake port_fake;

/* Devices 0 and 2, so that there are numbers without one. */
const struct port_modules port_modules = {
    .ram_end = 0x300A0000,
    .device = {[0] = {0x50001000, 0x50001400, PARTITION_READ | PARTITION_WRITE | PARTITION_DEVICE},
               [2] = {0x50001400, 0x50001800, PARTITION_READ | PARTITION_WRITE | PARTITION_DEVICE},
               [3] = {0x50001C00, 0x50002000, PARTITION_READ | PARTITION_WRITE | PARTITION_DEVICE}},
};

void port_fake_reset(void)
{
    memset(&port_fake, 0, sizeof port_fake);
    memset(port_fake.store, 0xFF, sizeof port_fake.store);
    flash_ram_init(&port_fake.flash);
    port_fake.entropy = GARRISON_OK;
    port_fake.derive = GARRISON_OK;
    port_fake.isolation_apply = GARRISON_OK;
    port_fake.isolation_check = GARRISON_OK;
    port_fake.partition_switch = GARRISON_OK;
    port_fake.client_may_all = true;
}

enum port_reset_cause port_reset_cause(void)
{
    return PORT_RESET_PIN;
}

unsigned port_hdpl(void)
{
    return port_fake.hdpl;
}

const struct flash_device *port_flash(void)
{
    return port_fake.device != NULL ? port_fake.device : &port_fake.flash.device;
}

enum garrison_status port_keys_read(uint32_t off, uint8_t *data, uint32_t len)
{
    if (port_fake.store_refused || off > PORT_STORE_BYTES || len > PORT_STORE_BYTES - off) {
        return GARRISON_ERROR_DEVICE;
    }
    memcpy(data, port_fake.store + off, len);
    return GARRISON_OK;
}

enum garrison_status port_keys_write(const struct port_keys_update *updates, uint32_t count)
{
    if (port_fake.store_refused) {
        return GARRISON_ERROR_DEVICE;
    }
    for (uint32_t i = 0; i < count; i++) {
        memcpy(port_fake.store + updates[i].off, updates[i].data, updates[i].len);
    }
    port_fake.store_writes++;
    return GARRISON_OK;
}

/** Each label has its own key. */
enum garrison_status port_derive_key(const char *label, uint8_t key[64])
{
    uint8_t byte = 0;
    for (const char *c = label; *c != '\0'; c++) {
        byte = (uint8_t)(byte * 31 + *c);
    }
    memset(key, byte, 64);
    port_fake.derived = key;
    return port_fake.derive;
}

struct handoff *port_handoff(void)
{
    return &port_fake.handoff;
}

void port_leave(uint32_t vectors)
{
    port_fake.vectors = vectors;
    longjmp(port_fake.end, PORT_LEFT);
}

void port_watchdog_start(void)
{
    port_fake.watchdog_starts++;
}

void port_boot_verdict(uint32_t verdict)
{
    port_fake.verdict = verdict;
}

enum garrison_status port_isolation_apply(const struct layout_record *layout)
{
    port_fake.isolation_layout = layout;
    return port_fake.isolation_apply;
}

enum garrison_status port_isolation_check(const struct layout_record *layout)
{
    (void)layout;
    port_fake.isolation_checks++;
    return port_fake.isolation_check;
}

void port_isolation_grant(uint32_t devices)
{
    port_fake.granted = devices;
}

psa_signal_t port_interrupts_switch(psa_signal_t signals, bool on)
{
    const psa_signal_t before = port_fake.enabled;
    port_fake.enabled = on ? before | signals : before & ~signals;
    return before & signals;
}

enum garrison_status port_partition_switch(const struct partition *partition)
{
    port_fake.open = partition;
    if (port_fake.on_switch != NULL) {
        port_fake.on_switch(partition);
    }
    return port_fake.partition_switch;
}

void port_partition_reset(const struct partition *partition)
{
    port_fake.was_reset = partition;
    if (port_fake.on_reset != NULL) {
        port_fake.on_reset(partition);
    }
}

void port_partition_leave(psa_status_t result)
{
    port_fake.left = result;
    longjmp(port_fake.end, PORT_FAILED);
}

bool port_client_may(uintptr_t base, size_t len, bool write)
{
    port_fake.client_asked++;
    if (port_fake.on_client_may != NULL) {
        port_fake.on_client_may(port_fake.client_asked);
    }
    if (len == 0 || port_fake.client_may_all) {
        return true;
    }
    uintptr_t limit = write ? port_fake.client_read_only_from : port_fake.client_limit;
    return base >= port_fake.client_base && base <= limit && len <= limit - base;
}

void port_start_application(uint32_t vectors)
{
    port_fake.vectors = vectors;
    longjmp(port_fake.end, PORT_STARTED);
}

enum port_life_cycle port_life_cycle(void)
{
    return PORT_LIFE_OPEN;
}

void port_device_id(uint8_t id[12])
{
    memset(id, 0xA5, 12);
}

enum garrison_status port_entropy(uint8_t *data, size_t len)
{
    static uint32_t state = 0x2545F491;
    for (size_t i = 0; i < len; i++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        data[i] = (uint8_t)state;
    }
    return port_fake.entropy;
}

void port_log(const char *line)
{
    if (port_fake.log_count < PORT_LOG_LINES) {
        (void)snprintf(port_fake.log[port_fake.log_count], sizeof port_fake.log[0], "%s", line);
        port_fake.log_count++;
    }
}

void port_panic(const char *reason)
{
    port_log(reason);
    (void)snprintf(port_fake.panic, sizeof port_fake.panic, "%s", reason);
    longjmp(port_fake.end, PORT_PANICKED);
}

void port_reset(void)
{
    longjmp(port_fake.end, PORT_WAS_RESET);
}

bool port_rescue_open(void)
{
    return port_fake.has_line;
}

bool port_rescue_read(uint8_t *byte, bool wait)
{
    if (port_fake.line_at < port_fake.line_len) {
        *byte = port_fake.line[port_fake.line_at++];
        return true;
    }
    if (wait) {
        longjmp(port_fake.end, PORT_WAITED);
    }
    return false;
}

void port_rescue_write(const uint8_t *data, uint32_t len)
{
    const size_t room = sizeof port_fake.sent - port_fake.sent_len;
    memcpy(port_fake.sent + port_fake.sent_len, data, len < room ? len : room);
    port_fake.sent_len += len < room ? len : room;
}
