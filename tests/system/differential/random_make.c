/*
 * Writes a file of random sequences for prog_random.c.
 *
 * usage: random_make SEED FIRST COUNT VERBOSE FILE
 * Sequence n of a seed is always the same, whatever file it stands in.
 */
#include "random_code.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    if (argc != 6) {
        fprintf(stderr, "usage: random_make SEED FIRST COUNT VERBOSE FILE\n");
        return 2;
    }
    const uint64_t seed = strtoull(argv[1], NULL, 0);
    const uint32_t first = (uint32_t)strtoul(argv[2], NULL, 0);
    const uint32_t count = (uint32_t)strtoul(argv[3], NULL, 0);
    const struct random_blob blob = {
        .magic = RANDOM_MAGIC,
        .first = first,
        .count = count,
        .verbose = (uint32_t)strtoul(argv[4], NULL, 0),
    };
    FILE *file = fopen(argv[5], "wb");
    if (file == NULL) {
        perror(argv[5]);
        return 1;
    }
    bool good = fwrite(&blob, sizeof blob, 1, file) == 1;
    for (uint32_t i = 0; i < count && good; i++) {
        struct random_sequence sequence;
        random_make(seed, first + i, &sequence);
        good = fwrite(&sequence, sizeof sequence, 1, file) == 1;
    }
    if (fclose(file) != 0 || !good) {
        perror(argv[5]);
        return 1;
    }
    return 0;
}
