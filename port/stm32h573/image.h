/*
 * What the files of one Secure image owe each other.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** Name of the image for its log lines: "uROT". */
extern const char image_name[];

/** Runs the image once memory is set up. */
_Noreturn void image_main(void);

/** Supervisor calls; an image without them leaves it out. */
void image_svc(void);

/** Sets up clocks and pins that every image needs, and the log. Repeating it does no harm. */
void board_init(void);

/** Readies the entropy source; afterwards port_entropy() needs no privilege. */
void rng_init(void);

/** First and last instruction of every fault and of every interrupt nobody expects. */
void fault_entry(void);

/** NMI: an uncorrectable flash error, or a fault like any other. */
void fault_nmi(void);

/*
 * Uncorrectable errors of flash and OBK come as an NMI at the read. Who reads clears the note first
 * and looks at it afterwards.
 */

/** For the NMI: whether it is for such a read; if so it is noted and acknowledged. */
bool flash_take_ecc_error(void);
void flash_clear_ecc_error(void);
bool flash_ecc_failed(void);
