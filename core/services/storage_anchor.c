#include "services/storage_anchor.h"

#include "base/secret.h"

_Static_assert(COUNTER_BINDING_BYTES <= STORE_TAG_BYTES, "a binding is the start of a tag");

enum garrison_status storage_anchor_check(void *anchor, uint32_t *number,
                                          const uint8_t tag[STORE_TAG_BYTES], bool *matches)
{
    const struct storage_anchor *own = anchor;
    struct counter counter;
    const enum garrison_status status = counter_read(own->counters, own->id, &counter);
    if (status != GARRISON_OK) {
        return status;
    }
    *number = counter.value;
    *matches = secret_equal(counter.binding, tag, sizeof counter.binding);
    return GARRISON_OK;
}

enum garrison_status storage_anchor_confirm(void *anchor, uint32_t number,
                                            const uint8_t tag[STORE_TAG_BYTES])
{
    const struct storage_anchor *own = anchor;
    return counter_raise(own->counters, own->id, number, tag);
}
