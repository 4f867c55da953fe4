/* How many power cuts of the store's changes, each with its recovery, are made in a minute. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One in SHARE of all second cuts of every change: some seconds' worth. */
#define COMMAND STORE_SWEEP " --share 7"

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
        fprintf(stderr, "bench_store_cuts: the sweep has failed\n");
        return 1;
    }
    printf("store.cuts_per_minute = %.0f\n", rate);
    return 0;
}
