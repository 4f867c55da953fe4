/* The public API's debug probe: what a programming tool does with a part, and what it is refused. */
#include "dev_flash.h"
#include "rss.h"
#include "sim_internal.h"

#include <string.h>

#define MAILBOX_HOST   0x44024100u /* DBGMCU_DBG_AUTH_HOST */
#define MAILBOX_DEVICE 0x44024104u
#define MAILBOX_ACK    0x44024108u
#define HOST_ACK       (1u << 0) /* The chip has put a word into DEVICE. */
#define DEV_ACK        (1u << 1) /* The host has put a word into HOST. */

#define PRIVATE_FIRST 0xE0000000u
#define PRIVATE_LAST  0xE00FFFFFu

/** Asks whether the processor's access port answers. */
static enum sim_status probe_open(const struct sim *sim, struct sim_debug_access *access,
                                  struct sim_error *error)
{
    sim_debug_access(sim, access);
    if (!sim->powered) {
        return sim_fail(error, SIM_ERROR_REFUSED, "the chip has no power");
    }
    if (!access->access_port || !access->nonsecure) {
        return sim_fail(error, SIM_ERROR_REFUSED, "%s", access->why);
    }
    return SIM_OK;
}

enum sim_status sim_probe_connect(struct sim *sim, bool under_reset, struct sim_error *error)
{
    struct sim_debug_access access;
    if (under_reset) {
        sim_probe_reset(sim);
    }
    return probe_open(sim, &access, error);
}

void sim_probe_reset(struct sim *sim)
{
    if (sim->powered) {
        sim_reset_now(sim, CHIP_RESET_PIN);
    }
}

/* Memory. */

/** An address whose alias only a Secure access may use. */
static bool probe_secure_alias(uint32_t addr)
{
    const uint32_t top = addr >> 28;
    return (top == 0 && addr >= 0x0C000000u) || top == 3u || top == 5u;
}

static enum sim_status probe_transfer(struct sim *sim, struct sim_access *transfer,
                                      struct sim_error *error)
{
    static const char *const kinds[] = {"read", "write", "fetch"};
    struct sim_debug_access access;
    const enum sim_status status = probe_open(sim, &access, error);
    if (status != SIM_OK) {
        return status;
    }
    if (access.trustzone && !access.secure && probe_secure_alias(transfer->addr)) {
        return sim_fail(error, SIM_ERROR_REFUSED, "0x%08X is Secure: %s", transfer->addr,
                        access.why);
    }
    transfer->attr = (struct sim_attr){.secure = access.secure, .privileged = true};
    if (transfer->addr >= PRIVATE_FIRST && transfer->addr <= PRIVATE_LAST) {
        if (sim->cpu == NULL) {
            return sim_fail(error, SIM_ERROR_REFUSED, "the chip has no processor");
        }
        cpu_private_access(sim->cpu, transfer);
        return SIM_OK;
    }
    struct bus_decision decision;
    enum sim_answer answer;
    sim->chip->tool_asks = true;
    if (transfer->kind == SIM_WRITE) {
        answer = bus_write(sim->chip, transfer->addr, transfer->size, transfer->attr,
                           transfer->value, &decision);
    } else {
        answer = bus_read(sim->chip, transfer->addr, transfer->size, transfer->attr,
                          &transfer->value, &decision);
    }
    sim->chip->tool_asks = false;
    if (answer != SIM_ANSWER_OK) {
        return sim_fail(error, SIM_ERROR_REFUSED, "%s of %u bytes at 0x%08X refused by %s: %s",
                        kinds[transfer->kind], transfer->size, transfer->addr,
                        bus_filter_name(decision.filter), decision.why);
    }
    return SIM_OK;
}

static uint8_t probe_width(uint32_t addr, size_t len)
{
    if (addr % 4u == 0 && len >= 4u) {
        return 4;
    }
    return addr % 2u == 0 && len >= 2u ? 2 : 1;
}

enum sim_status sim_probe_read(struct sim *sim, uint32_t addr, uint8_t *data, size_t len,
                               struct sim_error *error)
{
    for (size_t done = 0; done < len;) {
        struct sim_access transfer = {.kind = SIM_READ, .addr = addr + (uint32_t)done};
        transfer.size = probe_width(transfer.addr, len - done);
        const enum sim_status status = probe_transfer(sim, &transfer, error);
        if (status != SIM_OK) {
            return status;
        }
        for (unsigned i = 0; i < transfer.size; i++) {
            data[done++] = (uint8_t)(transfer.value >> (8u * i));
        }
    }
    return SIM_OK;
}

enum sim_status sim_probe_write(struct sim *sim, uint32_t addr, const uint8_t *data, size_t len,
                                struct sim_error *error)
{
    for (size_t done = 0; done < len;) {
        struct sim_access transfer = {.kind = SIM_WRITE, .addr = addr + (uint32_t)done};
        transfer.size = probe_width(transfer.addr, len - done);
        for (unsigned i = 0; i < transfer.size; i++) {
            transfer.value |= (uint32_t)data[done + i] << (8u * i);
        }
        const enum sim_status status = probe_transfer(sim, &transfer, error);
        if (status != SIM_OK) {
            return status;
        }
        done += transfer.size;
    }
    return SIM_OK;
}

/* Option words. */

/** Puts the wanted words into the _PRG registers; on failure puts all of them back. */
static enum sim_status probe_options_set(struct sim *sim, const struct sim_probe_option *options,
                                         size_t count, struct sim_error *error)
{
    struct dev_flash *flash = flash_of(sim->chip);
    struct sim_debug_access access;
    uint32_t before[NV_OB_COUNT];
    enum sim_status status = probe_open(sim, &access, error);
    if (status != SIM_OK) {
        return status;
    }
    const struct sim_attr attr = {.secure = access.secure, .privileged = true};
    flash_operation_settle(flash);
    memcpy(before, flash->prg, sizeof before);
    for (size_t i = 0; i < count && status == SIM_OK; i++) {
        unsigned word = 0;
        status = sim_option_find(options[i].name, &word, error);
        if (status == SIM_OK &&
            !flash_option_set(flash, (enum nv_option)word, options[i].value, attr)) {
            status = sim_fail(error, SIM_ERROR_REFUSED, "%s is not a tool's to write%s%s",
                              options[i].name, access.why[0] != 0 ? ": " : "", access.why);
        }
    }
    if (status != SIM_OK) {
        memcpy(flash->prg, before, sizeof before);
    }
    return status;
}

enum sim_status sim_probe_options(struct sim *sim, const struct sim_probe_option *options,
                                  size_t count, struct sim_error *error)
{
    struct dev_flash *flash = flash_of(sim->chip);
    char why[PRODUCT_WHY];
    const enum sim_status status = probe_options_set(sim, options, count, error);
    if (status != SIM_OK) {
        return status;
    }
    if (!flash_option_start(flash, ASK_TOOL, why)) {
        return sim_fail(error, SIM_ERROR_REFUSED, "%s", why);
    }
    while (flash->op.code == FLASH_OP_OPTION) {
        chip_advance(sim->chip, sim->chip->next_event);
    }
    sim_reset_now(sim, CHIP_RESET_OPTION_LOAD);
    return SIM_OK;
}

/* Option-byte keys. */

#define OBK_HEADER 12u

static uint32_t word_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

/** Puts a word where the boot ROM has left SRAM3 open to the tool. */
static void sram3_put(struct chip_memory *sram3, uint32_t off, uint32_t word)
{
    for (unsigned i = 0; i < 4u; i++) {
        sram3->bytes[off + i] = (uint8_t)(word >> (8u * i));
    }
}

/** The descriptor at the beginning of SRAM3, the data behind it. @return the descriptor's address */
static uint32_t put_request(struct sim *sim, const uint8_t *obk, uint32_t size)
{
    struct chip_memory *sram3 = &sim->chip->memory[CHIP_SRAM3];
    const uint32_t data = 4u * RSS_DESCRIPTOR_WORDS;
    const uint32_t base = chip_trustzone(sim->chip) ? sram3->base_s : sram3->base_ns;
    const uint32_t words[RSS_CRC] = {[RSS_SOURCE] = base + data,
                                     [RSS_DESTINATION] = word_at(obk),
                                     [RSS_SIZE] = size,
                                     [RSS_ENCRYPTION] = word_at(obk + 8)};
    uint32_t crc = 0xFFFFFFFFu;
    memcpy(sram3->bytes + data, obk + OBK_HEADER, size);
    for (uint32_t off = 0; off + 4u <= size; off += 4u) {
        crc = rss_crc(crc, word_at(obk + OBK_HEADER + off));
    }
    for (unsigned i = 0; i < RSS_CRC; i++) {
        sram3_put(sram3, 4u * i, words[i]);
        crc = rss_crc(crc, words[i]);
    }
    sram3_put(sram3, 4u * RSS_CRC, crc);
    chip_memory_changed(sim->chip, CHIP_SRAM3, 0, data + size);
    return base;
}

enum sim_status sim_probe_provision(struct sim *sim, const uint8_t *obk, size_t len,
                                    uint32_t *result, struct sim_error *error)
{
    struct sim_debug_access access;
    char why[PRODUCT_WHY];
    *result = 0;
    if (len < OBK_HEADER || word_at(obk + 4) != len - OBK_HEADER || len > NV_OBK_BYTES) {
        return sim_fail(error, SIM_ERROR_USAGE,
                        "an .obk file has 12 bytes of header and as many more as they say");
    }
    const enum sim_status status = sim_probe_connect(sim, true, error);
    if (status != SIM_OK) {
        return status;
    }
    sim_debug_access(sim, &access);
    const struct sim_attr attr = {.secure = access.trustzone, .privileged = true};
    const uint32_t descriptor = put_request(sim, obk, (uint32_t)len - OBK_HEADER);
    *result = rss_provision(sim->chip, descriptor, attr, why);
    return *result == RSS_SUCCESS ? SIM_OK : sim_fail(error, SIM_ERROR_REFUSED, "%s", why);
}

/* The mailbox, by its own access port, whatever debug is open for. */

static uint32_t mailbox_read(struct sim *sim, uint32_t addr)
{
    struct bus_decision decision;
    const struct sim_attr attr = {.privileged = true};
    uint32_t value = 0;
    (void)bus_read(sim->chip, addr, 4, attr, &value, &decision);
    return value;
}

static void mailbox_write(struct sim *sim, uint32_t addr, uint32_t value)
{
    struct bus_decision decision;
    const struct sim_attr attr = {.privileged = true};
    (void)bus_write(sim->chip, addr, 4, attr, value, &decision);
}

enum sim_status sim_probe_send(struct sim *sim, uint32_t word, struct sim_error *error)
{
    if (!sim->powered) {
        return sim_fail(error, SIM_ERROR_REFUSED, "the chip has no power");
    }
    const uint32_t ack = mailbox_read(sim, MAILBOX_ACK);
    if ((ack & DEV_ACK) != 0) {
        return sim_fail(error, SIM_ERROR_REFUSED,
                        "the chip has not taken the word before: nobody there reads the mailbox, "
                        "or not yet");
    }
    mailbox_write(sim, MAILBOX_HOST, word);
    mailbox_write(sim, MAILBOX_ACK, ack | DEV_ACK);
    return SIM_OK;
}

enum sim_status sim_probe_begin(struct sim *sim, uint32_t word, struct sim_error *error)
{
    if (!sim->powered) {
        return sim_fail(error, SIM_ERROR_REFUSED, "the chip has no power");
    }
    sim_probe_reset(sim);
    mailbox_write(sim, MAILBOX_ACK, 0);
    return sim_probe_send(sim, word, error);
}

bool sim_probe_receive(struct sim *sim, uint32_t *word)
{
    const uint32_t ack = sim->powered ? mailbox_read(sim, MAILBOX_ACK) : 0;
    if ((ack & HOST_ACK) == 0) {
        return false;
    }
    *word = mailbox_read(sim, MAILBOX_DEVICE);
    mailbox_write(sim, MAILBOX_ACK, ack & ~HOST_ACK);
    return true;
}
