/*
 * Tells how many cycles a call takes, from psa_call() to its return; the service is call_service.c's.
 */
#include <stdint.h>
#include <stdio.h>

#include <psa/client.h>

#include "../../bench/call_load.h"

#define DEMCR      0xE000EDFCu
#define DWT_CTRL   0xE0001000u
#define DWT_CYCCNT 0xE0001004u

#define SERVICE ((psa_handle_t)0x40000103) /* of "its" */

static const struct call_load loads[] = CALL_LOADS;

static volatile uint32_t *reg(uint32_t addr)
{
    return (volatile uint32_t *)addr;
}

/** The call CALL_TIMES times. @return cycles of one, the loop's own included; 0: a call was wrong */
static uint32_t measure(const struct call_load *load)
{
    static uint8_t memory[PSA_MAX_IOVEC][CALL_BYTES_MAX];
    psa_invec in[PSA_MAX_IOVEC];
    psa_outvec out[PSA_MAX_IOVEC];
    uint32_t wrong = 0;

    for (unsigned i = 0; i < load->inputs; i++) {
        in[i] = (psa_invec){memory[i], load->len};
    }
    for (unsigned i = 0; i < load->outputs; i++) {
        out[i] = (psa_outvec){memory[load->inputs + i], load->len};
    }
    const uint32_t begin = *reg(DWT_CYCCNT);
    for (unsigned i = 0; i < CALL_TIMES; i++) {
        wrong |= (uint32_t)psa_call(SERVICE, CALL_TYPE, in, load->inputs, out, load->outputs);
    }
    const uint32_t cycles = (*reg(DWT_CYCCNT) - begin) / CALL_TIMES;
    for (unsigned i = 0; i < load->outputs; i++) {
        wrong |= out[i].len ^ load->len;
    }
    return wrong == 0 ? cycles : 0;
}

int main(void)
{
    *reg(DEMCR) |= 1u << 24;
    *reg(DWT_CTRL) |= 1u;
    for (unsigned i = 0; i < sizeof loads / sizeof loads[0]; i++) {
        printf("call: begin %s\n", loads[i].name);
        const uint32_t cycles = measure(&loads[i]);
        printf("call: %s %u\ncall: end %s\n", loads[i].name, (unsigned)cycles, loads[i].name);
    }
    return 0;
}
