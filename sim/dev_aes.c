/*
 * AES: the engine with software keys, or with the key that SAES shares.
 */
#include "aes_engine.h"
#include "dev.h"
#include "dev_saes.h"

static void aes_configured(struct aes_engine *engine, uint32_t before, bool secure)
{
    const bool shared = (engine->cr & AES_CR_KMOD) == AES_CR_KMOD_LEND;
    if ((engine->cr ^ before) & AES_CR_KMOD) {
        aes_engine_erase_key(engine);
    }
    if (!shared || engine->key_valid) {
        return;
    }
    uint32_t keyr[AES_KEY_WORDS];
    if (saes_shared_key(engine->dev.chip, secure, aes_engine_key_len(engine), keyr)) {
        aes_engine_load_key(engine, keyr);
    } else {
        aes_engine_key_error(engine, "SAES shares no key of this size and security");
    }
}

static const struct aes_variant aes_variant = {
    .cr_mask = AES_CR_COMMON,
    .isr_mask = AES_ISR_CCF | AES_ISR_RWEIF | AES_ISR_KEIF,
    .key_locks = AES_CR_KMOD_LEND,
    .block_ticks = {51, 75}, /* [U] beyond one block of ECB with 128 bits. */
    .hash_ticks = 35,        /* [U] */
    .configured = aes_configured,
};

static void aes_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    (void)kind;
    aes_engine_reset((struct aes_engine *)dev);
}

static uint32_t aes_read(struct sim_device *dev, const struct sim_txn *txn)
{
    return aes_engine_read((struct aes_engine *)dev, txn);
}

static void aes_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    aes_engine_write((struct aes_engine *)dev, txn, value);
}

static void aes_event(struct sim_device *dev, uint64_t now)
{
    aes_engine_event((struct aes_engine *)dev, now);
}

static const struct sim_device_ops aes_ops = {
    .reset = aes_reset,
    .read = aes_read,
    .write = aes_write,
    .event = aes_event,
    .dma_request = aes_engine_dma_request,
};

struct sim_device *aes_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    struct aes_engine *engine = device_new(sizeof *engine);
    if (engine == NULL) {
        return NULL;
    }
    engine->dev.ops = &aes_ops;
    engine->variant = &aes_variant;
    return &engine->dev;
}
