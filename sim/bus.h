/*
 * The bus: where an address leads, and which filter of the chip lets it through.
 *
 * The processor asks bus_decide() once per page and goes to memory by itself when the whole page
 * has one answer; everything else goes through bus_read() and bus_write(), which decide, perform,
 * set the TZIC flags of a refusal and journal nothing (the caller knows who asked).
 */
#pragma once

#include "chip.h"

/** The filters that can refuse, in the words the journal uses. */
enum bus_filter {
    BUS_FILTER_NONE = 0,
    BUS_FILTER_DECODE,   /**< Nothing is at that address. */
    BUS_FILTER_ALIAS,    /**< Secure alias of something Non-secure, or the other way round. */
    BUS_FILTER_MPCBB,    /**< SRAM block's security or privilege. */
    BUS_FILTER_TZSC,     /**< Peripheral's security or privilege. */
    BUS_FILTER_SECWM,    /**< Flash watermark. */
    BUS_FILTER_SECBB,    /**< Flash sector's security bit. */
    BUS_FILTER_PRIVBB,   /**< Flash sector's privilege bit. */
    BUS_FILTER_HDP,      /**< Flash hidden at this HDPL. */
    BUS_FILTER_OBK,      /**< OBK slot of another HDPL or world. */
    BUS_FILTER_READONLY, /**< A memory that cannot be written this way. */
    BUS_FILTER_TAMP,     /**< Withheld since a tamper. */
    BUS_FILTER_BLOCK,    /**< A block that is not modelled, and the run is strict. */
};

struct bus_decision {
    enum sim_answer answer; /**< What the bus answers. */
    enum bus_filter filter; /**< Which filter refused; NONE when the answer is OK. */
    char why[120];          /**< The reason in words when refused: "SRAM3 block 12 is Secure
                                        (MPCBB3), the access is Non-secure". */
    const struct chip_memory *memory; /**< The memory reached directly, or NULL. */
    uint32_t off;                     /**< Offset in `memory` or `device`. */
    struct sim_device *device;        /**< The device reached, or NULL. */
    bool illegal;                     /**< Refused for its security: the part sets a TZIC flag. */
    bool direct;    /**< Reads (and writes, if memory->writable) of the whole range,
                                        or fetches if a fetch was asked for, may go to
                                        `memory->bytes` with no further question. */
    uint32_t first; /**< The decision holds for every byte from here ... */
    uint32_t last;  /**< ... to here, inclusive. */
};

/**
 * Decides one access of `attr` at `addr`. `attr.secure` is the security of the transaction as it
 * leaves the processor: Secure state and a Secure target by SAU and IDAU.
 */
void bus_decide(const struct sim_chip *chip, uint32_t addr, enum sim_access_kind kind,
                struct sim_attr attr, struct bus_decision *out);

/**
 * Performs one access. A refused one sets the TZIC flag that the part sets, reads as zero, and
 * leaves the decision in `*decision` (which may be NULL) for the caller's journal.
 */
enum sim_answer bus_read(struct sim_chip *chip, uint32_t addr, unsigned size, struct sim_attr attr,
                         uint32_t *value, struct bus_decision *decision);
enum sim_answer bus_write(struct sim_chip *chip, uint32_t addr, unsigned size, struct sim_attr attr,
                          uint32_t value, struct bus_decision *decision);

/**
 * Until when an access that nothing refuses has to wait: the flash controller does one thing at a
 * time, and a bank that is being written or erased is not read meanwhile. Who can wait, that is the
 * processor, asks before; an access that does not ask sees the old content, and a store ends the
 * running operation at once.
 * @return 0: it need not wait
 */
uint64_t bus_wait(const struct sim_chip *chip, uint32_t addr, enum sim_access_kind kind);

/** Sets the TZIC flag for a refused access without performing it (fetches). */
void bus_refuse(struct sim_chip *chip, const struct bus_decision *decision, struct sim_attr attr);

/** The filter's name as documentation writes it: "MPCBB". */
const char *bus_filter_name(enum bus_filter filter);

/*
 * Filters that a device owns. Each says whether the access passes, and narrows or keeps
 * [out->first, out->last] to the range for which that holds. On entry that is the whole memory or
 * device, as addressed: the address of offset 0 is out->first. `attr.secure` is true for a Secure
 * transaction through the Secure alias.
 */
bool gtzc_check_sram(const struct sim_chip *chip, enum chip_memory_id id, uint32_t off,
                     struct sim_attr attr, enum sim_access_kind kind, struct bus_decision *out);
bool gtzc_check_device(const struct sim_chip *chip, const struct sim_device *dev,
                       struct sim_attr attr, struct bus_decision *out);
bool gtzc_check_bkpsram(const struct sim_chip *chip, uint32_t off, struct sim_attr attr,
                        struct bus_decision *out);
void gtzc_flag_illegal(struct sim_chip *chip, const struct bus_decision *decision);

/*
 * The flash. In these, `off` is as addressed: from 0x08000000 or 0x0C000000, before SWAP_BANK.
 * chip->memory[CHIP_FLASH].bytes stands in physical order, so a decision on flash has
 * flash_physical(off) as its `off`; it never reaches beyond one sector, so it never crosses banks.
 * A refused read or write is IGNORED, a refused fetch an ERROR: both are set in `out`.
 */
bool flash_check(const struct sim_chip *chip, uint32_t off, enum sim_access_kind kind,
                 struct sim_attr attr, struct bus_decision *out);
/** The same for system flash, `off` from its start: the iROT's part is for Secure code of HDPL1. */
bool flash_check_system(const struct sim_chip *chip, uint32_t off, enum sim_access_kind kind,
                        struct sim_attr attr, struct bus_decision *out);
/** Whether the range around `off` may be read directly: narrows it to quad-words without error. */
bool flash_direct(const struct sim_chip *chip, uint32_t off, struct bus_decision *out);
/** Offset in nv->flash of a flash offset as addressed (SWAP_BANK applied). */
uint32_t flash_physical(const struct sim_chip *chip, uint32_t off);
/** Reads through the controller (ECC errors act), and writes into its write buffer. */
uint32_t flash_memory_read(struct sim_chip *chip, uint32_t off, unsigned size);
void flash_memory_write(struct sim_chip *chip, uint32_t off, unsigned size, uint32_t value,
                        struct sim_attr attr);
/** When the running operation ends; 0: none is running. */
uint64_t flash_busy_until(const struct sim_chip *chip);
/** Whether an access to the flash, its areas or its controller waits for the running operation. */
bool flash_holds(const struct sim_chip *chip, const struct chip_memory *memory,
                 const struct sim_device *dev, uint32_t off, enum sim_access_kind kind);
/** Whether a store that was decided so may begin an operation. */
bool flash_may_begin(const struct sim_chip *chip, const struct bus_decision *decision);
/** As flash_check(), for the devices FLASH_OBK, FLASH_OTP, FLASH_EDATA; any other passes. */
bool flash_check_area(const struct sim_chip *chip, const struct sim_device *dev, uint32_t off,
                      enum sim_access_kind kind, struct sim_attr attr, struct bus_decision *out);
/** Raises WRPERR or OBKERR for a write that one of the two checks has refused. */
void flash_refuse_write(struct sim_chip *chip, const struct bus_decision *decision,
                        struct sim_attr attr);
