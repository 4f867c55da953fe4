#include "aes_engine.h"

#include <string.h>

#include "dev.h"
#include "dev_reg.h"

#define SR_RDERR    (1u << 1)
#define SR_WRERR    (1u << 2)
#define SR_BUSY     (1u << 3)
#define SR_KEYVALID (1u << 7)

/* Fields that stay as they are while the engine is busy or enabled. */
#define CR_CONFIG                                                                                  \
    (AES_CR_DATATYPE | AES_CR_MODE | AES_CR_CHMOD | AES_CR_KEYSIZE | AES_CR_KEYPROT |              \
     AES_CR_KMOD | AES_CR_KSHAREID | AES_CR_KEYSEL)
/* Fields that change from phase to phase: they stay only while it is busy. */
#define CR_PHASE (AES_CR_GCMPH | AES_CR_NPBLB)

#define BLOCK_WORDS 4u

/* A key that was not prepared decrypts to nonsense; to another one on the part. [U] */
#define UNPREPARED_KEY_MASK 0xffu

/* ---- small things --------------------------------------------------------------------------- */

static uint32_t word_get(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void word_put(uint8_t *bytes, uint32_t word)
{
    bytes[0] = (uint8_t)(word >> 24);
    bytes[1] = (uint8_t)(word >> 16);
    bytes[2] = (uint8_t)(word >> 8);
    bytes[3] = (uint8_t)word;
}

static enum aes_phase engine_phase(const struct aes_engine *engine)
{
    return (enum aes_phase)(engine->cr >> 13 & 3u);
}

static bool engine_has_phases(const struct aes_engine *engine)
{
    return aes_engine_mode(engine) == AES_GCM || aes_engine_mode(engine) == AES_CCM;
}

static bool engine_enabled(const struct aes_engine *engine)
{
    return (engine->cr & AES_CR_EN) != 0;
}

void aes_engine_update(struct aes_engine *engine)
{
    struct sim_chip *chip = engine->dev.chip;
    chip_irq(chip, engine->dev.row->irq[0], (engine->isr & engine->ier) != 0);
    chip_deadline(chip, &engine->dev,
                  engine->busy != AES_BUSY_NONE ? engine->busy_until : SIM_NEVER);
    if (aes_engine_dma_request(&engine->dev, true) || aes_engine_dma_request(&engine->dev, false)) {
        gpdma_wake(chip);
    }
}

bool aes_engine_dma_request(const struct sim_device *dev, bool to_device)
{
    const struct aes_engine *engine = (const struct aes_engine *)dev;
    if (to_device) {
        return (engine->cr & AES_CR_DMAIN) && engine->stage == AES_STAGE_INPUT;
    }
    return (engine->cr & AES_CR_DMAOUT) && engine->stage == AES_STAGE_OUTPUT;
}

void aes_engine_set_busy(struct aes_engine *engine, enum aes_busy what, uint64_t until)
{
    engine->busy = what;
    engine->busy_until = until;
    aes_engine_update(engine);
}

/** Ends whatever is under way, as clearing EN does. */
static void engine_stop(struct aes_engine *engine)
{
    engine->cr &= ~AES_CR_EN;
    engine->stage = AES_STAGE_IDLE;
    engine->words = 0;
    memset(engine->block, 0, sizeof engine->block);
    if (engine->busy == AES_BUSY_BLOCK) {
        engine->busy = AES_BUSY_NONE;
    }
}

/* ---- keys ----------------------------------------------------------------------------------- */

unsigned aes_engine_key_len(const struct aes_engine *engine)
{
    return engine->cr & AES_CR_KEYSIZE ? 32u : 16u;
}

void aes_engine_key(const struct aes_engine *engine, struct aes_key *key)
{
    *key = (struct aes_key){.len = aes_engine_key_len(engine)};
    for (size_t i = 0; i < key->len / 4u; i++) {
        word_put(&key->bytes[4u * i], engine->keyr[key->len / 4u - 1u - i]);
    }
}

void aes_engine_erase_key(struct aes_engine *engine)
{
    memset(engine->keyr, 0, sizeof engine->keyr);
    engine->key_step = 0;
    engine->key_valid = false;
    engine->key_prepared = false;
}

void aes_engine_load_key(struct aes_engine *engine, const uint32_t keyr[AES_KEY_WORDS])
{
    memcpy(engine->keyr, keyr, sizeof engine->keyr);
    engine->key_step = 0;
    engine->key_valid = (engine->isr & AES_ISR_KEIF) == 0;
    engine->key_prepared = false;
}

void aes_engine_key_error(struct aes_engine *engine, const char *why)
{
    aes_engine_erase_key(engine);
    engine_stop(engine);
    engine->isr |= AES_ISR_KEIF;
    chip_event(engine->dev.chip, SIM_EVENT_NOTE, "%s: key error: %s", engine->dev.name, why);
    aes_engine_update(engine);
}

/** One key register: all of them in ascending or descending order make a key. */
static void engine_write_keyr(struct aes_engine *engine, unsigned index, uint32_t value)
{
    const unsigned words = aes_engine_key_len(engine) / 4u;
    if (engine_enabled(engine) || engine->busy != AES_BUSY_NONE ||
        (engine->cr & engine->variant->key_locks)) {
        return;
    }
    if (engine->key_valid) {
        aes_engine_erase_key(engine);
    }
    if (engine->key_step == 0) {
        engine->key_down = index != 0;
    }
    if (index != (engine->key_down ? words - 1u - engine->key_step : engine->key_step)) {
        aes_engine_key_error(engine, "the key registers were written out of order");
        return;
    }
    engine->keyr[index] = value;
    engine->key_step++;
    if (engine->key_step == words) {
        engine->key_step = 0;
        engine->key_valid = (engine->isr & AES_ISR_KEIF) == 0;
    }
}

/* ---- blocks --------------------------------------------------------------------------------- */

/** Whether the engine works without being given a block. */
static bool engine_works_alone(const struct aes_engine *engine)
{
    const enum aes_phase phase = engine_phase(engine);
    if (aes_engine_operation(engine) == AES_PREPARE_KEY) {
        return true;
    }
    if (engine_has_phases(engine) && phase == AES_PHASE_INIT) {
        return true;
    }
    if (aes_engine_mode(engine) == AES_CCM && phase == AES_PHASE_FINAL) {
        return true;
    }
    return engine->variant->works_alone != NULL && engine->variant->works_alone(engine);
}

static uint64_t engine_ticks(const struct aes_engine *engine)
{
    const uint64_t block = engine->variant->block_ticks[engine->cr & AES_CR_KEYSIZE ? 1 : 0];
    const bool header = engine_phase(engine) == AES_PHASE_HEADER;
    const bool payload = engine_phase(engine) == AES_PHASE_PAYLOAD;
    if (aes_engine_operation(engine) == AES_PREPARE_KEY) {
        return block;
    }
    if (aes_engine_mode(engine) == AES_GCM && header) {
        return engine->variant->hash_ticks;
    }
    return aes_engine_mode(engine) == AES_CCM && payload ? 2u * block : block;
}

static void engine_begin(struct aes_engine *engine)
{
    engine->stage = AES_STAGE_WORK;
    engine->words = 0;
    aes_engine_set_busy(engine, AES_BUSY_BLOCK, engine->dev.chip->now + engine_ticks(engine));
}

static void engine_enter(struct aes_engine *engine)
{
    engine->stage = AES_STAGE_INPUT;
    engine->words = 0;
    if (engine_works_alone(engine)) {
        engine_begin(engine);
    }
}

static void engine_start(struct aes_engine *engine)
{
    const struct aes_variant *variant = engine->variant;
    if (!engine->key_valid) {
        chip_event(engine->dev.chip, SIM_EVENT_NOTE, "%s: EN is not set: no valid key",
                   engine->dev.name);
        return;
    }
    if (variant->may_start != NULL && !variant->may_start(engine)) {
        return;
    }
    engine->cr |= AES_CR_EN;
    engine_enter(engine);
}

/** The key for the block under way. */
static void engine_working_key(const struct aes_engine *engine, const struct aes_step *step,
                               struct aes_key *key)
{
    aes_engine_key(engine, key);
    const bool inverse = step->decrypt && (step->mode == AES_ECB || step->mode == AES_CBC);
    if (!inverse || engine->key_prepared) {
        return;
    }
    for (unsigned i = 0; i < key->len; i++) {
        key->bytes[i] ^= UNPREPARED_KEY_MASK;
    }
    chip_event(engine->dev.chip, SIM_EVENT_NOTE,
               "%s: decryption with a key that was not prepared (MODE 1)", engine->dev.name);
}

static void engine_finish_block(struct aes_engine *engine)
{
    const struct aes_step step = {
        .mode = aes_engine_mode(engine),
        .phase = engine_phase(engine),
        .decrypt = aes_engine_operation(engine) >= AES_DECRYPT,
        .padding = engine->cr >> 20 & 0xfu,
    };
    struct aes_key key;
    uint8_t out[AES_BLOCK_BYTES] = {0};
    engine_working_key(engine, &step, &key);
    aes_chain_work(&engine->chain, &key, &step, engine->block, out);
    memset(engine->block, 0, sizeof engine->block);
    engine->words = 0;
    engine->stage = AES_STAGE_INPUT;
    if (engine->variant->take_output != NULL && engine->variant->take_output(engine, out)) {
        return;
    }
    if (engine_has_phases(engine) && step.phase == AES_PHASE_INIT) {
        engine_stop(engine);
        return;
    }
    if (engine_has_phases(engine) && step.phase == AES_PHASE_HEADER) {
        return;
    }
    memcpy(engine->block, out, sizeof out);
    engine->stage = AES_STAGE_OUTPUT;
}

static void engine_finish(struct aes_engine *engine)
{
    engine->busy = AES_BUSY_NONE;
    engine->isr |= AES_ISR_CCF;
    if (aes_engine_operation(engine) == AES_PREPARE_KEY) {
        engine->key_prepared = true;
        engine_stop(engine);
        return;
    }
    engine_finish_block(engine);
}

static void engine_data_error(struct aes_engine *engine, uint32_t flag)
{
    if (engine_enabled(engine) && aes_engine_operation(engine) != AES_PREPARE_KEY) {
        engine->sr |= flag;
        engine->isr |= AES_ISR_RWEIF;
    }
}

/** The lengths that end GCM go in as they are; all else is swapped as DATATYPE says. */
static uint32_t engine_datatype_in(const struct aes_engine *engine)
{
    const bool lengths =
        aes_engine_mode(engine) == AES_GCM && engine_phase(engine) == AES_PHASE_FINAL;
    return lengths ? 0 : engine->cr >> 1 & 3u;
}

static void engine_write_dinr(struct aes_engine *engine, uint32_t value)
{
    if (engine->stage != AES_STAGE_INPUT) {
        engine_data_error(engine, SR_WRERR);
        return;
    }
    word_put(&engine->block[4u * engine->words], reg_swap(value, engine_datatype_in(engine)));
    engine->words++;
    if (engine->words == BLOCK_WORDS) {
        engine_begin(engine);
    }
}

static uint32_t engine_read_doutr(struct aes_engine *engine)
{
    if (engine->stage != AES_STAGE_OUTPUT) {
        engine_data_error(engine, SR_RDERR);
        aes_engine_update(engine);
        return 0;
    }
    const uint32_t word = word_get(&engine->block[4u * engine->words]);
    engine->words++;
    if (engine->words == BLOCK_WORDS) {
        engine->words = 0;
        engine->stage = AES_STAGE_INPUT;
        aes_engine_update(engine);
    }
    return reg_swap(word, engine->cr >> 1 & 3u);
}

/* ---- registers ------------------------------------------------------------------------------ */

static void engine_clear(struct aes_engine *engine)
{
    engine->cr = engine->sr = engine->ier = engine->isr = 0;
    engine_stop(engine);
    aes_engine_erase_key(engine);
    memset(&engine->chain, 0, sizeof engine->chain);
    engine->busy = AES_BUSY_NONE;
}

/** IPRST. @return whether it is set, so that nothing else happens */
static bool engine_held(struct aes_engine *engine, uint32_t value)
{
    const bool held = (engine->cr & AES_CR_IPRST) != 0;
    if (value & AES_CR_IPRST) {
        engine_clear(engine);
        engine->cr = AES_CR_IPRST;
        return true;
    }
    if (held) {
        engine->cr = 0;
        if (engine->variant->released != NULL) {
            engine->variant->released(engine);
        }
    }
    return false;
}

static void engine_write_cr(struct aes_engine *engine, uint32_t value, bool secure)
{
    if (engine_held(engine, value)) {
        return;
    }
    const uint32_t before = engine->cr;
    const bool stays = engine_enabled(engine) && (value & AES_CR_EN);
    const bool busy = engine->busy != AES_BUSY_NONE;
    uint32_t mask = engine->variant->cr_mask & ~AES_CR_EN;
    mask &= stays || busy ? ~CR_CONFIG : ~0u;
    mask &= busy ? ~CR_PHASE : ~0u;
    engine->cr = (before & ~mask) | (value & mask);
    if (engine_enabled(engine) && !stays) {
        engine_stop(engine);
    }
    if ((engine->cr ^ before) & AES_CR_KEYSIZE) {
        aes_engine_erase_key(engine);
    }
    if (engine->variant->configured != NULL) {
        engine->variant->configured(engine, before, secure);
    }
    if ((value & AES_CR_EN) && !engine_enabled(engine)) {
        engine_start(engine);
    } else if (stays && ((engine->cr ^ before) & AES_CR_GCMPH)) {
        engine_enter(engine);
    }
}

static void engine_write_icr(struct aes_engine *engine, uint32_t flags)
{
    const uint32_t cleared = engine->isr & flags;
    engine->isr &= ~flags;
    if (flags & AES_ISR_RWEIF) {
        engine->sr = 0;
    }
    if (cleared != 0 && engine->variant->flags_cleared != NULL) {
        engine->variant->flags_cleared(engine, cleared);
    }
}

/** IVR and SUSPR: the bytes that a register shows, or NULL. SUSPR's layout is ours. [U] */
static uint8_t *engine_chain_word(struct aes_engine *engine, uint32_t off)
{
    struct aes_chain *chain = &engine->chain;
    if (off >= AES_IVR0 && off < AES_IVR0 + 16u) {
        return &chain->iv[12u - (off - AES_IVR0)];
    }
    if (off >= AES_SUSPR && off < AES_SUSPR + 16u) {
        return &chain->mac[off - AES_SUSPR];
    }
    if (off >= AES_SUSPR + 16u && off < AES_SUSPR + 32u) {
        return &chain->hash_key[off - AES_SUSPR - 16u];
    }
    return NULL;
}

static void engine_write_other(struct aes_engine *engine, uint32_t off, uint32_t value)
{
    uint8_t *chain_word = engine_chain_word(engine, off);
    if (chain_word != NULL) {
        if (!engine_enabled(engine)) {
            word_put(chain_word, value);
        }
    } else if (off >= AES_KEYR0 && off < AES_KEYR0 + 16u) {
        engine_write_keyr(engine, (off - AES_KEYR0) / 4u, value);
    } else if (off >= AES_KEYR4 && off < AES_KEYR4 + 16u) {
        engine_write_keyr(engine, 4u + (off - AES_KEYR4) / 4u, value);
    } else if (off == AES_IER) {
        engine->ier = value & engine->variant->isr_mask;
    } else if (off == AES_ICR) {
        engine_write_icr(engine, value & engine->variant->isr_mask);
    }
}

/* Only words: the part answers anything else with a bus error. [U] */
void aes_engine_write(struct aes_engine *engine, const struct sim_txn *txn, uint32_t value)
{
    if (txn->size != 4u) {
        return;
    }
    if (txn->off == AES_CR) {
        engine_write_cr(engine, value, txn->attr.secure);
    } else if (engine->cr & AES_CR_IPRST) {
        return;
    } else if (txn->off == AES_DINR) {
        engine_write_dinr(engine, value);
    } else {
        engine_write_other(engine, txn->off, value);
    }
    aes_engine_update(engine);
}

static uint32_t engine_read_sr(const struct aes_engine *engine)
{
    uint32_t sr = engine->sr | (engine->isr & AES_ISR_CCF);
    sr |= engine->busy != AES_BUSY_NONE ? SR_BUSY : 0;
    sr |= engine->key_valid ? SR_KEYVALID : 0;
    return sr;
}

uint32_t aes_engine_read(struct aes_engine *engine, const struct sim_txn *txn)
{
    if (txn->size != 4u) {
        return 0;
    }
    const uint8_t *chain_word = engine_chain_word(engine, txn->off);
    if (chain_word != NULL) {
        return word_get(chain_word);
    }
    switch (txn->off) {
    case AES_CR:
        return engine->cr;
    case AES_SR:
        return engine_read_sr(engine);
    case AES_DOUTR:
        return engine_read_doutr(engine);
    case AES_IER:
        return engine->ier;
    case AES_ISR:
        return engine->isr;
    default:
        return 0; /* The key registers among them: they are never read. */
    }
}

void aes_engine_event(struct aes_engine *engine, uint64_t now)
{
    const enum aes_busy what = engine->busy;
    if (what != AES_BUSY_NONE && engine->busy_until <= now) {
        if (what == AES_BUSY_BLOCK) {
            engine_finish(engine);
        } else {
            engine->busy = AES_BUSY_NONE;
            engine->variant->busy_ended(engine, what);
        }
    }
    aes_engine_update(engine);
}

void aes_engine_reset(struct aes_engine *engine)
{
    engine_clear(engine);
    aes_engine_update(engine);
}
