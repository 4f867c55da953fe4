/*
 * What a test tells the relay: an application that makes the calls which a test puts into its mailbox.
 */
#pragma once

#include <stdint.h>

#define RELAY_MAILBOX 0x20060000u /* behind all data of the program, in SRAM3 */
#define RELAY_BUFFERS 0x20060100u
#define RELAY_BUFFER  0x1000u /* bytes of each of the four */
#define RELAY_END     0x20064100u
#define RELAY_READY   "relay: ready\n"

struct relay_vector {
    uint32_t base;
    uint32_t len;
};

struct relay_mailbox {
    uint32_t go; /**< 1: make the call; 0 again when it has come back. */
    int32_t handle;
    int32_t type;
    uint32_t in_count;
    uint32_t out_count;
    struct relay_vector in[4];
    struct relay_vector out[4];
    int32_t status;
};
