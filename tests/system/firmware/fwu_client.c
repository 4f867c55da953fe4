/*
 * An application that updates what it is told to. The host puts an image into RAM and sends letters
 * on USART1; each is answered with a line "fwu: LETTER STATUS".
 */
#include <stdint.h>
#include <stdio.h>

#include <psa/update.h>

#define USART1_ISR     (*(volatile uint32_t *)0x4001381Cu)
#define USART1_RDR     (*(volatile uint32_t *)0x40013824u)
#define USART_ISR_RXNE (1u << 5)

/** Where the host puts what is to be written, behind all data of this program in SRAM3. */
#define MAILBOX ((const volatile struct mailbox *)0x20060000u)

struct mailbox {
    uint32_t component; /**< psa_fwu_component_t. */
    uint32_t len;       /**< Bytes of the image. */
    uint8_t image[];
};

static psa_status_t stage(psa_fwu_component_t component)
{
    const uint32_t len = MAILBOX->len;
    psa_status_t status = psa_fwu_start(component, NULL, 0);
    for (uint32_t off = 0; status == PSA_SUCCESS && off < len; off += PSA_FWU_MAX_WRITE_SIZE) {
        const uint32_t left = len - off;
        status = psa_fwu_write(component, off, (const void *)&MAILBOX->image[off],
                               left < PSA_FWU_MAX_WRITE_SIZE ? left : PSA_FWU_MAX_WRITE_SIZE);
    }
    return status == PSA_SUCCESS ? psa_fwu_finish(component) : status;
}

static psa_status_t query(psa_fwu_component_t component)
{
    psa_fwu_component_info_t info;
    const psa_status_t status = psa_fwu_query(component, &info);
    if (status == PSA_SUCCESS) {
        printf("fwu: state %u error %ld version %u\n", info.state, (long)info.error,
               info.version.major);
    }
    return status;
}

static psa_status_t obey(char letter)
{
    const psa_fwu_component_t component = (psa_fwu_component_t)MAILBOX->component;
    switch (letter) {
    case 'w':
        return stage(component);
    case 'i':
        return psa_fwu_install();
    case 'a':
        return psa_fwu_accept();
    case 'c':
        return psa_fwu_clean(component);
    case 'q':
        return query(component);
    case 'b':
        return psa_fwu_request_reboot();
    default:
        return PSA_ERROR_NOT_SUPPORTED;
    }
}

int main(void)
{
    printf("fwu: ready\n");
    for (;;) {
        while ((USART1_ISR & USART_ISR_RXNE) == 0) {
        }
        const char letter = (char)USART1_RDR;
        printf("fwu: %c %ld\n", letter, (long)obey(letter));
    }
}
