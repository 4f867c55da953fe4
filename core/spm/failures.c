#include "spm/failures.h"

#include <string.h>

#include <garrison/port.h>

#include "base/text.h"
#include "spm/partitions.h"
#include "spm/running.h"

/** Of each charge that counts. */
static uint8_t failures[FAILURE_NOBODYS][PARTITIONS_MAX];

void failures_init(void)
{
    memset(failures, 0, sizeof failures);
}

static bool is_over(uint32_t number, enum failure_charge charge)
{
    return failures[charge][number] > PARTITION_RESTARTS_MAX;
}

bool failures_lost(uint32_t number, bool for_non_secure)
{
    return is_over(number, FAILURE_ITS_OWN) ||
           (for_non_secure && is_over(number, FAILURE_NON_SECURE));
}

/** What is left of a count that has got one more. */
static void add_count(struct text *text, uint32_t number, enum failure_charge charge)
{
    if (!is_over(number, charge)) {
        text_add(text, " (restart ");
        text_add_number(text, failures[charge][number]);
        text_add(text, " of ");
        text_add_number(text, PARTITION_RESTARTS_MAX);
        text_add(text, ")");
    } else if (charge == FAILURE_NON_SECURE) {
        text_add(text, " (no restart left for the Non-secure side)");
    } else {
        text_add(text, " (no restart left)");
    }
}

void failures_note(uint32_t number, enum failure_charge charge, const char *reason)
{
    struct text text;
    text_start(&text);
    text_add(&text, "partition ");
    text_add(&text, partitions_at(number)->name);
    text_add(&text, ": ");
    text_add(&text, reason);
    if (charge == FAILURE_NOBODYS) {
        text_add(&text, " (restart at its client's charge)");
    } else {
        if (!is_over(number, charge)) {
            failures[charge][number]++; /* an interrupt's handler may fail beyond the last one */
        }
        add_count(&text, number, charge);
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
