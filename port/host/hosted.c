/*
 * The hosted way: the chip is set up as the manager sets it up, by its own table, and runs the
 * application.
 */
#include "hosted.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <garrison/image.h>
#include <garrison/keys.h>
#include <garrison/version.h>

#include "../stm32h573/image.h"
#include "../stm32h573/layout.h"
#include "../stm32h573/layout_data.h"
#include "../stm32h573/regs.h"
#include "host.h"

#ifdef __SANITIZE_ADDRESS__
#define BUILD "with sanitizers"
#else
#define BUILD "without sanitizers"
#endif

/** Of the log's lines that the manager's own drivers write. */
const char image_name[] = "manager";

static struct garrison_hosted_config hosted;
static uint32_t application_addr; /**< Where the application's first byte is. */

static __attribute__((format(printf, 1, 2))) int refuse(const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return host_refuse(text);
}

/** A device that nobody has provisioned gets the watermarks that its layout needs. */
static int set_watermarks(const struct layout_record *layout)
{
    static const char *const names[] = {"SECWM1R", "SECWM2R"};
    struct sim_error error;
    for (unsigned bank = 0; bank < 2; bank++) {
        const struct layout_secure secure = layout_secure(layout, &layout_bounds, bank);
        if (sim_option_write(host_chip, names[bank], FLASH_SECWM(secure.first, secure.last),
                             &error) != SIM_OK) {
            return host_refuse(error.text);
        }
    }
    return 0;
}

static void announce(void)
{
    char line[96];
    (void)snprintf(line, sizeof line, "manager %d.%d.%d on the host, " BUILD,
                   GARRISON_VERSION_MAJOR, GARRISON_VERSION_MINOR, GARRISON_VERSION_REVISION);
    host_log(line);
}

/** What stands at a Non-secure address of the application. */
static uint32_t application_word(uint32_t addr)
{
    uint32_t word = UINT32_MAX;
    const uint32_t off = addr - application_addr;
    if (addr >= application_addr && hosted.len >= sizeof word && off <= hosted.len - sizeof word) {
        memcpy(&word, hosted.application + off, sizeof word);
    }
    return word;
}

static bool is_stack(uint32_t stack)
{
    const bool in_ram1 = stack > LAYOUT_SRAM1_NS && stack <= LAYOUT_SRAM1_NS + LAYOUT_SRAM1_SIZE;
    const bool in_ram3 = stack > LAYOUT_SRAM3_NS && stack <= LAYOUT_SRAM3_NS + LAYOUT_SRAM3_SIZE;
    return stack % 4u == 0 && (in_ram1 || in_ram3);
}

/** Whether the application is linked for the slot. */
static int check_application(uint32_t base, uint32_t limit)
{
    const uint32_t vectors = base + LAYOUT_HEADER_SIZE;
    const uint32_t stack = application_word(vectors);
    const uint32_t entry = application_word(vectors + 4u);
    if (application_addr < base || application_addr >= limit ||
        hosted.len > limit - application_addr) {
        return refuse("the application, 0x%zX bytes at 0x%08X, is not within its slot in the "
                      "device's layout",
                      hosted.len, (unsigned)application_addr);
    }
    if (!is_stack(stack)) {
        return refuse("the application's first vector, at 0x%08X, is no stack of its RAM: 0x%08X",
                      (unsigned)vectors, (unsigned)stack);
    }
    if (entry % 2u == 0 || entry < vectors || entry >= limit) {
        return refuse("the application's reset vector, at 0x%08X, is no code of its slot: 0x%08X",
                      (unsigned)vectors + 4u, (unsigned)entry);
    }
    return 0;
}

static int load_application(uint32_t base, uint32_t size)
{
    struct sim_error error;
    if (sim_overlay(host_chip, base, size, &error) != SIM_OK ||
        sim_poke(host_chip, application_addr, hosted.application, hosted.len, &error) != SIM_OK) {
        return host_refuse(error.text);
    }
    return 0;
}

/** From where the boot chain has ended to the application's first instruction. */
static int start_application(void)
{
    const struct layout_record *layout = &port_handoff()->layout;
    const struct layout_slot *slot = layout_find(layout, IMAGE_ROLE_APPLICATION);
    if (slot == NULL) {
        return host_refuse("the device's layout has no slot for an application");
    }
    const uint32_t base = LAYOUT_FLASH_NS + slot->off;
    application_addr = hosted.addr != 0 ? hosted.addr : base + LAYOUT_HEADER_SIZE;
    if (check_application(base, base + slot->size) != 0 ||
        (!host_has_chain() && set_watermarks(layout) != 0)) {
        return -1;
    }
    announce();
    hosted_gate_start();
    board_init();
    if (port_isolation_apply(layout) != GARRISON_OK) {
        return host_refuse("isolation differs from what the manager needs; the log says where");
    }
    if (host_serve() != 0 || load_application(base, slot->size) != 0) {
        return -1;
    }
    hosted_gate_set_slot(base);
    hosted_gate_leave_to(base + LAYOUT_HEADER_SIZE);
    return 0;
}

int garrison_hosted_start(const struct garrison_hosted_config *config, struct sim **sim)
{
    hosted = *config;
    hosted.chip.no_cpu = false;
    *sim = NULL;
    if (host_open_chip(&hosted.host, &hosted.chip) != 0 || host_boot() != 0 ||
        start_application() != 0) {
        return -1;
    }
    *sim = host_chip;
    return 0;
}

int garrison_hosted_restart(void)
{
    host_gate_forget();
    sim_overlay_end(host_chip);
    return host_boot() == 0 ? start_application() : -1;
}
