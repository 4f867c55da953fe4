/*
 * Debug authentication over DBGMCU's mailbox: from words to packets, and what the chip is and does
 * for the protocol (adac.h).
 *
 * A host writes the magic and resets the chip. The boot ROM then starts nothing, answers, and serves
 * requests until it is told to boot or the chip is reset. A word is taken or given with each event;
 * nothing waits for a host.
 */
#include "bus.h"
#include "dev_dbgmcu.h"
#include "dev_flash.h"
#include "p256_verify.h"
#include "rss.h"

#include <stdio.h>
#include <string.h>

/* "OEDA" and "DAOK", the first letter on top, as another part of the vendor has them. [U] */
#define MAGIC_HOST   0x4F454441u
#define MAGIC_DEVICE 0x44414F4Bu

/** Virtual time for a word, and for a request: signatures on the PKA. [U] */
#define WORD_US 1u
#define WORK_US 1000u

#define SOC_CLASS 0x484u /* DBGMCU_IDCODE.DEV_ID. */

#define HDPL_STATUS_NONE 0xFFFFFFFFu
#define HDPL_STATUS_KNOWN                                                                          \
    1u /* Of HDPL1 where user code may run, as logs of closed parts show. [I] */

#define SBS_DBGCR       0x44000420u
#define RNG_CR          0x420C0800u
#define RNG_SR          0x420C0804u
#define RNG_DR          0x420C0808u
#define RNG_CR_RNGEN    (1u << 2)
#define RNG_SR_DRDY     (1u << 0)
#define RNG_WAITS       64u /* Of 5 us each: it takes two. */
#define ALIAS_SECURE    0x10000000u
#define DBGCR_UNLOCKED  0xB4B4u /* AP_UNLOCK and DBG_UNLOCK. */
#define DBGCR_SECURE    0xB4000000u
#define DBGCR_NONSECURE 0x3C000000u

static const uint8_t hdpl_code[] = {0xB4, 0x51, 0x8A, 0x6F};

/* Registers, as the boot ROM's code reaches them. */

static uint32_t rom_read(struct sim_chip *chip, uint32_t addr)
{
    const struct sim_attr attr = {.secure = chip_trustzone(chip), .privileged = true};
    struct bus_decision decision;
    uint32_t value = 0;
    (void)bus_read(chip, attr.secure ? addr | ALIAS_SECURE : addr, 4, attr, &value, &decision);
    return value;
}

static void rom_write(struct sim_chip *chip, uint32_t addr, uint32_t value)
{
    const struct sim_attr attr = {.secure = chip_trustzone(chip), .privileged = true};
    struct bus_decision decision;
    (void)bus_write(chip, attr.secure ? addr | ALIAS_SECURE : addr, 4, attr, value, &decision);
}

/* What may be done with the chip. */

static bool op_random(void *context, uint8_t out[ADAC_CHALLENGE_BYTES])
{
    struct sim_chip *chip = context;
    const uint32_t cr = rom_read(chip, RNG_CR);
    unsigned len = 0;
    rom_write(chip, RNG_CR, cr | RNG_CR_RNGEN);
    for (unsigned waits = 0; waits < RNG_WAITS && len < ADAC_CHALLENGE_BYTES; waits++) {
        chip_advance(chip, chip->now + chip_ticks(chip, 5));
        while ((rom_read(chip, RNG_SR) & RNG_SR_DRDY) != 0 && len < ADAC_CHALLENGE_BYTES) {
            const uint32_t word = rom_read(chip, RNG_DR);
            for (unsigned i = 0; i < 4u; i++) {
                out[len++] = (uint8_t)(word >> (8u * i));
            }
        }
    }
    rom_write(chip, RNG_CR, cr);
    return len == ADAC_CHALLENGE_BYTES;
}

static bool op_verify(void *context, const uint8_t key[ADAC_KEY_BYTES],
                      const uint8_t digest[ADAC_DIGEST_BYTES],
                      const uint8_t signature[ADAC_SIGNATURE_BYTES])
{
    (void)context;
    return p256_verify(key, digest, signature);
}

static void op_open(void *context, const struct adac_debug *debug)
{
    rom_write(context, SBS_DBGCR,
              DBGCR_UNLOCKED | (uint32_t)hdpl_code[debug->level] << 16 |
                  (debug->secure ? DBGCR_SECURE : DBGCR_NONSECURE));
}

static void op_close(void *context)
{
    rom_write(context, SBS_DBGCR, (uint32_t)hdpl_code[3] << 16);
}

static bool op_regress(void *context, bool full, char why[ADAC_WHY])
{
    _Static_assert(ADAC_WHY >= PRODUCT_WHY, "a reason of the product state fits");
    return rss_regression_ask(context, full ? STATE_REGRESSION : STATE_NS_REGRESSION, why);
}

static void op_note(void *context, bool refused, const char *text)
{
    chip_event(context, refused ? SIM_EVENT_REFUSED : SIM_EVENT_NOTE, "debug authentication%s: %s",
               refused ? " refused" : "", text);
}

static const struct adac_ops rss_adac_ops = {
    .random = op_random,
    .verify = op_verify,
    .open = op_open,
    .close = op_close,
    .regress = op_regress,
    .note = op_note,
};

/* What is true of it. */

static void gather(const struct sim_chip *chip, const struct product_state *state,
                   struct adac_facts *facts)
{
    struct rss_credentials credentials;
    *facts = (struct adac_facts){
        .state = state->name,
        .trustzone = chip_trustzone(chip),
        .credentials = rss_credentials_read(chip, &credentials),
        .opens_debug = state->authentication,
        .lifecycle = state->code, /* The part's own numbers are not known. [U] */
        .soc_class = SOC_CLASS,
        .hdpl_status = {HDPL_STATUS_NONE, HDPL_STATUS_NONE, HDPL_STATUS_NONE},
    };
    facts->integrity = facts->credentials ? RSS_SUCCESS : RSS_ERROR;
    if (state->user_code) {
        facts->hdpl_status[0] = HDPL_STATUS_KNOWN;
    }
    memcpy(facts->soc_id, chip->nv->uid, sizeof chip->nv->uid);
    memcpy(facts->hash, credentials.hash, sizeof facts->hash);
    /* A discovery shows all permissions that there are while the chip has no mask. [I] */
    const uint32_t all = facts->trustzone ? ADAC_PERMIT_ALL : ADAC_PERMIT_FULL_REGRESSION;
    facts->mask[0] = (uint8_t)(facts->credentials ? all & credentials.mask[0] : all);
    facts->mask[1] =
        (uint8_t)((facts->credentials ? all & (uint32_t)credentials.mask[1] << 8 : all) >> 8);
}

/* The mailbox. */

static void rouse(struct dbgmcu *dbgmcu, uint32_t us)
{
    struct sim_chip *chip = dbgmcu->dev.chip;
    chip_deadline(chip, &dbgmcu->dev, chip->now + chip_ticks(chip, us));
}

static bool host_has_put(const struct dbgmcu *dbgmcu)
{
    return (dbgmcu->value[DBGMCU_AUTH_ACK] & DBGMCU_DEV_ACK) != 0;
}

static uint32_t take_word(struct dbgmcu *dbgmcu)
{
    dbgmcu->value[DBGMCU_AUTH_ACK] &= ~DBGMCU_DEV_ACK;
    return dbgmcu->value[DBGMCU_AUTH_HOST];
}

static void give_word(struct dbgmcu *dbgmcu, uint32_t word)
{
    dbgmcu->value[DBGMCU_AUTH_DEV] = word;
    dbgmcu->value[DBGMCU_AUTH_ACK] |= DBGMCU_HOST_ACK;
}

static void receive(struct dbgmcu *dbgmcu)
{
    struct rss_adac *adac = &dbgmcu->adac;
    if (!host_has_put(dbgmcu)) {
        return;
    }
    const uint32_t word = take_word(dbgmcu);
    if (adac->received < sizeof adac->request / 4u) {
        for (unsigned i = 0; i < 4u; i++) {
            adac->request[4u * adac->received + i] = (uint8_t)(word >> (8u * i));
        }
    }
    adac->received++;
    if (adac->received >= 2u && adac->received - 2u == adac_load32(adac->request + 4)) {
        adac->step = RSS_ADAC_WORK;
        rouse(dbgmcu, WORK_US);
    }
}

static void send(struct dbgmcu *dbgmcu)
{
    struct rss_adac *adac = &dbgmcu->adac;
    static const enum rss_adac_step next[] = {[ADAC_THEN_LISTEN] = RSS_ADAC_RECEIVE,
                                              [ADAC_THEN_BOOT] = RSS_ADAC_BOOT,
                                              [ADAC_THEN_REGRESS] = RSS_ADAC_REGRESS};
    if ((dbgmcu->value[DBGMCU_AUTH_ACK] & DBGMCU_HOST_ACK) != 0) {
        return; /* The host has not taken the last one. */
    }
    if (adac->sent < adac->response_len) {
        give_word(dbgmcu, adac_load32(adac->response + adac->sent));
        adac->sent += 4u;
        return;
    }
    adac->received = 0;
    adac->step = next[adac->session.then];
    rouse(dbgmcu, WORD_US);
}

static void work(struct dbgmcu *dbgmcu)
{
    struct rss_adac *adac = &dbgmcu->adac;
    const uint64_t kept = sizeof adac->request / 4u;
    const uint64_t words = adac->received < kept ? adac->received : kept;
    adac->response_len =
        (uint32_t)adac_request(&adac->session, adac->request, (size_t)words * 4u, adac->response);
    adac->sent = 0;
    adac->step = RSS_ADAC_SEND;
    send(dbgmcu);
}

/** The option bytes are written: what they say begins at a reset. */
static void regress(struct dbgmcu *dbgmcu)
{
    if (flash_of(dbgmcu->dev.chip)->op.code != FLASH_OP_NONE) {
        rouse(dbgmcu, WORK_US);
        return;
    }
    dbgmcu->adac.step = RSS_ADAC_OFF;
    chip_want_reset(dbgmcu->dev.chip, CHIP_RESET_OPTION_LOAD);
}

void rss_adac_mailbox(struct dbgmcu *dbgmcu)
{
    if (dbgmcu->adac.step == RSS_ADAC_RECEIVE || dbgmcu->adac.step == RSS_ADAC_SEND) {
        rouse(dbgmcu, WORD_US);
    }
}

void rss_adac_event(struct dbgmcu *dbgmcu)
{
    switch (dbgmcu->adac.step) {
    case RSS_ADAC_RECEIVE:
        receive(dbgmcu);
        return;
    case RSS_ADAC_WORK:
        work(dbgmcu);
        return;
    case RSS_ADAC_SEND:
        send(dbgmcu);
        return;
    case RSS_ADAC_REGRESS:
        regress(dbgmcu);
        return;
    case RSS_ADAC_OFF:
    case RSS_ADAC_BOOT:
        return;
    }
}

/* For the boot. */

static struct dbgmcu *dbgmcu_of(const struct sim_chip *chip)
{
    return (struct dbgmcu *)chip->dbgmcu;
}

bool rss_adac_begin(struct sim_chip *chip, const struct product_state *state)
{
    struct dbgmcu *dbgmcu = dbgmcu_of(chip);
    struct adac_facts facts;
    memset(&dbgmcu->adac, 0, sizeof dbgmcu->adac);
    if (!host_has_put(dbgmcu)) {
        return false;
    }
    if (state->bit == STATE_LOCKED) {
        chip_event(chip, SIM_EVENT_REFUSED,
                   "debug authentication refused: product state LOCKED knows none");
        return false;
    }
    if (take_word(dbgmcu) != MAGIC_HOST) {
        return false; /* What an earlier session has left. */
    }
    gather(chip, state, &facts);
    adac_begin(&dbgmcu->adac.session, &rss_adac_ops, chip, &facts);
    dbgmcu->adac.step = RSS_ADAC_RECEIVE;
    give_word(dbgmcu, MAGIC_DEVICE);
    return true;
}

bool rss_adac_boots(const struct sim_chip *chip)
{
    return dbgmcu_of(chip)->adac.step == RSS_ADAC_BOOT;
}
