#include "support/partition_lab.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOOT_INSNS   400000000u
#define ATTACK_INSNS 60000000u

static void send(struct lab *lab, char letter, uint32_t addr)
{
    char text[16];
    const int partition = lab->partition[0];
    (void)snprintf(text, sizeof text, "%c%c%08X", lab->floating ? toupper(partition) : partition,
                   letter, addr);
    for (const char *at = text; *at != '\0'; at++) {
        sim_uart_send(lab->device.sim, 1, (uint8_t)*at);
        (void)device_run(&lab->device, 2000);
    }
}

bool lab_attack(struct lab *lab, char letter, uint32_t addr)
{
    sim_snapshot_restore(lab->device.sim, lab->ready);
    return lab_attack_again(lab, letter, addr);
}

bool lab_attack_again(struct lab *lab, char letter, uint32_t addr)
{
    device_forget_texts(&lab->device);
    send(lab, letter, addr);
    return device_run_until(&lab->device, "client: done\n", ATTACK_INSNS) &&
           strstr(lab->device.uart, LAB_STOPPED) == NULL;
}

void lab_answer(const struct lab *lab, uint32_t *words, size_t count)
{
    const char *at = strstr(lab->device.uart, "client: got ");
    if (at == NULL || strstr(lab->device.uart, "client: status 0\n") == NULL) {
        fail_msg("no answer:\n%s\n%s", lab->device.uart, lab->device.events);
    }
    char *next = (char *)(uintptr_t)(at + strlen("client: got "));
    for (size_t i = 0; i < count; i++) {
        words[i] = (uint32_t)strtoul(next, &next, 16);
    }
}

uint32_t lab_peek(struct lab *lab, uint32_t addr)
{
    struct sim_error error;
    uint32_t word = 0;
    assert_int_equal(
        sim_peek(lab->device.sim, addr & ~0x10000000u, (uint8_t *)&word, sizeof word, &error),
        SIM_OK);
    return word;
}

int lab_open(void **state, const char *partition)
{
    static struct lab lab;
    const struct device_images images = {
        .manager = "tests/system/firmware/hostile_manager",
        .application = "tests/system/firmware/hostile_partition_client",
    };
    struct sim_error error;
    lab.partition = partition;
    lab.floating = false;
    device_open(&lab.device, &images);
    device_boot(&lab.device);
    if (!device_run_until(&lab.device, "client: ready\n", BOOT_INSNS)) {
        fail_msg("no boot:\n%s\n%s", lab.device.uart, lab.device.events);
    }
    const char *door = strstr(lab.device.uart, "back door ");
    lab.place[BACK_DOOR] = (uint32_t)strtoul(door + strlen("back door "), NULL, 16);
    const char *buffer = strstr(lab.device.uart, "buffer ");
    lab.buffer = (uint32_t)strtoul(buffer + strlen("buffer "), NULL, 16);
    assert_int_equal(sim_snapshot_take(lab.device.sim, &lab.ready, &error), SIM_OK);
    assert_true(lab_attack(&lab, 'p', 0));
    lab_answer(&lab, lab.place, PLACES);
    *state = &lab;
    return 0;
}

int lab_close(void **state)
{
    struct lab *lab = *state;
    sim_snapshot_free(lab->ready);
    device_close(&lab->device);
    return 0;
}

void lab_expect_words(const struct lab *lab, const char *what, const char *text, const char *words)
{
    if (strstr(text, words) == NULL) {
        fail_msg("%s: no '%s'\nUART:\n%s\njournal:\n%s", what, words, lab->device.uart,
                 lab->device.events);
    }
}
