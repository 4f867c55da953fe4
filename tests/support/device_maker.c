#define _GNU_SOURCE
#include "support/device_maker.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP        20000u
#define MODULE_ADDR 0x0C100000u /* of modules in layouts that have a slot for one */

static const char config_text[] =
    "schema_version: 1\n"
    "device: {seed: 7}\n"
    "option_bytes:\n"
    "  product_state: open\n"
    "  trustzone: on\n"
    "  boot_ube: %s\n"
    "  secure_boot_address: 0x0C000000\n"
    "  hdp: {bank1: 0-3, bank2: none}\n"
    "  write_protect: {bank1: [0]}\n"
    "%s" /* the layout; the watermarks follow from it */
    "keys:\n"
    "  - {role: urot, file: urot.pem}\n"
    "  - {role: manager, file: manager.pem}\n"
    "  - {role: application, file: application.pem}\n"
    "  - {role: module0, file: module.pem}\n"
    "images:\n"
    "  - {role: irot, address: 0x%08X, file: irot.bin}\n"
    "  - {role: urot, address: 0x0C008000, file: urot.img}\n"
    "  - {role: manager, address: 0x0C014000, file: manager.img}\n"
    "  - {role: application, address: 0x0803E000, file: application.img}\n";

static const char decryption_text[] =
    "decryption_keys: {urot: urot-decryption.pem, others: decryption.pem}\n";

/** The layout of a device with a module, unless it brings its own. */
static const char module_layout[] =
    "layout:\n"
    "  journal: {offset: 0x1DE000, size: 16K}\n"
    "  slots:\n"
    "    - {role: urot, offset: 0x8000, size: 48K, download: {offset: 0x1D0000, size: 56K}}\n"
    "    - {role: manager, offset: 0x14000, size: 168K, download: {offset: 0x1A4000, size: 176K}}\n"
    "    - {role: application, offset: 0x3E000, size: 776K,\n"
    "       download: {offset: 0x106000, size: 784K}}\n"
    "    - {role: module0, offset: 0x100000, size: 24K, ram: 8K, encrypted: on,\n"
    "       download: {offset: 0x106000, size: 32K}}\n";

static const char module_text[] = "  - {role: module0, address: 0x%08X, file: module.img}\n";

static const char *required(const char *variable)
{
    const char *value = getenv(variable);
    if (value == NULL) {
        fprintf(stderr, "the environment variable %s is not set\n", variable);
        abort();
    }
    return value;
}

/** Runs a command of the shell; every word of it is a path without blanks or an option. */
static void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void shell(const char *format, ...)
{
    char command[2048];
    va_list args;
    va_start(args, format);
    const int len = vsnprintf(command, sizeof command, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= sizeof command || system(command) != 0) {
        fprintf(stderr, "failed: %s\n", command);
        abort();
    }
}

const char *device_path(const struct device *device, const char *name)
{
    static char path[160];
    (void)snprintf(path, sizeof path, "%s/%s", device->folder, name);
    return path;
}

/** Makes "ROLE.img" in the device's folder, signed with the key of `owner`. */
static void sign(const struct device *device, const char *role, const char *owner,
                 const char *image)
{
    char counter[32] = "";
    if (device->counter != 0) {
        (void)snprintf(counter, sizeof counter, "--counter %u", device->counter);
    }
    shell("%s image sign --key %s/%s.pem --slot %s --version 1.0.0 %s %s/%s.bin %s/%s.img "
          ">/dev/null",
          required("GARRISON"), device->folder, owner, role, counter,
          required("GARRISON_TARGET_DIR"), image, device->folder, role);
}

static const char *const decryption_keys[] = {"urot-decryption", "decryption"};

/** A module's image if it shall have a place: bytes, not a program. */
static void make_module(const struct device *device, uint32_t addr)
{
    const char *folder = device->folder;
    if (addr != 0) {
        shell("head -c 4096 /dev/zero >%s/module.bin", folder);
        shell("%s image sign --key %s/module.pem --load-addr 0x%08X --version 1.0.0 %s/module.bin "
              "%s/module.img >/dev/null 2>&1",
              required("GARRISON"), folder, addr, folder, folder);
    }
}

/** A module that is one: encrypted, in the clear form of an active slot. */
static void pack_module(const struct device *device, const struct device_images *images)
{
    const char *folder = device->folder;
    shell("%s module pack --slot module0 --layout %s/device.yaml %s %s/%s.elf %s/module.bin "
          ">/dev/null",
          required("GARRISON"), folder, images->pack != NULL ? images->pack : "",
          required("GARRISON_TARGET_DIR"), images->module, folder);
    shell("%s image sign --key %s/module.pem --slot module0 --layout %s/device.yaml "
          "--version 1.0.0 --encrypt-to %s/decryption.pem --clear %s/module.bin %s/module.img "
          ">/dev/null",
          required("GARRISON"), folder, folder, folder, folder, folder);
}

static void sign_own(const struct device *device, const char *role, const char *image)
{
    shell("%s key new %s/%s.pem >/dev/null", required("GARRISON"), device->folder, role);
    sign(device, role, role, image);
}

/** Whether the environment asks for an iROT in system flash; the tests run for both places. */
static bool system_irot(void)
{
    const char *place = getenv("GARRISON_IROT");
    return place != NULL && strcmp(place, "system") == 0;
}

uint32_t device_irot(void)
{
    return system_irot() ? 0x0FF88000 : 0x0C000000;
}

static const char *layout_of(const struct device_images *images)
{
    if (images->layout != NULL) {
        return images->layout;
    }
    return images->module != NULL ? module_layout : "";
}

static void write_config(const struct device *device, const struct device_images *images)
{
    FILE *file = fopen(device_path(device, "device.yaml"), "w");
    bool written =
        file != NULL && fprintf(file, config_text, system_irot() ? "st-irot" : "user-flash",
                                layout_of(images), device_irot()) >= 0;
    if (written && (images->module_addr != 0 || images->module != NULL)) {
        written = fprintf(file, module_text,
                          images->module != NULL ? MODULE_ADDR : images->module_addr) >= 0;
    }
    if (written && !images->no_decryption_keys) {
        written = fputs(decryption_text, file) >= 0;
    }
    if (!written || fclose(file) != 0) {
        fprintf(stderr, "cannot write %s\n", device_path(device, "device.yaml"));
        abort();
    }
}

static void append(char *text, size_t *len, const char *data, size_t count)
{
    if (count < DEVICE_TEXT_BYTES - *len) {
        memcpy(text + *len, data, count);
        *len += count;
        text[*len] = '\0';
    }
}

static void on_uart(void *context, unsigned uart, uint8_t byte)
{
    struct device *device = context;
    const char sent = (char)byte;
    if (uart == 1) {
        append(device->uart, &device->uart_len, &sent, 1);
    }
}

static void on_event(void *context, const struct sim_event *event)
{
    struct device *device = context;
    char line[1024];
    const int len =
        snprintf(line, sizeof line, "%s: %s\n", sim_event_name(event->kind), event->text);
    append(device->events, &device->events_len, line, (size_t)len);
}

static void start(struct device *device)
{
    struct sim_error error;
    const struct sim_config config = {
        .device_path = device_path(device, "device.gar"),
        .ephemeral = true,
        .seed = 1,
        .on_event = on_event,
        .on_uart = on_uart,
        .context = device,
    };
    if (sim_open(&config, &device->sim, &error) != SIM_OK) {
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
}

void device_open(struct device *device, const struct device_images *images)
{
    memset(device, 0, sizeof *device);
    device->counter = images->counter;
    (void)snprintf(device->folder, sizeof device->folder, "/tmp/garrison-test-XXXXXX");
    if (mkdtemp(device->folder) == NULL) {
        perror("mkdtemp");
        abort();
    }
    const char *port = "port/stm32h573";
    char path[160];
    (void)snprintf(path, sizeof path, "%s/urot", port);
    sign_own(device, "urot", images->urot != NULL ? images->urot : path);
    (void)snprintf(path, sizeof path, "%s/manager", port);
    sign_own(device, "manager", images->manager != NULL ? images->manager : path);
    sign_own(device, "application",
             images->application != NULL ? images->application : "examples/hello_psa/hello_psa");
    shell("cp %s/%s/%s.bin %s/irot.bin", required("GARRISON_TARGET_DIR"), port,
          system_irot() ? "irot_system" : "irot", device->folder);
    shell("%s key new %s/module.pem >/dev/null", required("GARRISON"), device->folder);
    make_module(device, images->module_addr);
    for (size_t i = 0; i < sizeof decryption_keys / sizeof decryption_keys[0]; i++) {
        shell("%s key new %s/%s.pem >/dev/null", required("GARRISON"), device->folder,
              decryption_keys[i]);
    }
    write_config(device, images);
    if (images->module != NULL) {
        pack_module(device, images);
    }
    shell("%s provision %s/device.gar --config %s/device.yaml >/dev/null", required("GARRISON"),
          device->folder, device->folder);
    start(device);
}

void device_close(struct device *device)
{
    sim_close(device->sim);
    shell("rm -rf %s", device->folder);
}

void device_reopen(struct device *device)
{
    sim_close(device->sim);
    start(device);
}

void device_xor(struct device *device, uint32_t addr, uint8_t mask)
{
    struct sim_error error;
    uint8_t byte = 0;
    enum sim_status status = sim_peek(device->sim, addr, &byte, 1, &error);
    byte ^= mask;
    if (status == SIM_OK) {
        status = sim_poke(device->sim, addr, &byte, 1, &error);
    }
    if (status != SIM_OK) {
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
}

void device_forget_texts(struct device *device)
{
    device->uart_len = 0;
    device->uart[0] = '\0';
    device->events_len = 0;
    device->events[0] = '\0';
}

void device_boot(struct device *device)
{
    device_forget_texts(device);
    sim_power_on(device->sim);
}

bool device_run_until(struct device *device, const char *text, uint64_t insns)
{
    const uint64_t end = sim_time(device->sim) + insns;
    while (sim_time(device->sim) < end) {
        const enum sim_stop stop = sim_run(device->sim, STEP);
        if (strstr(device->uart, text) != NULL) {
            return true;
        }
        if (stop != SIM_STOP_INSNS) {
            return false;
        }
    }
    return false;
}

enum sim_stop device_run(struct device *device, uint64_t insns)
{
    return sim_run(device->sim, insns);
}

void device_put_image(struct device *device, const char *role, const char *owner, const char *image,
                      uint32_t addr)
{
    static uint8_t data[0x40000];
    struct sim_error error;
    char name[32];
    sign(device, role, owner, image);
    (void)snprintf(name, sizeof name, "%s.img", role);
    FILE *file = fopen(device_path(device, name), "rb");
    if (file == NULL) {
        perror(name);
        abort();
    }
    const size_t len = fread(data, 1, sizeof data, file);
    (void)fclose(file);
    if (sim_poke(device->sim, addr, data, len, &error) != SIM_OK) {
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
}

void device_erase(struct device *device, uint32_t addr, uint32_t len)
{
    static const uint8_t erased[16] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                       0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    struct sim_error error;
    for (uint32_t off = 0; off < len; off += sizeof erased) {
        if (sim_poke(device->sim, addr + off, erased, sizeof erased, &error) != SIM_OK) {
            fprintf(stderr, "%s\n", error.text);
            abort();
        }
    }
}
