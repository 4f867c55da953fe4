#include "support/chain_native.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garrison/handoff.h>

const uint8_t chain_owner[CHAIN_IMAGES] = {1, 2, 3};

/** Typed here, not taken from the port: a test compares the two. */
static const struct {
    const char *name;
    const char *verifier;
    uint32_t addr;
    uint32_t role;
    uint32_t stack;
} places[CHAIN_IMAGES] = {
    [CHAIN_UROT] = {"uROT", "iROT", 0x0C008000, IMAGE_ROLE_UROT, 0x30050000},
    [CHAIN_MANAGER] = {"manager", "uROT", 0x0C014000, IMAGE_ROLE_MANAGER, 0x30050000},
    [CHAIN_APPLICATION] = {"application", "uROT", 0x0803E000, IMAGE_ROLE_APPLICATION, 0x20040000},
};

#define HEADER_SIZE 0x400u
#define IROT        0x0C000000u

const struct layout_record chain_layout = {
    .magic = 0x594C4147,
    .version = 1,
    .count = 3,
    .journal_off = 0x1DE000,
    .journal_size = 0x4000,
    .slot =
        {
            {IMAGE_ROLE_UROT, 0x8000, 0xC000, 0x1D0000, 0xE000, 0},
            {IMAGE_ROLE_MANAGER, 0x14000, 0x2A000, 0x1A4000, 0x2C000, 0},
            {IMAGE_ROLE_APPLICATION, 0x3E000, 0xC8000, 0x106000, 0xCA000, 0},
        },
};

static void must(enum sim_status status, const struct sim_error *error)
{
    if (status != SIM_OK) {
        fprintf(stderr, "chain: %s\n", error->text);
        abort();
    }
}

static void poke(uint32_t addr, const void *data, size_t len)
{
    struct sim_error error;
    must(sim_poke(host_chip, addr, data, len, &error), &error);
}

static void option(const char *name, uint32_t value)
{
    struct sim_error error;
    must(sim_option_write(host_chip, name, value, &error), &error);
}

const char *chain_name(enum chain_image which)
{
    return places[which].name;
}

const char *chain_verifier(enum chain_image which)
{
    return places[which].verifier;
}

uint32_t chain_addr(enum chain_image which)
{
    return places[which].addr;
}

static void chain_write_keys(void)
{
    struct key_record record;
    const uint32_t roles[CHAIN_IMAGES] = {IMAGE_ROLE_UROT, IMAGE_ROLE_MANAGER,
                                          IMAGE_ROLE_APPLICATION};
    test_key_record(&record, roles, chain_owner, CHAIN_IMAGES);
    poke(CHAIN_KEYS, &record, sizeof record);
}

void chain_write_layout(const struct layout_record *layout)
{
    struct layout_record record = *layout;
    test_layout_seal(&record);
    poke(CHAIN_LAYOUT, &record, sizeof record);
}

/** The iROT runs as a function; the flash only has to look as if it were there. */
static void chain_write_irot(void)
{
    const uint32_t vectors[4] = {0x30050000, IROT + 0x401, 0, 0};
    poke(IROT, vectors, sizeof vectors);
}

static void chain_write_options(void)
{
    option("OPTSR", 0x0000ED00u | 0xB4u << 22);
    option("OPTSR2", 0xB4000000u);
    option("SECBOOTR", 0x0C0000C3u);
    option("SECWM1R", 30u << 16);
    option("SECWM2R", 127u << 16 | 3u);
    option("HDP1R", 3u << 16);
    option("HDP2R", 0x0000007Fu);
}

void chain_write_image(struct chain *chain, enum chain_image which)
{
    poke(places[which].addr, chain->image[which].bytes, chain->image[which].len);
}

static void chain_log(void *context, const char *line)
{
    struct chain *chain = context;
    const size_t room = sizeof chain->log - chain->log_len;
    const int len = snprintf(chain->log + chain->log_len, room, "%s\n", line);
    if (len > 0 && (size_t)len < room) {
        chain->log_len += (size_t)len;
    }
}

void chain_open(struct chain *chain)
{
    const struct sim_config config = {.no_cpu = true};
    struct sim_error error;
    memset(chain, 0, sizeof *chain);
    must(sim_open(&config, &host_chip, &error), &error);
    host_listen(chain_log, chain);
    chain_write_options();
    chain_write_keys();
    chain_write_layout(&chain_layout);
    chain_write_irot();
    for (unsigned i = 0; i < CHAIN_IMAGES; i++) {
        image_recipe(&chain->recipe[i], places[i].addr, HEADER_SIZE, places[i].stack);
        chain->recipe[i].owner = chain_owner[i];
        image_make(&chain->recipe[i], &chain->image[i]);
        chain_write_image(chain, (enum chain_image)i);
    }
}

void chain_close(struct chain *chain)
{
    (void)chain;
    host_listen(NULL, NULL);
    garrison_host_stop();
}

void chain_xor(uint32_t addr, uint8_t mask)
{
    struct sim_error error;
    uint8_t byte = 0;
    must(sim_peek(host_chip, addr, &byte, 1, &error), &error);
    byte ^= mask;
    poke(addr, &byte, 1);
}

void chain_boot(struct chain *chain, struct host_ending *ending)
{
    uint32_t vectors = 0;
    chain->log_len = 0;
    chain->log[0] = '\0';
    sim_power_on(host_chip);
    if (!sim_boot(host_chip, &vectors) || vectors != IROT) {
        fprintf(stderr, "chain: the boot ROM starts nothing\n");
        abort();
    }
    host_run_chain(ending);
}
