/*
 * The memory of an application in the default layout, as `garrison layout ld` prints it for any.
 */
#include "layout.h"

MEMORY
{
    FLASH (rx) : ORIGIN = LAYOUT_FLASH_NS + LAYOUT_APPLICATION_OFF + LAYOUT_HEADER_SIZE, LENGTH = LAYOUT_APPLICATION_SIZE - LAYOUT_HEADER_SIZE
    SRAM1 (rw) : ORIGIN = LAYOUT_SRAM1_NS, LENGTH = LAYOUT_SRAM1_SIZE
    SRAM3 (rw) : ORIGIN = LAYOUT_SRAM3_NS, LENGTH = LAYOUT_SRAM3_SIZE
}
