/*
 * What the files of one Secure image owe each other.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/abi.h>
#include <garrison/status.h>

/** Name of the image for its log lines: "uROT". */
extern const char image_name[];

/** Runs the image once memory is set up. */
GARRISON_ENTRY _Noreturn void image_main(void);

/** Supervisor calls, of an image with the table of vectors.c. */
void image_svc(void);

/** The Secure SysTick of such an image. */
void image_tick(void);

/** An interrupt of a partition's, of such an image. */
void image_interrupt(void);

/** Sets up clocks and pins that every image needs, and the log. Repeating it does no harm. */
void board_init(void);

/** Starts the clocks of the blocks of cryptography. */
GARRISON_ENTRY void crypto_blocks_init(void);

/** Readies the entropy source; afterwards port_entropy() needs no privilege. */
GARRISON_ENTRY void rng_init(void);

/** First and last instruction of every fault and of every interrupt nobody expects. */
void fault_entry(void);

/** NMI: an uncorrectable flash error, or a fault like any other. */
void fault_nmi(void);

/*
 * Uncorrectable errors of flash and OBK come as an NMI at the read. Who reads clears the note first
 * and looks at it afterwards.
 */

/** For the NMI: whether it is for such a read; if so it is noted and acknowledged. */
GARRISON_ENTRY bool flash_take_ecc_error(void);
void flash_clear_ecc_error(void);
bool flash_ecc_failed(void);

/*
 * Programming of the keys store, which the flash controller does as well, through its Secure
 * registers; OBKCFGR is the caller's. Between open and close no other programming may happen.
 */

/** Readies the controller, flags of earlier operations cleared. */
enum garrison_status flash_keys_open(void) GARRISON_MUST_USE;
void flash_keys_close(void);

/** Waits for whatever runs. GARRISON_ERROR_DEVICE: it ended with an error flag, or does not end. */
enum garrison_status flash_keys_wait(void) GARRISON_MUST_USE;

/** Programs a slot; `off` bytes from the start of the keys store. */
enum garrison_status flash_keys_program(uint32_t off, const uint8_t data[16]) GARRISON_MUST_USE;
