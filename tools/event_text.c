#include "event_text.h"

#include <inttypes.h>

/** Bright red for what went wrong, yellow for what was refused; NULL for the rest. */
static const char *event_colour(enum sim_event_kind kind)
{
    if (kind == SIM_EVENT_FAULT) {
        return "\033[1;31m";
    }
    return kind == SIM_EVENT_REFUSED || kind == SIM_EVENT_FLASH ? "\033[33m" : NULL;
}

void event_print(FILE *file, const struct sim_event *event, bool colour)
{
    char cpu[24] = "";
    const char *on = colour ? event_colour(event->kind) : NULL;
    if (event->has_cpu) {
        (void)snprintf(cpu, sizeof cpu, "%s%s %08" PRIX32, event->attr.secure ? "S" : "NS",
                       event->attr.privileged ? "p" : "u", event->pc);
    }
    (void)fprintf(file, "%3" PRIu32 " %12" PRIu64 " HDPL%u %-12s %-8s %s", event->boot, event->time,
                  event->hdpl, cpu, sim_event_name(event->kind), on != NULL ? on : "");
    for (const char *c = event->text; *c != '\0'; c++) {
        (void)fputc((unsigned char)*c < 0x20 || *c == 0x7F ? '?' : *c, file);
    }
    (void)fprintf(file, "%s\n", on != NULL ? "\033[0m" : "");
}
