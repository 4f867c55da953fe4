/*
 * GPIO port: sixteen pins as registers.
 *
 * Nothing is connected to the pins: IDR shows what the chip itself drives (outputs, and pulls of
 * inputs), and EXTI sees the edges of that. With TrustZone on, SECCFGR says which pins are Secure: a Non-secure access reads their
 * bits as zero and cannot change them. Alternate functions are not routed anywhere.
 */
#include "dev.h"
#include "dev_exti.h"
#include "dev_reg.h"

#define MODER   0x00u
#define OTYPER  0x04u
#define OSPEEDR 0x08u
#define PUPDR   0x0cu
#define IDR     0x10u
#define ODR     0x14u
#define BSRR    0x18u
#define LCKR    0x1cu
#define AFRL    0x20u
#define AFRH    0x24u
#define BRR     0x28u
#define HSLVR   0x2cu
#define SECCFGR 0x30u

#define PINS 0xffffu
#define LCKK (1u << 16)

enum { MODE_INPUT, MODE_OUTPUT, MODE_ALTERNATE, MODE_ANALOG };
enum { PULL_NONE, PULL_UP, PULL_DOWN };

struct gpio {
    struct sim_device dev;
    uint32_t moder, otyper, ospeedr, pupdr, odr, afr[2], hslvr, seccfgr;
    uint32_t lckr;      /* Bits of the pins, and LCKK once locked. */
    unsigned lock_step; /* Writes of the lock sequence done so far, 0 to 3. */
    uint32_t lock_pins; /* Of the sequence under way. */
    uint32_t idr;       /* Levels that EXTI has seen last. */
};

/* Reset values; ports without a row of their own have those of the last. */
static const struct {
    uint32_t moder, ospeedr, pupdr;
} gpio_reset_values[3] = {
    {0xabffffffu, 0x0c000000u, 0x64000000u}, /* A: PA13 to PA15 are the debug port. */
    {0xfffffebfu, 0x000000c0u, 0x00000100u}, /* B: PB3 and PB4, too. */
    {0xffffffffu, 0, 0},
};

/* A mask of pins as a mask of fields of `width` bits, from pin `first` on. */
static uint32_t gpio_spread(uint32_t pins, unsigned width, unsigned first)
{
    uint32_t mask = 0;
    for (unsigned pin = first; pin < first + 32u / width && pin < 16u; pin++) {
        if (pins >> pin & 1u) {
            mask |= ((1u << width) - 1u) << (width * (pin - first));
        }
    }
    return mask;
}

/* The pins that an access may see and change. */
static uint32_t gpio_reach(const struct gpio *gpio, const struct sim_txn *txn)
{
    return txn->attr.secure || !chip_trustzone(gpio->dev.chip) ? PINS : PINS & ~gpio->seccfgr;
}

/* The pins whose configuration may still change. */
static uint32_t gpio_unlocked(const struct gpio *gpio)
{
    return gpio->lckr & LCKK ? PINS & ~gpio->lckr : PINS;
}

static uint32_t gpio_idr(const struct gpio *gpio)
{
    uint32_t idr = 0;
    for (unsigned pin = 0; pin < 16u; pin++) {
        const uint32_t mode = gpio->moder >> (2u * pin) & 3u;
        const bool pulled_up = (gpio->pupdr >> (2u * pin) & 3u) == PULL_UP;
        const bool driven_high = (gpio->odr >> pin & 1u) != 0;
        const bool open_drain = (gpio->otyper >> pin & 1u) != 0;
        bool high = mode != MODE_ANALOG && pulled_up;
        if (mode == MODE_OUTPUT) {
            high = driven_high && (!open_drain || pulled_up);
        }
        idr |= high ? 1u << pin : 0;
    }
    return idr;
}

/* Gives EXTI the edges since the last time. */
static void gpio_edges(struct gpio *gpio)
{
    const uint32_t idr = gpio_idr(gpio);
    const uint32_t changed = idr ^ gpio->idr;
    gpio->idr = idr;
    for (unsigned pin = 0; changed >> pin != 0; pin++) {
        if (changed >> pin & 1u) {
            exti_pin(gpio->dev.chip, gpio->dev.row->index, pin, (idr >> pin & 1u) != 0);
        }
    }
}

/* LCKK 1, LCKK 0, LCKK 1 with the same pins, then a read: the configuration is locked. */
static void gpio_lock_write(struct gpio *gpio, uint32_t value, uint32_t reach)
{
    const uint32_t pins = value & reach;
    const bool key = (value & LCKK) != 0;
    if (gpio->lckr & LCKK) {
        return;
    }
    if (gpio->lock_step == 1u && !key && pins == gpio->lock_pins) {
        gpio->lock_step = 2;
    } else if (gpio->lock_step == 2u && key && pins == gpio->lock_pins) {
        gpio->lock_step = 3;
    } else {
        gpio->lock_step = key ? 1u : 0;
        gpio->lock_pins = pins;
    }
    gpio->lckr = (gpio->lckr & ~reach) | pins;
}

static uint32_t gpio_lock_read(struct gpio *gpio)
{
    if (gpio->lock_step == 3u) {
        gpio->lckr |= LCKK;
    }
    gpio->lock_step = 0;
    return gpio->lckr;
}

static void gpio_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct gpio *gpio = (struct gpio *)dev;
    const uint32_t reach = gpio_reach(gpio, txn);
    const uint32_t open = reach & gpio_unlocked(gpio);
    const uint32_t ones = reg_ones(txn, value);
    switch (reg_off(txn)) {
    case MODER:
        gpio->moder = reg_put(gpio->moder, txn, value, gpio_spread(open, 2, 0));
        break;
    case OTYPER:
        gpio->otyper = reg_put(gpio->otyper, txn, value, open);
        break;
    case OSPEEDR:
        gpio->ospeedr = reg_put(gpio->ospeedr, txn, value, gpio_spread(open, 2, 0));
        break;
    case PUPDR:
        gpio->pupdr = reg_put(gpio->pupdr, txn, value, gpio_spread(open, 2, 0));
        break;
    case ODR:
        gpio->odr = reg_put(gpio->odr, txn, value, reach);
        break;
    case BSRR: /* Setting wins over resetting. */
        gpio->odr = (gpio->odr & ~(ones >> 16 & reach)) | (ones & reach);
        break;
    case LCKR:
        gpio_lock_write(gpio, ones, reach);
        break;
    case AFRL:
        gpio->afr[0] = reg_put(gpio->afr[0], txn, value, gpio_spread(open, 4, 0));
        break;
    case AFRH:
        gpio->afr[1] = reg_put(gpio->afr[1], txn, value, gpio_spread(open, 4, 8));
        break;
    case BRR:
        gpio->odr &= ~(ones & reach);
        break;
    case HSLVR:
        gpio->hslvr = reg_put(gpio->hslvr, txn, value, reach);
        break;
    case SECCFGR:
        if (txn->attr.secure && chip_trustzone(dev->chip)) {
            gpio->seccfgr = reg_put(gpio->seccfgr, txn, value, PINS);
        }
        break;
    default:
        break;
    }
    gpio_edges(gpio);
}

static uint32_t gpio_read(struct sim_device *dev, const struct sim_txn *txn)
{
    struct gpio *gpio = (struct gpio *)dev;
    const uint32_t reach = gpio_reach(gpio, txn);
    switch (reg_off(txn)) {
    case MODER:
        return txn_cut(txn, gpio->moder & gpio_spread(reach, 2, 0));
    case OTYPER:
        return txn_cut(txn, gpio->otyper & reach);
    case OSPEEDR:
        return txn_cut(txn, gpio->ospeedr & gpio_spread(reach, 2, 0));
    case PUPDR:
        return txn_cut(txn, gpio->pupdr & gpio_spread(reach, 2, 0));
    case IDR:
        return txn_cut(txn, gpio_idr(gpio) & reach);
    case ODR:
        return txn_cut(txn, gpio->odr & reach);
    case LCKR:
        return txn_cut(txn, gpio_lock_read(gpio) & (reach | LCKK));
    case AFRL:
        return txn_cut(txn, gpio->afr[0] & gpio_spread(reach, 4, 0));
    case AFRH:
        return txn_cut(txn, gpio->afr[1] & gpio_spread(reach, 4, 8));
    case HSLVR:
        return txn_cut(txn, gpio->hslvr & reach);
    case SECCFGR: /* Reads as zero for Non-secure accesses and without TrustZone. [U] */
        return txn->attr.secure && chip_trustzone(dev->chip) ? txn_cut(txn, gpio->seccfgr) : 0;
    default:
        return 0;
    }
}

static void gpio_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct gpio *gpio = (struct gpio *)dev;
    (void)kind;
    const unsigned port = dev->row->index < 2u ? dev->row->index : 2u;
    gpio->moder = gpio_reset_values[port].moder;
    gpio->ospeedr = gpio_reset_values[port].ospeedr;
    gpio->pupdr = gpio_reset_values[port].pupdr;
    gpio->otyper = gpio->odr = gpio->hslvr = gpio->lckr = 0;
    gpio->afr[0] = gpio->afr[1] = 0;
    gpio->seccfgr = PINS;
    gpio->lock_step = 0;
    gpio->lock_pins = 0;
    gpio->idr = gpio_idr(gpio);
}

static const struct sim_device_ops gpio_ops = {
    .reset = gpio_reset,
    .read = gpio_read,
    .write = gpio_write,
};

struct sim_device *gpio_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    (void)row;
    struct gpio *gpio = device_new(sizeof *gpio);
    if (gpio == NULL) {
        return NULL;
    }
    gpio->dev.ops = &gpio_ops;
    return &gpio->dev;
}
