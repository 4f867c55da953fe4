/*
 * The owners' public keys of a boot stage.
 */
#pragma once

#include <stdint.h>

#include <garrison/keys.h>
#include <garrison/status.h>

/**
 * Reads and checks the key record of the current level.
 * @return GARRISON_ERROR_DEVICE: unreadable; GARRISON_ERROR_BLANK: nothing was provisioned;
 *         GARRISON_ERROR_DIGEST; GARRISON_ERROR_FORMAT: magic, version, count, or bytes that must be
 *         zero and are not; GARRISON_ERROR_POLICY: two keys for one role.
 */
enum garrison_status keys_load(uint32_t off, struct key_record *record) GARRISON_MUST_USE;

/** The same checks on a record that is already in memory. */
enum garrison_status keys_check(const struct key_record *record) GARRISON_MUST_USE;

/** The key of a role in a checked record, 64 bytes, or NULL. It lives as long as the record. */
const uint8_t *keys_find(const struct key_record *record, uint32_t role);
