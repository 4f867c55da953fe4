/*
 * The functions that the boot ROM offers to code, where public drivers look for them.
 *
 * Each is an instruction that is undefined for ever; the processor hands it to the model
 * (cpu_rss.c). Before it stands SG, so that Non-secure code may enter where the SAU lets it, and
 * behind it the return.
 */
#include "rss.h"

#include "bus.h"

#include <string.h>

/* In system flash, from 0x0BF80000 on. */
#define TABLE_OFF   0x1FB68u /* Words, of which the last three are for Secure code. */
#define MAGIC_OFF   0x1FBF8u
#define CODE_OFF    0x1F800u /* Of the entries. Where the part has them is not known. [U] */
#define ENTRY_BYTES 16u

#define SYSTEM_NS 0x0BF80000u
#define SYSTEM_S  0x0FF80000u

#define INSN_SG   0xE97Fu /* Both halves. */
#define INSN_UDF  0xDE00u
#define INSN_BXNS 0x4774u /* BXNS LR: back to where LR says. */
#define INSN_BX   0x4770u

/** Where the undefined instruction stands in an entry. */
#define TRAP_OFF 4u

/** Words of the table. Words 1 and 2 are the variants without TrustZone. */
static const enum rss_service table[7] = {RSS_DATA_PROVISIONING, RSS_PLAIN_HDPL2, RSS_PLAIN_HDPL3,
                                          RSS_NO_SERVICE,        RSS_JUMP_HDPL2,  RSS_JUMP_HDPL3,
                                          RSS_JUMP_HDPL3_NS};

static bool is_plain(enum rss_service service)
{
    return service == RSS_PLAIN_HDPL2 || service == RSS_PLAIN_HDPL3;
}

static void put_half(struct sim_nv *nv, uint32_t off, uint32_t half)
{
    nv->system[off] = (uint8_t)half;
    nv->system[off + 1u] = (uint8_t)(half >> 8);
}

void rss_install(struct sim_nv *nv)
{
    static const char magic[8] = {'D', 'S', 'C', 'T', 'R', '4', '8', '4'};
    memcpy(nv->system + MAGIC_OFF, magic, sizeof magic);
    for (unsigned service = 1; service < RSS_SERVICES; service++) {
        const bool plain = is_plain((enum rss_service)service);
        const uint32_t off = CODE_OFF + service * ENTRY_BYTES;
        put_half(nv, off, INSN_SG);
        put_half(nv, off + 2u, INSN_SG);
        put_half(nv, off + TRAP_OFF, INSN_UDF + service);
        put_half(nv, off + TRAP_OFF + 2u, plain ? INSN_BX : INSN_BXNS);
    }
    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++) {
        const bool plain = is_plain(table[i]);
        const uint32_t off = CODE_OFF + (uint32_t)table[i] * ENTRY_BYTES + (plain ? TRAP_OFF : 0);
        const uint32_t addr = ((plain ? SYSTEM_NS : SYSTEM_S) + off) | 1u;
        const uint32_t word = table[i] != RSS_NO_SERVICE ? addr : 0;
        put_half(nv, TABLE_OFF + 4u * i, word);
        put_half(nv, TABLE_OFF + 4u * i + 2u, word >> 16);
    }
}

enum rss_service rss_service_at(uint32_t pc)
{
    for (unsigned service = 1; service < RSS_SERVICES; service++) {
        const uint32_t base = is_plain((enum rss_service)service) ? SYSTEM_NS : SYSTEM_S;
        if (pc == base + CODE_OFF + service * ENTRY_BYTES + TRAP_OFF) {
            return (enum rss_service)service;
        }
    }
    return RSS_NO_SERVICE;
}

bool rss_jump(struct sim_chip *chip, enum rss_service service, uint32_t vectors,
              struct rss_jump *out)
{
    const bool nonsecure = service == RSS_JUMP_HDPL3_NS;
    const unsigned level = service == RSS_JUMP_HDPL2 || service == RSS_PLAIN_HDPL2 ? 2 : 3;
    const struct sim_attr attr = {.secure = !nonsecure && !is_plain(service), .privileged = true};
    struct bus_decision decision;
    *out = (struct rss_jump){.vectors = vectors, .secure = attr.secure};
    /* Whether a jump to a level that has been left or reached is refused is not known. [U] */
    if (chip_hdpl(chip) > level || (chip_hdpl(chip) == level && !nonsecure)) {
        chip_event(chip, SIM_EVENT_NOTE, "RSS: a jump to HDPL %u refused: HDPL is %u", level,
                   chip_hdpl(chip));
        return false;
    }
    if (bus_read(chip, vectors, 4, attr, &out->sp, &decision) != SIM_ANSWER_OK ||
        bus_read(chip, vectors + 4u, 4, attr, &out->pc, &decision) != SIM_ANSWER_OK) {
        chip_event(chip, SIM_EVENT_NOTE, "RSS: a jump refused: the vectors at 0x%08X: %s", vectors,
                   decision.why);
        return false;
    }
    if ((out->pc & 1u) == 0) {
        chip_event(chip, SIM_EVENT_NOTE, "RSS: a jump refused: 0x%08X is no reset vector", out->pc);
        return false;
    }
    while (chip_hdpl(chip) < level) {
        chip_hdpl_raise(chip);
    }
    chip_event(chip, SIM_EVENT_BOOT, "RSS: jump to the %s vectors at 0x%08X",
               attr.secure ? "Secure" : "Non-secure", vectors);
    return true;
}
