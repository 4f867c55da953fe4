/*
 * A flash device in memory that fails like a real one.
 *
 * Operations: one is a unit programmed or a sector erased; a call on several units or sectors is
 * several. Power belongs to a struct flash_power, which several devices may share: it counts the
 * operations of all of them and goes off at one that the test chooses. From then on every access
 * answers GARRISON_ERROR_DEVICE and changes nothing, until flash_power_on().
 *
 * A torn unit is one of: an ECC error; garbage; a mix of old and new bits; or it reads as erased but
 * is not ('weak'), so that programming it fails or leaves garbage. A torn erase leaves the sector
 * erased but for its beginning, half erased, every unit in another state, all garbage, all ECC
 * errors, or all weak. What is torn is drawn from `seed`: the same seed gives the same bytes.
 *
 * Rules: programming a unit that is not erased (weak ones excepted: nobody can see that), a range
 * outside the device and a broken alignment are mistakes of the code under test. They set `fault`,
 * which stays; a test ends with asking for it.
 */
#pragma once

#include <stdbool.h>

#include <garrison/flash.h>

#define FLASH_POWER_TRACE 4096u /**< Operations whose kind is remembered. */
#define FLASH_NO_CUT      UINT32_MAX

enum flash_operation {
    FLASH_PROGRAM, /**< A unit. */
    FLASH_ERASE,   /**< A sector. */
    FLASH_OTHER    /**< Of something else on the same supply; it is done whole or not at all. */
};

/** What the operation leaves at which power goes off. */
enum flash_cut {
    FLASH_CUT_BEFORE = 0, /**< Nothing. The only one but _AFTER that FLASH_OTHER has. */
    FLASH_CUT_AFTER,      /**< All of it; its caller is not told. */
    FLASH_CUT_PROGRAM_ECC,
    FLASH_CUT_PROGRAM_GARBAGE,
    FLASH_CUT_PROGRAM_MIX,
    FLASH_CUT_PROGRAM_WEAK_FAILS,
    FLASH_CUT_PROGRAM_WEAK_GARBAGE,
    FLASH_CUT_ERASE_HEADER_LEFT, /**< Erased, but for one to four units at the beginning. */
    FLASH_CUT_ERASE_HALF,        /**< The first half is erased. */
    FLASH_CUT_ERASE_RANDOM,      /**< Each unit is old, erased, or in one of the torn states. */
    FLASH_CUT_ERASE_GARBAGE,
    FLASH_CUT_ERASE_ECC,
    FLASH_CUT_ERASE_WEAK, /**< Reads as erased; nothing in it can be programmed. */
    FLASH_CUT_KINDS
};

struct flash_power {
    bool off;
    uint32_t operations; /**< Since the last flash_power_on(). */
    uint32_t cut_at;     /**< Number of the operation that is cut; FLASH_NO_CUT. */
    enum flash_cut cut;
    uint64_t seed;
    uint8_t trace[FLASH_POWER_TRACE]; /**< enum flash_operation of each operation. */
};

/** State of a unit. */
enum flash_cell {
    FLASH_CELL_ERASED = 0,
    FLASH_CELL_WRITTEN,
    FLASH_CELL_ECC,         /**< Cannot be read. */
    FLASH_CELL_WEAK_FAILS,  /**< Reads as erased; programming it fails and leaves an ECC error. */
    FLASH_CELL_WEAK_GARBAGE /**< Reads as erased; programming it succeeds and leaves garbage. */
};

/** A sector at the end of its life. */
enum flash_wear {
    FLASH_WEAR_NONE = 0,
    FLASH_WEAR_ERASE_FAILS, /**< GARRISON_ERROR_DEVICE; its units are then as after a torn erase. */
    FLASH_WEAR_PROGRAM_FAILS, /**< GARRISON_ERROR_DEVICE; the unit then has an ECC error. */
    FLASH_WEAR_READS_WRONG    /**< Programming succeeds, but one bit is wrong. */
};

struct flash_emulator {
    struct flash_device device;
    struct flash_power *power;
    uint8_t *bytes;      /**< device.size of them, and the cells behind: one snapshot. */
    uint8_t *cells;      /**< enum flash_cell of each unit. */
    uint8_t *wear;       /**< enum flash_wear of each sector; not in snapshots. */
    uint32_t *erases;    /**< Of each sector; not in snapshots. */
    uint64_t reads;      /**< Calls so far. */
    uint64_t programmed; /**< Units so far. */
    uint64_t erased;     /**< Sectors so far. */
    uint32_t
        endurance; /**< Erases after which a sector wears out, by turns in each way; 0: never. */
    const char *fault;  /**< The first rule that was broken; NULL. */
    uint32_t fault_off; /**< Where. */
};

/** Power that is on and stays on. */
void flash_power_init(struct flash_power *power, uint64_t seed);

/** Cuts operation `at`, counted from now on, so; FLASH_NO_CUT: never. */
void flash_power_arm(struct flash_power *power, uint32_t at, enum flash_cut cut);

/** Power back, operations counted from 0, no cut to come. */
void flash_power_on(struct flash_power *power);

/** Whether an operation of that kind can be cut so. */
bool flash_cut_applies(enum flash_cut cut, enum flash_operation operation);

/** One operation of something else; whether it is done. With _AFTER it is, and power is off. */
bool flash_power_other(struct flash_power *power);

/**
 * An erased device. Its memory is the heap's; `power` is the caller's, who may move neither.
 * @param sector  bytes; a multiple of `unit`
 */
void flash_emulator_open(struct flash_emulator *flash, struct flash_power *power, uint32_t sectors,
                         uint32_t sector, uint32_t unit);
void flash_emulator_close(struct flash_emulator *flash);

/** Bytes of a snapshot: bytes and cells. */
uint32_t flash_emulator_image_bytes(const struct flash_emulator *flash);
void flash_emulator_save(const struct flash_emulator *flash, uint8_t *image);
void flash_emulator_restore(struct flash_emulator *flash, const uint8_t *image);

/** Puts bytes in, whatever the rules say; the units they touch are then written. */
void flash_emulator_poke(struct flash_emulator *flash, uint32_t off, const uint8_t *data,
                         uint32_t len);

/** Lets a unit rot: `bits` of it flip, or (0) it has an ECC error from now on. */
void flash_emulator_rot(struct flash_emulator *flash, uint32_t off, uint32_t bits);

/** The next number of a generator whose state is `*state`. */
uint64_t flash_random(uint64_t *state);
