/*
 * A hostile application, uROT and manager against the real images: what they try ends in the right
 * fault at the right address, and the journal explains it.
 */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/device_maker.h"

#define USER_FLASH   0x0C000000u
#define BOOT_INSNS   400000000u
#define ATTACK_INSNS 3000000u

struct attack {
    const char *what;
    char letter;
    const char *fault;  /**< What must be taken; NULL: refused in silence, reads as zero. */
    const char *status; /**< Status bits that the journal names. */
    const char *access; /**< How the journal names the access. */
    const char *filter; /**< Who refused it, in the journal's words. */
};

/** What neither faults nor gives anything. */
struct futile {
    const char *what;
    char letter;
    const char *kind;   /**< Of the journal's line. */
    const char *reason; /**< In its words. */
    const char *got;    /**< What the application reads: flags, data. */
};

/* Addresses as tests/system/firmware/attack.c tries them. */
static const struct attack attacks[] = {
    {"reads Secure SRAM", 'a', "SecureFault", "AUVIOL", "read of 4 bytes at 0x30040000", "SAU"},
    {"reads Secure SRAM by its Non-secure alias", 'b', "SecureFault", "AUVIOL",
     "read of 4 bytes at 0x20040000", "SAU"},
    {"reads the manager's flash", 'c', "SecureFault", "AUVIOL", "read of 4 bytes at 0x0C014400",
     "SAU"},
    {"reads the manager's flash by its Non-secure alias", 'd', "SecureFault", "AUVIOL",
     "read of 4 bytes at 0x08014400", "SAU"},
    {"reads the iROT's flash", 'e', "SecureFault", "AUVIOL", "read of 4 bytes at 0x0C000000",
     "SAU"},
    {"reads an OBK", 'f', "SecureFault", "AUVIOL", "read of 4 bytes at 0x0FFD0200", "SAU"},
    {"reads an OBK by its Non-secure alias", 'g', "SecureFault", "AUVIOL",
     "read of 4 bytes at 0x0BFD0900", "SAU"},
    {"writes the manager's code", 'h', "SecureFault", "AUVIOL", "write of 4 bytes at 0x0C014400",
     "SAU"},
    {"writes the manager's code by its Non-secure alias", 'i', "SecureFault", "AUVIOL",
     "write of 4 bytes at 0x08014400", "SAU"},
    {"jumps behind the gate's SG", 'j', "SecureFault", "INVEP", "0x0C014804", ""},
    {"jumps past the gate", 'k', "SecureFault", "INVEP", "0x0C014C00", "SAU"},
    {"reads the RNG by its Secure alias", 'l', "SecureFault", "AUVIOL",
     "read of 4 bytes at 0x520C0800", "SAU"},
    {"reads the RNG, Secure by TZSC", 'm', NULL, NULL, "read of 4 bytes at 0x420C0800", "TZSC"},
    {"writes the hand-over record", 'n', "SecureFault", "AUVIOL", "write of 4 bytes at 0x30040000",
     "SAU"},
    {"runs Secure SRAM", 'o', "SecureFault", "INVEP", "0x20040000", "SAU"},
    {"writes the flash controller's Secure side", 'p', "SecureFault", "AUVIOL",
     "write of 4 bytes at 0x50022028", "SAU"},
    {"reads the storage areas", 'q', "SecureFault", "AUVIOL", "read of 4 bytes at 0x0C1EC000",
     "SAU"},
    {"reads the storage areas by their Non-secure alias", 'r', "SecureFault", "AUVIOL",
     "read of 4 bytes at 0x081EC000", "SAU"},
    {"programs the storage areas", 's', "SecureFault", "AUVIOL", "write of 4 bytes at 0x0C1F4000",
     "SAU"},
    {"programs the storage areas by their Non-secure alias", 't', "SecureFault", "AUVIOL",
     "write of 4 bytes at 0x081FFFF0", "SAU"},
    {"reads what is staged", 'A', "SecureFault", "AUVIOL", "read of 4 bytes at 0x08106000", "SAU"},
    {"programs what is staged", 'B', "SecureFault", "AUVIOL", "write of 4 bytes at 0x08106000",
     "SAU"},
    {"reads the layout", 'C', "SecureFault", "AUVIOL", "read of 4 bytes at 0x30040430", "SAU"},
    {"reads the iROT's system flash", 'E', "SecureFault", "AUVIOL", "read of 4 bytes at 0x0FF88000",
     "SAU"},
    {"reads the iROT's system flash by its Non-secure alias", 'F', "SecureFault", "AUVIOL",
     "read of 4 bytes at 0x0BF88000", "SAU"},
};

#define WRPERR   "attack: got 0x00020000"
#define DMA_DONE "attack: got 0x00000300"

static const struct futile futile[] = {
    {"erases the first storage sector", 'u', "flash", "sector 118 of bank 2 is Secure (SECWM2)",
     WRPERR},
    {"erases the last storage sector", 'v', "flash", "sector 127 of bank 2 is Secure (SECWM2)",
     WRPERR},
    {"erases bank 2", 'w', "flash", "sector 3 of bank 2 is Secure (SECWM2)", WRPERR},
    {"erases all flash", 'x', "flash", "of bank 1 is Secure (SECWM1)", WRPERR},
    {"has DMA read the storage areas", 'y', "refused", "sector 118 of bank 2 is Secure (SECWM2)",
     DMA_DONE " 0x00000000"},
    {"has DMA program the storage areas", 'z', "refused", "sector 126 of bank 2 is Secure (SECWM2)",
     DMA_DONE " 0x00020000"},
    {"erases the update journal", 'D', "flash", "sector 110 of bank 2 is Secure (SECWM2)", WRPERR},
    {"has DMA read the iROT's system flash", 'G', "refused", "is Secure, the access is Non-secure",
     DMA_DONE " 0x00000000"},
};

static int open_attack(void **state)
{
    static struct device device;
    const struct device_images images = {.application = "tests/system/firmware/attack"};
    device_open(&device, &images);
    *state = &device;
    return 0;
}

static int close_device(void **state)
{
    device_close(*state);
    return 0;
}

/** The line of the journal that holds `needle`, cut out into a static buffer; NULL: none. */
static const char *event_line(const struct device *device, const char *kind, const char *needle)
{
    static char line[1024];
    for (const char *at = device->events; *at != '\0';) {
        const char *end = strchr(at, '\n');
        const size_t len = (size_t)(end - at);
        if (len < sizeof line) {
            memcpy(line, at, len);
            line[len] = '\0';
            if (strncmp(line, kind, strlen(kind)) == 0 && strstr(line, needle) != NULL) {
                return line;
            }
        }
        at = end + 1;
    }
    return NULL;
}

static void expect_words(const char *what, const char *line, const char *words,
                         const struct device *device)
{
    if (line == NULL || strstr(line, words) == NULL) {
        fail_msg("%s: no '%s' in '%s'\njournal:\n%s", what, words, line != NULL ? line : "",
                 device->events);
    }
}

/** The manager's own line names the address of a data access; a jump leaves none. */
static void expect_fault_address(const struct device *device, const struct attack *attack)
{
    char words[32];
    const char *at = strstr(attack->access, "bytes at ");
    const size_t len = strlen("bytes at ");
    unsigned addr;
    if (at != NULL && sscanf(at + len, "%x", &addr) == 1) {
        (void)snprintf(words, sizeof words, ", address 0x%08x\n", addr);
        expect_words(attack->what, device->uart, words, device);
    } else if (strstr(device->uart, ", address ") != NULL) {
        fail_msg("%s: an address:\n%s", attack->what, device->uart);
    }
}

static void boot_and_try(struct device *device, char letter)
{
    device_boot(device);
    if (!device_run_until(device, "attack: ready", BOOT_INSNS)) {
        fail_msg("no boot:\n%s\n%s", device->uart, device->events);
    }
    sim_uart_send(device->sim, 1, (uint8_t)letter);
    (void)device_run(device, ATTACK_INSNS);
}

static void check_attack(struct device *device, const struct attack *attack)
{
    boot_and_try(device, attack->letter);
    const char *refused = event_line(device, "refused", attack->access);
    expect_words(attack->what, refused, attack->access, device);
    expect_words(attack->what, refused, attack->filter, device);
    expect_words(attack->what, refused, "Non-secure", device);
    expect_words(attack->what, refused, "HDPL 3", device);
    if (attack->fault == NULL) {
        expect_words(attack->what, device->uart, "attack: got 0x00000000", device);
        return;
    }
    const char *fault = event_line(device, "fault", attack->fault);
    expect_words(attack->what, fault, attack->status, device);
    if (strstr(device->uart, "attack: got") != NULL ||
        strstr(device->uart, "attack: written") != NULL ||
        strstr(device->uart, "attack: came back") != NULL) {
        fail_msg("%s: it went on:\n%s", attack->what, device->uart);
    }
    expect_words(attack->what, device->uart, "manager: SecureFault", device);
    expect_fault_address(device, attack);
}

static void a_hostile_application_is_stopped_and_explained(void **state)
{
    for (size_t i = 0; i < COUNT_OF(attacks); i++) {
        check_attack(*state, &attacks[i]);
    }
}

/** Bytes of the storage areas that must survive: in each area, at both ends. */
static const uint32_t kept[] = {0x0C1EC000, 0x0C1F3FF0, 0x0C1F4000,
                                0x0C1FBFF0, 0x0C1FC000, 0x0C1FFFF0};

static void keep(struct device *device, bool compare)
{
    struct sim_error error;
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        uint8_t mark[16];
        uint8_t bytes[16] = {0};
        memset(mark, (int)i + 1, sizeof mark);
        if (!compare) {
            assert_int_equal(sim_poke(device->sim, kept[i], mark, sizeof mark, &error), SIM_OK);
        }
        assert_int_equal(sim_peek(device->sim, kept[i], bytes, sizeof bytes, &error), SIM_OK);
        assert_memory_equal(bytes, mark, sizeof mark);
    }
}

static void a_hostile_application_leaves_the_storage_areas_as_they_are(void **state)
{
    struct device *device = *state;
    keep(device, false);
    for (size_t i = 0; i < COUNT_OF(futile); i++) {
        boot_and_try(device, futile[i].letter);
        expect_words(futile[i].what, event_line(device, futile[i].kind, futile[i].reason),
                     "Non-secure", device);
        expect_words(futile[i].what, device->uart, futile[i].got, device);
        keep(device, true);
    }
    assert_null(event_line(device, "fault", ""));
}

static void the_journal_names_the_attackers_function(void **state)
{
    struct device *device = *state;
    char elf[512];
    struct sim_error error;
    (void)snprintf(elf, sizeof elf, "%s/tests/system/firmware/attack.elf",
                   getenv("GARRISON_TARGET_DIR"));
    assert_int_equal(sim_symbols_add(device->sim, elf, &error), SIM_OK);
    check_attack(device, &attacks[0]);
    expect_words("symbol", event_line(device, "refused", "0x30040000"), "try_read", device);
}

/** iROT's flash and keys are gone when the uROT runs, signed or not. */
static void a_hostile_urot_finds_nothing_of_the_irot(void **state)
{
    (void)state;
    static struct device device;
    static const char *const zero[] = {
        "iROT's vectors 00000000",           "iROT's code 00000000",
        "iROT's last word 00000000",         "OBK of HDPL1, first 00000000",
        "OBK of HDPL1, key record 00000000", "OBK of HDPL1, last 00000000",
    };
    const struct device_images images = {.urot = "tests/system/firmware/probe_urot"};
    device_open(&device, &images);
    device_boot(&device);
    (void)device_run(&device, BOOT_INSNS);
    for (size_t i = 0; i < COUNT_OF(zero); i++) {
        expect_words("probe", device.uart, zero[i], &device);
    }
    assert_null(strstr(device.uart, "own code 00000000"));
    assert_null(strstr(device.uart, "came back"));
    char words[80];
    (void)snprintf(words, sizeof words, "read of 4 bytes at 0x%08X", (unsigned)device_irot());
    const char *flash = event_line(&device, "refused", words);
    expect_words("flash", flash,
                 device_irot() == USER_FLASH ? "HDP1 covers sectors 0..3"
                                             : "the iROT's part of system flash is hidden",
                 &device);
    expect_words("flash", flash, "HDPL 2", &device);
    const char *keys = event_line(&device, "refused", "read of 4 bytes at 0x0FFD0200");
    expect_words("keys", keys, "belongs to HDPL1", &device);
    const char *jump = event_line(&device, "refused", "fetch");
    (void)snprintf(words, sizeof words, "0x%08X", (unsigned)device_irot() + 0x400u);
    expect_words("jump", jump, words, &device);
    expect_words("jump", event_line(&device, "fault", "BusFault"), "IBUSERR", &device);
    device_close(&device);
}

/** Both stages, the keys of their levels and their memory are gone when the manager runs. */
static void a_hostile_manager_finds_nothing_of_the_stages(void **state)
{
    (void)state;
    static struct device device;
    static const char *const zero[] = {
        "iROT's vectors 00000000",           "iROT's code 00000000",
        "iROT's last word 00000000",         "uROT's header 00000000",
        "uROT's vectors 00000000",           "uROT's code 00000000",
        "uROT's last word 00000000",         "OBK of HDPL1, first 00000000",
        "OBK of HDPL1, key record 00000000", "OBK of HDPL1, last 00000000",
        "OBK of HDPL2, first 00000000",      "OBK of HDPL2, last 00000000",
        "words left on the stack 00000000",  "words left above the data 00000000",
    };
    const struct device_images images = {.manager = "tests/system/firmware/probe_manager"};
    device_open(&device, &images);
    device_boot(&device);
    (void)device_run(&device, BOOT_INSNS);
    for (size_t i = 0; i < COUNT_OF(zero); i++) {
        expect_words("probe", device.uart, zero[i], &device);
    }
    assert_null(strstr(device.uart, "own code 00000000"));
    assert_null(strstr(device.uart, "came back"));
    const char *flash = event_line(&device, "refused", "read of 4 bytes at 0x0C008000");
    expect_words("flash", flash, "HDPL 3", &device);
    const char *keys = event_line(&device, "refused", "read of 4 bytes at 0x0FFD0900");
    expect_words("keys", keys, "belongs to HDPL2", &device);
    device_close(&device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_hostile_application_is_stopped_and_explained, open_attack,
                                        close_device),
        cmocka_unit_test_setup_teardown(a_hostile_application_leaves_the_storage_areas_as_they_are,
                                        open_attack, close_device),
        cmocka_unit_test_setup_teardown(the_journal_names_the_attackers_function, open_attack,
                                        close_device),
        cmocka_unit_test(a_hostile_urot_finds_nothing_of_the_irot),
        cmocka_unit_test(a_hostile_manager_finds_nothing_of_the_stages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
