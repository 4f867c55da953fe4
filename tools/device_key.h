/*
 * The key with which a simulated device signs its attestation tokens.
 */
#pragma once

#include "keyfile.h"

/**
 * Asks a device for its public key: it is started natively, and its file stays as it is. Says so on
 * standard error if the device is in product state OPEN, since the key is then not its own.
 * @param key  out: without the private half, which nobody gets
 * @return EXIT_DONE; EXIT_USAGE: there is no such file, or it is no device; EXIT_VERDICT: the device does not
 *         start, or has no attestation; having said why
 */
int device_key_read(const char *path, struct key *key);
