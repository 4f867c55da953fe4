/* No program: vector tables for exceptions that the test takes and returns from itself. */
#include "cpu_macros.S"

    .section .secure
snippet idle
    done
