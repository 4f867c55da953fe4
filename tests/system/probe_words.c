/*
 * A debug probe on a device file, told by lines on standard input what to do; answers each by one line.
 * What speaks the protocols is elsewhere, so that nothing of it is shared with the tools.
 *
 *   power | reset | run N | send WORD | receive | connect | erase ADDR | program ADDR FILE | obk FILE |
 *   peek ADDR LEN | state
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <garrison/sim_debug.h>

#define LINE_BYTES 600
#define OBK_BYTES  8192

#define SECTOR_BYTES 0x2000u
#define SLOT_BYTES   0x100000u

static void answer(enum sim_status status, const struct sim_error *error)
{
    if (status == SIM_OK) {
        printf("ok\n");
    } else {
        printf("no: %s\n", error->text);
    }
}

static void receive(struct sim *sim)
{
    uint32_t word = 0;
    if (sim_probe_receive(sim, &word)) {
        printf("%08" PRIx32 "\n", word);
    } else {
        printf("no\n");
    }
}

static void provision(struct sim *sim, const char *path)
{
    static uint8_t bytes[OBK_BYTES];
    struct sim_error error = {""};
    uint32_t result = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        printf("no: %s\n", path);
        return;
    }
    const size_t len = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    answer(sim_probe_provision(sim, bytes, len, &result, &error), &error);
}

/** Erases what the bytes of a file take, sector by sector, and programs them. */
static void program(struct sim *sim, const char *argument)
{
    static uint8_t bytes[SLOT_BYTES];
    struct sim_error error = {""};
    char *path = NULL;
    const uint32_t addr = (uint32_t)strtoul(argument, &path, 16);
    FILE *file = fopen(path + strspn(path, " "), "rb");
    if (file == NULL) {
        printf("no: %s\n", path);
        return;
    }
    memset(bytes, 0xFF, sizeof bytes);
    const size_t len = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    enum sim_status status = SIM_OK;
    for (uint32_t off = 0; status == SIM_OK && off < len; off += SECTOR_BYTES) {
        status = sim_debug_flash_erase(sim, addr + off, &error);
        if (status == SIM_OK) {
            status = sim_debug_flash_program(sim, addr + off, bytes + off, SECTOR_BYTES, &error);
        }
    }
    answer(status, &error);
}

/** Behind the filters, which is no probe's. */
static void peek(struct sim *sim, const char *argument)
{
    static uint8_t bytes[OBK_BYTES];
    char *end = NULL;
    const unsigned long addr = strtoul(argument, &end, 16);
    const unsigned long len = strtoul(end, NULL, 16);
    struct sim_error error = {""};
    if (len > sizeof bytes || sim_peek(sim, (uint32_t)addr, bytes, len, &error) != SIM_OK) {
        printf("no: %s\n", error.text);
        return;
    }
    for (unsigned long i = 0; i < len; i++) {
        printf("%02x", bytes[i]);
    }
    printf("\n");
}

static void say_state(struct sim *sim)
{
    struct sim_state state;
    sim_state_get(sim, &state);
    printf("%s %s %" PRIu32 "\n", state.product_state, state.trustzone ? "on" : "off",
           state.sectors_used);
}

static void obey(struct sim *sim, const char *line)
{
    struct sim_error error = {""};
    const char *space = strchr(line, ' ');
    const char *argument = space != NULL ? space + 1 : "";
    if (strcmp(line, "power") == 0) {
        sim_power_on(sim);
        printf("ok\n");
    } else if (strcmp(line, "reset") == 0) {
        sim_probe_reset(sim);
        printf("ok\n");
    } else if (strncmp(line, "run ", 4) == 0) {
        printf("%d\n", (int)sim_run(sim, strtoull(argument, NULL, 10)));
    } else if (strncmp(line, "send ", 5) == 0) {
        answer(sim_probe_send(sim, (uint32_t)strtoul(argument, NULL, 16), &error), &error);
    } else if (strcmp(line, "receive") == 0) {
        receive(sim);
    } else if (strcmp(line, "connect") == 0) {
        answer(sim_probe_connect(sim, true, &error), &error);
    } else if (strncmp(line, "erase ", 6) == 0) {
        answer(sim_debug_flash_erase(sim, (uint32_t)strtoul(argument, NULL, 16), &error), &error);
    } else if (strncmp(line, "program ", 8) == 0) {
        program(sim, argument);
    } else if (strncmp(line, "obk ", 4) == 0) {
        provision(sim, argument);
    } else if (strncmp(line, "peek ", 5) == 0) {
        peek(sim, argument);
    } else if (strcmp(line, "state") == 0) {
        say_state(sim);
    } else {
        printf("what?\n");
    }
}

int main(int argc, char **argv)
{
    char line[LINE_BYTES];
    struct sim_error error = {""};
    struct sim *sim = NULL;
    const struct sim_config config = {.device_path = argc == 2 ? argv[1] : ""};
    if (sim_open(&config, &sim, &error) != SIM_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
        return 2;
    }
    sim_power_on(sim);
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = 0;
        obey(sim, line);
        (void)fflush(stdout);
    }
    sim_close(sim);
    return 0;
}
