/* The boot stages make neither keys nor signatures. A program that does defines this function. */
#include <p256-m.h>

int p256_generate_random(uint8_t *output, unsigned output_size)
{
    (void)output;
    (void)output_size;
    return P256_RANDOM_FAILED;
}
