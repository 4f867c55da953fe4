#include "spm/failures.h"

#include <string.h>

#include <garrison/port.h>

#include "base/text.h"
#include "spm/partitions.h"
#include "spm/running.h"

static uint8_t failures[PARTITIONS_MAX];

void failures_init(void)
{
    memset(failures, 0, sizeof failures);
}

bool failures_lost(uint32_t number)
{
    return failures[number] > PARTITION_RESTARTS_MAX;
}

void failures_note(uint32_t number, const char *reason)
{
    struct text text;
    failures[number]++;
    text_start(&text);
    text_add(&text, "partition ");
    text_add(&text, partitions_at(number)->name);
    text_add(&text, ": ");
    text_add(&text, reason);
    if (failures_lost(number)) {
        text_add(&text, " (no restart left)");
    } else {
        text_add(&text, " (restart ");
        text_add_number(&text, failures[number]);
        text_add(&text, " of ");
        text_add_number(&text, PARTITION_RESTARTS_MAX);
        text_add(&text, ")");
    }
    port_log(text.line);
}

void running_mistake(const char *what)
{
    struct text text;
    text_start(&text);
    text_add(&text, "programmer error: ");
    text_add(&text, what);
    spm_partition_failed(text.line);
}
