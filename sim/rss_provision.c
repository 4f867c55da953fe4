/* DataProvisioning: option-byte keys from SRAM3, by the protocol that firmware uses too. */
#include "rss.h"

#include "dev_flash.h"

#include <stdio.h>
#include <string.h>

#define SRAM3_BYTES 0x50000u
#define SRAM3_NS    0x20050000u
#define SRAM3_S     0x30050000u
#define OBK_S       0x0FFD0000u

/** Levels whose keys may be provisioned: not the boot ROM's own, nor the application's. [U] */
static const struct {
    uint16_t first; /**< First byte. */
    uint16_t last;
    uint8_t level;
} obk_levels[] = {{0x100, 0x8FF, 1}, {0x900, 0xBFF, 2}, {0xC00, 0x17FF, 3}};

/** The wrong size of debug-authentication data is refused; its content is not looked at. [I] */
#define AUTHENTICATION_FIRST 0x100u
#define AUTHENTICATION_BYTES 0x60u

struct provisioning {
    uint32_t word[RSS_DESCRIPTOR_WORDS];
    uint32_t off; /**< Of the destination, in OBK. */
    unsigned level;
    uint8_t data[NV_OBK_BYTES];
};

uint32_t rss_crc(uint32_t crc, uint32_t word)
{
    crc ^= word;
    for (unsigned bit = 0; bit < 32u; bit++) {
        crc = (crc & 0x80000000u) != 0 ? crc << 1 ^ 0x04C11DB7u : crc << 1;
    }
    return crc;
}

static bool read_words(struct sim_chip *chip, uint32_t addr, struct sim_attr attr, uint32_t *words,
                       uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct bus_decision decision;
        if (bus_read(chip, addr + 4u * i, 4, attr, &words[i], &decision) != SIM_ANSWER_OK) {
            return false;
        }
    }
    return true;
}

static bool within(uint32_t addr, uint32_t len, uint32_t base, uint32_t size)
{
    return addr >= base && addr - base < size && len <= size - (addr - base);
}

/** What is wrong with the four words, in words; NULL: nothing. Finds the level. */
static const char *check_words(struct provisioning *work)
{
    const uint32_t *word = work->word;
    const uint32_t size = word[RSS_SIZE];
    work->off = word[RSS_DESTINATION] - OBK_S;
    work->level = 0;
    for (unsigned i = 0; i < sizeof obk_levels / sizeof obk_levels[0]; i++) {
        if (work->off >= obk_levels[i].first && work->off <= obk_levels[i].last &&
            size <= obk_levels[i].last + 1u - work->off) {
            work->level = obk_levels[i].level;
        }
    }
    if (size == 0 || size % FLASH_QUAD != 0) {
        return "the size is not one of whole slots";
    }
    if (work->level == 0 || work->off % FLASH_QUAD != 0) {
        return "the destination is not slots of one level, HDPL1 to HDPL3-S";
    }
    if (word[RSS_SOURCE] % 4u != 0 || (!within(word[RSS_SOURCE], size, SRAM3_NS, SRAM3_BYTES) &&
                                       !within(word[RSS_SOURCE], size, SRAM3_S, SRAM3_BYTES))) {
        return "the source is not in SRAM3";
    }
    if (word[RSS_ENCRYPTION] > 1u) {
        return "the word about encryption is neither 0 nor 1";
    }
    if (work->off == AUTHENTICATION_FIRST && size != AUTHENTICATION_BYTES) {
        return "debug-authentication data has 0x60 bytes";
    }
    return NULL;
}

/** Reads descriptor and data. @return what is wrong; NULL: nothing */
static const char *take(struct sim_chip *chip, uint32_t descriptor, struct sim_attr attr,
                        struct provisioning *work)
{
    if (!read_words(chip, descriptor, attr, work->word, RSS_DESCRIPTOR_WORDS)) {
        return "the caller may not read the descriptor";
    }
    const char *wrong = check_words(work);
    if (wrong != NULL) {
        return wrong;
    }
    uint32_t crc = 0xFFFFFFFFu;
    for (uint32_t off = 0; off < work->word[RSS_SIZE]; off += 4u) {
        uint32_t word = 0;
        if (!read_words(chip, work->word[RSS_SOURCE] + off, attr, &word, 1)) {
            return "the caller may not read the source";
        }
        for (unsigned i = 0; i < 4u; i++) {
            work->data[off + i] = (uint8_t)(word >> (8u * i));
        }
        crc = rss_crc(crc, word);
    }
    for (unsigned i = 0; i < RSS_CRC; i++) {
        crc = rss_crc(crc, work->word[i]);
    }
    return crc == work->word[RSS_CRC] ? NULL : "the CRC is wrong";
}

/** One operation of the controller, to its end. */
static void operate(struct sim_chip *chip, struct flash_operation *op)
{
    struct dev_flash *flash = flash_of(chip);
    op->world = FLASH_S;
    op->space = FLASH_OBK;
    op->sector = (uint8_t)((chip->nv->obk_current & 1u) ^ 1u);
    flash_operation_settle(flash);
    flash_operation_start(flash, op);
    while (flash->op.code != FLASH_OP_NONE) {
        chip_advance(chip, chip->next_event);
    }
}

/** The alternate sector is erased, gets the new slots, then the others, and becomes the current one. */
static void write_slots(struct sim_chip *chip, const struct provisioning *work)
{
    struct flash_operation erase = {.code = FLASH_OP_OBK_ERASE, .len = NV_OBK_BYTES};
    operate(chip, &erase);
    for (uint32_t off = 0; off < work->word[RSS_SIZE]; off += FLASH_QUAD) {
        struct flash_operation write = {
            .code = FLASH_OP_WRITE, .off = work->off + off, .len = FLASH_QUAD};
        memcpy(write.data, work->data + off, FLASH_QUAD);
        operate(chip, &write);
    }
    struct flash_operation swap = {.code = FLASH_OP_OBK_SWAP,
                                   .len = FLASH_OBK_SELECTOR * FLASH_QUAD};
    operate(chip, &swap);
}

uint32_t rss_provision(struct sim_chip *chip, uint32_t descriptor, struct sim_attr attr,
                       char why[PRODUCT_WHY])
{
    const struct product_state *state = product_state_of(chip->nv->option[NV_OB_OPTSR]);
    struct provisioning work;
    why[0] = 0;
    if (state == NULL || (state->bit & (STATE_OPEN | STATE_PROVISIONING)) == 0) {
        (void)snprintf(why, PRODUCT_WHY, "option-byte keys are provisioned in PROVISIONING, not %s",
                       product_state_name(chip->nv->option[NV_OB_OPTSR]));
    } else {
        const char *wrong = take(chip, descriptor, attr, &work);
        (void)snprintf(why, PRODUCT_WHY, "%s", wrong != NULL ? wrong : "");
    }
    if (why[0] != 0) {
        chip_event(chip, SIM_EVENT_NOTE, "RSS: DataProvisioning refused: %s", why);
        return RSS_ERROR;
    }
    if (work.word[RSS_ENCRYPTION] != 0) {
        rss_obk_cipher(chip, work.level, false, work.data, work.data, work.word[RSS_SIZE]);
    }
    write_slots(chip, &work);
    chip_event(chip, SIM_EVENT_NOTE, "RSS: provisioned 0x%X bytes of OBK at 0x%X, %s%s",
               work.word[RSS_SIZE], work.off,
               work.word[RSS_ENCRYPTION] != 0 ? "encrypted" : "as they are",
               work.word[RSS_ENCRYPTION] != 0 && state->bit == STATE_OPEN
                   ? " with the key of OPEN: no other product state can read them"
                   : "");
    return RSS_SUCCESS;
}
