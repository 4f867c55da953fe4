/* Start of a machine: copies the image into the SRAM, attributes it and jumps there. */
#include "machine.h"

typedef void image_entry(const struct machine *machine);

void stub_main(void);
void stub_vectors(void);

void stub_main(void)
{
    if (machine_this.retained->magic != MACHINE_MAGIC) {
        machine_this.retained->magic = MACHINE_MAGIC;
        machine_this.retained->next = 0;
        machine_first_start();
    }
    const uint32_t *from = (const uint32_t *)((uintptr_t)&stub_vectors + MACHINE_IMAGE_OFF);
    volatile uint32_t *to = (volatile uint32_t *)(uintptr_t)MACHINE_SRAM;
    for (unsigned i = 0; i < MACHINE_SRAM_BYTES / 4u; i++) {
        to[i] = from[i];
    }
    machine_attribute();
    *(volatile uint32_t *)0xE000ED08u = MACHINE_SRAM; /* VTOR */
    __asm volatile("dsb\n isb" ::: "memory");
    /* Word 1 of the image's vectors. */
    image_entry *const entry = (image_entry *)(uintptr_t)to[1];
    entry(&machine_this);
}

__asm(".section .stub_vectors, \"a\"\n"
      ".global stub_vectors\n"
      "stub_vectors:\n"
      "    .word stub_stack_top\n"
      "    .word stub_main + 1\n"
      "    .rept 14\n"
      "    .word stub_hang + 1\n"
      "    .endr\n"
      ".text\n"
      ".thumb_func\n"
      "stub_hang: b stub_hang\n");
