/*
 * Encrypted images on the images that would be flashed: an application writes them through the update
 * service, they come on trial and stay or go back, with power cuts between; and wherever one looks,
 * nothing of them stands in clear where it was downloaded.
 */
#include "support/test.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <psa/update.h>

#include "support/device_maker.h"

#define BOOT_INSNS    400000000u
#define INSTALL_INSNS 2000000000u
#define WRITE_INSNS   2000000000u
#define STEP          100000u

/* Where things are: typed here, not taken from the port. */
#define FLASH         0x0C000000u
#define FLASH_BYTES   0x200000u
#define DOWNLOADS     0x0C106000u
#define DOWNLOADS_END 0x0C1DE000u
#define MAILBOX       0x20060000u
#define IMAGE_MAX     0x40000u
#define BLOCK         16u

static const char layout_text[] =
    "layout:\n"
    "  journal: {offset: 0x1DE000, size: 16K}\n"
    "  slots:\n"
    "    - {role: urot, offset: 0x8000, size: 48K, download: {offset: 0x1D0000, size: 56K},\n"
    "       encrypted: on}\n"
    "    - {role: manager, offset: 0x14000, size: 168K, download: {offset: 0x1A4000, size: 176K},\n"
    "       encrypted: on}\n"
    "    - {role: application, offset: 0x3E000, size: 800K,\n"
    "       download: {offset: 0x106000, size: 808K}, encrypted: on}\n";

struct kind {
    const char *role;
    const char *image;
    psa_fwu_component_t component;
    const char *key; /**< That its images are encrypted to. */
};

static const struct kind urot = {"urot", "port/stm32h573/urot", PSA_FWU_COMPONENT_UROT,
                                 "urot-decryption"};
static const struct kind manager = {"manager", "port/stm32h573/manager", PSA_FWU_COMPONENT_MANAGER,
                                    "decryption"};
static const struct kind application = {"application", "tests/system/firmware/fwu_client",
                                        PSA_FWU_COMPONENT_APPLICATION, "decryption"};

static struct device device;
static struct sim_snapshot *fresh; /**< The application is there, nothing has happened. */

/*
 * Images.
 */

static void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void shell(const char *format, ...)
{
    char command[2048];
    va_list args;
    va_start(args, format);
    const int len = vsnprintf(command, sizeof command, format, args);
    va_end(args);
    assert_in_range(len, 1, sizeof command - 1);
    assert_int_equal(system(command), 0);
}

static uint32_t read_file(const char *name, uint8_t data[IMAGE_MAX])
{
    FILE *file = fopen(device_path(&device, name), "rb");
    assert_non_null(file);
    const size_t len = fread(data, 1, IMAGE_MAX, file);
    assert_in_range(len, 1, IMAGE_MAX - 1);
    assert_int_equal(fclose(file), 0);
    return (uint32_t)len;
}

/** All blocks of the bodies whose image is somebody's secret, sorted: of the old and the new one. */
static uint8_t secret[4 * IMAGE_MAX / BLOCK][BLOCK];
static uint32_t secrets;

static int compare_blocks(const void *a, const void *b)
{
    return memcmp(a, b, BLOCK);
}

static bool says_nothing(const uint8_t block[BLOCK])
{
    for (uint32_t i = 1; i < BLOCK; i++) {
        if (block[i] != block[0]) {
            return false;
        }
    }
    return true;
}

static void add_secrets(const char *name)
{
    static uint8_t body[IMAGE_MAX];
    const uint32_t len = read_file(name, body);
    for (uint32_t off = 0; off + BLOCK <= len; off += BLOCK) {
        if (!says_nothing(body + off)) {
            memcpy(secret[secrets++], body + off, BLOCK);
        }
    }
    qsort(secret, secrets, BLOCK, compare_blocks);
}

/** "new.img": version 2 of a component; its body is the old one's with a marker behind. */
static void make_new(const struct kind *kind, const char *encryption)
{
    const char *folder = device.folder;
    shell("cp %s/%s.bin %s/old.bin && (cat %s/old.bin; yes 'in clear, this is the new %s' | "
          "head -c 2048) >%s/new.bin",
          getenv("GARRISON_TARGET_DIR"), kind->image, folder, folder, kind->role, folder);
    shell("cd %s && %s image sign --key %s.pem --slot %s --version 2.0.0 --counter 7 %s new.bin "
          "new.img >/dev/null",
          folder, getenv("GARRISON"), kind->role, kind->role, encryption);
    add_secrets("old.bin");
    add_secrets("new.bin");
}

static void make_encrypted(const struct kind *kind, unsigned bits)
{
    char encryption[80];
    (void)snprintf(encryption, sizeof encryption, "--encrypt-to %s.pem --aes %u", kind->key, bits);
    make_new(kind, encryption);
}

/** How many blocks of the bodies stand in clear there. */
static uint32_t blocks_in_clear(uint32_t addr, uint32_t len)
{
    static uint8_t flash[FLASH_BYTES];
    struct sim_error error;
    uint32_t found = 0;
    assert_int_equal(sim_peek(device.sim, addr, flash, len, &error), SIM_OK);
    for (uint32_t off = 0; off < len; off += BLOCK) {
        found += bsearch(flash + off, secret, secrets, BLOCK, compare_blocks) != NULL ? 1u : 0u;
    }
    return found;
}

static void expect_nothing_in_clear(const char *when)
{
    const uint32_t found = blocks_in_clear(DOWNLOADS, DOWNLOADS_END - DOWNLOADS);
    if (found != 0) {
        fail_msg("%s: %u blocks in clear", when, found);
    }
}

/*
 * The application that is told what to do.
 */

static void expect_text(const char *text, uint64_t insns)
{
    if (!device_run_until(&device, text, insns)) {
        fail_msg("no '%s' in:\n%s\njournal:\n%s", text, device.uart, device.events);
    }
}

static void forget_text(void)
{
    device.uart_len = 0;
    device.uart[0] = '\0';
}

static void boot(void)
{
    device_boot(&device);
    expect_text("fwu: ready\n", INSTALL_INSNS);
}

static void tell(char letter, psa_status_t answer)
{
    char line[32];
    (void)snprintf(line, sizeof line, "fwu: %c %d\n", letter, (int)answer);
    forget_text();
    sim_uart_send(device.sim, 1, (uint8_t)letter);
    expect_text(line, WRITE_INSNS);
}

/** The application runs until the chip has been reset and it is there again. */
static void reboot(void)
{
    forget_text();
    sim_uart_send(device.sim, 1, 'b');
    assert_int_equal(device_run(&device, BOOT_INSNS), SIM_STOP_RESET);
    expect_text("fwu: ready\n", INSTALL_INSNS);
}

static void address(const struct kind *kind)
{
    const uint8_t bytes[4] = {kind->component};
    struct sim_error error;
    assert_int_equal(sim_poke(device.sim, MAILBOX, bytes, sizeof bytes, &error), SIM_OK);
}

static unsigned ask_state(const struct kind *kind)
{
    static const char before[] = "fwu: state ";
    address(kind);
    tell('q', PSA_SUCCESS);
    const char *at = strstr(device.uart, before);
    assert_non_null(at);
    return (unsigned)(at[sizeof before - 1] - '0');
}

static void expect_state(const struct kind *kind, unsigned state, psa_status_t error,
                         unsigned version)
{
    char line[64];
    address(kind);
    (void)snprintf(line, sizeof line, "fwu: state %u error %d version %u\n", state, (int)error,
                   version);
    tell('q', PSA_SUCCESS);
    if (strstr(device.uart, line) == NULL) {
        fail_msg("not '%s' but '%s'", line, device.uart);
    }
}

/** Has new.img written. */
static void write_new(const struct kind *kind)
{
    static uint8_t mail[8 + IMAGE_MAX];
    struct sim_error error;
    const uint32_t len = read_file("new.img", mail + 8);
    memset(mail, 0, 8);
    mail[0] = kind->component;
    memcpy(mail + 4, &len, 4); /* of a little-endian host */
    assert_int_equal(sim_poke(device.sim, MAILBOX, mail, 8 + len, &error), SIM_OK);
    tell('w', PSA_SUCCESS);
}

/*
 * Installing.
 */

static struct sim_snapshot *snapshot(void)
{
    struct sim_snapshot *taken = NULL;
    struct sim_error error;
    assert_int_equal(sim_snapshot_take(device.sim, &taken, &error), SIM_OK);
    return taken;
}

/** The old ones, given up after a trial, or the new ones. */
static void expect_old_or_new(const struct kind *const kinds[2])
{
    const bool given_up = ask_state(kinds[0]) == 4;
    for (unsigned i = 0; i < 2 && kinds[i] != NULL; i++) {
        if (given_up) {
            expect_state(kinds[i], 4, PSA_ERROR_GENERIC_ERROR, 1);
        } else {
            expect_state(kinds[i], kinds[i] == &urot ? 7 : 5, PSA_SUCCESS, 2);
        }
    }
}

/** Cuts power here and boots; then the machine is as before. */
static void cut(const struct kind *const kinds[2])
{
    struct sim_snapshot *here = snapshot();
    expect_nothing_in_clear("cut");
    boot();
    expect_nothing_in_clear("booted after a cut");
    expect_old_or_new(kinds);
    sim_snapshot_restore(device.sim, here);
    sim_snapshot_free(here);
    forget_text();
}

/** Boots and cuts power at some of the moments at which slots are being changed. */
static void boot_with_cuts(const struct kind *const kinds[2])
{
    static const unsigned samples[] = {2, 5, 11}; /* changes seen so far */
    static uint8_t before[DOWNLOADS_END - FLASH];
    static uint8_t now[DOWNLOADS_END - FLASH];
    struct sim_error error;
    unsigned changes = 0;
    unsigned cuts = 0;
    assert_int_equal(sim_peek(device.sim, FLASH, before, sizeof before, &error), SIM_OK);
    device_boot(&device);
    while (strstr(device.uart, "fwu: ready\n") == NULL) {
        assert_true(sim_time(device.sim) < INSTALL_INSNS);
        assert_int_equal(device_run(&device, STEP), SIM_STOP_INSNS);
        assert_int_equal(sim_peek(device.sim, FLASH, now, sizeof now, &error), SIM_OK);
        if (memcmp(now, before, sizeof now) == 0) {
            continue;
        }
        memcpy(before, now, sizeof now);
        changes++;
        if (cuts < COUNT_OF(samples) && changes == samples[cuts]) {
            cut(kinds);
            cuts++;
        }
    }
    assert_in_range(cuts, 2, COUNT_OF(samples));
}

/** From the old to the new ones, encrypted with AES of so many bits, which are then on trial. */
static void install(const struct kind *const kinds[2], const unsigned bits[2])
{
    sim_snapshot_restore(device.sim, fresh);
    secrets = 0;
    for (unsigned i = 0; i < 2 && kinds[i] != NULL; i++) {
        make_encrypted(kinds[i], bits[i]);
        write_new(kinds[i]);
        expect_nothing_in_clear("written");
    }
    tell('i', PSA_SUCCESS_REBOOT);
    boot_with_cuts(kinds);
    expect_nothing_in_clear("installed");
    assert_true(blocks_in_clear(FLASH, DOWNLOADS - FLASH) > 100); /* where it runs, it must */
    for (unsigned i = 0; i < 2 && kinds[i] != NULL; i++) {
        expect_state(kinds[i], kinds[i] == &urot ? 7 : 5, PSA_SUCCESS, 2);
    }
}

static int open_device(void **state)
{
    const struct device_images images = {
        .application = application.image, .layout = layout_text, .counter = 5};
    (void)state;
    device_open(&device, &images);
    boot();
    fresh = snapshot();
    return 0;
}

static int close_device(void **state)
{
    (void)state;
    sim_snapshot_free(fresh);
    fresh = NULL;
    device_close(&device);
    return 0;
}

/*
 * Tests.
 */

static void accepted_images_stay(void **state)
{
    static const struct kind *const sets[][2] = {{&application}, {&manager, &application}};
    static const unsigned bits[][2] = {{128}, {256, 128}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sets); i++) {
        install(sets[i], bits[i]);
        tell('a', PSA_SUCCESS);
        reboot();
        expect_nothing_in_clear("accepted");
        for (unsigned k = 0; k < 2 && sets[i][k] != NULL; k++) {
            expect_state(sets[i][k], 7, PSA_SUCCESS, 2);
            tell('c', PSA_SUCCESS);
            expect_state(sets[i][k], 0, PSA_SUCCESS, 2);
        }
    }
}

static void images_that_nobody_accepts_go_back(void **state)
{
    static const struct kind *const sets[][2] = {{&application}, {&manager}};
    static const unsigned bits[][2] = {{256}, {128}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sets); i++) {
        install(sets[i], bits[i]);
        reboot();
        expect_nothing_in_clear("taken back");
        expect_state(sets[i][0], 4, PSA_ERROR_GENERIC_ERROR, 1);
        assert_non_null(strstr(device.events, " update given up: not accepted before the reset"));
    }
}

static void a_urot_is_overwritten(void **state)
{
    static const struct kind *const set[2] = {&urot};
    static const unsigned bits[][2] = {{128}, {256}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bits); i++) {
        install(set, bits[i]);
        boot();
        expect_state(&urot, 7, PSA_SUCCESS, 2);
    }
}

static void expect_given_up(const struct kind *kind, const char *encryption, psa_status_t error,
                            const char *line)
{
    sim_snapshot_restore(device.sim, fresh);
    secrets = 0;
    make_new(kind, encryption);
    write_new(kind);
    tell('i', PSA_SUCCESS_REBOOT);
    boot();
    assert_non_null(strstr(device.uart, line));
    expect_state(kind, 4, error, 1);
}

#define NO_KEY " update given up: encrypted, and not to a key of this device\n"

static void what_is_encrypted_to_another_key_is_given_up(void **state)
{
    (void)state;
    expect_given_up(&application, "--encrypt-to urot-decryption.pem", PSA_ERROR_INVALID_SIGNATURE,
                    "uROT: application" NO_KEY);
    expect_nothing_in_clear("refused");
    expect_given_up(&urot, "--encrypt-to decryption.pem", PSA_ERROR_INVALID_SIGNATURE,
                    "iROT: uROT" NO_KEY);
}

static void what_is_not_encrypted_is_given_up_where_it_must_be(void **state)
{
    (void)state;
    expect_given_up(&application, "", PSA_ERROR_NOT_PERMITTED,
                    "uROT: application update given up: not allowed\n");
    expect_given_up(&urot, "", PSA_ERROR_NOT_PERMITTED,
                    "iROT: uROT update given up: not allowed\n");
}

static void a_device_without_keys_gives_up_what_is_encrypted(void **state)
{
    const struct device_images images = {.application = application.image,
                                         .no_decryption_keys = true};
    (void)close_device(state);
    device_open(&device, &images);
    boot();
    fresh = snapshot();
    expect_given_up(&application, "--encrypt-to decryption.pem", PSA_ERROR_INVALID_SIGNATURE,
                    "uROT: application" NO_KEY);
    expect_given_up(&urot, "--encrypt-to decryption.pem", PSA_ERROR_INVALID_SIGNATURE,
                    "iROT: uROT" NO_KEY);
}

/* Argument: a pattern of tests to leave out. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted_images_stay),
        cmocka_unit_test(images_that_nobody_accepts_go_back),
        cmocka_unit_test(a_urot_is_overwritten),
        cmocka_unit_test(what_is_encrypted_to_another_key_is_given_up),
        cmocka_unit_test(what_is_not_encrypted_is_given_up_where_it_must_be),
        cmocka_unit_test(a_device_without_keys_gives_up_what_is_encrypted),
    };
    cmocka_set_skip_filter(argc > 1 ? argv[1] : NULL);
    return cmocka_run_group_tests(tests, open_device, close_device);
}
