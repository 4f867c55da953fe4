/*
 * What `garrison provision` does only if it is asked for in words.
 */
#pragma once

#include "cli.h"
#include "life_rehearse.h"

/** The words, for helps. */
#define LIFE_WORDS "bricked, no-way-back, incomplete, development-keys"

/** Whether all words are known ones. @return EXIT_DONE, or EXIT_USAGE, having said which is not */
int life_accept_check(const struct cli_list *words);

/**
 * Whether the plan may be done. What forbids it is said, with the word that lets it be done.
 * @return EXIT_DONE; EXIT_VERDICT: it may not; or another exit status
 */
int life_accept(const struct life_plan *life, const struct life_rehearsal *rehearsal,
                const struct cli_list *words);

/**
 * Whether the keys of the plan may close a device; what life_accept() begins with.
 * @param words  NULL: none
 */
int life_accept_keys(const struct life_plan *life, const struct cli_list *words);

/** Says of a device that is made at once when nobody can take it back, unless the word was said. */
void life_accept_at_once(const struct provision_plan *plan, const struct cli_list *words);
