/*
 * Which bit of RCC's reset and clock registers is whose. A block's bits are Secure when the block
 * is. Clocks are not gated: a block whose clock is off works all the same. (docs/FIDELITY.md)
 */
#include <string.h>

#include "dev.h"
#include "dev_rcc.h"

struct rcc_gate {
    uint32_t off; /**< Of the reset register. */
    uint8_t bit;
    const char *name; /**< Of the block's row in the chip's table. */
};

static const struct rcc_gate rcc_gates[] = {
    {RCC_AHB1RSTR, 0, "GPDMA1"},    {RCC_AHB1RSTR, 1, "GPDMA2"},    {RCC_AHB1RSTR, 12, "CRC"},
    {RCC_AHB1RSTR, 14, "CORDIC"},   {RCC_AHB1RSTR, 15, "FMAC"},     {RCC_AHB1RSTR, 17, "RAMCFG"},
    {RCC_AHB1RSTR, 19, "ETH"},      {RCC_AHB2RSTR, 0, "GPIOA"},     {RCC_AHB2RSTR, 1, "GPIOB"},
    {RCC_AHB2RSTR, 2, "GPIOC"},     {RCC_AHB2RSTR, 3, "GPIOD"},     {RCC_AHB2RSTR, 4, "GPIOE"},
    {RCC_AHB2RSTR, 5, "GPIOF"},     {RCC_AHB2RSTR, 6, "GPIOG"},     {RCC_AHB2RSTR, 7, "GPIOH"},
    {RCC_AHB2RSTR, 8, "GPIOI"},     {RCC_AHB2RSTR, 10, "ADC1"},     {RCC_AHB2RSTR, 11, "DAC1"},
    {RCC_AHB2RSTR, 12, "DCMI"},     {RCC_AHB2RSTR, 16, "AES"},      {RCC_AHB2RSTR, 17, "HASH"},
    {RCC_AHB2RSTR, 18, "RNG"},      {RCC_AHB2RSTR, 19, "PKA"},      {RCC_AHB2RSTR, 20, "SAES"},
    {RCC_AHB4RSTR, 7, "OTFDEC1"},   {RCC_AHB4RSTR, 11, "SDMMC1"},   {RCC_AHB4RSTR, 12, "SDMMC2"},
    {RCC_AHB4RSTR, 16, "FMC"},      {RCC_AHB4RSTR, 20, "OCTOSPI1"}, {RCC_APB1LRSTR, 0, "TIM2"},
    {RCC_APB1LRSTR, 1, "TIM3"},     {RCC_APB1LRSTR, 2, "TIM4"},     {RCC_APB1LRSTR, 3, "TIM5"},
    {RCC_APB1LRSTR, 4, "TIM6"},     {RCC_APB1LRSTR, 5, "TIM7"},     {RCC_APB1LRSTR, 6, "TIM12"},
    {RCC_APB1LRSTR, 7, "TIM13"},    {RCC_APB1LRSTR, 8, "TIM14"},    {RCC_APB1LRSTR, 11, "WWDG"},
    {RCC_APB1LRSTR, 14, "SPI2"},    {RCC_APB1LRSTR, 15, "SPI3"},    {RCC_APB1LRSTR, 17, "USART2"},
    {RCC_APB1LRSTR, 18, "USART3"},  {RCC_APB1LRSTR, 19, "UART4"},   {RCC_APB1LRSTR, 20, "UART5"},
    {RCC_APB1LRSTR, 21, "I2C1"},    {RCC_APB1LRSTR, 22, "I2C2"},    {RCC_APB1LRSTR, 23, "I3C1"},
    {RCC_APB1LRSTR, 24, "CRS"},     {RCC_APB1LRSTR, 25, "USART6"},  {RCC_APB1LRSTR, 26, "USART10"},
    {RCC_APB1LRSTR, 27, "USART11"}, {RCC_APB1LRSTR, 28, "CEC"},     {RCC_APB1LRSTR, 30, "UART7"},
    {RCC_APB1LRSTR, 31, "UART8"},   {RCC_APB1HRSTR, 0, "UART9"},    {RCC_APB1HRSTR, 1, "UART12"},
    {RCC_APB1HRSTR, 3, "DTS"},      {RCC_APB1HRSTR, 5, "LPTIM2"},   {RCC_APB1HRSTR, 9, "FDCAN1"},
    {RCC_APB1HRSTR, 23, "UCPD1"},   {RCC_APB2RSTR, 11, "TIM1"},     {RCC_APB2RSTR, 12, "SPI1"},
    {RCC_APB2RSTR, 13, "TIM8"},     {RCC_APB2RSTR, 14, "USART1"},   {RCC_APB2RSTR, 16, "TIM15"},
    {RCC_APB2RSTR, 17, "TIM16"},    {RCC_APB2RSTR, 18, "TIM17"},    {RCC_APB2RSTR, 19, "SPI4"},
    {RCC_APB2RSTR, 20, "SPI6"},     {RCC_APB2RSTR, 21, "SAI1"},     {RCC_APB2RSTR, 22, "SAI2"},
    {RCC_APB2RSTR, 24, "USB_DRD"},  {RCC_APB3RSTR, 5, "SPI5"},      {RCC_APB3RSTR, 6, "LPUART1"},
    {RCC_APB3RSTR, 7, "I2C3"},      {RCC_APB3RSTR, 8, "I2C4"},      {RCC_APB3RSTR, 11, "LPTIM1"},
    {RCC_APB3RSTR, 12, "LPTIM3"},   {RCC_APB3RSTR, 13, "LPTIM4"},   {RCC_APB3RSTR, 14, "LPTIM5"},
    {RCC_APB3RSTR, 15, "LPTIM6"},   {RCC_APB3RSTR, 20, "VREFBUF"},
};

/** The reset register whose bits mean the same as those of the register at `off`. */
static uint32_t rcc_gates_group(uint32_t off)
{
    if (off >= RCC_AHB1LPENR) {
        return off - (RCC_AHB1LPENR - RCC_AHB1RSTR);
    }
    if (off >= RCC_AHB1ENR) {
        return off - (RCC_AHB1ENR - RCC_AHB1RSTR);
    }
    return off;
}

static bool rcc_gate_secure(const struct sim_chip *chip, const char *name)
{
    for (unsigned i = 0; i < chip_row_count; i++) {
        if (strcmp(chip_rows[i].name, name) == 0) {
            return gtzc_is_secure(chip, chip_rows[i].gtzc);
        }
    }
    return false;
}

uint32_t rcc_gates_secure(const struct sim_chip *chip, uint32_t off)
{
    const uint32_t group = rcc_gates_group(off);
    uint32_t secure = 0;
    if (!chip_trustzone(chip)) {
        return 0;
    }
    for (unsigned i = 0; i < sizeof rcc_gates / sizeof rcc_gates[0]; i++) {
        if (rcc_gates[i].off == group && rcc_gate_secure(chip, rcc_gates[i].name)) {
            secure |= 1u << rcc_gates[i].bit;
        }
    }
    return secure;
}

void rcc_gates_reset(struct sim_chip *chip, uint32_t off, uint32_t set)
{
    for (unsigned i = 0; i < sizeof rcc_gates / sizeof rcc_gates[0]; i++) {
        if (rcc_gates[i].off != off || (set & (1u << rcc_gates[i].bit)) == 0) {
            continue;
        }
        struct sim_device *dev = chip_device(chip, rcc_gates[i].name);
        if (dev != NULL) {
            dev->ops->reset(dev, SIM_RESET_SYSTEM);
        }
    }
}
