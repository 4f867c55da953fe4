#include "probe.h"

#include <garrison/port.h>

#include "regs.h"

void probe_log(const char *name, uint32_t value)
{
    static const char digits[] = "0123456789abcdef";
    char line[80];
    unsigned at = 0;
    for (const char *from = "probe: "; *from != '\0'; from++) {
        line[at++] = *from;
    }
    for (; *name != '\0' && at < sizeof(line) - 12u; name++) {
        line[at++] = *name;
    }
    line[at++] = ' ';
    for (unsigned i = 0; i < 8u; i++) {
        line[at++] = digits[(value >> (28u - 4u * i)) & 0xFu];
    }
    line[at] = '\0';
    port_log(line);
}

uint32_t probe_irot(void)
{
    const struct handoff_entry *irot = handoff_find(port_handoff(), IMAGE_ROLE_IROT);
    return irot != NULL ? irot->addr : 0;
}

void probe_read_irot(void)
{
    probe_log("iROT's vectors", reg_read(probe_irot()));
    probe_log("iROT's code", reg_read(probe_irot() + 0x400u));
    probe_log("iROT's last word", reg_read(probe_irot() + 0x7FFCu));
}

void probe_read(const struct probe_target *targets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        probe_log(targets[i].name, reg_read(targets[i].addr));
    }
}
