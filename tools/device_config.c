#include "device_config.h"

#include <garrison/handoff.h>
#include <garrison/layout.h>

#define SECTOR_LAST 127u
#define GROUP_LAST  31u

const struct config_name device_states[] = {
    {"open", 0xED},      {"provisioning", 0x17}, {"irot-provisioned", 0x2E},
    {"tz-closed", 0xC6}, {"closed", 0x72},       {"locked", 0x5C},
    {.name = NULL},
};

static const struct config_name boot_entries[] = {
    {"user-flash", 0xB4}, {"st-irot", DEVICE_BOOT_UBE_SYSTEM}, {.name = NULL}};

#define ROLES_VERIFIED                                                                             \
    {"urot", IMAGE_ROLE_UROT}, {"manager", IMAGE_ROLE_MANAGER},                                    \
        {"application", IMAGE_ROLE_APPLICATION}, {"module0", IMAGE_ROLE_MODULE_0},                 \
        {"module1", IMAGE_ROLE_MODULE_0 + 1}, {"module2", IMAGE_ROLE_MODULE_0 + 2},                \
        {"module3", IMAGE_ROLE_MODULE_0 + 3}, {"module4", IMAGE_ROLE_MODULE_0 + 4},                \
        {"module5", IMAGE_ROLE_MODULE_0 + 5}, {"module6", IMAGE_ROLE_MODULE_0 + 6},                \
        {"module7", IMAGE_ROLE_MODULE_0 + 7},                                                      \
    {                                                                                              \
        .name = NULL                                                                               \
    }

static const struct config_name key_roles[] = {ROLES_VERIFIED};
static const struct config_name image_roles[] = {
    {"irot", IMAGE_ROLE_IROT}, {"data", DEVICE_ROLE_DATA}, ROLES_VERIFIED};

#define OFFSET(member) .offset = offsetof(struct device_values, member)

static const struct config_field identity_fields[] = {
    {.key = "uid", .kind = CONFIG_HEX, OFFSET(device.uid), .max = 12},
    {.key = "secret", .kind = CONFIG_HEX, OFFSET(device.secret), .max = 32},
    {.key = "seed", .kind = CONFIG_NUMBER, OFFSET(device.seed), .min = 1, .max = UINT64_MAX},
    {.key = NULL},
};

static const struct config_field banks_fields[] = {
    {.key = "bank1",
     .kind = CONFIG_RANGE,
     .offset = offsetof(struct device_banks, bank1),
     .max = SECTOR_LAST},
    {.key = "bank2",
     .kind = CONFIG_RANGE,
     .offset = offsetof(struct device_banks, bank2),
     .max = SECTOR_LAST},
    {.key = NULL},
};

static const struct config_field group_item = {.kind = CONFIG_NUMBER, .max = GROUP_LAST};
static const struct config_field groups_fields[] = {
    {.key = "bank1",
     .kind = CONFIG_LIST,
     .offset = offsetof(struct device_groups, bank1),
     .item = &group_item,
     .item_size = sizeof(struct config_value)},
    {.key = "bank2",
     .kind = CONFIG_LIST,
     .offset = offsetof(struct device_groups, bank2),
     .item = &group_item,
     .item_size = sizeof(struct config_value)},
    {.key = NULL},
};

#define OPTION(member) .offset = offsetof(struct device_options, member)

static const struct config_field option_fields[] = {
    {.key = "product_state", .kind = CONFIG_NAME, OPTION(product_state), .names = device_states},
    {.key = "trustzone", .kind = CONFIG_BOOL, OPTION(trustzone)},
    {.key = "boot_ube", .kind = CONFIG_NAME, OPTION(boot_ube), .names = boot_entries},
    {.key = "swap_bank", .kind = CONFIG_BOOL, OPTION(swap_bank)},
    {.key = "secure_boot_address",
     .kind = CONFIG_NUMBER,
     OPTION(secure_boot_address),
     .max = UINT32_MAX},
    {.key = "secure_boot_lock", .kind = CONFIG_BOOL, OPTION(secure_boot_lock)},
    {.key = "nonsecure_boot_address",
     .kind = CONFIG_NUMBER,
     OPTION(nonsecure_boot_address),
     .max = UINT32_MAX},
    {.key = "nonsecure_boot_lock", .kind = CONFIG_BOOL, OPTION(nonsecure_boot_lock)},
    {.key = "secure_watermark",
     .kind = CONFIG_MAP,
     OPTION(secure_watermark),
     .fields = banks_fields},
    {.key = "hdp", .kind = CONFIG_MAP, OPTION(hdp), .fields = banks_fields},
    {.key = "write_protect", .kind = CONFIG_MAP, OPTION(write_protect), .fields = groups_fields},
    {.key = NULL},
};

static const struct config_field key_fields[] = {
    {.key = "role",
     .kind = CONFIG_NAME,
     .required = true,
     .offset = offsetof(struct device_key, role),
     .names = key_roles},
    {.key = "file",
     .kind = CONFIG_PATH,
     .required = true,
     .offset = offsetof(struct device_key, file)},
    {.key = NULL},
};
static const struct config_field key_item = {.kind = CONFIG_MAP, .fields = key_fields};

static const struct config_field decryption_fields[] = {
    {.key = "urot", .kind = CONFIG_PATH, .offset = offsetof(struct device_decryption, urot)},
    {.key = "others", .kind = CONFIG_PATH, .offset = offsetof(struct device_decryption, others)},
    {.key = NULL},
};

#define RUN(member) .offset = offsetof(struct device_run, member)

static const struct config_field run_fields[] = {
    {.key = "offset", .kind = CONFIG_NUMBER, .required = true, RUN(offset), .max = UINT32_MAX},
    {.key = "size", .kind = CONFIG_NUMBER, .required = true, RUN(size), .max = UINT32_MAX},
    {.key = NULL},
};

#define SLOT(member) .offset = offsetof(struct device_slot, member)

static const struct config_field slot_fields[] = {
    {.key = "role", .kind = CONFIG_NAME, .required = true, SLOT(role), .names = key_roles},
    {.key = "offset", .kind = CONFIG_NUMBER, .required = true, SLOT(offset), .max = UINT32_MAX},
    {.key = "size", .kind = CONFIG_NUMBER, .required = true, SLOT(size), .max = UINT32_MAX},
    {.key = "download", .kind = CONFIG_MAP, SLOT(download), .fields = run_fields},
    {.key = "encrypted", .kind = CONFIG_BOOL, SLOT(encrypted)},
    {.key = "optional", .kind = CONFIG_BOOL, SLOT(optional)},
    {.key = "ram", .kind = CONFIG_NUMBER, SLOT(ram), .max = LAYOUT_MODULES_RAM_MAX},
    {.key = NULL},
};
static const struct config_field slot_item = {.kind = CONFIG_MAP, .fields = slot_fields};

static const struct config_field layout_fields[] = {
    {.key = "journal",
     .kind = CONFIG_MAP,
     .required = true,
     .offset = offsetof(struct device_layout, journal),
     .fields = run_fields},
    {.key = "slots",
     .kind = CONFIG_LIST,
     .required = true,
     .offset = offsetof(struct device_layout, slots),
     .item = &slot_item,
     .item_size = sizeof(struct device_slot)},
    {.key = NULL},
};

static const struct config_field image_fields[] = {
    {.key = "role",
     .kind = CONFIG_NAME,
     .required = true,
     .offset = offsetof(struct device_image, role),
     .names = image_roles},
    {.key = "file",
     .kind = CONFIG_PATH,
     .required = true,
     .offset = offsetof(struct device_image, file)},
    {.key = "address",
     .kind = CONFIG_NUMBER,
     .required = true,
     .offset = offsetof(struct device_image, address),
     .max = UINT32_MAX},
    {.key = NULL},
};
static const struct config_field image_item = {.kind = CONFIG_MAP, .fields = image_fields};

#define AUTHENTICATION(member) .offset = offsetof(struct device_authentication, member)

static const struct config_field authentication_fields[] = {
    {.key = "root", .kind = CONFIG_PATH, AUTHENTICATION(root)},
    {.key = "password", .kind = CONFIG_PATH, AUTHENTICATION(password)},
    {.key = "permissions", .kind = CONFIG_TEXT, AUTHENTICATION(permissions)},
    {.key = "obk", .kind = CONFIG_PATH, AUTHENTICATION(obk)},
    {.key = "chain", .kind = CONFIG_PATH, AUTHENTICATION(chain)},
    {.key = "key", .kind = CONFIG_PATH, AUTHENTICATION(key)},
    {.key = NULL},
};

static const struct config_name step_obks[] = {{"debug-authentication", DEVICE_OBK_AUTHENTICATION},
                                               {"keys", DEVICE_OBK_KEYS},
                                               {"layout", DEVICE_OBK_LAYOUT},
                                               {"decryption-urot", DEVICE_OBK_DECRYPTION_UROT},
                                               {"decryption-others", DEVICE_OBK_DECRYPTION_OTHERS},
                                               {.name = NULL}};
static const struct config_name step_erases[] = {{"flash", 0}, {.name = NULL}};
static const struct config_name step_resets[] = {{"pin", 0}, {"power", 1}, {.name = NULL}};
static const struct config_name step_regressions[] = {{"full", 0}, {"partial", 1}, {.name = NULL}};
static const struct config_name refusals[] = {{"stop", 0}, {"go-on", 1}, {.name = NULL}};

#define STEP(member) .offset = offsetof(struct device_step, member)

static const struct config_field step_fields[] = {
    {.key = "option_bytes", .kind = CONFIG_MAP, STEP(option_bytes), .fields = option_fields},
    {.key = "option_file", .kind = CONFIG_PATH, STEP(option_file)},
    {.key = "state", .kind = CONFIG_NAME, STEP(state), .names = device_states},
    {.key = "program", .kind = CONFIG_NAME, STEP(program), .names = image_roles},
    {.key = "obk", .kind = CONFIG_NAME, STEP(obk), .names = step_obks},
    {.key = "obk_file", .kind = CONFIG_PATH, STEP(obk_file)},
    {.key = "erase", .kind = CONFIG_NAME, STEP(erase), .names = step_erases},
    {.key = "reset", .kind = CONFIG_NAME, STEP(reset), .names = step_resets},
    {.key = "regression", .kind = CONFIG_NAME, STEP(regression), .names = step_regressions},
    {.key = NULL},
};
static const struct config_field step_item = {.kind = CONFIG_MAP, .fields = step_fields};

static const struct config_field root_fields[] = {
    /* The mappings below know their offsets in struct device_values themselves. */
    {.key = "device", .kind = CONFIG_MAP, .fields = identity_fields},
    {.key = "option_bytes", .kind = CONFIG_MAP, OFFSET(option_bytes), .fields = option_fields},
    {.key = "layout", .kind = CONFIG_MAP, OFFSET(layout), .fields = layout_fields},
    {.key = "keys",
     .kind = CONFIG_LIST,
     OFFSET(keys),
     .item = &key_item,
     .item_size = sizeof(struct device_key)},
    {.key = "decryption_keys", .kind = CONFIG_MAP, OFFSET(decryption), .fields = decryption_fields},
    {.key = "images",
     .kind = CONFIG_LIST,
     OFFSET(images),
     .item = &image_item,
     .item_size = sizeof(struct device_image)},
    {.key = "debug_authentication",
     .kind = CONFIG_MAP,
     OFFSET(authentication),
     .fields = authentication_fields},
    {.key = "steps",
     .kind = CONFIG_LIST,
     OFFSET(steps),
     .item = &step_item,
     .item_size = sizeof(struct device_step)},
    {.key = "on_refusal", .kind = CONFIG_NAME, OFFSET(on_refusal), .names = refusals},
    {.key = NULL},
};

const struct config_schema device_schema = {
    .what = "device description", .version = 1, .fields = root_fields};
