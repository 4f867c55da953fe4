/*
 * The crypto service's answers are the same natively, and on the chip with its blocks and without:
 * one source asks for them in each.
 */
#define _POSIX_C_SOURCE 200809L
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/device_maker.h"

#define BOOT_INSNS 1000000000u
#define TEXT_BYTES 16384u

static void run_natively(char text[TEXT_BYTES])
{
    const char *command = getenv("CRYPTO_ANSWERS");
    assert_non_null(command);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    const size_t len = fread(text, 1, TEXT_BYTES - 1u, pipe);
    text[len] = '\0';
    assert_int_equal(pclose(pipe), 0);
}

/** What the application says on a chip whose images are of the build in GARRISON_TARGET_DIR. */
static void run_on_the_chip(char text[TEXT_BYTES])
{
    static struct device device;
    const struct device_images images = {.application = "tests/system/firmware/crypto_answers"};
    device_open(&device, &images);
    device_boot(&device);
    if (!device_run_until(&device, "answers: end\n", BOOT_INSNS)) {
        fail_msg("no end:\n%s\n%s", device.uart, device.events);
    }
    const char *begin = strstr(device.uart, "answers:\n");
    assert_non_null(begin);
    (void)snprintf(text, TEXT_BYTES, "%s", begin);
    device_close(&device);
}

static void expect_same(const char *where, const char *text, const char *expected)
{
    if (strcmp(text, expected) != 0) {
        fail_msg("%s:\n%s\nnatively:\n%s", where, text, expected);
    }
}

static void the_chip_answers_as_the_host_does(void **state)
{
    (void)state;
    static char natively[TEXT_BYTES];
    static char text[TEXT_BYTES];
    run_natively(natively);
    assert_non_null(strstr(natively, "published 0 "));
    assert_null(strstr(natively, "signs -"));
    run_on_the_chip(text);
    expect_same("on the chip", text, natively);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_chip_answers_as_the_host_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
