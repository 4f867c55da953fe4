/* What libcbor's own build would have generated for a static library. */
#pragma once

#define CBOR_EXPORT
