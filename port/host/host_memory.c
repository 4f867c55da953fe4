/*
 * What the partitions get on the host: the whole address space, and room for a message. A native
 * build shows what a service does, not what keeps it apart.
 */
#include <garrison/partition.h>
#include <garrison/port.h>

#include "../stm32h573/layout.h"

#define MESSAGE_ROOM 1024u

static _Alignas(32) uint8_t crypto_room[MESSAGE_ROOM];
static _Alignas(32) uint8_t update_room[MESSAGE_ROOM];
static _Alignas(32) uint8_t its_room[MESSAGE_ROOM];
static _Alignas(32) uint8_t ps_room[MESSAGE_ROOM];
static _Alignas(32) uint8_t attest_room[MESSAGE_ROOM];

#define HOST_MEMORY(room)                                                                          \
    .stack_base = (uintptr_t)(room), .stack_limit = (uintptr_t)(room) + MESSAGE_ROOM,              \
    .region = {{0, UINTPTR_MAX & ~(uintptr_t)31, PARTITION_READ | PARTITION_WRITE}}

const struct partition_memory partition_memory_crypto = {
    HOST_MEMORY(crypto_room),
};

const struct partition_memory partition_memory_update = {
    HOST_MEMORY(update_room),
};

const struct partition_memory partition_memory_its = {
    HOST_MEMORY(its_room),
    .area = {{LAYOUT_ITS_OFF, LAYOUT_ITS_SIZE}},
};

const struct partition_memory partition_memory_ps = {
    HOST_MEMORY(ps_room),
    .area = {{LAYOUT_PS_OFF, LAYOUT_PS_SIZE}, {LAYOUT_PS_COUNTERS_OFF, LAYOUT_PS_COUNTERS_SIZE}},
};

const struct partition_memory partition_memory_attest = {
    HOST_MEMORY(attest_room),
};

/** No module runs natively. */
const struct port_modules port_modules;
