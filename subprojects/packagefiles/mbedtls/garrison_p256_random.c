/* What stands behind p256-m's own p256_generate_random(): nothing. See garrison_p256.h. */
#include <stddef.h>
#include <stdint.h>

int32_t p256_without_random(uint8_t *output, size_t output_size);

int32_t p256_without_random(uint8_t *output, size_t output_size)
{
    (void)output;
    (void)output_size;
    return -1;
}
