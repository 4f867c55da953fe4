/*
 * The attacks of a hostile module, as its files share them.
 */
#pragma once

#include "hostile_list.h"
#include "hostile_module.h"

#define HOSTILE_FUNCTION(function, what, end, argument) int32_t function(void);
HOSTILE_MODULE_ATTACKS(HOSTILE_FUNCTION)
#undef HOSTILE_FUNCTION

/** The message that is being served, for attacks with it. */
extern const psa_msg_t *hostile_message;
