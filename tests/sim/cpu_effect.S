/* The instructions are made by the test; a run only begins here. */
#include "cpu_macros.S"

    .section .plain
snippet anywhere
    done
    .section .secure
