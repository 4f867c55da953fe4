/*
 * A hostile Non-secure application: waits for a letter on USART1 and tries that attack.
 *
 * Addresses are typed here on purpose: an attacker knows them without our headers. Each attack that
 * does not fault prints what it got, so that the test can tell a silent refusal from a success.
 */
#include <stdint.h>
#include <stdio.h>

#define USART1_ISR     (*(volatile uint32_t *)0x4001381Cu)
#define USART1_RDR     (*(volatile uint32_t *)0x40013824u)
#define USART_ISR_RXNE (1u << 5)

static char command_wait(void)
{
    while ((USART1_ISR & USART_ISR_RXNE) == 0) {
    }
    return (char)USART1_RDR;
}

static void try_read(uint32_t addr)
{
    printf("attack: read 0x%08lX\n", (unsigned long)addr);
    const uint32_t value = *(volatile uint32_t *)addr;
    printf("attack: got 0x%08lX\n", (unsigned long)value);
}

static void try_write(uint32_t addr)
{
    printf("attack: write 0x%08lX\n", (unsigned long)addr);
    *(volatile uint32_t *)addr = 0xA77AC4EDu;
    printf("attack: written, reads 0x%08lX\n", (unsigned long)*(volatile uint32_t *)addr);
}

static void try_jump(uint32_t addr)
{
    printf("attack: jump 0x%08lX\n", (unsigned long)addr);
    void (*const target)(void) = (void (*)(void))(uintptr_t)(addr | 1u);
    target();
    printf("attack: came back\n");
}

struct attack {
    char letter;
    void (*run)(uint32_t addr);
    uint32_t addr;
};

static const struct attack attacks[] = {
    {'a', try_read, 0x30040000u},  /* Secure SRAM2, Secure alias */
    {'b', try_read, 0x20040000u},  /* Secure SRAM2, Non-secure alias */
    {'c', try_read, 0x0C014400u},  /* the manager's flash, Secure alias */
    {'d', try_read, 0x08014400u},  /* the manager's flash, Non-secure alias */
    {'e', try_read, 0x0C000000u},  /* the iROT's flash */
    {'f', try_read, 0x0FFD0200u},  /* OBK of HDPL1, Secure alias */
    {'g', try_read, 0x0BFD0900u},  /* OBK of HDPL2, Non-secure alias */
    {'h', try_write, 0x0C014400u}, /* the manager's code, Secure alias */
    {'i', try_write, 0x08014400u}, /* the manager's code, Non-secure alias */
    {'j', try_jump, 0x0C014804u},  /* into the gate, behind its SG */
    {'k', try_jump, 0x0C014C00u},  /* past the gate, into the manager */
    {'l', try_read, 0x520C0800u},  /* the RNG, Secure alias */
    {'m', try_read, 0x420C0800u},  /* the RNG, Non-secure alias: Secure by TZSC */
    {'n', try_write, 0x30040000u}, /* the hand-over record */
    {'o', try_jump, 0x20040000u},  /* Secure SRAM as code */
    {'p', try_write, 0x50022028u}, /* the flash controller, Secure alias */
};

int main(void)
{
    printf("attack: ready\n");
    for (;;) {
        const char letter = command_wait();
        for (unsigned i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
            if (attacks[i].letter == letter) {
                attacks[i].run(attacks[i].addr);
            }
        }
    }
}
