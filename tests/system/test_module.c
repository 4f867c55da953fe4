/*
 * Secure modules on the target: the example's, a hostile one, and one for another device. Addresses
 * are typed here, not taken from the port.
 */
#define _GNU_SOURCE /* memmem */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/device_maker.h"

#define BOOT_INSNS    400000000u
#define ATTACK_INSNS  400000000u
#define INSTALL_INSNS 2000000000u
#define MAILBOX       0x20060000u
#define SLOT          0x0C100000u
#define SLOT_BYTES    0x6000u
#define TEXT          (SLOT + 0x400u)
#define RAM           0x3009E000u
#define RAM_END       0x300A0000u
#define SECRET        0x5EC2E7C0u /* of hostile_module.h */

#define SUCCESS       0
#define BAD_STATE     (-137)
#define DOES_NOT      (-140)
#define COMMUNICATION (-145)
#define REFUSED       (-130)
#define REBOOT        1

#define COMPONENT_MODULE_0 4u

static struct device device;
static struct sim_snapshot *ready;

static void expect_text(const char *text, uint64_t insns)
{
    if (!device_run_until(&device, text, insns)) {
        fail_msg("no '%s' in:\n%s\njournal:\n%s", text, device.uart, device.events);
    }
}

static void open_with(const char *module, const char *application, const char *pack)
{
    const struct device_images images = {
        .module = module, .application = application, .pack = pack};
    device_open(&device, &images);
    device_boot(&device);
}

/*
 * The example.
 */

static int open_example(void **state)
{
    (void)state;
    open_with("examples/secure_module/otp", "examples/secure_module/secure_module", NULL);
    return 0;
}

static int close_device(void **state)
{
    (void)state;
    device_close(&device);
    return 0;
}

static void one_time_passwords_are_the_published_ones(void **state)
{
    (void)state;
    expect_text("secure_module: ok\n", BOOT_INSNS);
    assert_non_null(strstr(device.uart, "module 0 (otp): admitted\n"));
    assert_non_null(strstr(device.uart, "secure_module: code 755224\n"));
    assert_non_null(strstr(device.uart, "secure_module: code 94287082\n"));
    device_boot(&device); /* the secret stays */
    expect_text("secure_module: ok\n", BOOT_INSNS);
    assert_null(strstr(device.events, "fault:"));
}

#define OTP_SECRET "12345678901234567890"
#define OTP_CALLS  17u /* one enrols, and each of 16 codes needs the secret */
#define OTP_STEP   100u

static bool otp_secret_is_in_ram(void)
{
    static uint8_t memory[RAM_END - RAM];
    struct sim_error error;
    assert_int_equal(sim_peek(device.sim, RAM & ~0x10000000u, memory, sizeof memory, &error),
                     SIM_OK);
    return memmem(memory, sizeof memory, OTP_SECRET, strlen(OTP_SECRET)) != NULL;
}

/** A call that left it would have it lie there until the next one has its own. */
static void the_secret_is_in_ram_only_during_each_call(void **state)
{
    unsigned times = 0;
    bool was_there = false;
    (void)state;
    device_boot(&device);
    expect_text("module 0 (otp): admitted\n", BOOT_INSNS);
    while (strstr(device.uart, "secure_module: ok\n") == NULL) {
        const bool is_there = otp_secret_is_in_ram();
        times += is_there && !was_there ? 1u : 0u;
        was_there = is_there;
        const enum sim_stop stop = device_run(&device, OTP_STEP);
        assert_true(stop == SIM_STOP_INSNS || stop == SIM_STOP_IDLE); /* idle: it is at its end */
    }
    assert_false(otp_secret_is_in_ram());
    assert_int_equal(times, OTP_CALLS);
}

#define BLOCK  16u
#define RECORD 192u /* the manager knows what it says */

static bool says_nothing(const uint8_t block[BLOCK])
{
    for (uint32_t i = 1; i < BLOCK; i++) {
        if (block[i] != block[0]) {
            return false;
        }
    }
    return true;
}

static size_t read_whole(const char *path, uint8_t *data, size_t max)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t len = fread(data, 1, max, file);
    assert_in_range(len, 1, max - 1);
    assert_int_equal(fclose(file), 0);
    return len;
}

static uint32_t times(const uint8_t *data, size_t len, const uint8_t block[BLOCK])
{
    uint32_t found = 0;
    const uint8_t *end = data + len;
    for (const uint8_t *at = data; (at = memmem(at, (size_t)(end - at), block, BLOCK)) != NULL;
         at++) {
        found++;
    }
    return found;
}

/** Blocks of the module's body that are its own: not code that other images have too. */
static uint8_t own[0x800][BLOCK];
static size_t owns;

static void find_own_blocks(const char *name, const char *other)
{
    static uint8_t body[0x8000];
    static uint8_t others[0x80000];
    const size_t len = read_whole(device_path(&device, name), body, sizeof body);
    owns = 0;
    size_t all = read_whole(device_path(&device, "manager.img"), others, sizeof others);
    const char *const names[] = {"application.img", "urot.img", "irot.bin", other};
    for (size_t i = 0; i < COUNT_OF(names) && names[i] != NULL; i++) {
        all += read_whole(device_path(&device, names[i]), others + all, sizeof others - all);
    }
    for (size_t off = RECORD; off + BLOCK <= len; off += BLOCK) {
        if (!says_nothing(body + off) && times(others, all, body + off) == 0 &&
            times(body, len, body + off) == 1) {
            memcpy(own[owns++], body + off, BLOCK);
        }
    }
}

static uint32_t blocks_in(uint32_t addr, uint32_t len)
{
    static uint8_t memory[0x200000];
    struct sim_error error;
    uint32_t found = 0;
    assert_int_equal(sim_peek(device.sim, addr, memory, len, &error), SIM_OK);
    for (size_t i = 0; i < owns; i++) {
        found += times(memory, len, own[i]);
    }
    return found;
}

static void expect_in_slot_only(void)
{
    assert_true(owns > 20);
    assert_int_equal(blocks_in(SLOT, SLOT_BYTES), owns);
    assert_int_equal(blocks_in(0x0C000000, SLOT - 0x0C000000), 0);
    assert_int_equal(blocks_in(SLOT + SLOT_BYTES, 0x0C200000 - SLOT - SLOT_BYTES), 0);
    assert_int_equal(blocks_in(0x20000000, 0x40000), 0);
    assert_int_equal(blocks_in(0x20040000, 0x10000), 0);
    assert_int_equal(blocks_in(0x20050000, RAM - 0x30050000), 0); /* to its own RAM */
}

/** In flash and RAM, after the module has run, and in the device file. */
static void its_code_is_nowhere_but_in_its_slot(void **state)
{
    static uint8_t file[0x1000000];
    (void)state;
    find_own_blocks("module.bin", NULL);
    expect_in_slot_only();
    const size_t len = read_whole(device_path(&device, "device.gar"), file, sizeof file);
    for (size_t i = 0; i < owns; i++) {
        assert_true(times(file, len, own[i]) <= 1); /* the slot */
    }
}

/*
 * An update of the example's module, by one that is called hostile.
 */

static int open_update(void **state)
{
    (void)state;
    open_with("examples/secure_module/otp", "tests/system/firmware/fwu_client", NULL);
    return 0;
}

static void shell(const char *command)
{
    assert_int_equal(system(command), 0);
}

/** "new.img": version 2, as its owner delivers it: encrypted. */
static void make_update(const char *key)
{
    char command[1024];
    (void)snprintf(command, sizeof command,
                   "cd %s && %s module pack -s module0 -l device.yaml "
                   "%s/tests/system/firmware/hostile_module.bin new.bin >/dev/null && "
                   "%s image sign -k %s.pem -s module0 --layout device.yaml --version 2.0.0 "
                   "--encrypt-to decryption.pem new.bin new.img >/dev/null",
                   device.folder, getenv("GARRISON"), getenv("GARRISON_TARGET_DIR"),
                   getenv("GARRISON"), key);
    shell(command);
}

static void update_letter(char letter, int status)
{
    char line[32];
    (void)snprintf(line, sizeof line, "fwu: %c %d\n", letter, status);
    device_forget_texts(&device);
    sim_uart_send(device.sim, 1, (uint8_t)letter);
    expect_text(line, INSTALL_INSNS);
}

static void stage_update(void)
{
    static uint8_t mail[8 + 0x8000] = {COMPONENT_MODULE_0};
    struct sim_error error;
    const uint32_t len =
        (uint32_t)read_whole(device_path(&device, "new.img"), mail + 8, sizeof mail - 8);
    memcpy(mail + 4, &len, 4); /* of a little-endian host */
    assert_int_equal(sim_poke(device.sim, MAILBOX, mail, 8 + len, &error), SIM_OK);
    update_letter('w', SUCCESS);
    update_letter('i', REBOOT);
}

static void boot_after_update(const char *admitted)
{
    device_forget_texts(&device);
    sim_uart_send(device.sim, 1, 'b');
    assert_int_equal(device_run(&device, BOOT_INSNS), SIM_STOP_RESET);
    expect_text("fwu: ready\n", INSTALL_INSNS);
    if (strstr(device.uart, admitted) == NULL) {
        fail_msg("no '%s' in:\n%s\n%s", admitted, device.uart, device.events);
    }
}

static void it_is_updated_by_its_owner(void **state)
{
    (void)state;
    expect_text("fwu: ready\n", BOOT_INSNS);
    make_update("module");
    find_own_blocks("new.bin", "module.bin");
    stage_update();
    assert_int_equal(blocks_in(0x0C000000, 0x200000), 0);
    boot_after_update("module 0 (hostile): admitted\n");
    expect_in_slot_only();
    find_own_blocks("module.bin", "new.bin"); /* the old one, which may have to come back */
    assert_int_equal(blocks_in(0x0C000000, 0x200000), 0);
    update_letter('a', SUCCESS);
    boot_after_update("module 0 (hostile): admitted\n");
}

static void nobody_else_updates_it(void **state)
{
    (void)state;
    expect_text("fwu: ready\n", BOOT_INSNS);
    make_update("application");
    stage_update();
    boot_after_update("module 0 (otp): admitted\n");
}

/*
 * A hostile module. Its attacks are in test_hostile.c.
 */

static int open_hostile(void **state)
{
    struct sim_error error;
    (void)state;
    open_with("tests/system/firmware/hostile_module", "tests/system/firmware/hostile_module_client",
              NULL);
    expect_text("client: ready\n", BOOT_INSNS);
    assert_non_null(strstr(device.uart, "module 0 (hostile): admitted\n"));
    assert_non_null(strstr(device.uart, "client: version 1\n"));
    assert_int_equal(sim_snapshot_take(device.sim, &ready, &error), SIM_OK);
    return 0;
}

static int close_hostile(void **state)
{
    sim_snapshot_free(ready);
    return close_device(state);
}

/** Has the client do a letter. @return whether it came back and told */
static bool tell(char letter, uint32_t aim)
{
    const uint32_t mail[2] = {(uint32_t)letter, aim};
    struct sim_error error;
    device_forget_texts(&device);
    assert_int_equal(sim_poke(device.sim, MAILBOX, (const uint8_t *)mail, sizeof mail, &error),
                     SIM_OK);
    return device_run_until(&device, "client: done\n", ATTACK_INSNS);
}

static void expect_answer(int status, uint32_t found)
{
    char line[80];
    (void)snprintf(line, sizeof line, "client: status %d found %08x crypto 0\n", status, found);
    if (strstr(device.uart, line) == NULL) {
        fail_msg("not '%s' but:\n%s\njournal:\n%s", line, device.uart, device.events);
    }
}

static void its_data_live_until_it_is_ended(void **state)
{
    (void)state;
    sim_snapshot_restore(device.sim, ready);
    for (uint32_t i = 1; i < 4; i++) {
        assert_true(tell('e', 0));
        expect_answer(SUCCESS, SECRET + i + 0x10000u * i);
    }
}

static void after_three_restarts_it_is_refused(void **state)
{
    (void)state;
    sim_snapshot_restore(device.sim, ready);
    for (unsigned i = 0; i < 4; i++) {
        assert_true(tell('p', 0));
        expect_answer(COMMUNICATION, 0);
    }
    assert_non_null(strstr(device.uart, "partition hostile: psa_panic (no restart left)\n"));
    assert_true(tell('e', 0));
    expect_answer(REFUSED, 0);
}

static void what_it_stores_is_its_own(void **state)
{
    (void)state;
    sim_snapshot_restore(device.sim, ready);
    assert_true(tell('K', 0x11111111));
    expect_answer(SUCCESS, 0);
    assert_true(tell('q', 0));
    expect_answer(SUCCESS, (uint32_t)DOES_NOT);
    assert_true(tell('k', 0x22222222));
    expect_answer(SUCCESS, 0);
    assert_true(tell('q', 0));
    expect_answer(SUCCESS, 0x22222222);
    assert_true(tell('Q', 0));
    expect_answer(SUCCESS, 0x11111111);
}

/** What the answer to a letter is, which must have been served. */
static uint32_t found_by(char letter, uint32_t aim)
{
    unsigned found = 0;
    const char *at = tell(letter, aim) ? strstr(device.uart, "status 0 found ") : NULL;
    if (at == NULL || sscanf(at, "status 0 found %x", &found) != 1) {
        fail_msg("'%c' was not served:\n%s\njournal:\n%s", letter, device.uart, device.events);
    }
    expect_answer(SUCCESS, found);
    return found;
}

/** Its own successor cannot go on with them, and has all its room. */
static void what_others_keep_for_it_ends_with_it(void **state)
{
    (void)state;
    sim_snapshot_restore(device.sim, ready);
    const uint32_t operation = found_by('d', 0);
    assert_true(operation > 3);
    assert_int_equal(found_by('D', operation), 0);
    assert_int_equal(found_by('d', 0), 0); /* there is no room */
    assert_true(tell('p', 0));
    expect_answer(COMMUNICATION, 0);
    assert_int_equal((int32_t)found_by('D', operation), BAD_STATE);
    assert_true(found_by('d', 0) > 3);
}

/** The application reads code, header, TLVs and RAM, by both aliases. */
static void the_application_reads_nothing_of_it(void **state)
{
    static const uint32_t aims[] = {
        SLOT, SLOT - 0x4000000, TEXT + 0x100, TEXT - 0x4000000 + 0x100, SLOT + SLOT_BYTES - 4,
        RAM,  RAM - 0x10000000, RAM_END - 4,  RAM_END - 4 - 0x10000000,
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(aims); i++) {
        sim_snapshot_restore(device.sim, ready);
        assert_true(tell('e', 0));
        assert_false(tell('N', aims[i]));
        if (strstr(device.events, "fault:") == NULL || strstr(device.uart, "status") != NULL) {
            fail_msg("0x%08X was read:\n%s\n%s", aims[i], device.uart, device.events);
        }
    }
    sim_snapshot_restore(device.sim, ready);
    assert_true(tell('N', RAM - 4 - 0x10000000)); /* the application's last word */
    assert_non_null(strstr(device.uart, "client: status 0 "));
}

#define TIM6_ARR 0x4000102C
#define TIM7_ARR 0x5000142C

/** TIM7 is the module's, TIM6 the application's. */
static void its_device_is_its_own(void **state)
{
    (void)state;
    sim_snapshot_restore(device.sim, ready);
    assert_true(tell('w', TIM7_ARR));
    expect_answer(SUCCESS, 1);
    assert_true(tell('r', TIM7_ARR));
    expect_answer(SUCCESS, SECRET & 0xFFFFu);
    if (tell('N', TIM7_ARR - 0x10000000)) {
        expect_answer(SUCCESS, 0);
    }
    assert_non_null(strstr(device.events, "TIM7"));
    sim_snapshot_restore(device.sim, ready);
    assert_true(tell('N', TIM6_ARR));
    assert_non_null(strstr(device.uart, "client: status 0 "));
}

/** What a debugger and the other bus masters are: Non-secure and privileged. */
static void no_other_master_reads_it(void **state)
{
    static const uint32_t aims[] = {
        SLOT - 0x4000000, TEXT - 0x4000000 + 0x100, TEXT + 0x100, RAM - 0x10000000, RAM,
        RAM_END - 4};
    (void)state;
    sim_snapshot_restore(device.sim, ready);
    assert_true(tell('e', 0));
    for (size_t i = 0; i < COUNT_OF(aims); i++) {
        struct sim_access access = {
            .kind = SIM_READ,
            .addr = aims[i],
            .size = 4,
            .attr = {.secure = false, .privileged = true},
            .value = 0,
        };
        (void)sim_access(device.sim, &access);
        assert_int_equal(access.value, 0);
    }
}

/*
 * Refusals.
 */

static void expect_refused(const char *pack, const char *line)
{
    open_with("tests/system/firmware/hostile_module", "tests/system/firmware/hostile_module_client",
              pack);
    expect_text("client: ready\n", BOOT_INSNS); /* the others serve */
    assert_non_null(strstr(device.uart, line));
    assert_non_null(strstr(device.uart, "client: version 0\n"));
    assert_true(tell('e', 0));
    expect_answer(-129, 0);
    device_close(&device);
}

static void a_module_for_another_device_is_refused(void **state)
{
    (void)state;
    expect_refused("--licence 0123456789abcdef01234567",
                   "module 0 (hostile): refused: licensed for another device\n");
}

/** The description of device_maker.c has a seed: the id follows from it. */
static void a_module_for_this_device_runs(void **state)
{
    char pack[64] = "--licence ";
    (void)state;
    open_with("tests/system/firmware/hostile_module", "tests/system/firmware/hostile_module_client",
              NULL);
    for (uint32_t i = 0; i < 3; i++) {
        struct sim_access access = {.kind = SIM_READ, .addr = 0x08FFF800 + 4 * i, .size = 4};
        access.attr.secure = true;
        access.attr.privileged = true;
        (void)sim_access(device.sim, &access);
        for (unsigned byte = 0; byte < 4; byte++) {
            (void)snprintf(pack + strlen(pack), 3, "%02x", access.value >> 8 * byte & 0xFF);
        }
    }
    device_close(&device);
    open_with("tests/system/firmware/hostile_module", "tests/system/firmware/hostile_module_client",
              pack);
    expect_text("module 0 (hostile): admitted\n", BOOT_INSNS);
    device_close(&device);
}

int main(void)
{
    const struct CMUnitTest example[] = {
        cmocka_unit_test(one_time_passwords_are_the_published_ones),
        cmocka_unit_test(the_secret_is_in_ram_only_during_each_call),
        cmocka_unit_test(its_code_is_nowhere_but_in_its_slot),
    };
    const struct CMUnitTest update[] = {
        cmocka_unit_test_setup_teardown(it_is_updated_by_its_owner, open_update, close_device),
        cmocka_unit_test_setup_teardown(nobody_else_updates_it, open_update, close_device),
    };
    const struct CMUnitTest hostile[] = {
        cmocka_unit_test(its_data_live_until_it_is_ended),
        cmocka_unit_test(after_three_restarts_it_is_refused),
        cmocka_unit_test(what_it_stores_is_its_own),
        cmocka_unit_test(what_others_keep_for_it_ends_with_it),
        cmocka_unit_test(the_application_reads_nothing_of_it),
        cmocka_unit_test(its_device_is_its_own),
        cmocka_unit_test(no_other_master_reads_it),
    };
    const struct CMUnitTest refused[] = {
        cmocka_unit_test(a_module_for_another_device_is_refused),
        cmocka_unit_test(a_module_for_this_device_runs),
    };
    int failed = cmocka_run_group_tests_name("example", example, open_example, close_device);
    failed += cmocka_run_group_tests_name("update", update, NULL, NULL);
    failed += cmocka_run_group_tests_name("hostile", hostile, open_hostile, close_hostile);
    failed += cmocka_run_group_tests_name("refused", refused, NULL, NULL);
    return failed;
}
