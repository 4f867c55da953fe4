/*
 * The life of a device that is updated: boots of the whole chain, and between them an application
 * that asks for an installation, accepts, rejects or says nothing, and cleans up. After each boot,
 * and when nothing is left to do, everything is compared with what it must be.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "chain_world.h"

/** What the application does about a set on trial. */
enum chain_verdict { CHAIN_ACCEPT, CHAIN_REJECT, CHAIN_IGNORE };

/** Where the life begins. */
enum chain_begin {
    CHAIN_CANDIDATE = 0, /**< New images were downloaded through the service. */
    CHAIN_STAGED, /**< They are staged: a uROT together with others, as no client may ask for. */
    CHAIN_SPOILT, /**< The new one is installed and spoilt, its download still there. */
    CHAIN_FIRST,  /**< Nothing was downloaded, and the device has never booted. */
};

struct chain_story {
    const char *name;
    uint16_t set; /**< A bit for each component that is updated. */
    bool encrypted;
    enum chain_verdict verdict;
    enum chain_begin begin;
};

/** What a test remembers of a life; part of each checkpoint. */
struct chain_life {
    bool told_accepted; /**< The application was told that its acceptance is recorded. */
    bool cut_on_trial;  /**< Power went off while the set was on trial. */
    bool quiet;         /**< Nothing is left to do. */
    bool renewed;       /**< Once quiet: whether the set has come. */
    char problem[160];  /**< The first thing that was wrong; empty: nothing. */
};

extern struct chain_life chain_life;

enum chain_pause { CHAIN_POWER_LOST, CHAIN_QUIET, CHAIN_BROKEN };

/**
 * Makes the device at the beginning of a story.
 * @param age  records that the journal has had before, so that its sectors turn elsewhere
 */
void chain_begin_story(const struct chain_story *story, uint32_t age);

/** Lives from a reset on. @param before_boot  called before each boot; may be NULL */
enum chain_pause chain_live(void (*before_boot)(void));

/** After a cut, before power is back: what is true already now. */
void chain_note_cut(void);
