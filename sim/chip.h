/*
 * The chip: its memories, devices, filters and virtual time, without a processor.
 *
 * `struct sim_chip` is what devices and the bus work on. The processor, the device file and the
 * public API stand around it and hear of changes through `struct chip_listener`.
 */
#pragma once

#include <stdarg.h>

#include "device.h"
#include "nv.h"
#include "written.h"

#define CHIP_IRQS        131u
#define CHIP_DEVICES_MAX 64u

/** A memory that the processor may reach directly. */
enum chip_memory_id {
    CHIP_FLASH = 0,
    CHIP_SYSTEM_FLASH,
    CHIP_SRAM1,
    CHIP_SRAM2,
    CHIP_SRAM3,
    CHIP_BKPSRAM,
    CHIP_MEMORIES
};

struct chip_memory {
    const char *name; /**< "SRAM1". */
    uint32_t base_ns; /**< Non-secure alias. */
    uint32_t base_s;  /**< Secure alias. */
    uint32_t size;    /**< Bytes. */
    bool writable;  /**< Whether a processor store changes it; flash stores go to its controller. */
    uint8_t *bytes; /**< `size` bytes. All but SRAM1 to SRAM3 stand in the chip's `nv`. */
    unsigned first_page; /**< Number of its first page among those of all memories (written.h). */
};

/** Why the chip was reset; the port reads it back from RCC_RSR. */
enum chip_reset_cause {
    CHIP_RESET_POWER_ON = 0,
    CHIP_RESET_PIN,
    CHIP_RESET_SOFTWARE, /**< AIRCR.SYSRESETREQ. */
    CHIP_RESET_IWDG,
    CHIP_RESET_WWDG,
    CHIP_RESET_OPTION_LOAD,
    CHIP_RESET_LOCKUP, /**< The processor locked up and something asked for a reset. */
};

/** What the world around the chip wants to hear. Every member may be NULL. */
struct chip_listener {
    void *context;
    void (*irq)(void *context, unsigned irq, bool level); /**< A line of the NVIC changed. */
    void (*nmi)(void *context);                           /**< NMI, from flash ECC. */
    void (*map_changed)(void *context);                   /**< A filter decides differently now. */
    void (*memory_changed)(void *context, enum chip_memory_id id, uint32_t off, uint32_t len);
    /**< Bytes changed behind the processor. */
    void (*reset_wanted)(void *context, enum chip_reset_cause cause); /**< As soon as possible. */
    void (*event)(void *context, enum sim_event_kind kind, const char *text);
    void (*uart)(void *context, unsigned uart, uint8_t byte);
    void (*deadline)(void *context);   /**< An earlier event is due now. */
    void (*flash_busy)(void *context); /**< bus_wait() may hold back an access from now on. */
};

struct sim_chip {
    struct chip_memory memory[CHIP_MEMORIES];
    struct sim_device *device[CHIP_DEVICES_MAX]; /**< Ascending base. */
    unsigned devices;
    struct sim_device *tzsc; /**< Those of `device` that others ask; set by the constructors. */
    struct sim_device *tzic;
    struct sim_device *flash;
    struct sim_device *mpcbb[3]; /**< MPCBB1 to MPCBB3. */
    struct sim_device *sbs;
    struct sim_device *rcc;
    struct sim_device *pwr;
    struct sim_device *ramcfg;
    struct sim_device *dbgmcu;
    struct sim_nv *nv; /**< Owned by whoever made the chip. */
    struct chip_listener listener;
    struct written *written; /**< Pages of the memories written since the last snapshot. */
    uint64_t now;            /**< Virtual time in ticks: one tick is one instruction. */
    uint64_t next_event;     /**< Earliest deadline of all devices. */
    uint64_t reset_at;       /**< When the last reset came: a power-on sets `now` back. */
    bool irq_level[CHIP_IRQS];
    bool strict_blocks;
    bool tool_asks;              /**< What comes over the bus is a tool's, from the access port. */
    bool touched_block[256];     /**< Per row of the table of blocks not modelled. */
    uint64_t seed;               /**< Of the entropy source. */
    bool secrets_blocked;        /**< A tamper keeps SAES from its hardware keys until a reset. */
    enum chip_reset_cause cause; /**< Of the last reset. */
};

/**
 * Makes an STM32H573 around `nv`: all memories, devices and tables; powered off.
 * @return NULL when the host has no memory left.
 */
struct sim_chip *chip_new(struct sim_nv *nv, const struct chip_listener *listener);
void chip_free(struct sim_chip *chip);

/** Resets every device; a power reset also clears the volatile memories (to a fixed pattern). */
void chip_reset(struct sim_chip *chip, enum chip_reset_cause cause);

/** The device of that name, e.g. "SBS"; NULL if there is none. */
struct sim_device *chip_device(const struct sim_chip *chip, const char *name);

/* For devices. */

/** Drives an interrupt line; numbers as in the reference manual's vector table. */
void chip_irq(struct sim_chip *chip, unsigned irq, bool level);
void chip_nmi(struct sim_chip *chip);
/** Says that a filter (SECWM, MPCBB, HDP, HDPL ...) decides differently from now on. */
void chip_map_changed(struct sim_chip *chip);
/** Says that bytes of a memory changed other than by a processor store. */
void chip_memory_changed(struct sim_chip *chip, enum chip_memory_id id, uint32_t off, uint32_t len);
/** The part of it that is about snapshots: notes the pages as written. */
void chip_note_written(struct sim_chip *chip, enum chip_memory_id id, uint32_t off, uint32_t len);
/** Says that an operation of the flash has begun, so that bus_wait() is to be asked again. */
void chip_flash_busy(struct sim_chip *chip);
void chip_want_reset(struct sim_chip *chip, enum chip_reset_cause cause);
void chip_uart(struct sim_chip *chip, unsigned uart, uint8_t byte);
/** Sets when `dev->ops->event` is to be called; SIM_NEVER for not at all. */
void chip_deadline(struct sim_chip *chip, struct sim_device *dev, uint64_t when);
/** Says that a clock may have changed: calls `ops->clock` of every device that has one. */
void chip_clock_changed(struct sim_chip *chip);
/** Puts one line into the journal. */
void chip_event(struct sim_chip *chip, enum sim_event_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Ticks in `us` microseconds at the present clock (RCC decides; HSI 32 MHz after reset). */
uint64_t chip_ticks(const struct sim_chip *chip, uint32_t us);

/* For the processor and the public API. */

/** Moves time to `now` (never back) and calls every event that is due, in order of deadline. */
void chip_advance(struct sim_chip *chip, uint64_t now);

/* State that several parts need and one device owns. */

/** Temporal isolation level, 0 to 3 (SBS). */
unsigned chip_hdpl(const struct sim_chip *chip);
/** Level whose OBK are accessible: HDPL + NEXT, 0 to 3 (SBS). */
unsigned chip_obk_hdpl(const struct sim_chip *chip);
/** The EPOCH that SBS selects for device-unique keys: 24 bits, or 0. */
uint32_t chip_epoch(const struct sim_chip *chip);
/** Raises the level by one and journals it; used by the boot ROM. At 3 it does nothing. */
void chip_hdpl_raise(struct sim_chip *chip);
/** Whether the option bytes enable TrustZone. */
bool chip_trustzone(const struct sim_chip *chip);
/** Core clock in Hz as RCC is set. */
uint32_t chip_clock_hz(const struct sim_chip *chip);
/** CSLCKR/CNSLCKR of SBS, as set: bit 0 VTOR(+AIRCR when Secure), bit 1 MPU, bit 2 SAU. */
uint32_t chip_core_lock(const struct sim_chip *chip, bool secure);
/** RSSCMDR of SBS: what the boot ROM of the next boot is asked for. */
uint32_t chip_rss_command(const struct sim_chip *chip);
/** DBGCR of SBS. */
uint32_t chip_dbgcr(const struct sim_chip *chip);
/** The HDPL from which on what DBGCR opens is open: DBG_AUTH_HDPL, 1 to 3; 3 where it has none. */
unsigned chip_debug_hdpl(const struct sim_chip *chip);
/** What debug is open for, and why not for more (debug_access.c). */
void chip_debug_access(const struct sim_chip *chip, struct sim_debug_access *out);
/** Whether the product state is one in which DWT's cycle counter stands: CLOSED and LOCKED. */
bool chip_debug_closed(const struct sim_chip *chip);
