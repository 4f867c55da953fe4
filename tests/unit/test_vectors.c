/*
 * The tables of tests/vectors over the service alone: each group is a test, after which nothing of a
 * client's may be left.
 */
#include "vectors/vectors.h"

#include <stdio.h>

#include "crypto_fixture.h"

static void say(const char *text)
{
    static char line[1024];
    const size_t used = strlen(line);
    (void)snprintf(line + used, sizeof line - used, "%s", text);
    if (strchr(text, '\n') != NULL) {
        if (strncmp(line, "FAILED", 6) == 0) {
            print_error("%s", line);
        }
        line[0] = '\0';
    }
}

static void run(void **state)
{
    const struct vectors_group *group = *state;
    const unsigned checks = vectors.checks;
    vectors.say = say;
    vectors.failures = 0;
    group->run();
    assert_true(vectors.checks > checks);
    assert_int_equal(vectors.failures, 0);
}

int main(void)
{
    static struct CMUnitTest tests[32];
    if (vectors_group_count > COUNT_OF(tests)) {
        return 1;
    }
    for (size_t i = 0; i < vectors_group_count; i++) {
        tests[i] = (struct CMUnitTest)TEST(run);
        tests[i].name = vectors_groups[i].name;
        tests[i].initial_state = (void *)&vectors_groups[i];
    }
    return _cmocka_run_group_tests("vectors", tests, vectors_group_count, NULL, NULL);
}
