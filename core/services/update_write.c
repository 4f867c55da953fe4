#include "services/update_write.h"

#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"

/** How often a sector is erased for a quad-word that does not take what is written. */
#define TRIES 3u

/** The sector of the slot that the image does not use, in bytes from the start. */
#define SPARE 0u

/** Bytes read at once where nothing but blankness is asked. */
#define CHUNK 128u

/** What replaces bytes of a sector: quad-words in this range are kept only if they are equal. */
struct patch {
    uint32_t off; /**< From the start of the device. */
    const uint8_t *data;
    uint32_t len;
};

static const struct patch no_patch;

enum quad { QUAD_BLANK, QUAD_WRITTEN, QUAD_UNREADABLE };

static enum quad quad_read(const struct flash_device *device, uint32_t off,
                           uint8_t quad[UPDATE_QUAD])
{
    if (device->read(device, off, quad, UPDATE_QUAD) != GARRISON_OK) {
        return QUAD_UNREADABLE;
    }
    return bytes_all(quad, UPDATE_QUAD, device->erased) ? QUAD_BLANK : QUAD_WRITTEN;
}

/** Programs a quad-word and reads it back. */
static bool quad_write(const struct flash_device *device, uint32_t off,
                       const uint8_t quad[UPDATE_QUAD])
{
    uint8_t back[UPDATE_QUAD];
    return device->program(device, off, quad, UPDATE_QUAD) == GARRISON_OK &&
           quad_read(device, off, back) == QUAD_WRITTEN && memcmp(back, quad, UPDATE_QUAD) == 0;
}

static bool sector_is_blank(const struct flash_device *device, uint32_t sector)
{
    uint8_t chunk[CHUNK];
    for (uint32_t off = 0; off < device->sector; off += CHUNK) {
        if (device->read(device, sector + off, chunk, CHUNK) != GARRISON_OK ||
            !bytes_all(chunk, CHUNK, device->erased)) {
            return false;
        }
    }
    return true;
}

static enum garrison_status sector_erase(const struct flash_device *device, uint32_t sector)
{
    return device->erase(device, sector, device->sector);
}

enum garrison_status update_write_blank(const struct flash_device *device, uint32_t off,
                                        uint32_t len)
{
    for (uint32_t sector = off; sector < off + len; sector += device->sector) {
        if (!sector_is_blank(device, sector)) {
            const enum garrison_status status = sector_erase(device, sector);
            if (status != GARRISON_OK) {
                return status;
            }
        }
    }
    return GARRISON_OK;
}

/*
 * Repairing a sector.
 */

static bool patch_replaces(const struct patch *patch, uint32_t off, const uint8_t quad[UPDATE_QUAD])
{
    return off >= patch->off && off - patch->off < patch->len &&
           memcmp(patch->data + (off - patch->off), quad, UPDATE_QUAD) != 0;
}

static bool copy_quads(const struct flash_device *device, uint32_t from, uint32_t to,
                       const struct patch *patch)
{
    for (uint32_t off = 0; off < device->sector; off += UPDATE_QUAD) {
        uint8_t quad[UPDATE_QUAD];
        if (quad_read(device, from + off, quad) == QUAD_WRITTEN &&
            !patch_replaces(patch, from + off, quad) && !quad_write(device, to + off, quad)) {
            return false;
        }
    }
    return true;
}

/** Copies what is readable of a sector into another one, which is erased first. */
static enum garrison_status copy_sector(const struct flash_device *device, uint32_t from,
                                        uint32_t to, const struct patch *patch)
{
    for (unsigned tries = 0; tries < TRIES; tries++) {
        if (sector_erase(device, to) == GARRISON_OK && copy_quads(device, from, to, patch)) {
            return GARRISON_OK;
        }
    }
    return GARRISON_ERROR_DEVICE;
}

/** Where a sector of the image stands in the slot; they count from 1. */
static uint32_t image_sector(const struct update_writer *writer, uint32_t number)
{
    return number * writer->device->sector;
}

/** Notes which sector of the image the slot's first one is a copy of, from 1; 0: none. */
static enum garrison_status note_copy(const struct update_writer *writer, uint32_t number)
{
    struct journal_component component = writer->journal->component[writer->index];
    component.sectors = (uint16_t)number;
    return journal_set(writer->journal, writer->index, &component);
}

static enum garrison_status copy_back(const struct update_writer *writer, uint32_t number)
{
    const enum garrison_status status =
        copy_sector(writer->device, SPARE, image_sector(writer, number), &no_patch);
    return status == GARRISON_OK ? note_copy(writer, 0) : status;
}

/** Erases a sector of the image and keeps what is good in it, but for what the patch replaces. */
static enum garrison_status repair(const struct update_writer *writer, uint32_t number,
                                   const struct patch *patch)
{
    enum garrison_status status =
        copy_sector(writer->device, image_sector(writer, number), SPARE, patch);
    if (status == GARRISON_OK) {
        status = note_copy(writer, number);
    }
    return status == GARRISON_OK ? copy_back(writer, number) : status;
}

enum garrison_status update_write_resume(const struct update_writer *writer)
{
    const uint32_t number = writer->journal->component[writer->index].sectors;
    const uint32_t count = (writer->limit + writer->device->sector - 1u) / writer->device->sector;
    if (number == 0) {
        return GARRISON_OK;
    }
    return number <= count ? copy_back(writer, number) : note_copy(writer, 0);
}

/*
 * Writing.
 */

/** Whether what is to be written stands there already or can be programmed. */
static bool patch_fits(const struct flash_device *device, const struct patch *patch)
{
    for (uint32_t off = 0; off < patch->len; off += UPDATE_QUAD) {
        uint8_t quad[UPDATE_QUAD];
        const enum quad found = quad_read(device, patch->off + off, quad);
        if (found != QUAD_BLANK &&
            (found != QUAD_WRITTEN || memcmp(quad, patch->data + off, UPDATE_QUAD) != 0)) {
            return false;
        }
    }
    return true;
}

/** Programs what is blank; a quad-word of ones stands there already. */
static bool program_patch(const struct flash_device *device, const struct patch *patch)
{
    for (uint32_t off = 0; off < patch->len; off += UPDATE_QUAD) {
        uint8_t quad[UPDATE_QUAD];
        if (quad_read(device, patch->off + off, quad) == QUAD_BLANK &&
            !bytes_all(patch->data + off, UPDATE_QUAD, device->erased) &&
            !quad_write(device, patch->off + off, patch->data + off)) {
            return false;
        }
    }
    return true;
}

/** Stores bytes of one sector of the image. */
static enum garrison_status write_in_sector(const struct update_writer *writer, uint32_t number,
                                            const struct patch *patch)
{
    for (unsigned tries = 0; tries <= TRIES; tries++) {
        if (patch_fits(writer->device, patch) && program_patch(writer->device, patch)) {
            return GARRISON_OK;
        }
        const enum garrison_status status = repair(writer, number, patch);
        if (status != GARRISON_OK) {
            return status;
        }
    }
    return GARRISON_ERROR_DEVICE;
}

enum garrison_status update_write_block(const struct update_writer *writer, uint32_t off,
                                        const uint8_t *data, uint32_t len)
{
    const uint32_t sector = writer->device->sector;
    while (len > 0) {
        const uint32_t room = sector - off % sector;
        const struct patch patch = {image_sector(writer, 1) + off, data, len < room ? len : room};
        const enum garrison_status status = write_in_sector(writer, off / sector + 1u, &patch);
        if (status != GARRISON_OK) {
            return status;
        }
        off += patch.len;
        data += patch.len;
        len -= patch.len;
    }
    return GARRISON_OK;
}

uint32_t update_write_end(const struct update_writer *writer)
{
    const struct flash_device *device = writer->device;
    uint8_t bytes[CHUNK];
    uint32_t end = (writer->limit + CHUNK - 1u) / CHUNK * CHUNK;
    while (end >= CHUNK &&
           device->read(device, image_sector(writer, 1) + end - CHUNK, bytes, CHUNK) ==
               GARRISON_OK &&
           bytes_all(bytes, CHUNK, device->erased)) {
        end -= CHUNK;
    }
    while (end > 0 &&
           quad_read(device, image_sector(writer, 1) + end - UPDATE_QUAD, bytes) == QUAD_BLANK) {
        end -= UPDATE_QUAD;
    }
    return end;
}
