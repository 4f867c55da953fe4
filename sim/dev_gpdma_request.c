/* Request lines of GPDMA1 and GPDMA2, which number those of the peripherals below alike. */
#include "dev.h"
#include "dev_gpdma.h"
#include "dev_usart.h"

/* Numbers of the vendor's driver header: two lines a USART in the order of dev_row.index ... */
#define REQ_USART1_RX 21u
#define REQ_USARTS    (2u * USART_INDEX_LPUART1)

/* ... and those of the others. */
static const struct {
    uint8_t request;
    bool to_device;
    const char *name;
} gpdma_lines[] = {
    {109, false, "AES"},  {110, true, "AES"},  {111, true, "HASH"},
    {118, false, "SAES"}, {119, true, "SAES"},
};

static const char *const gpdma_usarts[USART_INDEX_LPUART1] = {
    "USART1", "USART2", "USART3",  "UART4",   "UART5",  "USART6",  "UART7",
    "UART8",  "UART9",  "USART10", "USART11", "UART12", "LPUART1",
};

/* The device behind REQSEL and the direction of its line; NULL: none that is modelled. */
static struct sim_device *gpdma_line(const struct gpdma *gpdma, uint32_t tr2, bool *to_device)
{
    const uint32_t request = tr2 & 0xffu;
    if (request - REQ_USART1_RX < REQ_USARTS) {
        const uint32_t line = request - REQ_USART1_RX;
        *to_device = line % 2u != 0;
        return chip_device(gpdma->dev.chip, gpdma_usarts[line / 2u]);
    }
    for (size_t i = 0; i < sizeof gpdma_lines / sizeof gpdma_lines[0]; i++) {
        if (gpdma_lines[i].request == request) {
            *to_device = gpdma_lines[i].to_device;
            return chip_device(gpdma->dev.chip, gpdma_lines[i].name);
        }
    }
    return NULL;
}

bool gpdma_requested(const struct gpdma *gpdma, const struct gpdma_channel *channel)
{
    bool to_device = false;
    const struct sim_device *dev = gpdma_line(gpdma, channel->tr2, &to_device);
    return dev != NULL && dev->ops->dma_request != NULL && dev->ops->dma_request(dev, to_device);
}

void gpdma_ended(const struct gpdma *gpdma, const struct gpdma_channel *channel)
{
    bool to_device = false;
    struct sim_device *dev = gpdma_line(gpdma, channel->tr2, &to_device);
    if (!(channel->tr2 & GPDMA_TR2_SWREQ) && dev != NULL && dev->ops->dma_end != NULL) {
        dev->ops->dma_end(dev, to_device);
    }
}
