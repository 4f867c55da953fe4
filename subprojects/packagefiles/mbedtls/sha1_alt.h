/* SHA-1 in the chip's HASH block. Included by Mbed TLS's own header. */
#pragma once

#include "garrison_hash.h"

typedef struct garrison_hash_small mbedtls_sha1_context;
