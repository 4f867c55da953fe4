/*
 * A chip without a processor, for the tests of the flash controller. Accesses go over the bus.
 *
 * Register offsets are typed from the register texts, not taken from the simulator.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bus.h"

#define FLASH_REGS_NS 0x40022000u
#define FLASH_REGS_S  0x50022000u
#define FLASH_MEM_NS  0x08000000u
#define FLASH_MEM_S   0x0C000000u
#define OTP_MEM       0x08FFF000u
#define EDATA_NS      0x09000000u
#define OBK_NS        0x0BFD0000u
#define OBK_S         0x0FFD0000u

#define SECTOR 8192u
#define BANK   0x100000u

enum {
    R_ACR = 0x00,
    R_NSKEYR = 0x04,
    R_SECKEYR = 0x08,
    R_OPTKEYR = 0x0C,
    R_NSOBKKEYR = 0x10,
    R_SECOBKKEYR = 0x14,
    R_OPSR = 0x18,
    R_OPTCR = 0x1C,
    R_NSSR = 0x20,
    R_SECSR = 0x24,
    R_NSCR = 0x28,
    R_SECCR = 0x2C,
    R_NSCCR = 0x30,
    R_SECCCR = 0x34,
    R_PRIVCFGR = 0x3C,
    R_NSOBKCFGR = 0x40,
    R_SECOBKCFGR = 0x44,
    R_HDPEXTR = 0x48,
    R_OPTSR_CUR = 0x50,
    R_OPTSR_PRG = 0x54,
    R_OPTSR2_CUR = 0x70,
    R_OPTSR2_PRG = 0x74,
    R_NSBOOTR_CUR = 0x80,
    R_NSBOOTR_PRG = 0x84,
    R_SECBOOTR_CUR = 0x88,
    R_SECBOOTR_PRG = 0x8C,
    R_OTPBLR_PRG = 0x94,
    R_SECBB1R1 = 0xA0,
    R_PRIVBB1R1 = 0xC0,
    R_SECWM1R_PRG = 0xE4,
    R_WRP1R_CUR = 0xE8,
    R_WRP1R_PRG = 0xEC,
    R_HDP1R_PRG = 0xFC,
    R_ECCCORR = 0x100,
    R_ECCDETR = 0x104,
    R_ECCDR = 0x108,
    R_SECBB2R1 = 0x1A0,
};

enum {
    SR_BSY = 1 << 0,
    SR_WBNE = 1 << 1,
    SR_EOP = 1 << 16,
    SR_WRPERR = 1 << 17,
    SR_PGSERR = 1 << 18,
    SR_STRBERR = 1 << 19,
    SR_INCERR = 1 << 20,
    SR_OBKERR = 1 << 21,
    SR_OBKWERR = 1 << 22,
    SR_OPTCHANGEERR = 1 << 23,
};

enum {
    CR_LOCK = 1 << 0,
    CR_PG = 1 << 1,
    CR_SER = 1 << 2,
    CR_BER = 1 << 3,
    CR_FW = 1 << 4,
    CR_STRT = 1 << 5,
    CR_MER = 1 << 15,
    CR_EOPIE = 1 << 16,
};
#define CR_SNB(n) ((uint32_t)(n) << 6)
#define CR_BKSEL  (1u << 31)

struct flash_fixture {
    struct sim_nv *nv;
    struct sim_chip *chip;
    unsigned nmis;
    unsigned maps;                /**< Calls of map_changed. */
    char event[256];              /**< The last journal line of the flash. */
    char note[256];               /**< The last note in the journal. */
    struct bus_decision decision; /**< Of the last access. */
};

/** cmocka set-up: TrustZone on; bank 1 sectors 0..63 Secure, everything else Non-secure. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/** Resets with another option word in force; the state of the rest stays. */
void fixture_option(struct flash_fixture *f, enum nv_option word, uint32_t value);
void fixture_reset(struct flash_fixture *f);

/** Registers, as privileged software of the world. */
uint32_t reg_ns(struct flash_fixture *f, uint32_t off);
uint32_t reg_s(struct flash_fixture *f, uint32_t off);
void set_ns(struct flash_fixture *f, uint32_t off, uint32_t value);
void set_s(struct flash_fixture *f, uint32_t off, uint32_t value);

/** Memory; the world is that of the address. */
uint32_t load(struct flash_fixture *f, uint32_t addr, unsigned size);
enum sim_answer store(struct flash_fixture *f, uint32_t addr, unsigned size, uint32_t value);
void store_quad(struct flash_fixture *f, uint32_t addr, uint32_t word);

/** Both keys to NSCR, SECCR. */
void unlock(struct flash_fixture *f);
void unlock_options(struct flash_fixture *f);

/** Lets what is running end. */
void wait_done(struct flash_fixture *f);

/** Programs one quad-word of four times `word` and waits. */
void program(struct flash_fixture *f, uint32_t addr, uint32_t word);
