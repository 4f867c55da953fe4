/*
 * The layout record in the keys store.
 */
#pragma once

#include <garrison/layout.h>

/**
 * Reads the record of HDPL1 and checks it against its digest and the rules.
 * @param fault  out: the rule that is broken, if it is one
 * @return GARRISON_ERROR_DEVICE: unreadable; GARRISON_ERROR_BLANK: nothing was provisioned;
 *         GARRISON_ERROR_DIGEST; else as layout_check().
 */
enum garrison_status layout_load(const struct layout_bounds *bounds, struct layout_record *record,
                                 struct layout_fault *fault) GARRISON_MUST_USE;
