/*
 * A hostile manager: signed by its owner and started by the uROT, it looks for what both stages
 * should have taken with them, in flash, in the key store and in the RAM that was theirs.
 */
#include <garrison/port.h>

#include "image.h"
#include "probe.h"
#include "regs.h"

const char image_name[] = "probe";

/* RAM of a stage: the stack, data, and the code that leaves; what follows the stack here is ours. */
#define RAM        0x30040C00u
#define DATA       0x30042C00u
#define OWN_DATA   0x100u
#define TRAMPOLINE 0x3004FF00u

static const struct probe_target targets[] = {
    {"uROT's header", 0x0C008000u},       {"uROT's vectors", 0x0C008400u},
    {"uROT's code", 0x0C008800u},         {"uROT's last word", 0x0C013FFCu},
    {"OBK of HDPL1, first", 0x0FFD0100u}, {"OBK of HDPL1, key record", 0x0FFD0200u},
    {"OBK of HDPL1, last", 0x0FFD08FCu},  {"OBK of HDPL2, first", 0x0FFD0900u},
    {"OBK of HDPL2, last", 0x0FFD0BFCu},  {"own code", 0x0C014400u},
};

/* Inlined, so that it stands on no more stack than its caller. */
__attribute__((always_inline)) static inline uint32_t words_left(uint32_t from, uint32_t end)
{
    uint32_t left = 0;
    for (uint32_t at = from; at < end; at += 4u) {
        left += reg_read(at) != 0 ? 1u : 0u;
    }
    return left;
}

_Noreturn void image_main(void)
{
    uint32_t stack;
    __asm__ volatile("mov %0, sp" : "=r"(stack));
    /* Before the first call: it would leave its own words. */
    const uint32_t on_stack = words_left(RAM, stack);
    const uint32_t above = words_left(DATA + OWN_DATA, TRAMPOLINE);

    board_init();
    probe_log("words left on the stack", on_stack);
    probe_log("words left above the data", above);
    probe_read_irot();
    probe_read(targets, sizeof(targets) / sizeof(targets[0]));
    port_log("probe: jump");
    void (*const urot)(void) = (void (*)(void))0x0C008801u;
    urot();
    port_panic("probe: came back");
}
