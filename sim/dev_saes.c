/*
 * SAES: the engine with hardware keys, wrapped keys and a key to share with AES.
 *
 * Nothing works before a random number has come from the RNG: SAES fetches one when its clock is
 * switched on, at the latest when it is first accessed, and anew after IPRST. The key that a
 * decryption in wrapped or shared mode finds goes into the key registers, never to DOUTR.
 */
#include "dev_saes.h"

#include <string.h>

#include "dev.h"

/* Durations. [U] Only their order of magnitude is meant. */
#define SAES_RANDOM_US 20u
#define SAES_KEY_TICKS 16u

#define KEYSEL(cr) ((cr) >> 28 & 7u)
#define KMOD(cr)   ((cr) >> 24 & 3u)

enum saes_random { RANDOM_WANTED, RANDOM_FETCHED, RANDOM_FAILED };

struct saes {
    struct aes_engine engine;
    enum saes_random random;
    bool accessed;     /* Software waits for the random number. */
    bool owner_secure; /* Security of the software whose key is loaded. */
    bool shared;       /* The key loaded is one that AES may have. */
    uint8_t found[32]; /* Of a key that is being unwrapped, so far. */
    unsigned found_len;
};

static struct saes *saes_of(struct aes_engine *engine)
{
    return (struct saes *)engine;
}

/* ---- random numbers ------------------------------------------------------------------------- */

static void saes_fetch_random(struct saes *saes)
{
    struct sim_chip *chip = saes->engine.dev.chip;
    if (saes->random == RANDOM_WANTED && saes->engine.busy == AES_BUSY_NONE) {
        aes_engine_set_busy(&saes->engine, AES_BUSY_RANDOM,
                            chip->now + chip_ticks(chip, SAES_RANDOM_US));
    }
}

static void saes_take_random(struct saes *saes)
{
    if (rcc_rng_clocked(saes->engine.dev.chip)) {
        saes->random = RANDOM_FETCHED;
        return;
    }
    if (!saes->accessed) {
        return; /* Tried again when somebody asks. [U] */
    }
    saes->random = RANDOM_FAILED;
    saes->engine.isr |= AES_ISR_RNGEIF;
    chip_event(saes->engine.dev.chip, SIM_EVENT_NOTE, "%s: no random number: the RNG has no clock",
               saes->engine.dev.name);
}

static void saes_flags_cleared(struct aes_engine *engine, uint32_t flags)
{
    struct saes *saes = saes_of(engine);
    if ((flags & AES_ISR_RNGEIF) && saes->random == RANDOM_FAILED) {
        saes->random = RANDOM_WANTED;
        saes_fetch_random(saes);
    }
}

static void saes_released(struct aes_engine *engine)
{
    struct saes *saes = saes_of(engine);
    saes->random = RANDOM_WANTED;
    saes->shared = false;
    saes_fetch_random(saes);
}

void saes_clocked(const struct sim_chip *chip)
{
    struct saes *saes = (struct saes *)chip_device(chip, "SAES");
    saes_fetch_random(saes);
}

/* ---- key sources ---------------------------------------------------------------------------- */

static bool saes_hardware_selected(const struct aes_engine *engine)
{
    return (engine->cr & AES_CR_KEYSEL) != 0;
}

/** Gets the selected hardware key for the use that CR says. */
static void saes_get_key(struct saes *saes)
{
    struct aes_engine *engine = &saes->engine;
    const struct saes_key_use use = {
        .source = (enum saes_key_source)KEYSEL(engine->cr),
        .kmod = (uint8_t)KMOD(engine->cr),
        .secure = saes->owner_secure,
    };
    uint32_t keyr[AES_KEY_WORDS];
    if (!saes_hardware_key(engine->dev.chip, &use, keyr)) {
        aes_engine_key_error(engine, "a tamper blocks the hardware keys until the next reset");
        return;
    }
    aes_engine_load_key(engine, keyr);
}

static void saes_begin_key(struct saes *saes)
{
    struct aes_engine *engine = &saes->engine;
    const uint32_t source = KEYSEL(engine->cr);
    if (source == SAES_KEY_DHUK || source == SAES_KEY_BHK || source == SAES_KEY_BOTH) {
        aes_engine_set_busy(engine, AES_BUSY_KEY, engine->dev.chip->now + SAES_KEY_TICKS);
        return;
    }
    chip_event(engine->dev.chip, SIM_EVENT_NOTE, "%s: KEYSEL %u is reserved: frozen until IPRST",
               engine->dev.name, source);
    aes_engine_set_busy(engine, AES_BUSY_FROZEN, SIM_NEVER);
}

static void saes_busy_ended(struct aes_engine *engine, enum aes_busy what)
{
    struct saes *saes = saes_of(engine);
    if (what == AES_BUSY_RANDOM) {
        saes_take_random(saes);
        if (saes->random == RANDOM_FETCHED && saes_hardware_selected(engine)) {
            saes_begin_key(saes);
        }
    } else if (what == AES_BUSY_KEY) {
        saes_get_key(saes);
    }
}

static void saes_configured(struct aes_engine *engine, uint32_t before, bool secure)
{
    struct saes *saes = saes_of(engine);
    const uint32_t changed = engine->cr ^ before;
    if (changed & AES_CR_KEYSEL) {
        aes_engine_erase_key(engine);
    }
    if (changed & (AES_CR_KMOD | AES_CR_KEYSEL)) {
        saes->shared = false;
        saes->found_len = 0;
    }
    if (!engine->key_valid) {
        saes->owner_secure = secure;
    }
    if (!saes_hardware_selected(engine) || engine->busy != AES_BUSY_NONE ||
        saes->random != RANDOM_FETCHED) {
        return;
    }
    if (!engine->key_valid) {
        saes_begin_key(saes);
    } else if (changed & AES_CR_KMOD) {
        saes_get_key(saes); /* At once, so that no use ever has the key of another. [U] */
    }
}

/* ---- wrapped and shared keys ---------------------------------------------------------------- */

/** A key is made out of counter blocks, without data. */
static bool saes_generates(const struct aes_engine *engine)
{
    return (engine->cr & AES_CR_KMOD) && aes_engine_mode(engine) == AES_CTR;
}

static bool saes_unwraps(const struct aes_engine *engine)
{
    return (engine->cr & AES_CR_KMOD) && aes_engine_operation(engine) >= AES_DECRYPT;
}

/** The register text forbids wrapped keys with GCM, and with CTR for encryption. */
static bool saes_may_start(const struct aes_engine *engine)
{
    const enum aes_mode mode = aes_engine_mode(engine);
    if (saes_of((struct aes_engine *)engine)->random != RANDOM_FETCHED) {
        return false;
    }
    if ((engine->cr & AES_CR_KMOD) != AES_CR_KMOD_WRAP) {
        return true;
    }
    return mode != AES_GCM && !(mode == AES_CTR && aes_engine_operation(engine) == AES_ENCRYPT);
}

/** The key is complete: it replaces the one that it was wrapped with. */
static void saes_install_key(struct saes *saes)
{
    struct aes_engine *engine = &saes->engine;
    const size_t words = saes->found_len / 4u;
    uint32_t keyr[AES_KEY_WORDS] = {0};
    for (size_t i = 0; i < words; i++) {
        const uint8_t *bytes = &saes->found[4u * (words - 1u - i)];
        keyr[i] = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
                  bytes[3];
    }
    saes->found_len = 0;
    memset(saes->found, 0, sizeof saes->found);
    engine->cr &= ~AES_CR_KEYSEL;
    aes_engine_load_key(engine, keyr);
    saes->shared = (engine->cr & AES_CR_KMOD) == AES_CR_KMOD_LEND;
}

/** The second half of a key of 256 bits comes from the next counter block. */
static void saes_generate_rest(struct saes *saes)
{
    static const uint8_t zero[AES_BLOCK_BYTES] = {0};
    const struct aes_step step = {.mode = AES_CTR};
    struct aes_key key;
    aes_engine_key(&saes->engine, &key);
    aes_chain_work(&saes->engine.chain, &key, &step, zero, &saes->found[AES_BLOCK_BYTES]);
    saes->found_len = key.len;
}

static bool saes_take_output(struct aes_engine *engine, const uint8_t out[AES_BLOCK_BYTES])
{
    struct saes *saes = saes_of(engine);
    if (!saes_generates(engine) && !saes_unwraps(engine)) {
        return false;
    }
    memcpy(&saes->found[saes->found_len], out, AES_BLOCK_BYTES);
    saes->found_len += AES_BLOCK_BYTES;
    if (saes_generates(engine) && saes->found_len < aes_engine_key_len(engine)) {
        saes_generate_rest(saes);
    }
    if (saes->found_len == aes_engine_key_len(engine)) {
        saes_install_key(saes);
    }
    return true;
}

bool saes_shared_key(const struct sim_chip *chip, bool secure, unsigned len,
                     uint32_t keyr[AES_KEY_WORDS])
{
    const struct saes *saes = (const struct saes *)chip_device(chip, "SAES");
    const struct aes_engine *engine = &saes->engine;
    const bool to_aes = (engine->cr & AES_CR_KSHAREID) == 0;
    if (!saes->shared || !engine->key_valid || !to_aes || saes->owner_secure != secure ||
        aes_engine_key_len(engine) != len) {
        return false;
    }
    memcpy(keyr, engine->keyr, sizeof engine->keyr);
    return true;
}

/* ---- registers ------------------------------------------------------------------------------ */

/** Whether a loaded key is for the security that loaded it only. */
static bool saes_guards(const struct aes_engine *engine, uint32_t off)
{
    if (!engine->key_valid && engine->busy != AES_BUSY_KEY) {
        return false;
    }
    if (engine->cr & (AES_CR_KEYSEL | AES_CR_KMOD)) {
        return true;
    }
    return (engine->cr & AES_CR_KEYPROT) && (off == AES_CR || off == AES_DOUTR);
}

/** What every access does first. */
static void saes_access(struct saes *saes, const struct sim_txn *txn)
{
    struct aes_engine *engine = &saes->engine;
    saes->accessed = true;
    if (!(engine->cr & AES_CR_IPRST)) {
        saes_fetch_random(saes);
    }
    if (txn->attr.secure == saes->owner_secure || !saes_guards(engine, txn->off)) {
        return;
    }
    engine->busy = AES_BUSY_NONE;
    saes->shared = false;
    aes_engine_key_error(engine, "the key belongs to the other security domain");
}

static uint32_t saes_read(struct sim_device *dev, const struct sim_txn *txn)
{
    struct saes *saes = (struct saes *)dev;
    saes_access(saes, txn);
    return aes_engine_read(&saes->engine, txn);
}

static void saes_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct saes *saes = (struct saes *)dev;
    saes_access(saes, txn);
    if (!saes->engine.key_valid) {
        saes->owner_secure = txn->attr.secure;
    }
    aes_engine_write(&saes->engine, txn, value);
    if (!saes->engine.key_valid) {
        saes->shared = false;
    }
    if (!(saes->engine.cr & AES_CR_EN)) {
        saes->found_len = 0;
    }
}

static void saes_event(struct sim_device *dev, uint64_t now)
{
    aes_engine_event((struct aes_engine *)dev, now);
}

static void saes_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct saes *saes = (struct saes *)dev;
    (void)kind;
    saes->random = RANDOM_WANTED;
    saes->accessed = false;
    saes->owner_secure = false;
    saes->shared = false;
    saes->found_len = 0;
    aes_engine_reset(&saes->engine);
}

static const struct sim_device_ops saes_ops = {
    .reset = saes_reset,
    .read = saes_read,
    .write = saes_write,
    .event = saes_event,
    .dma_request = aes_engine_dma_request,
};

static const struct aes_variant saes_variant = {
    .cr_mask = AES_CR_COMMON | AES_CR_KEYPROT | AES_CR_KSHAREID | AES_CR_KEYSEL,
    .isr_mask = AES_ISR_CCF | AES_ISR_RWEIF | AES_ISR_KEIF | AES_ISR_RNGEIF,
    .key_locks = AES_CR_KEYSEL,
    .block_ticks = {480, 680},
    .hash_ticks = 160, /* [U] */
    .may_start = saes_may_start,
    .works_alone = saes_generates,
    .configured = saes_configured,
    .take_output = saes_take_output,
    .busy_ended = saes_busy_ended,
    .flags_cleared = saes_flags_cleared,
    .released = saes_released,
};

struct sim_device *saes_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    struct saes *saes = device_new(sizeof *saes);
    if (saes == NULL) {
        return NULL;
    }
    saes->engine.dev.ops = &saes_ops;
    saes->engine.variant = &saes_variant;
    return (struct sim_device *)saes;
}
