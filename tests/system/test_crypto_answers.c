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

#define AHB2ENR 0x54020C8Cu /* of RCC, which is the application's */
#define RNG_EN  (1u << 18)

static void stop_random_numbers(struct device *device)
{
    struct sim_access access = {
        .kind = SIM_READ, .addr = AHB2ENR, .size = 4, .attr = {.secure = true, .privileged = true}};
    assert_int_equal(sim_access(device->sim, &access), SIM_ANSWER_OK);
    access.kind = SIM_WRITE;
    access.value &= ~RNG_EN;
    assert_int_equal(sim_access(device->sim, &access), SIM_ANSWER_OK);
}

/** The PKA then gives nothing: PSA_ERROR_HARDWARE_FAILURE, in limited time, and all else goes on. */
static void hardware_that_fails_is_an_error_for_the_client(void **state)
{
    (void)state;
    static struct device device;
    static char natively[TEXT_BYTES];
    const struct device_images images = {.application = "tests/system/firmware/crypto_answers"};
    const char *build = getenv("GARRISON_TARGET_DIR");
    assert_non_null(build);
    if (build == NULL || strstr(build, "software") != NULL) {
        return; /* nothing there asks the RNG but who wants random numbers */
    }
    run_natively(natively);
    device_open(&device, &images);
    device_boot(&device);
    assert_true(device_run_until(&device, "answers:\n", BOOT_INSNS));
    stop_random_numbers(&device);
    assert_true(device_run_until(&device, "answers: end\n", BOOT_INSNS));
    const char *begin = strstr(device.uart, "answers:\n");
    const char *keys = strstr(natively, "pair ");
    assert_non_null(keys);
    assert_memory_equal(begin, natively, (size_t)(keys - natively)); /* the hashes */
    assert_non_null(strstr(begin, "\npoint -147 "));
    assert_non_null(strstr(begin, "\nsigns -147 "));
    device_close(&device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_chip_answers_as_the_host_does),
        cmocka_unit_test(hardware_that_fails_is_an_error_for_the_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
