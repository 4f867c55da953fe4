/*
 * A hostile Non-secure application: waits for a letter on USART1 and tries that attack.
 *
 * Addresses are typed here on purpose: an attacker knows them without our headers. Each attack that
 * does not fault prints what it got, so that the test can tell a silent refusal from a success.
 */
#include "dma.h"

#include <stdint.h>
#include <stdio.h>

#define USART1_ISR     (*(volatile uint32_t *)0x4001381Cu)
#define USART1_RDR     (*(volatile uint32_t *)0x40013824u)
#define USART_ISR_RXNE (1u << 5)

/* The Non-secure registers of the flash controller. */
#define FLASH_NSKEYR  (*(volatile uint32_t *)0x40022004u)
#define FLASH_NSSR    (*(volatile uint32_t *)0x40022020u)
#define FLASH_NSCR    (*(volatile uint32_t *)0x40022028u)
#define FLASH_NSCCR   (*(volatile uint32_t *)0x40022030u)
#define FLASH_BUSY    0x0000000Bu
#define FLASH_FLAGS   0x00FF0000u
#define FLASH_CR_PG   (1u << 1)
#define FLASH_CR_STRT (1u << 5)
#define ERASE_SECTOR  (1u << 2 | 1u << 31) /* of bank 2; its number from bit 6 */
#define ERASE_BANK_2  (1u << 3 | 1u << 31)
#define ERASE_ALL     (1u << 15)

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

static void flash_open(uint32_t cr)
{
    FLASH_NSKEYR = 0x45670123u;
    FLASH_NSKEYR = 0xCDEF89ABu;
    FLASH_NSCCR = FLASH_FLAGS;
    FLASH_NSCR = cr;
}

static void try_program(uint32_t addr)
{
    flash_open(FLASH_CR_PG);
    try_write(addr);
}

static void try_erase(uint32_t what)
{
    printf("attack: erase 0x%08lX\n", (unsigned long)what);
    flash_open(what);
    FLASH_NSCR = what | FLASH_CR_STRT;
    while ((FLASH_NSSR & FLASH_BUSY) != 0) {
    }
    printf("attack: got 0x%08lX\n", (unsigned long)(FLASH_NSSR & FLASH_FLAGS));
}

static void try_dma_read(uint32_t addr)
{
    printf("attack: DMA from 0x%08lX\n", (unsigned long)addr);
    dma_copy(addr, (uint32_t)dma_words);
    printf("attack: got 0x%08lX 0x%08lX\n", (unsigned long)(DMA_CSR & DMA_FLAGS),
           (unsigned long)*(volatile uint32_t *)dma_words);
}

static void try_dma_write(uint32_t addr)
{
    printf("attack: DMA to 0x%08lX\n", (unsigned long)addr);
    flash_open(FLASH_CR_PG);
    dma_copy((uint32_t)dma_words, addr);
    printf("attack: got 0x%08lX 0x%08lX\n", (unsigned long)(DMA_CSR & DMA_FLAGS),
           (unsigned long)(FLASH_NSSR & FLASH_FLAGS));
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
    {'q', try_read, 0x0C1EC000u},  /* the storage areas, Secure alias */
    {'r', try_read, 0x081EC000u},  /* the storage areas, Non-secure alias */
    {'s', try_program, 0x0C1F4000u},
    {'t', try_program, 0x081FFFF0u},
    {'u', try_erase, ERASE_SECTOR | 118u << 6},
    {'v', try_erase, ERASE_SECTOR | 127u << 6},
    {'w', try_erase, ERASE_BANK_2},
    {'x', try_erase, ERASE_ALL},
    {'y', try_dma_read, 0x081EC000u},
    {'z', try_dma_write, 0x081FC000u},
    {'A', try_read, 0x08106000u}, /* what is staged, right behind its own slot */
    {'B', try_program, 0x08106000u},
    {'C', try_read, 0x30040430u},               /* the layout that was handed over */
    {'D', try_erase, ERASE_SECTOR | 110u << 6}, /* the update journal */
    {'E', try_read, 0x0FF88000u},               /* the iROT's system flash, Secure alias */
    {'F', try_read, 0x0BF88000u},               /* the same, Non-secure alias */
    {'G', try_dma_read, 0x0BF88000u},
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
