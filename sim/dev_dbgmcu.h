/*
 * DBGMCU, shared with the boot ROM's side of its mailbox.
 *
 *   dev_dbgmcu.c  registers
 *   rss_adac.c    debug authentication over the mailbox
 */
#pragma once

#include "adac.h"
#include "dev.h"

/** DBG_AUTH_ACK. */
#define DBGMCU_HOST_ACK (1u << 0) /**< The chip has put a word into DBG_AUTH_DEV. */
#define DBGMCU_DEV_ACK  (1u << 1) /**< The host has put a word into DBG_AUTH_HOST. */

/** Registers that software can write. */
enum dbgmcu_register {
    DBGMCU_CR = 0,
    DBGMCU_APB1LFZR,
    DBGMCU_APB1HFZR,
    DBGMCU_APB2FZR,
    DBGMCU_APB3FZR,
    DBGMCU_AHB1FZR,
    DBGMCU_AUTH_HOST,
    DBGMCU_AUTH_DEV,
    DBGMCU_AUTH_ACK,
    DBGMCU_REGISTERS
};

/** What the boot ROM does at the mailbox. */
enum rss_adac_step {
    RSS_ADAC_OFF = 0, /**< Nothing: nobody asked, or the session is over. */
    RSS_ADAC_RECEIVE, /**< Takes the words of a request. */
    RSS_ADAC_WORK,    /**< Has taken all of them. */
    RSS_ADAC_SEND,    /**< Gives the words of a response. */
    RSS_ADAC_BOOT,    /**< Has been told to boot. */
    RSS_ADAC_REGRESS, /**< Waits for the option bytes to be written. */
};

/** A session of debug authentication; all zero after a reset. */
struct rss_adac {
    enum rss_adac_step step;
    uint64_t received; /**< Words of the request so far, those that are not kept too. */
    uint32_t response_len;
    uint32_t sent; /**< Bytes of the response. */
    uint8_t request[ADAC_HEADER_BYTES + ADAC_REQUEST_BYTES];
    uint8_t response[ADAC_RESPONSE_BYTES];
    struct adac session;
};

struct dbgmcu {
    struct sim_device dev;
    uint32_t value[DBGMCU_REGISTERS];
    struct rss_adac adac;
};

/** The host may have put or taken a word. */
void rss_adac_mailbox(struct dbgmcu *dbgmcu);
/** The boot ROM has had the time it takes. */
void rss_adac_event(struct dbgmcu *dbgmcu);
