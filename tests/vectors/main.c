/*
 * All groups in one application, for the host and for the chip.
 */
#include <stdio.h>

#include <psa/crypto.h>

#include "vectors.h"
#include "vectors_set.h"

static void say(const char *text)
{
    (void)fputs(text, stdout);
}

static void run(const struct vectors_group *group)
{
    const unsigned checks = vectors.checks;
    const unsigned failures = vectors.failures;
    if (vectors.medium && group->needs_full) {
        return;
    }
    group->run();
    printf("vectors: %s: %u checks, %u failed\n", group->name, vectors.checks - checks,
           vectors.failures - failures);
}

int main(void)
{
    vectors.medium = vectors_set.medium;
    vectors.rows = vectors_set.rows;
    vectors.say = say;
    if (psa_crypto_init() != PSA_SUCCESS) {
        printf("vectors: FAILED: no crypto service\n");
        return 1;
    }
    for (size_t i = 0; i < vectors_group_count; i++) {
        run(&vectors_groups[i]);
    }
    printf("vectors: %s\n", vectors.failures == 0 ? "ok" : "FAILED");
    return vectors.failures == 0 ? 0 : 1;
}
