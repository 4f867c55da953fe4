/*
 * A manager of hostile partitions on a simulated chip, and how a test leads them:
 * tests/system/firmware/hostile_partition.h has what they can do.
 */
#pragma once

#include "support/test.h"

#include "support/device_maker.h"

/** Places in the order in which the partition tells them. */
enum place {
    SPM_TEXT,
    SPM_RAM_END,
    GATE_STACK,
    GATE_RAM_END,
    OWN_TEXT,
    OWN_RAM,
    OWN_RAM_END,
    OTHER_TEXT,
    OTHER_RAM,
    OTHER_RAM_END,
    OWN_CODE, /* instructions in its data */
    OWN_DATA, /* room on both sides for a frame, not on its stack */
    START_APPLICATION,
    LIBRARY_TEXT,
    PLACES,
    BACK_DOOR = PLACES, /* a function of the client's */
    ABSOLUTE,
};

/** A device whose client is ready for an attack, and can be had so again. */
struct lab {
    const char *partition; /**< The one that attacks: its name. */
    struct device device;
    struct sim_snapshot *ready;
    uint32_t place[ABSOLUTE + 1];
    uint32_t buffer; /**< The client's output, zero before each attack. */
    bool floating;   /**< The client's floating-point registers are live, in its interrupts too. */
};

/** Starts a device on which "crypto", "update", "its", "ps" or "attest" is to attack. */
int lab_open(void **state, const char *partition);
int lab_close(void **state);

/** What the client says when the manager has stopped the partition: COMMUNICATION_FAILURE. */
#define LAB_STOPPED "client: status -145\n"

/** Makes the partition attack, on a device that is as it was before. @return whether it returned */
bool lab_attack(struct lab *lab, char letter, uint32_t addr);

/** The same, on the device as the last attack has left it; only what is said from now on is kept. */
bool lab_attack_again(struct lab *lab, char letter, uint32_t addr);

/** The words that came back with the last attack. */
void lab_answer(const struct lab *lab, uint32_t *words, size_t count);

/** A word of the chip's memory. */
uint32_t lab_peek(struct lab *lab, uint32_t addr);

/** Fails with all that was said unless the words are in the text. */
void lab_expect_words(const struct lab *lab, const char *what, const char *text, const char *words);
