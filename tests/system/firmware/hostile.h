/*
 * What a hostile partition and its client agree on: the attack, and where it aims.
 */
#pragma once

#include <stdint.h>

/** Input 0 of the call; input 1 is HOSTILE_MARK, output 0 are HOSTILE_WORDS words. */
struct hostile_request {
    uint32_t attack; /**< Letter in the table of hostile_partition.h. */
    uint32_t addr;   /**< What it aims at. */
};

/** What is written where nothing may be written. */
#define HOSTILE_MARK   0xA77AC4EDu
#define HOSTILE_WORDS  16u
#define HOSTILE_SECTOR 0x2000u

/** What a partition keeps for a connection, and a service of "its" that is called over them. */
#define HOSTILE_RHANDLE       0xC0117EC7u
#define HOSTILE_CONNECTED_SID 0x47410013u

/** What "its" is called by, typed here too. */
#define HOSTILE_ITS_HANDLE 0x40000103
