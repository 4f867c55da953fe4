/*
 * What a machine gives the test images: one stub per machine brings the image to its place and
 * attributes the memory, then both run the same bytes.
 *
 * Both machines have 32 KB of SRAM at 0x20000000, Secure alias 0x30000000, and an IDAU that lets
 * the alias be Non-secure callable. The image lives there and nowhere else.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** The image's place, by its Secure alias, and its size in bytes. */
#define MACHINE_SRAM       0x30000000u
#define MACHINE_SRAM_BYTES 0x8000u
/** From here to the end the SRAM is Non-secure; a multiple of 4 KB. */
#define MACHINE_NS_OFF 0x5000u
/** Where the image stands in the stub's memory: bytes from the stub's vectors. */
#define MACHINE_IMAGE_OFF 0x10000u

#define MACHINE_MAGIC 0x6D616368u

/** Words that survive a reset. */
struct machine_retained {
    uint32_t magic; /**< MACHINE_MAGIC once the stub has run. */
    uint32_t next;  /**< Index of the program that the next start runs. */
};

struct machine {
    struct machine_retained *retained;
    const uint32_t *blob; /**< Input of the program, if it takes any. */
    bool exact; /**< Checks each byte of an access; one refused leaves every register as it was. */
    void (*write)(const char *text);                /**< Appends to the transcript. */
    void (*finish)(void) __attribute__((noreturn)); /**< Ends the transcript. */
};

/* Of each machine's own file. */

extern const struct machine machine_this;
/** Lets Non-secure software, privileged or not, use the SRAM behind MACHINE_NS_OFF. */
void machine_attribute(void);
/** Whatever has to be made ready when no reset has kept it. */
void machine_first_start(void);
