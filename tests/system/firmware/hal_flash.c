/* Flash: unlock, sector erase, quad-word program, error flags, end-of-operation interrupt, lock. */
#include "hal.h"

#define TIMEOUT_MS 1000u

#define KEY_1 0x45670123u
#define KEY_2 0xCDEF89ABu

#define CR_LOCK    HAL_BIT(0)
#define CR_PG      HAL_BIT(1)
#define CR_SER     HAL_BIT(2)
#define CR_STRT    HAL_BIT(5)
#define CR_SNB_POS 6u
#define CR_SNB     (0x7Fu << CR_SNB_POS)
#define CR_EOPIE   HAL_BIT(16)
#define CR_BKSEL   HAL_BIT(31)

#define SR_BSY     HAL_BIT(0)
#define SR_PENDING 0xBu /* BSY, WBNE, DBNE */
#define SR_EOP     HAL_BIT(16)
#define SR_WRPERR  HAL_BIT(17)
#define SR_PGSERR  HAL_BIT(18)
#define SR_STRBERR HAL_BIT(19)
#define SR_INCERR  HAL_BIT(20)
#define SR_ERRORS  0x00FE0000u

/* Secure sectors of bank 1 that the test writes; the last is write-protected by the options. */
#define SECTOR           8u
#define PROTECTED_SECTOR 12u
#define SECTOR_WORDS     2048u
#define SECTOR_ADDR(n)   (0x0C000000u + 0x2000u * (n))

/** State of an operation that the interrupt ends. */
struct hal_flash_process {
    volatile bool running;
    volatile uint32_t error; /**< Error flags at its end. */
};

static struct hal_flash_process process;

static const volatile uint32_t *flash_words(uint32_t addr)
{
    return (const volatile uint32_t *)addr;
}

/** Waits until nothing is pending, then takes the error flags into account and clears them. */
static enum hal_status flash_wait(uint32_t *errors)
{
    if (hal_wait("FLASH_SECSR", &HAL_FLASH->secsr, SR_PENDING, 0, TIMEOUT_MS) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    *errors = HAL_FLASH->secsr & SR_ERRORS;
    if (*errors != 0) {
        HAL_FLASH->secccr = *errors;
        return HAL_ERROR;
    }
    if ((HAL_FLASH->secsr & SR_EOP) != 0) {
        HAL_FLASH->secccr = SR_EOP;
    }
    return HAL_OK;
}

static enum hal_status flash_erase(uint32_t sector, uint32_t *errors)
{
    enum hal_status status = flash_wait(errors);
    if (status != HAL_OK) {
        return status;
    }
    hal_modify(&HAL_FLASH->seccr, CR_SNB | CR_BKSEL | CR_SER | CR_STRT,
               CR_SER | sector << CR_SNB_POS | CR_STRT);
    status = flash_wait(errors);
    hal_clear(&HAL_FLASH->seccr, CR_SER | CR_SNB);
    return status;
}

/** Four words into the write buffer, with interrupts off between the first and the last. */
static void flash_fill(uint32_t addr, const uint32_t quad[4])
{
    volatile uint32_t *to = (volatile uint32_t *)addr;
    __asm__ volatile("cpsid i" ::: "memory");
    for (unsigned i = 0; i < 4u; i++) {
        to[i] = quad[i];
    }
    __asm__ volatile("cpsie i" ::: "memory");
}

static enum hal_status flash_program(uint32_t addr, const uint32_t quad[4], uint32_t *errors)
{
    enum hal_status status = flash_wait(errors);
    if (status != HAL_OK) {
        return status;
    }
    hal_set(&HAL_FLASH->seccr, CR_PG);
    flash_fill(addr, quad);
    status = flash_wait(errors);
    hal_clear(&HAL_FLASH->seccr, CR_PG);
    return status;
}

bool hal_step_flash_unlock(void)
{
    if (!hal_check("FLASH_SECCR.LOCK", HAL_FLASH->seccr & CR_LOCK, CR_LOCK)) {
        return false;
    }
    HAL_FLASH->seckeyr = KEY_1;
    HAL_FLASH->seckeyr = KEY_2;
    return hal_check("FLASH_SECCR.LOCK", HAL_FLASH->seccr & CR_LOCK, 0);
}

bool hal_step_flash_erase(void)
{
    uint32_t errors = 0;
    if (!hal_check("erase", flash_erase(SECTOR, &errors), HAL_OK)) {
        return false;
    }
    for (uint32_t i = 0; i < SECTOR_WORDS; i++) {
        if (!hal_check("erased word", flash_words(SECTOR_ADDR(SECTOR))[i], 0xFFFFFFFFu)) {
            return false;
        }
    }
    return hal_check("FLASH_SECSR", HAL_FLASH->secsr, 0);
}

bool hal_step_flash_program(void)
{
    uint32_t errors = 0;
    for (uint32_t off = 0; off < 0x100u; off += 16u) {
        const uint32_t quad[4] = {off, ~off, off * 0x01010101u, 0x12345678u};
        const uint32_t addr = SECTOR_ADDR(SECTOR) + off;
        if (!hal_check("program", flash_program(addr, quad, &errors), HAL_OK)) {
            return false;
        }
        for (unsigned i = 0; i < 4u; i++) {
            if (!hal_check("programmed word", flash_words(addr)[i], quad[i])) {
                return false;
            }
        }
    }
    return hal_check("FLASH_SECSR", HAL_FLASH->secsr, 0);
}

void hal_flash_handler(void)
{
    process.error = HAL_FLASH->secsr & SR_ERRORS;
    HAL_FLASH->secccr = process.error | SR_EOP;
    hal_clear(&HAL_FLASH->seccr, CR_SER | CR_SNB | CR_EOPIE);
    process.running = false;
}

bool hal_step_flash_interrupt(void)
{
    process.running = true;
    process.error = 0;
    hal_nvic_enable(HAL_IRQ_FLASH_S);
    hal_modify(&HAL_FLASH->seccr, CR_SNB | CR_BKSEL | CR_SER | CR_STRT | CR_EOPIE,
               CR_SER | SECTOR << CR_SNB_POS | CR_STRT | CR_EOPIE);
    const uint32_t start = hal_tick();
    while (process.running && hal_tick() - start < TIMEOUT_MS) {
        __asm__ volatile("wfi");
    }
    hal_nvic_disable(HAL_IRQ_FLASH_S);
    return hal_check("running", process.running, 0) && hal_check("FLASH_SECSR", process.error, 0) &&
           hal_check("erased word", *flash_words(SECTOR_ADDR(SECTOR)), 0xFFFFFFFFu);
}

/** Erases sector SECTOR of a bank; how often the status register, read at once, said busy. */
static uint32_t flash_count_busy(hal_reg *cr, const hal_reg *sr, uint32_t bank)
{
    uint32_t count = 0;
    *cr = CR_SER | SECTOR << CR_SNB_POS | bank | CR_STRT;
    while ((*sr & SR_BSY) != 0) {
        count++;
    }
    *cr = 0;
    return count;
}

/** This code stands in bank 1: it goes on while bank 2 is erased, and not while bank 1 is. */
bool hal_step_flash_busy_bank(void)
{
    HAL_FLASH->nskeyr = KEY_1;
    HAL_FLASH->nskeyr = KEY_2;
    const uint32_t own = flash_count_busy(&HAL_FLASH->seccr, &HAL_FLASH->secsr, 0);
    const uint32_t other = flash_count_busy(&HAL_FLASH->nscr, &HAL_FLASH->nssr, CR_BKSEL);
    HAL_FLASH->nscr = CR_LOCK;
    const bool eop = (HAL_FLASH->secsr & HAL_FLASH->nssr & SR_EOP) != 0;
    HAL_FLASH->secccr = SR_EOP;
    HAL_FLASH->nsccr = SR_EOP;
    return hal_check("polls of bank 1", own, 0) && hal_check("polls of bank 2", other > 100u, 1) &&
           hal_check("EOP of both", eop, 1);
}

/** Each kind of mistake raises its flag, and the next operation finds a clean register. */
bool hal_step_flash_errors(void)
{
    static const uint32_t quad[4] = {1, 2, 3, 4};
    volatile uint32_t *word = (volatile uint32_t *)SECTOR_ADDR(SECTOR);
    uint32_t errors = 0;
    if (!hal_check("erase", flash_erase(PROTECTED_SECTOR, &errors), HAL_ERROR) ||
        !hal_check("FLASH_SECSR", errors, SR_WRPERR)) {
        return false;
    }
    (void)flash_program(SECTOR_ADDR(PROTECTED_SECTOR), quad, &errors);
    if (!hal_check("FLASH_SECSR", errors, SR_WRPERR)) {
        return false;
    }
    word[0] = quad[0]; /* Without PG. */
    if (!hal_check("program", flash_wait(&errors), HAL_ERROR) ||
        !hal_check("FLASH_SECSR", errors, SR_PGSERR)) {
        return false;
    }
    hal_set(&HAL_FLASH->seccr, CR_PG);
    word[0] = quad[0];
    word[0] = quad[0]; /* The same word twice. */
    (void)flash_wait(&errors);
    if (!hal_check("FLASH_SECSR", errors, SR_STRBERR)) {
        return false;
    }
    word[0] = quad[0];
    word[4] = quad[0]; /* Another quad-word before the first is complete. */
    (void)flash_wait(&errors);
    hal_clear(&HAL_FLASH->seccr, CR_PG);
    return hal_check("FLASH_SECSR", errors, SR_INCERR) &&
           hal_check("program", flash_program(SECTOR_ADDR(SECTOR), quad, &errors), HAL_OK) &&
           hal_check("programmed word", word[3], quad[3]);
}

bool hal_step_flash_lock(void)
{
    hal_set(&HAL_FLASH->seccr, CR_LOCK);
    return hal_check("FLASH_SECCR.LOCK", HAL_FLASH->seccr & CR_LOCK, CR_LOCK);
}
