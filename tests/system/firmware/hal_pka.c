/* PKA: a modular exponentiation and an ECDSA verification with known results. */
#include "hal.h"

#define RCC_AHB2_PKA   HAL_BIT(19)
#define PKA_TIMEOUT_MS 1000u

#define PKA_CR_EN       HAL_BIT(0)
#define PKA_CR_START    HAL_BIT(1)
#define PKA_CR_MODE_POS 8u
#define PKA_CR_MODE     (0x3Fu << PKA_CR_MODE_POS)
#define PKA_SR_INITOK   HAL_BIT(0)
#define PKA_SR_PROCENDF HAL_BIT(17)
#define PKA_SR_ERRORS   (HAL_BIT(19) | HAL_BIT(20) | HAL_BIT(21))
#define PKA_OK          0xD60Du

#define PKA_MODE_POWER  0x00u
#define PKA_MODE_VERIFY 0x26u
#define PKA_RAM(off)    (HAL_PKA->ram[((off)-0x400u) / 4u])

static enum hal_status pka_init(void)
{
    hal_clock_enable(&HAL_RCC->ahb2enr, RCC_AHB2_PKA);
    const uint32_t start = hal_tick();
    do {
        HAL_PKA->cr = PKA_CR_EN;
        if (hal_tick() - start > PKA_TIMEOUT_MS) {
            return HAL_TIMEOUT;
        }
    } while ((HAL_PKA->cr & PKA_CR_EN) == 0);
    if (hal_wait("PKA_SR.INITOK", &HAL_PKA->sr, PKA_SR_INITOK, PKA_SR_INITOK, PKA_TIMEOUT_MS) !=
        HAL_OK) {
        return HAL_TIMEOUT;
    }
    HAL_PKA->clrfr = PKA_SR_PROCENDF | PKA_SR_ERRORS;
    return HAL_OK;
}

static enum hal_status pka_process(uint32_t mode)
{
    hal_modify(&HAL_PKA->cr, PKA_CR_MODE, mode << PKA_CR_MODE_POS);
    hal_set(&HAL_PKA->cr, PKA_CR_START);
    if (hal_wait("PKA_SR.PROCENDF", &HAL_PKA->sr, PKA_SR_PROCENDF, PKA_SR_PROCENDF,
                 PKA_TIMEOUT_MS) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    const uint32_t errors = HAL_PKA->sr & PKA_SR_ERRORS;
    HAL_PKA->clrfr = PKA_SR_PROCENDF | PKA_SR_ERRORS;
    return hal_check("PKA_SR", errors, 0) ? HAL_OK : HAL_ERROR;
}

/** An operand of `count` words, most significant first, and the two zero words behind it. */
static void pka_put(uint32_t off, const uint32_t *words, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        PKA_RAM(off + 4u * i) = words[count - 1u - i];
    }
    PKA_RAM(off + 4u * count) = 0;
    PKA_RAM(off + 4u * count + 4u) = 0;
}

/** 3^65537 modulo a number of 64 bits. */
bool hal_step_pka_power(void)
{
    static const uint32_t base[2] = {0, 3};
    static const uint32_t modulus[2] = {0xF1234567, 0x89ABCDEF};
    static const uint32_t exponent[2] = {0, 65537};
    static const uint32_t wanted[2] = {0xBE076750, 0x5F23A5B7};
    if (!hal_check("PKA init", pka_init(), HAL_OK)) {
        return false;
    }
    PKA_RAM(0x400u) = 17;
    PKA_RAM(0x408u) = 64;
    pka_put(0xC68u, base, 2);
    pka_put(0xE78u, exponent, 2);
    pka_put(0x1088u, modulus, 2);
    if (pka_process(PKA_MODE_POWER) != HAL_OK) {
        return false;
    }
    const uint32_t result[2] = {PKA_RAM(0x83Cu), PKA_RAM(0x838u)};
    return hal_check_words("PKA result", result, wanted, 2);
}

/** P-256, SHA-256 of "sample" (RFC 6979, A.2.5). */
struct hal_pka_operand {
    uint16_t off;
    uint32_t words[8];
};

static const struct hal_pka_operand p256_operands[] = {
    {0x470,
     {0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x00000000,
      0x00000003}}, /* |a| */
    {0x4D0,
     {0xFFFFFFFF, 0x00000001, 0x00000000, 0x00000000, 0x00000000, 0xFFFFFFFF, 0xFFFFFFFF,
      0xFFFFFFFF}}, /* p */
    {0x678,
     {0x6B17D1F2, 0xE12C4247, 0xF8BCE6E5, 0x63A440F2, 0x77037D81, 0x2DEB33A0, 0xF4A13945,
      0xD898C296}}, /* base point */
    {0x6D0,
     {0x4FE342E2, 0xFE1A7F9B, 0x8EE7EB4A, 0x7C0F9E16, 0x2BCE3357, 0x6B315ECE, 0xCBB64068,
      0x37BF51F5}},
    {0x12F8,
     {0x60FED4BA, 0x255A9D31, 0xC961EB74, 0xC6356D68, 0xC049B892, 0x3B61FA6C, 0xE669622E,
      0x60F29FB6}}, /* public key */
    {0x1350,
     {0x7903FE10, 0x08B8BC99, 0xA41AE9E9, 0x5628BC64, 0xF2F1B20C, 0x2D7E9F51, 0x77A3C294,
      0xD4462299}},
    {0x10E0,
     {0xEFD48B2A, 0xACB6A8FD, 0x1140DD9C, 0xD45E81D6, 0x9D2C877B, 0x56AAF991, 0xC34D0EA8,
      0x4EAF3716}}, /* signature */
    {0xC68,
     {0xF7CB1C94, 0x2D657C41, 0xD436C7A1, 0xB6E29F65, 0xF3E900DB, 0xB9AFF406, 0x4DC4AB2F,
      0x843ACDA8}},
    {0x13A8,
     {0xAF2BDBE1, 0xAA9B6EC1, 0xE2ADE1D6, 0x94F41FC7, 0x1A831D02, 0x68E98915, 0x62113D8A,
      0x62ADD1BF}}, /* hash */
    {0x1088,
     {0xFFFFFFFF, 0x00000000, 0xFFFFFFFF, 0xFFFFFFFF, 0xBCE6FAAD, 0xA7179E84, 0xF3B9CAC2,
      0xFC632551}}, /* order */
};

static void pka_load_p256(void)
{
    PKA_RAM(0x408u) = 256; /* bits of the order */
    PKA_RAM(0x4C8u) = 256; /* bits of p */
    PKA_RAM(0x468u) = 1;   /* a is negative */
    for (size_t i = 0; i < sizeof p256_operands / sizeof p256_operands[0]; i++) {
        pka_put(p256_operands[i].off, p256_operands[i].words, 8);
    }
}

/** The signature is good; with one bit of the hash changed it is not. */
bool hal_step_pka_ecdsa(void)
{
    if (!hal_check("PKA init", pka_init(), HAL_OK)) {
        return false;
    }
    pka_load_p256();
    if (pka_process(PKA_MODE_VERIFY) != HAL_OK ||
        !hal_check("PKA result", PKA_RAM(0x5D0u), PKA_OK)) {
        return false;
    }
    pka_load_p256();
    PKA_RAM(0x13A8u) ^= 1u;
    if (pka_process(PKA_MODE_VERIFY) != HAL_OK) {
        return false;
    }
    const bool refused = PKA_RAM(0x5D0u) != PKA_OK;
    HAL_PKA->cr = 0;
    return hal_check("PKA result", refused, 1);
}
