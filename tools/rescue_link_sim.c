#include <stdio.h>
#include <string.h>

#include "report.h"
#include "rescue_link.h"

/** The chip's clock: instructions in a millisecond, as virtual time has it. */
#define INSNS_PER_MS 32000u

/** Instructions between two looks at what has been sent. */
#define SLICE 200000u

void link_sim_take(struct link_sim *link, unsigned uart, uint8_t byte)
{
    if (uart != 1 || link->count == LINK_SIM_BYTES) {
        return;
    }
    link->ring[(link->first + link->count++) % LINK_SIM_BYTES] = byte;
}

static void on_uart(void *context, unsigned uart, uint8_t byte)
{
    link_sim_take(context, uart, byte);
}

static void on_event(void *context, const struct sim_event *event)
{
    struct link_sim *link = context;
    if (event->kind == SIM_EVENT_FAULT || event->kind == SIM_EVENT_NOTE) {
        (void)snprintf(link->words, sizeof link->words, "%s", event->text);
    }
}

static bool link_send(struct rescue_link *base, const uint8_t *data, size_t len)
{
    struct link_sim *link = (struct link_sim *)base;
    for (size_t i = 0; i < len; i++) {
        sim_uart_send(link->sim, 1, data[i]);
    }
    return true;
}

static enum link_got link_read(struct rescue_link *base, uint8_t *byte, unsigned timeout_ms)
{
    struct link_sim *link = (struct link_sim *)base;
    uint64_t left = (uint64_t)timeout_ms * INSNS_PER_MS;
    while (link->count == 0) {
        const uint64_t slice = left < SLICE ? left : SLICE;
        const enum sim_stop stop = left == 0 ? SIM_STOP_IDLE : sim_run(link->sim, slice);
        left -= slice;
        if (link->count == 0 && stop == SIM_STOP_IDLE) {
            return LINK_SILENCE; /* Time changes nothing. */
        }
        if (stop == SIM_STOP_LOCKUP || stop == SIM_STOP_HALTED || stop == SIM_STOP_ERROR) {
            if (!link->quiet) {
                (void)fail(EXIT_VERDICT, "the chip stands still: %s", link->words);
            }
            return LINK_GONE;
        }
    }
    *byte = link->ring[link->first];
    link->first = (link->first + 1u) % LINK_SIM_BYTES;
    link->count--;
    return LINK_BYTE;
}

void link_sim_attach(struct link_sim *link, struct sim *sim)
{
    *link = (struct link_sim){.link = {link_send, link_read}, .sim = sim, .quiet = true};
}

int link_sim_open(struct link_sim *link, const char *device)
{
    *link = (struct link_sim){.link = {link_send, link_read}};
    const struct sim_config config = {
        .device_path = device, .on_event = on_event, .on_uart = on_uart, .context = link};
    struct sim_error error;
    const enum sim_status status = sim_open(&config, &link->sim, &error);
    if (status != SIM_OK) {
        const bool ours = status == SIM_ERROR_INTERNAL || status == SIM_ERROR_MEMORY;
        return fail(ours ? EXIT_INTERNAL : EXIT_USAGE, "%s", error.text);
    }
    sim_power_on(link->sim);
    return EXIT_DONE;
}

void link_sim_close(struct link_sim *link)
{
    sim_close(link->sim);
}
