/* Programs that start an operation of the flash and go on. They run wherever they are copied to. */
#include "cpu_macros.S"

    .macro programs state
snippet \state\()_erase_and_poll
    /* r0: NSCR or SECCR, r1: NSSR or SECSR, r2: what starts the erase; r3: polls that saw BSY */
    movs r3, #0
    str r2, [r0]
1:  ldr r4, [r1]
    tst r4, #1
    beq 2f
    adds r3, #1
    b 1b
2:  done
    nop

snippet \state\()_end
    nop
    .endm

    .section .secure
programs s

snippet erase_and_read
    /* r5: address; r6: what it held, r7: the status after that, r8: BSY at once */
    str r2, [r0]
    ldr r8, [r1]
    ldr r6, [r5]
    ldr r7, [r1]
    done
    nop

snippet erase_and_load_two
    str r2, [r0]
    ldm r5, {r6, r7}
    done
    nop

snippet program_two
    /* r0: NSCR or SECCR, r2: PG, r5: address of two quad-words */
    str r2, [r0]
    stm r5!, {r6-r9}
    stm r5!, {r6-r9}
    done
    nop

snippet program_eight
    /* one store of two quad-words */
    str r2, [r0]
    stm r5!, {r3, r4, r6-r11}
    done
    nop

snippet write_in_between
    str r2, [r0]
    str r6, [r0]
    ldr r7, [r1]
    done
    nop

snippet handler
    mrs r10, ipsr
    done
    nop

snippet s_last
    nop

    .section .plain
programs ns
