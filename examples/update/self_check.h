/*
 * What decides whether this version is any good. The broken ones have another of these files.
 */
#pragma once

#include <psa/error.h>

/** Looks whether the new version does its work. @return PSA_SUCCESS; else why it shall not stay */
psa_status_t self_check(void);
