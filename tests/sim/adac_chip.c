#include "adac_chip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/adac_maker.h"

const uint8_t adac_chip_password[16] = "let me in please";

/* What the journal says of authentication last. */
char adac_chip_text[256];
unsigned adac_chip_refusals;

static void on_event(void *context, const struct sim_event *event)
{
    (void)context;
    if (strncmp(event->text, "debug authentication", 20) == 0) {
        (void)snprintf(adac_chip_text, sizeof adac_chip_text, "%s", event->text);
        adac_chip_refusals += event->kind == SIM_EVENT_REFUSED ? 1 : 0;
    }
}

/* The chip. */

uint32_t adac_chip_option(struct sim *sim, const char *name)
{
    struct sim_error error;
    uint32_t value = 0;
    assert_int_equal(sim_option_read(sim, name, &value, &error), SIM_OK);
    return value;
}

static void set_option(struct sim *sim, const char *name, uint32_t value)
{
    struct sim_error error;
    assert_int_equal(sim_option_write(sim, name, value, &error), SIM_OK);
}

uint8_t adac_chip_state(struct sim *sim)
{
    return (uint8_t)(adac_chip_option(sim, "OPTSR") >> 8);
}

void adac_chip_be_in(struct sim *sim, uint8_t code)
{
    set_option(sim, "OPTSR", (adac_chip_option(sim, "OPTSR") & ~0xFF00u) | (uint32_t)code << 8);
    sim_power_on(sim);
}

void adac_chip_provision(struct sim *sim, uint8_t in_state, bool by_password, uint16_t mask)
{
    static const uint8_t header[12] = {0x00, 0x01, 0xFD, 0x0F, 0x60, 0, 0, 0, 1, 0, 0, 0};
    uint8_t obk[12 + 96];
    uint8_t hash[32];
    struct sim_error error;
    uint32_t result = 0;
    if (by_password) {
        adac_hash_password(adac_chip_password, hash);
    } else {
        adac_hash_key(1, hash);
    }
    memcpy(obk, header, sizeof header);
    adac_make_credentials(hash, mask, obk + 12);
    adac_chip_be_in(sim, in_state);
    if (sim_probe_provision(sim, obk, sizeof obk, &result, &error) != SIM_OK) {
        fail_msg("%s", error.text);
    }
}

/** A chip with an endless loop in its flash, Secure up to the half, in product state CLOSED. */
struct sim *adac_chip_make(bool cpu, bool trustzone)
{
    static const uint8_t loop[] = {0x00, 0x10, 0x00, 0x30, 0x09, 0x00,
                                   0x00, 0x0C, 0x01, 0x30, 0xFD, 0xE7}; /* adds r0, #1; b . - 2 */
    const struct sim_config config = {.no_cpu = !cpu, .on_event = on_event};
    uint8_t code[sizeof loop];
    struct sim_error error;
    struct sim *sim = NULL;
    assert_int_equal(sim_open(&config, &sim, &error), SIM_OK);
    memcpy(code, loop, sizeof code);
    code[7] = trustzone ? 0x0C : 0x08;
    assert_int_equal(sim_poke(sim, FLASH_S, code, sizeof code, &error), SIM_OK);
    set_option(sim, "OPTSR2", trustzone ? 0xB400007Cu : 0xC300007Cu);
    set_option(sim, "OPTSR", (adac_chip_option(sim, "OPTSR") & ~0x3FC00000u) | 0xB4u << 22);
    set_option(sim, "SECBOOTR", FLASH_S | 0xC3u);
    set_option(sim, "NSBOOTR", FLASH_NS | 0xC3u);
    set_option(sim, "SECWM1R", 0x007F0000u);
    set_option(sim, "SECWM2R", 0x0000007Fu);
    adac_chip_provision(sim, PROVISION, !trustzone, 0x5077);
    adac_chip_be_in(sim, CLOSED);
    adac_chip_refusals = 0;
    adac_chip_text[0] = 0;
    return sim;
}

/* The host. */

/** Lets the boot ROM work. */
void adac_chip_pass(struct sim *sim, uint64_t ticks)
{
    if (sim->cpu != NULL) {
        (void)sim_run(sim, ticks);
    } else {
        sim_advance(sim, ticks);
    }
}

void adac_chip_give(struct sim *sim, uint32_t word)
{
    struct sim_error error;
    if (sim_probe_send(sim, word, &error) != SIM_OK) {
        fail_msg("%s", error.text);
    }
    adac_chip_pass(sim, PATIENCE);
}

static uint32_t take(struct sim *sim)
{
    uint32_t word = 0;
    adac_chip_pass(sim, PATIENCE);
    if (!sim_probe_receive(sim, &word)) {
        adac_chip_pass(sim, WORK);
        assert_true(sim_probe_receive(sim, &word));
    }
    return word;
}

void adac_chip_boot(struct sim *sim)
{
    uint32_t vectors = 0;
    if (sim->cpu != NULL) {
        (void)sim_run(sim, 1000);
    } else {
        (void)!sim_boot(sim, &vectors);
    }
}

/** Asks for a session. @return whether somebody answers */
bool adac_chip_session(struct sim *sim)
{
    struct sim_error error;
    uint32_t word = 0;
    assert_int_equal(sim_probe_begin(sim, MAGIC_HOST, &error), SIM_OK);
    adac_chip_boot(sim);
    adac_chip_pass(sim, PATIENCE);
    return sim_probe_receive(sim, &word) && word == MAGIC_DEVICE;
}

void adac_chip_answer(struct sim *sim, struct answer *answer)
{
    const uint32_t head = take(sim);
    assert_int_equal(head & 0xFFFFu, 0);
    answer->status = head >> 16;
    const uint32_t words = take(sim);
    assert_in_range(words, 0, 62);
    answer->len = (size_t)words * 4u;
    for (size_t off = 0; off < answer->len; off += 4u) {
        const uint32_t word = take(sim);
        memcpy(answer->data + off, &word, 4);
    }
}

unsigned adac_chip_ask(struct sim *sim, uint16_t command, const void *data, size_t len,
                       struct answer *answer)
{
    static uint8_t request[2048];
    const size_t bytes = adac_make_request(request, command, data, len);
    for (size_t at = 0; at < bytes; at += 4) {
        uint32_t word;
        memcpy(&word, request + at, 4);
        adac_chip_give(sim, word);
    }
    adac_chip_answer(sim, answer);
    return answer->status;
}

/** Challenge and a chain of three. @return OK and the token in a TLV, or the status of the last answer */
unsigned adac_chip_prove(struct sim *sim, uint16_t permissions, uint8_t tlv[8 + ADAC_TOKEN])
{
    static uint8_t chain[ADAC_CHAIN];
    uint8_t token[ADAC_TOKEN];
    struct answer answer;
    if (chain[3] == 0) {
        adac_make_chain(chain);
    }
    if (adac_chip_ask(sim, START, NULL, 0, &answer) != OK) {
        return answer.status;
    }
    assert_int_equal(answer.len, 36);
    adac_make_token(permissions, answer.data + 4, 3, token);
    (void)adac_add_tlv(tlv, 0, 0x0200, token, sizeof token);
    for (size_t level = 0; level < 3; level++) { /* One request each, as tools do. */
        if (adac_chip_ask(sim, RESPONSE, chain + level * 220, 220, &answer) != MORE) {
            return answer.status;
        }
    }
    return OK;
}

/** All of an authentication. @return the status of the last answer */
unsigned adac_chip_authenticate(struct sim *sim, uint16_t permissions)
{
    uint8_t tlv[8 + ADAC_TOKEN];
    struct answer answer;
    const unsigned status = adac_chip_prove(sim, permissions, tlv);
    return status == OK ? adac_chip_ask(sim, RESPONSE, tlv, sizeof tlv, &answer) : status;
}

/** The same but for the last answer, which nobody reads. The last word has just been put. */
void adac_chip_authenticate_and_leave(struct sim *sim, uint16_t permissions)
{
    uint8_t tlv[8 + ADAC_TOKEN];
    uint8_t request[8 + 8 + ADAC_TOKEN];
    struct sim_error error;
    assert_int_equal(adac_chip_prove(sim, permissions, tlv), OK);
    const size_t len = adac_make_request(request, RESPONSE, tlv, sizeof tlv);
    for (size_t at = 0; at < len; at += 4) {
        uint32_t word;
        memcpy(&word, request + at, 4);
        adac_chip_pass(sim, 1000);
        assert_int_equal(sim_probe_send(sim, word, &error), SIM_OK);
    }
}

struct sim_debug_access adac_chip_access(const struct sim *sim)
{
    struct sim_debug_access access;
    sim_debug_access(sim, &access);
    return access;
}

/** Tells the boot ROM to go on, and lets it. */
void adac_chip_resume(struct sim *sim)
{
    struct answer answer;
    assert_int_equal(adac_chip_ask(sim, RESUME, NULL, 0, &answer), OK);
    adac_chip_pass(sim, PATIENCE);
    if (sim->cpu == NULL) {
        adac_chip_boot(sim);
    }
}
