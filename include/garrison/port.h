/*
 * What the core needs of a chip: the seam between core/ and port/.
 *
 * These are singletons of trust and therefore bound at link time; there is one implementation per
 * port and none is replaceable at run time. No function keeps a pointer after it has returned.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/entropy.h>
#include <garrison/flash.h>
#include <garrison/handoff.h>
#include <garrison/layout.h>
#include <garrison/partition.h>
#include <garrison/status.h>

GARRISON_ABI_BEGIN

enum port_reset_cause {
    PORT_RESET_POWER = 1,
    PORT_RESET_PIN = 2,
    PORT_RESET_SOFTWARE = 3,
    PORT_RESET_WATCHDOG = 4,
    PORT_RESET_OTHER = 5,
};

/** Product life cycle, as far as the core's decisions depend on it. */
enum port_life_cycle {
    PORT_LIFE_OPEN = 1,         /**< Development: debug is open. */
    PORT_LIFE_PROVISIONING = 2, /**< Keys are being written. */
    PORT_LIFE_TZ_CLOSED = 3,    /**< Secure side closed, Non-secure debug open. */
    PORT_LIFE_CLOSED = 4,
    PORT_LIFE_LOCKED = 5,
    PORT_LIFE_DEBUG = 6,        /**< Closed, but Non-secure debug was authenticated in this boot. */
    PORT_LIFE_SECURE_DEBUG = 7, /**< Closed, but all debug was authenticated in this boot. */
};

#define PORT_MODULE_DEVICES_MAX 8u

/* Boot */

/** Cause of the last reset. Constant during a boot. */
enum port_reset_cause port_reset_cause(void);

/** Temporal isolation level, 0 to 3; see the part's reference manual, SBS_HDPLSR. */
unsigned port_hdpl(void);

/** The user flash, whole. Memory-mapped reads and this device agree. */
const struct flash_device *port_flash(void);

/**
 * Reads from the keys store of the current level (OBK on the STM32H573).
 * @param off  bytes from the start of the keys store; slots of other levels are refused
 * @return GARRISON_ERROR_DEVICE: refused or unreadable.
 */
enum garrison_status port_keys_read(uint32_t off, uint8_t *data, uint32_t len) GARRISON_MUST_USE;

/** One run of bytes of the keys store. */
struct port_keys_update {
    uint32_t off;        /**< Bytes from the start of the keys store; a multiple of 16. */
    const uint8_t *data; /**< What shall stand there. */
    uint32_t len;        /**< Bytes; a multiple of 16. */
};

/**
 * Replaces bytes of the keys store at the current level; all else keeps its content. All updates
 * come into force together: after a power cut either none or all of them have.
 * @param count  at most 8; ranges do not overlap and lie in slots of the current level
 * @return GARRISON_ERROR_ARGUMENT: a range; GARRISON_ERROR_DEVICE: refused or failed, nothing has
 *         changed; GARRISON_ERROR_MISMATCH: reads back differently.
 */
enum garrison_status port_keys_write(const struct port_keys_update *updates,
                                     uint32_t count) GARRISON_MUST_USE;

/**
 * Derives a key from the device's root key. The same for the same device, product state, epoch,
 * level and label; nothing about it can be learned at another level or on another device.
 * KDF in counter mode with AES-CMAC as its function (NIST SP 800-108r1, section 4.1).
 * @param label  what the key is for; at most 64 characters
 * @return GARRISON_ERROR_ARGUMENT: a longer label; GARRISON_ERROR_DEVICE: the hardware that holds
 *         the root key failed. The key is then zeros.
 */
enum garrison_status port_derive_key(const char *label, uint8_t key[64]) GARRISON_MUST_USE;

/** The hand-over record's memory; the same for every stage. */
struct handoff *port_handoff(void);

/**
 * Leaves the stage for good: wipes its RAM, raises the level, hides its flash, starts the next
 * image. From then on nothing of the stage, flash or keys, can be read.
 * @param vectors  address of the next image's vector table
 */
GARRISON_NORETURN void port_leave(uint32_t vectors);

/**
 * Starts the watchdog for a trial: unless it is fed the chip is reset, in 8 seconds or so. Nothing
 * stops it before the next reset. The application can feed it.
 */
void port_watchdog_start(void);

/**
 * Remembers a boot verdict across a reset: stage role << 24 | image role << 16 | reason, the last
 * being garrison_status_index(). 0: none.
 */
void port_boot_verdict(uint32_t verdict);

/* Isolation */

/**
 * Sets up SAU, MPU, memory and peripheral filters from the port's table. May be repeated.
 * @param layout  where everything stands in the flash; NULL: not known yet, and no flash but the
 *                image's own is within reach
 */
enum garrison_status port_isolation_apply(const struct layout_record *layout) GARRISON_MUST_USE;

/** Compares the same table with the hardware. GARRISON_ERROR_MISMATCH: they differ. */
enum garrison_status port_isolation_check(const struct layout_record *layout) GARRISON_MUST_USE;

/** What the port has for modules. */
struct port_modules {
    uintptr_t ram_end; /**< First byte behind the RAM that holds their windows; see layout.h. */
    /** Registers that a module may be granted, by the device's number; base == limit: no such. */
    struct partition_region device[PORT_MODULE_DEVICES_MAX];
};

extern const struct port_modules port_modules;

/**
 * Devices that are modules', a bit for each number: port_isolation_apply() makes them Secure. Before
 * it, or nothing comes of it.
 */
void port_isolation_grant(uint32_t devices);

/**
 * Lets the interrupts of these signals come, or disables them and forgets that they have. They are
 * handed to spm_interrupt(). The port keeps some of the time for everybody else, however many come.
 * @return those that were enabled
 */
psa_signal_t port_interrupts_switch(psa_signal_t signals, bool on);

/** Makes a partition's regions, and no other's, reachable to unprivileged code. */
enum garrison_status port_partition_switch(const struct partition *partition) GARRISON_MUST_USE;

/**
 * Makes a partition's memory what it was at start: data as linked, all else zero. All partitions'
 * memory is the manager's while this runs; of a module, its own. A port where a failure is the end of
 * everything does not return.
 */
void port_partition_reset(const struct partition *partition);

/**
 * Goes on with the client of the call that has just been ended, which gets this result of it. What
 * the partition had in the registers is gone; whatever exception this was called in has ended.
 */
GARRISON_NORETURN void port_partition_leave(psa_status_t result);

/**
 * Whether the Non-secure caller itself may read (or, with `write`, also write) the whole range, at
 * the privilege it called with. A zero length is always allowed. Never true for Secure memory.
 */
bool port_client_may(uintptr_t base, size_t len, bool write);

/** Starts the Non-secure application; returns never. @param vectors its vector table. */
GARRISON_NORETURN void port_start_application(uint32_t vectors);

/* Device */

/** The life cycle now: what debug authentication opens or closes during a boot counts. */
enum port_life_cycle port_life_cycle(void);
void port_device_id(uint8_t id[12]);

/* Random bytes: port_entropy() of garrison/entropy.h, which services may include. */

/* End and report */

/** One line of text for the log, without newline; lost when there is no log. */
void port_log(const char *line);

/** Logs the reason and stops for good after a failure that must not be survived; only a reset helps. */
GARRISON_NORETURN void port_panic(const char *reason);

/** Resets the chip. */
GARRISON_NORETURN void port_reset(void);

/* Rescue: a line to a host, of a stage that has nothing to start. It may carry the log as well. */

/** Gets the line ready. @return whether this port has one */
bool port_rescue_open(void);

/**
 * One byte from the host; bytes that come while nobody asks may be lost.
 * @param wait  sleep until there is one, however long; without, at least for 20 ms
 * @return whether there was one
 */
bool port_rescue_read(uint8_t *byte, bool wait);

/** Bytes to the host; all of them are out when this returns, or the line is dead. */
void port_rescue_write(const uint8_t *data, uint32_t len);

GARRISON_ABI_END
