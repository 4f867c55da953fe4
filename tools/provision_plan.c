#include "provision_plan.h"

#include <stdio.h>
#include <string.h>

#include <garrison/handoff.h>

#include "base/hardened.h"
#include "base/secret.h"
#include "boot/sha256.h"
#include "image_file.h"
#include "keyfile.h"
#include "layout_plan.h"
#include "port/stm32h573/layout.h"
#include "port/stm32h573/layout_data.h"
#include "report.h"

int plan_refuse(const struct provision_plan *plan, struct config_at at, const char *why)
{
    struct sim_error error;
    (void)!config_fail(plan->config, at, &error, "%s", why);
    return fail(EXIT_USAGE, "%s", error.text);
}

/* Identity. */

/** 32 bytes that a name and a seed determine. */
static int derive(const char *name, uint64_t seed, uint8_t out[32])
{
    uint8_t input[24] = {0};
    (void)snprintf((char *)input, 16, "%s", name);
    for (unsigned i = 0; i < 8; i++) {
        input[16 + i] = (uint8_t)(seed >> (8u * i));
    }
    return hardened_ok(sha256_of((struct view){input, sizeof input}, out))
               ? EXIT_DONE
               : fail(EXIT_INTERNAL, "hashing failed");
}

static int plan_identity(struct provision_plan *plan)
{
    struct sim_identity *identity = &plan->identity;
    uint8_t bytes[32];
    identity->seed = plan->values.device.seed.number;
    const bool seeded = plan->values.device.seed.at.line != 0;
    int status = seeded ? EXIT_DONE : file_random((uint8_t *)&identity->seed, 8);
    status = status == EXIT_DONE && seeded ? derive("uid", identity->seed, bytes) : status;
    status = status == EXIT_DONE && !seeded ? file_random(bytes, sizeof bytes) : status;
    if (status != EXIT_DONE) {
        return status;
    }
    const struct config_value *uid = &plan->values.device.uid;
    memcpy(identity->uid, uid->bytes != NULL ? uid->bytes : bytes, sizeof identity->uid);
    const struct config_value *secret = &plan->values.device.secret;
    if (secret->bytes != NULL) {
        memcpy(identity->secret, secret->bytes, sizeof identity->secret);
        return EXIT_DONE;
    }
    return seeded ? derive("secret", identity->seed, identity->secret)
                  : file_random(identity->secret, sizeof identity->secret);
}

/* Option bytes. */

/** The watermark of a bank is what the layout needs; the chain refuses to run with another. */
static int plan_watermark(struct provision_plan *plan, const struct config_value *area,
                          unsigned bank, bool allow_invalid)
{
    const struct layout_secure secure = layout_secure(&plan->layout, &layout_bounds, bank);
    char why[200];
    if (!area->none && area->number == secure.first && area->last == secure.last) {
        return EXIT_DONE;
    }
    if (area->at.line == 0) {
        plan_options_watermark(&plan->options, bank, secure.first, secure.last);
        return EXIT_DONE;
    }
    (void)snprintf(why, sizeof why,
                   "the chain will refuse to run: with this layout the secure_watermark of bank %u "
                   "is %lu-%lu%s",
                   bank + 1u, (unsigned long)secure.first, (unsigned long)secure.last,
                   allow_invalid ? "" : "; --allow-invalid writes it all the same");
    const int status = plan_refuse(plan, area->at, why);
    return allow_invalid ? EXIT_DONE : status;
}

/** Only a device with a chain has a layout to keep. */
static int plan_watermarks(struct provision_plan *plan, bool allow_invalid)
{
    const struct device_banks *watermark = &plan->values.option_bytes.secure_watermark;
    const struct device_image *image = plan->values.images.items;
    bool manager = false;
    for (size_t i = 0; i < plan->values.images.count; i++) {
        manager = manager || image[i].role.number == IMAGE_ROLE_MANAGER;
    }
    if (!manager) {
        return EXIT_DONE;
    }
    const int status = plan_watermark(plan, &watermark->bank1, 0, allow_invalid);
    return status != EXIT_DONE ? status : plan_watermark(plan, &watermark->bank2, 1, allow_invalid);
}

/* Keys. */

/** The key of a role in a record, or NULL. */
static const uint8_t *find_point(const struct key_record *record, uint32_t role)
{
    for (unsigned i = 0; i < record->count; i++) {
        if (record->key[i].role == role) {
            return record->key[i].point;
        }
    }
    return NULL;
}

static int plan_key(struct provision_plan *plan, struct key_record *record,
                    const struct device_key *config)
{
    struct key key;
    if (record->count == KEY_RECORD_KEYS_MAX) {
        return plan_refuse(plan, config->role.at, "there are too many keys for one record");
    }
    if (find_point(record, (uint32_t)config->role.number) != NULL) {
        return plan_refuse(plan, config->role.at, "this role has a key already");
    }
    const int status = key_read(config->file.text, false, &key);
    if (status != EXIT_DONE) {
        return status;
    }
    struct key_record_entry *entry = &record->key[record->count++];
    entry->role = (uint32_t)config->role.number;
    memcpy(entry->point, key.point, sizeof entry->point);
    key_wipe(&key);
    return EXIT_DONE;
}

static int plan_keys(struct provision_plan *plan)
{
    const struct config_list *list = &plan->values.keys;
    const struct device_key *config = list->items;
    struct key_record *record = &plan->keys;
    int status = EXIT_DONE;
    record->magic = KEY_RECORD_MAGIC;
    record->version = KEY_RECORD_VERSION;
    for (size_t i = 0; status == EXIT_DONE && i < list->count; i++) {
        status = plan_key(plan, record, &config[i]);
    }
    if (status != EXIT_DONE || record->count == 0) {
        return status;
    }
    const struct view behind = {(const uint8_t *)record + sizeof record->digest,
                                sizeof *record - sizeof record->digest};
    if (!hardened_ok(sha256_of(behind, record->digest))) {
        return fail(EXIT_INTERNAL, "the key record cannot be made");
    }
    return EXIT_DONE;
}

/** A device that could sign what it verifies would be no protection for its owner. */
static bool is_an_owners(const struct provision_plan *plan, const uint8_t point[64])
{
    for (unsigned i = 0; i < plan->keys.count; i++) {
        if (memcmp(plan->keys.key[i].point, point, sizeof plan->keys.key[i].point) == 0) {
            return true;
        }
    }
    return false;
}

static int plan_image_key(struct provision_plan *plan, const struct config_value *file,
                          struct plan_image_key *image_key)
{
    struct key key;
    if (file->text == NULL) {
        return EXIT_DONE;
    }
    int status = key_read(file->text, true, &key);
    if (status != EXIT_DONE) {
        return status;
    }
    if (is_an_owners(plan, key.point)) {
        status = plan_refuse(plan, file->at, "is a key that signs; the device may not hold it");
    } else {
        image_key->given = true;
        memcpy(image_key->secret, key.secret, sizeof image_key->secret);
    }
    key_wipe(&key);
    return status;
}

static int plan_image_keys(struct provision_plan *plan)
{
    const struct device_decryption *files = &plan->values.decryption;
    plan->image_key[0].off = IMAGE_KEY_OFF_HDPL1;
    plan->image_key[1].off = IMAGE_KEY_OFF_HDPL2;
    const int status = plan_image_key(plan, &files->urot, &plan->image_key[0]);
    return status != EXIT_DONE ? status : plan_image_key(plan, &files->others, &plan->image_key[1]);
}

/** A slot that takes encrypted images only is of no use to a device that opens none. */
static int plan_encrypted_slots(struct provision_plan *plan, bool allow_invalid)
{
    const struct config_list *slots = &plan->values.layout.slots;
    const struct device_slot *slot = slots->items;
    for (size_t i = 0; i < slots->count; i++) {
        const bool urot = slot[i].role.number == IMAGE_ROLE_UROT;
        if (slot[i].encrypted.number == 0 || plan->image_key[urot ? 0 : 1].given) {
            continue;
        }
        char why[200];
        (void)snprintf(
            why, sizeof why,
            "every update of this slot will be refused: there is no decryption_keys.%s%s",
            urot ? "urot" : "others",
            allow_invalid ? "" : "; --allow-invalid writes it all the same");
        const int status = plan_refuse(plan, slot[i].encrypted.at, why);
        if (!allow_invalid) {
            return status;
        }
    }
    return EXIT_DONE;
}

/* Images. */

/** Memories that images go to; that of the iROT in system flash is for it alone. */
static const struct place {
    uint32_t base;
    uint32_t size;
    uint32_t at; /**< Where it begins if all stood in a row: aliases stand at the same place. */
} places[] = {
    {LAYOUT_FLASH_S, LAYOUT_FLASH_SIZE, 0},
    {LAYOUT_FLASH_NS, LAYOUT_FLASH_SIZE, 0},
    {LAYOUT_SYSTEM_IROT_S, LAYOUT_IROT_SIZE, LAYOUT_FLASH_SIZE},
};

/** The memory of an address, or NULL. */
static const struct place *find_place(uint64_t address)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        if (address >= places[i].base && address - places[i].base < places[i].size) {
            return &places[i];
        }
    }
    return NULL;
}

static bool is_system(uint64_t address)
{
    const struct place *place = find_place(address);
    return place != NULL && place->base == LAYOUT_SYSTEM_IROT_S;
}

bool plan_image_is_system(const struct plan_image *image)
{
    return is_system(image->config->address.number);
}

/** First byte of an image if all memories stood in a row. */
static uint64_t row_off(const struct plan_image *image)
{
    const uint64_t address = image->config->address.number;
    const struct place *place = find_place(address);
    return place != NULL ? address - place->base + place->at : 0;
}

static int plan_place(struct provision_plan *plan, const struct plan_image *image)
{
    const struct config_value *address = &image->config->address;
    const struct place *place = find_place(address->number);
    const uint64_t off = row_off(image);
    if (place == NULL || off % 16u != 0) {
        return plan_refuse(plan, address->at, "is not a multiple of 16 in the user flash");
    }
    if (place->base == LAYOUT_SYSTEM_IROT_S && image->config->role.number != IMAGE_ROLE_IROT) {
        return plan_refuse(plan, address->at,
                           "is in system flash, which holds nothing but an iROT");
    }
    if (image->file.len > place->base + place->size - address->number) {
        return plan_refuse(plan, image->config->file.at,
                           "the file does not fit into the flash there");
    }
    for (unsigned i = 0; i < plan->images; i++) {
        const struct plan_image *other = &plan->image[i];
        const uint64_t other_off = row_off(other);
        if (off < other_off + other->file.len && other_off < off + image->file.len) {
            return plan_refuse(plan, address->at, "the image overlaps another one");
        }
    }
    return EXIT_DONE;
}

/** Why the chip will not start an iROT there; NULL: it will. */
static const char *irot_misplaced(const struct provision_plan *plan, const struct plan_image *image)
{
    const uint64_t address = image->config->address.number;
    const bool started_there = plan->values.option_bytes.boot_ube.number == DEVICE_BOOT_UBE_SYSTEM;
    const uint8_t *reset = image->file.data + 4; /* second word of its vector table */
    if (started_there != is_system(address)) {
        return started_there ? "with this boot_ube the chip starts the one in system flash"
                             : "without boot_ube: st-irot the chip starts the user flash";
    }
    if (image->file.len < 8) {
        return NULL;
    }
    const struct place *linked = find_place(reset[0] | (uint32_t)reset[1] << 8 |
                                            (uint32_t)reset[2] << 16 | (uint32_t)reset[3] << 24);
    return linked != NULL && linked != find_place(address) ? "it was linked for another memory"
                                                           : NULL;
}

/** What the stage that verifies this image will say about it. */
static enum garrison_status judge(const struct provision_plan *plan,
                                  const struct plan_image *planned)
{
    const uint32_t role = (uint32_t)planned->config->role.number;
    struct image_memory memory;
    struct image image;
    const uint8_t *point = find_point(&plan->keys, role);
    if (point == NULL) {
        return GARRISON_ERROR_KEY;
    }
    enum garrison_status status =
        image_parse_memory(&memory, planned->file.data, planned->file.len, &image);
    if (!hardened_ok(status)) {
        return status;
    }
    status = image_verify_key(&image, point);
    const bool fixed = (image.header.flags & IMAGE_FLAG_ROM_FIXED) != 0;
    if (hardened_ok(status) && fixed && image.header.load_addr != planned->config->address.number) {
        return GARRISON_ERROR_POLICY;
    }
    return status;
}

/** Why an image is not where its stage will look for it; NULL: it is. */
static const char *misplaced(const struct provision_plan *plan, const struct plan_image *image)
{
    const uint32_t role = (uint32_t)image->config->role.number;
    const struct layout_slot *slot = layout_find(&plan->layout, role);
    if (slot == NULL) {
        return "the layout has no slot for it";
    }
    if (image->config->address.number != layout_address(role, slot->off)) {
        return "its slot begins at another address";
    }
    return image->file.len <= slot->size ? NULL : "it is larger than its slot";
}

static int plan_verdict(const struct provision_plan *plan, const struct plan_image *image,
                        bool allow_invalid)
{
    const uint32_t role = (uint32_t)image->config->role.number;
    char why[200];
    if (role == DEVICE_ROLE_DATA) {
        return EXIT_DONE;
    }
    const bool verified = role != IMAGE_ROLE_IROT;
    const enum garrison_status verdict = verified ? judge(plan, image) : GARRISON_OK;
    const char *text = NULL;
    if (!verified) {
        text = irot_misplaced(plan, image);
    } else if (verdict == GARRISON_ERROR_POLICY) {
        text = "it was signed for another address";
    } else if (!hardened_ok(verdict)) {
        text = garrison_status_text(verdict);
    } else {
        text = misplaced(plan, image);
    }
    if (text == NULL) {
        return EXIT_DONE;
    }
    (void)snprintf(why, sizeof why, "this %s image will %s: %s%s", image_role_text(role),
                   verified ? "be refused" : "not start", text,
                   allow_invalid ? "" : "; --allow-invalid writes it all the same");
    const int status = plan_refuse(plan, image->config->file.at, why);
    return allow_invalid ? EXIT_DONE : status;
}

static int plan_image(struct provision_plan *plan, const struct device_image *config,
                      bool allow_invalid)
{
    struct plan_image *image = &plan->image[plan->images];
    if (plan->images == PLAN_IMAGES_MAX) {
        return plan_refuse(plan, config->file.at, "there are too many images");
    }
    image->config = config;
    int status = file_read(config->file.text, LAYOUT_FLASH_SIZE, &image->file);
    if (status == EXIT_DONE && image->file.len == 0) {
        status = fail(EXIT_USAGE, "%s: is empty", config->file.text);
    }
    status = status == EXIT_DONE ? plan_place(plan, image) : status;
    status = status == EXIT_DONE ? plan_verdict(plan, image, allow_invalid) : status;
    if (status != EXIT_DONE) {
        file_free(&image->file);
        return status;
    }
    plan->images++;
    return EXIT_DONE;
}

static int plan_all(struct provision_plan *plan, bool allow_invalid)
{
    const struct device_values *values = &plan->values;
    int status = layout_plan(plan->config, values, &plan->layout);
    status = status == EXIT_DONE ? plan_identity(plan) : status;
    status = status == EXIT_DONE
                 ? plan_options_add(plan->config, &values->option_bytes, &plan->options)
                 : status;
    status = status == EXIT_DONE ? plan_watermarks(plan, allow_invalid) : status;
    status = status == EXIT_DONE ? plan_keys(plan) : status;
    status = status == EXIT_DONE ? plan_image_keys(plan) : status;
    status = status == EXIT_DONE ? plan_encrypted_slots(plan, allow_invalid) : status;
    const struct device_image *image = values->images.items;
    for (size_t i = 0; status == EXIT_DONE && i < values->images.count; i++) {
        status = plan_image(plan, &image[i], allow_invalid);
    }
    return status;
}

int plan_init(struct provision_plan *plan, const char *path, bool allow_invalid)
{
    struct sim_error error;
    *plan = (struct provision_plan){0};
    const enum sim_status read =
        config_open(path, &device_schema, &plan->values, &plan->config, &error);
    if (read != SIM_OK) {
        return fail(read == SIM_ERROR_MEMORY ? EXIT_INTERNAL : EXIT_USAGE, "%s", error.text);
    }
    const int status = plan_all(plan, allow_invalid);
    if (status != EXIT_DONE) {
        plan_fini(plan);
    }
    return status;
}

void plan_fini(struct provision_plan *plan)
{
    for (unsigned i = 0; i < plan->images; i++) {
        file_free(&plan->image[i].file);
    }
    config_close(plan->config);
    secret_wipe(&plan->identity, sizeof plan->identity);
    secret_wipe(plan->image_key, sizeof plan->image_key);
}
