#include "boot/rescue.h"

#include <string.h>

#include <garrison/port.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "base/text.h"
#include "boot/install_image.h"

#define QUAD 16u

/** Where the image goes. */
static uint32_t staged_off(const struct rescue *rescue)
{
    return install_staged_off(rescue->install, rescue->slot);
}

bool rescue_open(struct rescue *rescue, const struct install *install, uint32_t component,
                 enum garrison_status reason)
{
    const struct layout_slot *slot = install_slot(install, component);
    if (slot == NULL || slot->download_size == 0) {
        return false;
    }
    *rescue = (struct rescue){
        .install = install,
        .slot = slot,
        .component = component,
        .reason = garrison_status_index(reason),
    };
    const uint32_t room = slot->download_size - (staged_off(rescue) - slot->download_off);
    rescue->max = room < slot->size ? room : slot->size;
    return true;
}

/*
 * What the download slot holds.
 */

/** Bytes, one after the other: @return whether all could be read. */
static bool checksum(const struct rescue *rescue, uint32_t len, uint32_t *crc)
{
    const struct flash_device *flash = rescue->install->flash;
    uint8_t quad[QUAD];
    *crc = 0;
    for (uint32_t off = 0; off < len; off += QUAD) {
        if (flash->read(flash, staged_off(rescue) + off, quad, QUAD) != GARRISON_OK) {
            return false;
        }
        *crc = crc32_more(*crc, quad, QUAD);
    }
    return true;
}

static bool sector_is_blank(const struct rescue *rescue, uint32_t index)
{
    const struct flash_device *flash = rescue->install->flash;
    const uint32_t off = staged_off(rescue) + index * flash->sector;
    uint8_t quad[QUAD];
    for (uint32_t at = 0; at < flash->sector; at += QUAD) {
        if (flash->read(flash, off + at, quad, QUAD) != GARRISON_OK ||
            !bytes_all(quad, QUAD, flash->erased)) {
            return false;
        }
    }
    return true;
}

/**
 * Whole sectors that an interrupted transfer of `size` bytes has left. It came in order, on erased
 * flash: only the last sector that is not blank may be unfinished.
 */
static uint32_t sectors_left(const struct rescue *rescue, uint32_t size)
{
    const struct journal_component *was = &rescue->install->journal->component[rescue->component];
    if (was->state != JOURNAL_WRITING || was->size != size) {
        return 0;
    }
    uint32_t index = install_sectors(rescue->install, size);
    while (index > 0 && sector_is_blank(rescue, index - 1u)) {
        index--;
    }
    return index > 0 ? index - 1u : 0;
}

static enum garrison_status erase_from(const struct rescue *rescue, uint32_t index)
{
    const struct flash_device *flash = rescue->install->flash;
    return flash->erase(flash, staged_off(rescue) + index * flash->sector,
                        (install_sectors(rescue->install, rescue->size) - index) * flash->sector);
}

/*
 * The journal.
 */

/** What becomes of another component's update whose bytes in the download area are overwritten. */
static uint8_t state_without_bytes(uint8_t state)
{
    switch (state) {
    case JOURNAL_WRITING:
    case JOURNAL_CANDIDATE:
    case JOURNAL_STAGED:
        return JOURNAL_FAILED;
    case JOURNAL_REJECTED:
        return JOURNAL_TRIAL; /* There is no way back any more, and nobody has accepted it. */
    default:
        return state;
    }
}

/** Gives up the updates of others that share sectors with this download slot. */
static enum garrison_status give_up_others(const struct rescue *rescue)
{
    struct journal *journal = rescue->install->journal;
    const struct layout_slot *own = rescue->slot;
    for (uint32_t i = 0; i < INSTALL_COMPONENTS; i++) {
        const struct layout_slot *slot = install_slot(rescue->install, i);
        struct journal_component other = journal->component[i];
        const uint8_t state = state_without_bytes(other.state);
        if (i == rescue->component || slot == NULL ||
            (state == other.state && state != JOURNAL_TRIAL) ||
            slot->download_off >= own->download_off + own->download_size ||
            own->download_off >= slot->download_off + slot->download_size) {
            continue;
        }
        other.state = state;
        other.reason = state == JOURNAL_FAILED ? garrison_status_index(GARRISON_ERROR_FULL) : 0;
        other.sectors = 0;
        const enum garrison_status status = journal_set(journal, i, &other);
        if (status != GARRISON_OK) {
            return status;
        }
    }
    return GARRISON_OK;
}

static enum garrison_status note(const struct rescue *rescue, enum journal_state state,
                                 enum garrison_status reason)
{
    const struct journal_component component = {
        .state = (uint8_t)state,
        .reason = garrison_status_index(reason),
        .size = rescue->size,
    };
    return journal_set(rescue->install->journal, rescue->component, &component);
}

/*
 * Requests. Each returns what it is answered with, GARRISON_OK with an ACK of answer->payload.
 */

static enum garrison_status hello(struct rescue *rescue, const struct rescue_frame *request,
                                  struct rescue_frame *answer)
{
    if (request->len != 0) {
        return GARRISON_ERROR_FORMAT;
    }
    answer->payload[0] = RESCUE_PROTOCOL;
    answer->payload[1] = (uint8_t)rescue->install->stage->role;
    answer->payload[2] = (uint8_t)rescue->slot->role;
    answer->payload[3] = rescue->reason;
    bytes_store_le32(answer->payload + 4, rescue->max);
    bytes_store_le32(answer->payload + 8, RESCUE_DATA_BYTES);
    answer->len = RESCUE_HELLO_BYTES;
    return GARRISON_OK;
}

static enum garrison_status begin(struct rescue *rescue, const struct rescue_frame *request,
                                  struct rescue_frame *answer)
{
    const uint32_t size = bytes_load_le32(request->payload + 4);
    const uint8_t anew = request->payload[1];
    if (request->len != RESCUE_BEGIN_BYTES || bytes_load_le16(request->payload + 2) != 0 ||
        anew > RESCUE_BEGIN_ANEW) {
        return GARRISON_ERROR_FORMAT;
    }
    if (request->payload[0] != rescue->slot->role) {
        return GARRISON_ERROR_POLICY;
    }
    if (size == 0 || size > rescue->max) {
        return GARRISON_ERROR_BOUNDS;
    }
    uint32_t kept = anew == RESCUE_BEGIN_ANEW ? 0 : sectors_left(rescue, size);
    uint32_t crc = 0;
    if (!checksum(rescue, kept * rescue->install->flash->sector, &crc)) {
        kept = 0;
        crc = 0;
    }
    rescue->begun = false;
    rescue->size = size;
    rescue->next = kept * rescue->install->flash->sector;
    enum garrison_status status = give_up_others(rescue);
    if (status == GARRISON_OK) {
        status = note(rescue, JOURNAL_WRITING, GARRISON_OK);
    }
    if (status == GARRISON_OK) {
        status = erase_from(rescue, kept);
    }
    rescue->begun = status == GARRISON_OK;
    bytes_store_le32(answer->payload, rescue->next);
    bytes_store_le32(answer->payload + 4, crc);
    answer->len = RESCUE_BEGIN_BYTES;
    return status;
}

/** Whether the flash holds these bytes: a request that comes again, its answer having been lost. */
static bool is_there(const struct rescue *rescue, uint32_t off, const uint8_t *data, uint32_t len)
{
    const struct flash_device *flash = rescue->install->flash;
    uint8_t quad[QUAD];
    for (uint32_t at = 0; at < len; at += QUAD) {
        const uint32_t part = len - at < QUAD ? len - at : QUAD;
        if (flash->read(flash, staged_off(rescue) + off + at, quad, QUAD) != GARRISON_OK ||
            memcmp(quad, data + at, part) != 0) {
            return false;
        }
    }
    return true;
}

static enum garrison_status data(struct rescue *rescue, const struct rescue_frame *request,
                                 struct rescue_frame *answer)
{
    const struct flash_device *flash = rescue->install->flash;
    uint8_t padded[RESCUE_DATA_BYTES];
    const uint8_t *bytes = request->payload + 4;
    const uint32_t off = bytes_load_le32(request->payload);

    if (request->len <= 4u || request->len - 4u > RESCUE_DATA_BYTES) {
        return GARRISON_ERROR_FORMAT;
    }
    const uint32_t len = request->len - 4u;
    if (!rescue->begun) {
        return GARRISON_ERROR_POLICY;
    }
    if (off > rescue->next || !bytes_range_fits(off, len, rescue->size)) {
        return GARRISON_ERROR_BOUNDS;
    }
    if (off % QUAD != 0 || (len % QUAD != 0 && off + len != rescue->size)) {
        return GARRISON_ERROR_ARGUMENT;
    }
    if (off < rescue->next) {
        if (off + len > rescue->next || !is_there(rescue, off, bytes, len)) {
            return GARRISON_ERROR_MISMATCH;
        }
    } else {
        memset(padded, flash->erased, sizeof padded);
        memcpy(padded, bytes, len);
        const enum garrison_status status = flash->program(flash, staged_off(rescue) + off, padded,
                                                           (len + QUAD - 1u) / QUAD * QUAD);
        if (status != GARRISON_OK) {
            rescue->begun = false; /* What stands there now can only be erased. */
            return status;
        }
        rescue->next = off + len;
    }
    bytes_store_le32(answer->payload, rescue->next);
    answer->len = 4;
    return GARRISON_OK;
}

/** Whether what has come is one image, whole, and may be started. */
static enum garrison_status verify_arrived(const struct rescue *rescue)
{
    static struct install_image found;
    const enum garrison_status status =
        install_verify_staged(rescue->install, rescue->component, &found);
    if (!hardened_ok(status)) {
        return status;
    }
    /* Bytes behind an image are not signed. */
    if (found.image.total_size != rescue->size) {
        return GARRISON_ERROR_BOUNDS;
    }
    return install_check_dependencies(rescue->install, (uint16_t)(1u << rescue->component),
                                      &found.image);
}

static enum garrison_status end(struct rescue *rescue, const struct rescue_frame *request,
                                struct rescue_frame *answer)
{
    (void)answer;
    if (request->len != 0) {
        return GARRISON_ERROR_FORMAT;
    }
    if (!rescue->begun) {
        return GARRISON_ERROR_POLICY;
    }
    if (rescue->next != rescue->size) {
        return GARRISON_ERROR_BOUNDS;
    }
    enum garrison_status status = verify_arrived(rescue);
    rescue->begun = false;
    if (hardened_ok(status)) {
        /* STAGED would bring it in on trial: nobody might be there to accept it, and there is nothing
         * to go back to. What recovers takes what verifies. */
        status = note(rescue, JOURNAL_CANDIDATE, GARRISON_OK);
        rescue->reset = hardened_ok(status);
        return status;
    }
    /* The answer says why it was refused, whatever happens here: the next boot looks at it again. */
    const enum garrison_status erased = erase_from(rescue, 0);
    const enum garrison_status noted = note(rescue, JOURNAL_FAILED, status);
    rescue->next = 0;
    (void)erased;
    (void)noted;
    return status;
}

static enum garrison_status reset(struct rescue *rescue, const struct rescue_frame *request,
                                  struct rescue_frame *answer)
{
    (void)answer;
    if (request->len != 0) {
        return GARRISON_ERROR_FORMAT;
    }
    rescue->reset = true;
    return GARRISON_OK;
}

bool rescue_handle(struct rescue *rescue, const struct rescue_frame *request,
                   struct rescue_frame *answer)
{
    static enum garrison_status (*const handlers[])(struct rescue *, const struct rescue_frame *,
                                                    struct rescue_frame *) = {
        [RESCUE_HELLO] = hello, [RESCUE_BEGIN] = begin, [RESCUE_DATA] = data,
        [RESCUE_END] = end,     [RESCUE_RESET] = reset,
    };
    enum garrison_status status = GARRISON_ERROR_UNSUPPORTED;
    if (request->type >= RESCUE_ACK) {
        return false;
    }
    *answer = (struct rescue_frame){.type = RESCUE_ACK, .sequence = request->sequence};
    if (request->type < sizeof handlers / sizeof handlers[0] && handlers[request->type] != NULL) {
        status = handlers[request->type](rescue, request, answer);
    }
    if (status != GARRISON_OK) {
        answer->type = RESCUE_NAK;
        answer->len = RESCUE_NAK_BYTES;
        bytes_store_le32(answer->payload, garrison_status_index(status));
        bytes_store_le32(answer->payload + 4, rescue->next);
    }
    return true;
}

/*
 * The line.
 */

static void answer_to(struct rescue *rescue, const struct rescue_frame *request)
{
    static struct rescue_frame answer;
    static uint8_t bytes[RESCUE_FRAME_BYTES];
    if (rescue_handle(rescue, request, &answer)) {
        port_rescue_write(bytes, rescue_encode(&answer, bytes));
    }
}

static void announce(const struct rescue *rescue)
{
    struct text text;
    const uint32_t stage = rescue->install->stage->role;
    port_boot_verdict(stage << 24 | rescue->slot->role << 16 | rescue->reason);
    text_start(&text);
    text_add(&text, image_role_text(stage));
    text_add(&text, ": waiting for rescue: ");
    text_add(&text, image_role_text(rescue->slot->role));
    port_log(text.line);
}

/** Whether a set is on trial that can go back: its old images may stand where the rescue will write. */
static bool trial_has_begun(const struct install *install)
{
    const struct journal_component *component = install->journal->component;
    const struct journal_component *end = component + INSTALL_COMPONENTS;
    for (; component < end; component++) {
        if (component->state == JOURNAL_TRIAL && component->sectors != 0) {
            return true;
        }
    }
    return false;
}

bool rescue_run(const struct install *install, uint32_t component, enum garrison_status reason,
                const char *line)
{
    static struct rescue rescue;
    static struct rescue_receiver receiver;
    static struct rescue_frame request;
    uint8_t byte = 0;

    if (!rescue_open(&rescue, install, component, reason) || !port_rescue_open()) {
        return false;
    }
    port_log(line);
    /* Of a trial, the next boot brings the old images back before anything overwrites them; but not
     * the iROT, which has none but the uROT to wait for. */
    if (component != INSTALL_COMPONENT_UROT && trial_has_begun(install)) {
        return true;
    }
    announce(&rescue);
    receiver.used = 0;
    while (!rescue.reset) {
        const bool whole = port_rescue_read(&byte, receiver.used == 0)
                               ? rescue_take(&receiver, byte, &request)
                               : rescue_silence(&receiver, &request);
        if (whole) {
            answer_to(&rescue, &request);
        }
    }
    return true;
}
