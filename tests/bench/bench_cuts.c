/*
 * How many power cuts a sweep makes, each with its recovery. COMMAND is the sweep, FIGURE the name of
 * what is printed, and it is so many times less than cuts a minute.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    FILE *sweep = popen(COMMAND, "r");
    char line[512];
    double rate = 0;
    while (sweep != NULL && fgets(line, sizeof line, sweep) != NULL) {
        const char *last = strrchr(line, ',');
        if (last != NULL && strstr(last, "cuts a minute") != NULL) {
            rate = strtod(last + 1, NULL);
        }
    }
    if (sweep == NULL || pclose(sweep) != 0 || rate <= 0) {
        fprintf(stderr, "%s: the sweep has failed\n", FIGURE);
        return 1;
    }
    printf("%s = %.0f\n", FIGURE, rate / A_MINUTE);
    return 0;
}
