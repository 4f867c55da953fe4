/*
 * A device with a hostile application and a hostile module, ready for an attack of either and able to
 * be had so again, and the secrets that are to stay in it.
 */
#pragma once

#include "firmware/hostile_list.h"
#include "firmware/hostile_module.h"
#include "hostile_scan.h"
#include "support/device_maker.h"

struct lab {
    struct device device;
    struct sim_snapshot *ready;
    uint32_t mailbox;
    struct hostile_mailbox planted;
    struct scan scan;
};

/** What has come of an order. */
enum outcome { RETURNED, PANICKED, RESET, NOTHING };

extern struct lab lab;

void lab_open(void);
void lab_close(void);

/** As it was when it was opened. */
void lab_restore(void);

/** Gives an order and runs until something has come of it. */
enum outcome lab_order(uint32_t number, struct hostile_mailbox *answer);

/** Has the application make what is to stay secret, then forget it. */
void lab_plant(void);

/** Switches the chip off and on again, until the application is ready. @return whether it was */
bool lab_boot(void);

/** The same after a reset that has happened. */
bool lab_await_ready(void);

/** Writes to memory behind all filters. */
void lab_poke(uint32_t addr, const void *data, size_t len);
