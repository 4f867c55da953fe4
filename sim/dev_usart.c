/*
 * USART, UART and LPUART: asynchronous transmission and reception in virtual time.
 *
 * A frame lasts as long as BRR, PRESC, OVER8 and the frame's format say, at a kernel clock equal
 * to the core's clock. CTS is taken as asserted; a break is an empty frame. Not modelled:
 * synchronous, smartcard, IrDA, LIN and mute modes, automatic baud rate, parity and framing
 * errors; their bits are plain storage and their flags stay clear.
 */
#include <string.h>

#include "dev.h"
#include "dev_reg.h"
#include "dev_usart.h"

#define CR1   0x00u
#define CR2   0x04u
#define CR3   0x08u
#define BRR   0x0cu
#define GTPR  0x10u
#define RTOR  0x14u
#define RQR   0x18u
#define ISR   0x1cu
#define ICR   0x20u
#define RDR   0x24u
#define TDR   0x28u
#define PRESC 0x2cu

#define CR1_UE     (1u << 0)
#define CR1_RE     (1u << 2)
#define CR1_TE     (1u << 3)
#define CR1_IDLEIE (1u << 4)
#define CR1_RXNEIE (1u << 5)
#define CR1_TCIE   (1u << 6)
#define CR1_TXEIE  (1u << 7)
#define CR1_PCE    (1u << 10)
#define CR1_M0     (1u << 12)
#define CR1_CMIE   (1u << 14)
#define CR1_OVER8  (1u << 15)
#define CR1_M1     (1u << 28)
#define CR1_FIFOEN (1u << 29)
#define CR1_TXFEIE (1u << 30)
#define CR1_RXFFIE (1u << 31)
#define CR1_RTOIE  (1u << 26)
#define CR2_RTOEN  (1u << 23)
#define CR3_EIE    (1u << 0)
#define CR3_DMAR   (1u << 6)
#define CR3_DMAT   (1u << 7)
#define CR3_OVRDIS (1u << 12)
#define CR3_TXFTIE (1u << 23)
#define CR3_RXFTIE (1u << 28)

#define RTOR_RTO  0x00ffffffu
#define RQR_SBKRQ (1u << 1)
#define RQR_RXFRQ (1u << 3)
#define RQR_TXFRQ (1u << 4)

#define ISR_ORE   (1u << 3)
#define ISR_IDLE  (1u << 4)
#define ISR_RXNE  (1u << 5)
#define ISR_TC    (1u << 6)
#define ISR_TXE   (1u << 7)
#define ISR_RTOF  (1u << 11)
#define ISR_BUSY  (1u << 16)
#define ISR_CMF   (1u << 17)
#define ISR_SBKF  (1u << 18)
#define ISR_TEACK (1u << 21)
#define ISR_REACK (1u << 22)
#define ISR_TXFE  (1u << 23)
#define ISR_RXFF  (1u << 24)
#define ISR_RXFT  (1u << 26)
#define ISR_TXFT  (1u << 27)
/* What ICR can clear of the flags that this model sets. */
#define ISR_CLEARABLE (ISR_ORE | ISR_IDLE | ISR_TC | ISR_RTOF | ISR_CMF)

#define FIFO_DEPTH 16u /* [U] 16, as the driver of the vendor assumes. */
#define LINE_BYTES 4096u
#define DIV_MIN    16u /* Smallest USARTDIV that clocks a USART; below, nothing moves. */
#define LP_DIV_MIN 0x300u

/* Which bits exist, and which of them can only be written while UE is clear. */
struct usart_kind {
    uint32_t cr1, cr1_locked;
    uint32_t cr2, cr2_locked;
    uint32_t cr3, cr3_locked;
    uint32_t brr;
    uint32_t gtpr, rtor;
};

static const struct usart_kind kind_usart = {
    .cr1 = 0xffffffffu,
    .cr1_locked = 0x33ff9e00u,
    .cr2 = 0xffffff79u,
    .cr2_locked = 0xff6fff39u,
    .cr3 = 0xfffeffffu,
    .cr3_locked = 0x003efb3eu,
    .brr = 0x0000ffffu,
    .gtpr = 0x0000ffffu,
    .rtor = 0xffffffffu,
};

static const struct usart_kind kind_lpuart = {
    .cr1 = 0xf3ff7fffu,
    .cr1_locked = 0x33ff1e00u,
    .cr2 = 0xff0fb010u,
    .cr2_locked = 0xff0fb010u,
    .cr3 = 0xfef0f7c9u,
    .cr3_locked = 0x0030f308u,
    .brr = 0x000fffffu,
    .gtpr = 0,
    .rtor = 0,
};

struct usart {
    struct sim_device dev;
    const struct usart_kind *kind;
    uint32_t cr1, cr2, cr3, brr, gtpr, rtor, presc;
    uint32_t flags; /* The flags of ISR that stay until cleared. */

    uint16_t tx[FIFO_DEPTH]; /* TDR, or the FIFO; oldest first. */
    unsigned tx_count;
    uint16_t tx_shift; /* The frame that is leaving. */
    uint64_t tx_end;   /* When it has left; SIM_NEVER: none is. */

    uint16_t rx[FIFO_DEPTH + 1u]; /* RDR, and the FIFO behind it; oldest first. */
    unsigned rx_count;
    uint8_t line[LINE_BYTES]; /* Ring of bytes that are still to arrive. */
    unsigned line_first, line_count;
    uint64_t rx_end;    /* When the first byte of `line` has arrived; SIM_NEVER: nothing arrives. */
    uint64_t idle_end;  /* When the line has been idle for a frame; SIM_NEVER: not waiting. */
    uint64_t rto_end;   /* When the receiver's time is out; SIM_NEVER: it is not waiting. */
    uint64_t break_end; /* When the break asked for has been sent; SIM_NEVER: none was. */
    bool lost_told;     /* The journal knows that bytes are lost. */
};

static bool usart_on(const struct usart *u, uint32_t direction)
{
    return (u->cr1 & (CR1_UE | direction)) == (CR1_UE | direction);
}

static bool usart_fifo(const struct usart *u)
{
    return (u->cr1 & CR1_FIFOEN) != 0;
}

static unsigned usart_tx_depth(const struct usart *u)
{
    return usart_fifo(u) ? FIFO_DEPTH : 1u;
}

static unsigned usart_rx_depth(const struct usart *u)
{
    return usart_fifo(u) ? FIFO_DEPTH + 1u : 1u;
}

/* Bits of data in a frame, without the parity bit. */
static unsigned usart_data_bits(const struct usart *u)
{
    unsigned bits = 8;
    if (u->cr1 & CR1_M1) {
        bits = 7;
    } else if (u->cr1 & CR1_M0) {
        bits = 9;
    }
    return u->cr1 & CR1_PCE ? bits - 1u : bits;
}

/* Length of half bits in ticks; 0 when the divider is too small to clock anything. */
static uint64_t usart_ticks(const struct usart *u, uint64_t half_bits)
{
    static const uint16_t divider[16] = {1,  2,  4,   6,   8,   10,  12,  16,
                                         32, 64, 128, 256, 256, 256, 256, 256};
    const uint64_t prescaler = divider[u->presc];
    if (u->kind == &kind_lpuart) {
        return u->brr < LP_DIV_MIN ? 0 : half_bits * prescaler * u->brr / 512u;
    }
    uint32_t div = u->brr;
    if (u->cr1 & CR1_OVER8) {
        div = (u->brr & 0xfff0u) | ((u->brr & 7u) << 1);
    }
    if (div < DIV_MIN) {
        return 0;
    }
    const uint64_t cycles = half_bits * prescaler * div / 2u;
    return u->cr1 & CR1_OVER8 ? cycles / 2u : cycles;
}

static uint64_t usart_frame(const struct usart *u)
{
    static const uint8_t half_stop_bits[4] = {2, 1, 4, 3};
    const unsigned bits = usart_data_bits(u) + (u->cr1 & CR1_PCE ? 1u : 0u);
    return usart_ticks(u, 2u * (1u + bits) + half_stop_bits[(u->cr2 >> 12) & 3u]);
}

/* Entries of a threshold of RXFTCFG and TXFTCFG. */
static unsigned usart_threshold(uint32_t code)
{
    static const uint8_t entries[8] = {2, 4, 8, 12, 14, 16, 16, 16};
    return entries[code & 7u];
}

static uint32_t usart_isr(const struct usart *u)
{
    uint32_t isr = u->flags;
    isr |= u->rx_count > 0 ? ISR_RXNE : 0;
    isr |= u->tx_count < usart_tx_depth(u) ? ISR_TXE : 0;
    isr |= usart_on(u, CR1_TE) ? ISR_TEACK : 0;
    isr |= usart_on(u, CR1_RE) ? ISR_REACK : 0;
    isr |= u->rx_end != SIM_NEVER ? ISR_BUSY : 0;
    isr |= u->break_end != SIM_NEVER ? ISR_SBKF : 0;
    if (usart_fifo(u)) {
        isr |= u->tx_count == 0 ? ISR_TXFE : 0;
        isr |= u->rx_count == FIFO_DEPTH + 1u ? ISR_RXFF : 0;
        isr |= u->rx_count >= usart_threshold(u->cr3 >> 25) ? ISR_RXFT : 0;
        isr |= FIFO_DEPTH - u->tx_count >= usart_threshold(u->cr3 >> 29) ? ISR_TXFT : 0;
    }
    return isr;
}

static bool usart_dma_request(const struct sim_device *dev, bool to_device)
{
    const struct usart *u = (const struct usart *)dev;
    if (to_device) {
        return (u->cr3 & CR3_DMAT) && usart_on(u, CR1_TE) && u->tx_count < usart_tx_depth(u);
    }
    return (u->cr3 & CR3_DMAR) && (u->cr1 & CR1_UE) && u->rx_count > 0;
}

static void usart_update(struct usart *u)
{
    static const struct {
        uint32_t enable, flags;
    } cr1[] =
        {
            {CR1_IDLEIE, ISR_IDLE}, {CR1_RXNEIE, ISR_RXNE | ISR_ORE},
            {CR1_TCIE, ISR_TC},     {CR1_TXEIE, ISR_TXE},
            {CR1_CMIE, ISR_CMF},    {CR1_TXFEIE, ISR_TXFE},
            {CR1_RXFFIE, ISR_RXFF}, {CR1_RTOIE, ISR_RTOF},
        },
      cr3[] = {
          {CR3_EIE, ISR_ORE},
          {CR3_RXFTIE, ISR_RXFT},
          {CR3_TXFTIE, ISR_TXFT},
      };
    const uint32_t isr = usart_isr(u);
    bool level = false;
    for (size_t i = 0; i < sizeof cr1 / sizeof cr1[0]; i++) {
        level = level || ((u->cr1 & cr1[i].enable) && (isr & cr1[i].flags));
    }
    for (size_t i = 0; i < sizeof cr3 / sizeof cr3[0]; i++) {
        level = level || ((u->cr3 & cr3[i].enable) && (isr & cr3[i].flags));
    }
    chip_irq(u->dev.chip, u->dev.row->irq[0], level && (u->cr1 & CR1_UE));

    uint64_t when = u->tx_end < u->rx_end ? u->tx_end : u->rx_end;
    when = u->idle_end < when ? u->idle_end : when;
    when = u->rto_end < when ? u->rto_end : when;
    when = u->break_end < when ? u->break_end : when;
    chip_deadline(u->dev.chip, &u->dev, when);
    if (usart_dma_request(&u->dev, true) || usart_dma_request(&u->dev, false)) {
        gpdma_wake(u->dev.chip);
    }
}

/* ---- transmission --------------------------------------------------------------------------- */

/* Moves the next word into the shift register at `time`, if it is free. */
static void usart_tx_start(struct usart *u, uint64_t time)
{
    const uint64_t frame = usart_frame(u);
    if (u->tx_end != SIM_NEVER || u->tx_count == 0 || !usart_on(u, CR1_TE) || frame == 0) {
        return;
    }
    u->tx_shift = u->tx[0];
    u->tx_count--;
    memmove(&u->tx[0], &u->tx[1], u->tx_count * sizeof u->tx[0]);
    u->tx_end = time + frame;
}

static void usart_tx_done(struct usart *u)
{
    const uint64_t end = u->tx_end;
    const uint32_t mask = (1u << usart_data_bits(u)) - 1u;
    u->tx_end = SIM_NEVER;
    chip_uart(u->dev.chip, u->dev.row->index, (uint8_t)(u->tx_shift & mask));
    usart_tx_start(u, end);
    if (u->tx_end == SIM_NEVER && u->tx_count == 0) {
        u->flags |= ISR_TC;
    }
}

/* A word written to a full register or FIFO takes the place of the last one. */
static void usart_tx_push(struct usart *u, uint32_t value)
{
    if (!(u->cr1 & CR1_UE)) {
        return;
    }
    if (u->tx_count == usart_tx_depth(u)) {
        u->tx_count--;
    }
    u->tx[u->tx_count++] = (uint16_t)(value & 0x1ffu);
    u->flags &= ~ISR_TC;
    usart_tx_start(u, u->dev.chip->now);
}

/* ---- reception ------------------------------------------------------------------------------ */

static void usart_lost(struct usart *u, const char *why)
{
    if (!u->lost_told) {
        u->lost_told = true;
        chip_event(u->dev.chip, SIM_EVENT_NOTE, "%s: received bytes are lost: %s", u->dev.name,
                   why);
    }
}

static void usart_rx_start(struct usart *u, uint64_t time)
{
    const uint64_t frame = usart_frame(u);
    if (u->line_count == 0 || u->rx_end != SIM_NEVER) {
        return;
    }
    if (!usart_on(u, CR1_RE) || frame == 0) {
        u->line_count = 0;
        usart_lost(u, "the receiver is off");
        return;
    }
    u->rx_end = time + frame;
    u->idle_end = SIM_NEVER;
    u->rto_end = SIM_NEVER;
}

static void usart_rx_done(struct usart *u)
{
    const uint64_t end = u->rx_end;
    const uint32_t mask = (1u << usart_data_bits(u)) - 1u;
    const uint16_t byte = (uint16_t)(u->line[u->line_first] & mask);
    u->line_first = (u->line_first + 1u) % LINE_BYTES;
    u->line_count--;
    u->rx_end = SIM_NEVER;

    if (u->rx_count < usart_rx_depth(u)) {
        u->rx[u->rx_count++] = byte;
    } else if (u->cr3 & CR3_OVRDIS) {
        u->rx[u->rx_count - 1u] = byte;
    } else {
        u->flags |= ISR_ORE;
    }
    if (byte == (u->cr2 >> 24)) {
        u->flags |= ISR_CMF;
    }
    usart_rx_start(u, end);
    if (u->rx_end == SIM_NEVER) {
        u->idle_end = end + usart_frame(u);
        if ((u->cr2 & CR2_RTOEN) && u->kind->rtor != 0) {
            u->rto_end = end + usart_ticks(u, 2u * (u->rtor & RTOR_RTO));
        }
    }
}

static uint32_t usart_rx_pop(struct usart *u)
{
    const uint32_t value = u->rx[0];
    if (u->rx_count == 0) {
        return value; /* RDR keeps what was read last. */
    }
    u->rx_count--;
    if (u->rx_count > 0) {
        memmove(&u->rx[0], &u->rx[1], u->rx_count * sizeof u->rx[0]);
    }
    return value;
}

void usart_receive(struct sim_device *dev, uint8_t byte)
{
    struct usart *u = (struct usart *)dev;
    if (u->line_count == LINE_BYTES) {
        usart_lost(u, "too many wait on the line");
        return;
    }
    u->line[(u->line_first + u->line_count) % LINE_BYTES] = byte;
    u->line_count++;
    usart_rx_start(u, dev->chip->now);
    usart_update(u);
}

/* ---- registers ------------------------------------------------------------------------------ */

/* UE cleared: everything in flight is dropped and the flags return to their reset values. */
static void usart_stop(struct usart *u)
{
    u->flags = ISR_TC;
    u->tx_count = 0;
    u->rx_count = 0;
    u->line_count = 0;
    u->tx_end = SIM_NEVER;
    u->rx_end = SIM_NEVER;
    u->idle_end = SIM_NEVER;
    u->rto_end = SIM_NEVER;
    u->break_end = SIM_NEVER;
}

/* The receiver was switched off: what is arriving is dropped. */
static void usart_deafen(struct usart *u)
{
    u->line_count = 0;
    u->rx_end = SIM_NEVER;
    u->idle_end = SIM_NEVER;
    u->rto_end = SIM_NEVER;
}

static void usart_write_cr1(struct usart *u, const struct sim_txn *txn, uint32_t value)
{
    const uint32_t locked = u->cr1 & CR1_UE ? u->kind->cr1_locked : 0;
    const uint32_t old = u->cr1;
    u->cr1 = reg_put(old, txn, value, u->kind->cr1 & ~locked);
    if (!(u->cr1 & CR1_UE)) {
        usart_stop(u);
        return;
    }
    if ((old & CR1_RE) && !(u->cr1 & CR1_RE)) {
        usart_deafen(u);
    }
    if (!(old & CR1_RE) && (u->cr1 & CR1_RE)) {
        u->lost_told = false;
    }
    usart_tx_start(u, u->dev.chip->now);
}

static void usart_write_rqr(struct usart *u, uint32_t value)
{
    if (value & RQR_RXFRQ) {
        u->rx_count = 0;
    }
    if (value & RQR_TXFRQ) {
        u->tx_count = 0;
    }
    if ((value & RQR_SBKRQ) && usart_on(u, CR1_TE) && u->break_end == SIM_NEVER) {
        u->break_end = u->dev.chip->now + usart_frame(u);
    }
}

static void usart_write(struct sim_device *dev, const struct sim_txn *txn, uint32_t value)
{
    struct usart *u = (struct usart *)dev;
    const struct usart_kind *kind = u->kind;
    const bool enabled = (u->cr1 & CR1_UE) != 0;
    switch (reg_off(txn)) {
    case CR1:
        usart_write_cr1(u, txn, value);
        break;
    case CR2:
        u->cr2 = reg_put(u->cr2, txn, value, kind->cr2 & ~(enabled ? kind->cr2_locked : 0));
        break;
    case CR3:
        u->cr3 = reg_put(u->cr3, txn, value, kind->cr3 & ~(enabled ? kind->cr3_locked : 0));
        break;
    case BRR:
        u->brr = reg_put(u->brr, txn, value, enabled ? 0 : kind->brr);
        break;
    case GTPR:
        u->gtpr = reg_put(u->gtpr, txn, value, enabled ? 0 : kind->gtpr);
        break;
    case RTOR:
        u->rtor = reg_put(u->rtor, txn, value, kind->rtor);
        break;
    case RQR:
        usart_write_rqr(u, reg_ones(txn, value));
        break;
    case ICR:
        u->flags &= ~(reg_ones(txn, value) & ISR_CLEARABLE);
        break;
    case TDR:
        usart_tx_push(u, reg_ones(txn, value));
        break;
    case PRESC:
        u->presc = reg_put(u->presc, txn, value, enabled ? 0 : 0xfu);
        break;
    default:
        break;
    }
    usart_update(u);
}

static uint32_t usart_read(struct sim_device *dev, const struct sim_txn *txn)
{
    struct usart *u = (struct usart *)dev;
    switch (reg_off(txn)) {
    case CR1:
        return txn_cut(txn, u->cr1);
    case CR2:
        return txn_cut(txn, u->cr2);
    case CR3:
        return txn_cut(txn, u->cr3);
    case BRR:
        return txn_cut(txn, u->brr);
    case GTPR:
        return txn_cut(txn, u->gtpr);
    case RTOR:
        return txn_cut(txn, u->rtor);
    case ISR:
        return txn_cut(txn, usart_isr(u));
    case RDR: {
        const uint32_t value = usart_rx_pop(u);
        usart_update(u);
        return txn_cut(txn, value);
    }
    case PRESC:
        return txn_cut(txn, u->presc);
    default:
        return 0;
    }
}

static void usart_event(struct sim_device *dev, uint64_t now)
{
    struct usart *u = (struct usart *)dev;
    while (u->tx_end <= now) {
        usart_tx_done(u);
    }
    while (u->rx_end <= now) {
        usart_rx_done(u);
    }
    if (u->idle_end <= now) {
        u->idle_end = SIM_NEVER;
        u->flags |= ISR_IDLE;
    }
    if (u->rto_end <= now) {
        u->rto_end = SIM_NEVER;
        u->flags |= ISR_RTOF;
    }
    if (u->break_end <= now) {
        u->break_end = SIM_NEVER;
    }
    usart_update(u);
}

static void usart_reset(struct sim_device *dev, enum sim_reset_kind kind)
{
    struct usart *u = (struct usart *)dev;
    (void)kind;
    u->cr1 = u->cr2 = u->cr3 = u->brr = u->gtpr = u->rtor = u->presc = 0;
    memset(u->rx, 0, sizeof u->rx);
    u->lost_told = false;
    usart_stop(u);
    usart_update(u);
}

static const struct sim_device_ops usart_ops = {
    .reset = usart_reset,
    .read = usart_read,
    .write = usart_write,
    .event = usart_event,
    .dma_request = usart_dma_request,
};

struct sim_device *usart_new(struct sim_chip *chip, const struct dev_row *row)
{
    (void)chip;
    struct usart *u = device_new(sizeof *u);
    if (u == NULL) {
        return NULL;
    }
    u->dev.ops = &usart_ops;
    usart_stop(u);
    u->kind = row->index == USART_INDEX_LPUART1 ? &kind_lpuart : &kind_usart;
    return &u->dev;
}
