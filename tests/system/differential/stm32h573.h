/* Where the stub of the STM32H573 and the host that runs it meet. */
#pragma once

#include <stdint.h>

#define STM32H573_STUB 0x0C000000u
/** Bytes of the first bank that are Secure; sectors of 8 KB. */
#define STM32H573_SECURE_FLASH 0x80000u
#define STM32H573_RETAINED     0x30050000u /* SRAM3 */
#define STM32H573_OUTPUT       0x30051000u
#define STM32H573_OUTPUT_BYTES 0x40000u
#define STM32H573_BLOB         0x0C100000u /* second bank */
#define STM32H573_BLOB_BYTES   0x100000u

struct stm32h573_output {
    volatile uint32_t finished; /**< 1 when no more is to come. */
    volatile uint32_t len;      /**< Bytes of `text`. */
    char text[];
};
