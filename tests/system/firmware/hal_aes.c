/* AES and SAES, which share their registers: known vectors, and the key that no one sees. */
#include "hal.h"

#define RCC_AHB2_AES  HAL_BIT(16)
#define RCC_AHB2_RNG  HAL_BIT(18)
#define RCC_AHB2_SAES HAL_BIT(20)

#define TIMEOUT_MS 10u

#define CR_EN         HAL_BIT(0)
#define CR_MODE       (3u << 3)
#define CR_ENCRYPT    (0u << 3)
#define CR_DERIVE_KEY (1u << 3)
#define CR_DECRYPT    (2u << 3)
#define CR_CHMOD_GCM  (3u << 5)
#define CR_GCMPH      (3u << 13)
#define CR_GCMPH_POS  13u
#define CR_KEYSIZE    HAL_BIT(18)
#define CR_NPBLB_POS  20u
#define CR_NPBLB      (0xFu << CR_NPBLB_POS)
#define CR_KEYSEL     (7u << 28)
#define CR_DHUK       (1u << 28)
#define CR_IPRST      HAL_BIT(31)
#define SR_BUSY       HAL_BIT(3)
#define SR_KEYVALID   HAL_BIT(7)
#define ISR_CCF       HAL_BIT(0)
#define ISR_RNGEIF    HAL_BIT(3)

/** Mode and key of an operation; the key's most significant word first. */
struct hal_cryp {
    struct hal_aes *instance;
    uint32_t control; /**< KEYSIZE, KEYSEL, CHMOD. */
    const uint32_t *key;
    unsigned key_words; /**< 0: the hardware's key. */
};

/* FIPS 197, C.1 and C.3: the key is the first bytes of 00 01 02 ... */
static const uint32_t key_256[8] = {0x00010203, 0x04050607, 0x08090a0b, 0x0c0d0e0f,
                                    0x10111213, 0x14151617, 0x18191a1b, 0x1c1d1e1f};
static const uint32_t plaintext[4] = {0x00112233, 0x44556677, 0x8899aabb, 0xccddeeff};
static const uint32_t ciphertext_128[4] = {0x69c4e0d8, 0x6a7b0430, 0xd8cdb780, 0x70b4c55a};
static const uint32_t ciphertext_256[4] = {0x8ea2b7ca, 0x516745bf, 0xeafc4990, 0x4b496089};

static void cryp_set_key(const struct hal_cryp *cryp)
{
    for (unsigned i = 0; i < cryp->key_words; i++) {
        const unsigned n = cryp->key_words - 1u - i; /* KEYR0 takes the last word. */
        hal_reg *reg = n < 4u ? &cryp->instance->keyr_low[n] : &cryp->instance->keyr_high[n - 4u];
        *reg = cryp->key[i];
    }
}

static enum hal_status cryp_wait_ccf(struct hal_aes *aes)
{
    if (hal_wait("AES_ISR.CCF", &aes->isr, ISR_CCF, ISR_CCF, TIMEOUT_MS) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    aes->icr = ISR_CCF;
    return HAL_OK;
}

/** Selects the operation and has the key in place. */
static enum hal_status cryp_start(const struct hal_cryp *cryp, uint32_t mode)
{
    struct hal_aes *aes = cryp->instance;
    hal_clear(&aes->cr, CR_EN);
    hal_modify(&aes->cr, CR_MODE | CR_CHMOD_GCM | CR_KEYSIZE | CR_KEYSEL, cryp->control | mode);
    cryp_set_key(cryp);
    return hal_wait("AES_SR.KEYVALID", &aes->sr, SR_KEYVALID | SR_BUSY, SR_KEYVALID, TIMEOUT_MS);
}

/** The flag is cleared before the output is read. */
static enum hal_status cryp_block(struct hal_aes *aes, const uint32_t in[4], uint32_t out[4])
{
    for (unsigned i = 0; i < 4u; i++) {
        aes->dinr = in[i];
    }
    if (cryp_wait_ccf(aes) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    for (unsigned i = 0; i < 4u; i++) {
        out[i] = aes->doutr;
    }
    return HAL_OK;
}

static enum hal_status cryp_encrypt(const struct hal_cryp *cryp, const uint32_t in[4],
                                    uint32_t out[4])
{
    struct hal_aes *aes = cryp->instance;
    if (cryp_start(cryp, CR_ENCRYPT) != HAL_OK) {
        return HAL_ERROR;
    }
    hal_set(&aes->cr, CR_EN);
    const enum hal_status status = cryp_block(aes, in, out);
    hal_clear(&aes->cr, CR_EN);
    return status;
}

/** Decryption derives its key schedule first. */
static enum hal_status cryp_decrypt(const struct hal_cryp *cryp, const uint32_t in[4],
                                    uint32_t out[4])
{
    struct hal_aes *aes = cryp->instance;
    if (cryp_start(cryp, CR_DERIVE_KEY) != HAL_OK) {
        return HAL_ERROR;
    }
    hal_set(&aes->cr, CR_EN);
    if (cryp_wait_ccf(aes) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    hal_clear(&aes->cr, CR_EN);
    hal_modify(&aes->cr, CR_MODE, CR_DECRYPT);
    hal_set(&aes->cr, CR_EN);
    const enum hal_status status = cryp_block(aes, in, out);
    hal_clear(&aes->cr, CR_EN);
    return status;
}

static bool check_known(const struct hal_cryp *cryp, const uint32_t ciphertext[4])
{
    uint32_t out[4];
    if (cryp_encrypt(cryp, plaintext, out) != HAL_OK ||
        !hal_check_words("AES_DOUTR", out, ciphertext, 4)) {
        return false;
    }
    return cryp_decrypt(cryp, ciphertext, out) == HAL_OK &&
           hal_check_words("AES_DOUTR", out, plaintext, 4);
}

/** SAES fetches a random number when it is clocked. */
static enum hal_status saes_init(void)
{
    hal_clock_enable(&HAL_RCC->ahb2enr, RCC_AHB2_RNG);
    hal_clock_enable(&HAL_RCC->ahb2enr, RCC_AHB2_SAES);
    if (hal_wait("SAES_SR.BUSY", &HAL_SAES->sr, SR_BUSY, 0, TIMEOUT_MS) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    return hal_check("SAES_ISR.RNGEIF", HAL_SAES->isr & ISR_RNGEIF, 0) ? HAL_OK : HAL_ERROR;
}

bool hal_step_saes_software_key(void)
{
    const struct hal_cryp short_key = {HAL_SAES, 0, key_256, 4};
    const struct hal_cryp long_key = {HAL_SAES, CR_KEYSIZE, key_256, 8};
    return saes_init() == HAL_OK && check_known(&short_key, ciphertext_128) &&
           check_known(&long_key, ciphertext_256);
}

/** What the hardware's key has encrypted, it alone decrypts. */
bool hal_step_saes_hardware_key(void)
{
    const struct hal_cryp cryp = {HAL_SAES, CR_KEYSIZE | CR_DHUK, NULL, 0};
    const struct hal_cryp zero_key = {HAL_SAES, CR_KEYSIZE, (const uint32_t[8]){0}, 8};
    uint32_t sealed[4], out[4];
    if (cryp_encrypt(&cryp, plaintext, sealed) != HAL_OK ||
        cryp_decrypt(&cryp, sealed, out) != HAL_OK ||
        !hal_check_words("SAES_DOUTR", out, plaintext, 4)) {
        return false;
    }
    hal_set(&HAL_SAES->cr, CR_IPRST);
    hal_clear(&HAL_SAES->cr, CR_IPRST);
    if (hal_wait("SAES_SR.BUSY", &HAL_SAES->sr, SR_BUSY, 0, TIMEOUT_MS) != HAL_OK ||
        cryp_decrypt(&zero_key, sealed, out) != HAL_OK) {
        return false;
    }
    return hal_check("SAES_DOUTR", out[0] == plaintext[0], 0);
}

bool hal_step_aes(void)
{
    const struct hal_cryp short_key = {HAL_AES, 0, key_256, 4};
    const struct hal_cryp long_key = {HAL_AES, CR_KEYSIZE, key_256, 8};
    hal_clock_enable(&HAL_RCC->ahb2enr, RCC_AHB2_AES);
    return check_known(&short_key, ciphertext_128) && check_known(&long_key, ciphertext_256);
}

/* ---- GCM: the fourth test case of its specification, with 60 bytes and 20 of header ---------- */

#define GCM_BLOCKS       4u
#define GCM_PADDING      4u /* bytes of the last block */
#define GCM_PHASE_INIT   0u
#define GCM_PHASE_HEADER 1u
#define GCM_PHASE_TEXT   2u
#define GCM_PHASE_FINAL  3u

static const uint32_t gcm_key[4] = {0xfeffe992, 0x8665731c, 0x6d6a8f94, 0x67308308};
static const uint32_t gcm_iv[4] = {0xcafebabe, 0xfacedbad, 0xdecaf888, 0x00000002};
static const uint32_t gcm_header[8] = {0xfeedface, 0xdeadbeef, 0xfeedface, 0xdeadbeef, 0xabaddad2};
static const uint32_t gcm_text[16] = {
    0xd9313225, 0xf88406e5, 0xa55909c5, 0xaff5269a, 0x86a7a953, 0x1534f7da, 0x2e4c303d, 0x8a318a72,
    0x1c3c0c95, 0x95680953, 0x2fcf0e24, 0x49a6b525, 0xb16aedf5, 0xaa0de657, 0xba637b39, 0};
static const uint32_t gcm_sealed[15] = {0x42831ec2, 0x21777424, 0x4b7221b7, 0x84d0d49c, 0xe3aa212f,
                                        0x2c02a4e0, 0x35c17e23, 0x29aca12e, 0x21d514b2, 0x5466931c,
                                        0x7d8f6a5a, 0xac84aa05, 0x1ba30b39, 0x6a0aac97, 0x3d58e091};
static const uint32_t gcm_lengths[4] = {0, 160, 0, 480};
static const uint32_t gcm_tag[4] = {0x5bc94fbc, 0x3221a5db, 0x94fae95a, 0xe7121a47};

static void gcm_phase(uint32_t phase)
{
    hal_modify(&HAL_AES->cr, CR_GCMPH, phase << CR_GCMPH_POS);
    hal_set(&HAL_AES->cr, CR_EN);
}

static enum hal_status gcm_begin(void)
{
    const struct hal_cryp cryp = {HAL_AES, CR_CHMOD_GCM, gcm_key, 4};
    hal_clear(&HAL_AES->cr, CR_GCMPH | CR_NPBLB);
    if (cryp_start(&cryp, CR_ENCRYPT) != HAL_OK) {
        return HAL_ERROR;
    }
    for (unsigned i = 0; i < 4u; i++) {
        HAL_AES->ivr[3u - i] = gcm_iv[i];
    }
    gcm_phase(GCM_PHASE_INIT);
    return cryp_wait_ccf(HAL_AES);
}

static enum hal_status gcm_feed_header(void)
{
    gcm_phase(GCM_PHASE_HEADER);
    for (unsigned block = 0; block < 2u; block++) {
        for (unsigned i = 0; i < 4u; i++) {
            HAL_AES->dinr = gcm_header[4u * block + i];
        }
        if (cryp_wait_ccf(HAL_AES) != HAL_OK) {
            return HAL_TIMEOUT;
        }
    }
    return HAL_OK;
}

static enum hal_status gcm_encrypt(uint32_t out[16])
{
    gcm_phase(GCM_PHASE_TEXT);
    for (unsigned block = 0; block < GCM_BLOCKS; block++) {
        if (block == GCM_BLOCKS - 1u) {
            hal_modify(&HAL_AES->cr, CR_NPBLB, GCM_PADDING << CR_NPBLB_POS);
        }
        if (cryp_block(HAL_AES, &gcm_text[4u * block], &out[4u * block]) != HAL_OK) {
            return HAL_TIMEOUT;
        }
    }
    hal_clear(&HAL_AES->cr, CR_NPBLB);
    return HAL_OK;
}

bool hal_step_aes_gcm(void)
{
    uint32_t out[16], tag[4];
    if (gcm_begin() != HAL_OK || gcm_feed_header() != HAL_OK || gcm_encrypt(out) != HAL_OK ||
        !hal_check_words("AES_DOUTR", out, gcm_sealed, 15)) {
        return false;
    }
    gcm_phase(GCM_PHASE_FINAL);
    if (cryp_block(HAL_AES, gcm_lengths, tag) != HAL_OK) {
        return false;
    }
    hal_clear(&HAL_AES->cr, CR_EN);
    return hal_check_words("AES tag", tag, gcm_tag, 4);
}
