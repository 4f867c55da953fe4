/*
 * Leaving a boot stage.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** What differs between the stages that leave; each defines its own. */
struct leave_stage {
    /** Sectors to be hidden besides those of the option bytes, right behind them; NULL: none. */
    uint32_t (*hdp_extension)(void);
    uint32_t level_after; /**< What SBS_HDPLSR reads when the level has been raised. */
};

extern const struct leave_stage leave_stage;

/**
 * The last instructions of the stage; they lie in RAM, since its flash vanishes under them.
 * @param vectors        vector table of the next image
 * @param hdp_extension  for FLASH_HDPEXTR; 0: leave it alone
 * @param level_after    expected in SBS_HDPLSR
 */
_Noreturn void leave_trampoline(uint32_t vectors, uint32_t hdp_extension, uint32_t level_after);
