#include "fail.h"

#include <stdarg.h>
#include <stdio.h>

enum sim_status sim_fail(struct sim_error *error, enum sim_status status, const char *format, ...)
{
    if (error != NULL) {
        va_list args;
        va_start(args, format);
        (void)vsnprintf(error->text, sizeof error->text, format, args);
        va_end(args);
        for (char *c = error->text; *c != 0; c++) { /* What it quotes may have any characters. */
            *c = (unsigned char)*c < 0x20u || *c == 0x7F ? '?' : *c;
        }
    }
    return status;
}
