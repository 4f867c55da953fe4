/*
 * The description of a device that `garrison provision` reads: docs/SPEC.md, "Device description".
 */
#pragma once

#include "sim/config.h"

struct device_banks {
    struct config_value bank1; /**< RANGE of sectors. */
    struct config_value bank2;
};

struct device_groups {
    struct config_list bank1; /**< Of struct config_value: numbers of groups of four sectors. */
    struct config_list bank2;
};

/** OPTSR.BOOT_UBE: the chip starts the iROT in system flash. */
#define DEVICE_BOOT_UBE_SYSTEM 0xC3u

struct device_options {
    struct config_value product_state; /**< number: the byte in OPTSR. */
    struct config_value trustzone;     /**< BOOL. */
    struct config_value boot_ube;      /**< number: the byte in OPTSR. */
    struct config_value swap_bank;     /**< BOOL. */
    struct config_value secure_boot_address;
    struct config_value secure_boot_lock; /**< BOOL. */
    struct config_value nonsecure_boot_address;
    struct config_value nonsecure_boot_lock; /**< BOOL. */
    struct device_banks secure_watermark;
    struct device_banks hdp;
    struct device_groups write_protect;
};

struct device_key {
    struct config_value role; /**< number: enum image_role. */
    struct config_value file; /**< PATH. */
};

/** Role of an image that is not verified by anybody: plain bytes. */
#define DEVICE_ROLE_DATA 0u

struct device_image {
    struct config_value role; /**< number: enum image_role, or DEVICE_ROLE_DATA. */
    struct config_value file; /**< PATH. */
    struct config_value address;
};

/** A run of flash. */
struct device_run {
    struct config_value offset; /**< From the start of the user flash. */
    struct config_value size;
};

struct device_slot {
    struct config_value role; /**< number: enum image_role. */
    struct config_value offset;
    struct config_value size;
    struct device_run download;
    struct config_value encrypted; /**< BOOL. */
    struct config_value optional;  /**< BOOL. */
    struct config_value ram;       /**< Bytes of a module's RAM; a multiple of 1 KB. */
};

struct device_layout {
    struct device_run journal;
    struct config_list slots; /**< Of struct device_slot. */
};

/** Private keys that images are encrypted to. */
struct device_decryption {
    struct config_value urot;   /**< PATH: of images of the uROT. */
    struct config_value others; /**< PATH: of all other images. */
};

/** What debug authentication asks for on the device, and what a regression is asked with. */
struct device_authentication {
    struct config_value root;        /**< PATH: the root's key; certificates are asked for. */
    struct config_value password;    /**< PATH: a password is asked for; never with `root`. */
    struct config_value permissions; /**< TEXT: the most that certificates permit. */
    struct config_value obk;   /**< PATH: data that were made elsewhere, in the place of these. */
    struct config_value chain; /**< PATH: certificates, root to leaf. */
    struct config_value key;   /**< PATH: private key of the leaf. */
};

/** What a step can write into the option-byte keys. */
enum device_obk {
    DEVICE_OBK_AUTHENTICATION = 0,
    DEVICE_OBK_KEYS,
    DEVICE_OBK_LAYOUT,
    DEVICE_OBK_DECRYPTION_UROT,
    DEVICE_OBK_DECRYPTION_OTHERS,
};

/** What one operation of a programming tool does; exactly one member is there. */
struct device_step {
    struct device_options option_bytes; /**< Changed together. */
    struct config_value option_file;    /**< PATH: the vendor's CSV; all of its words. */
    struct config_value state;          /**< number: the byte in OPTSR. */
    struct config_value program;    /**< number: role of the images, as in struct device_image. */
    struct config_value obk;        /**< number: enum device_obk. */
    struct config_value obk_file;   /**< PATH. */
    struct config_value erase;      /**< The user flash. */
    struct config_value reset;      /**< number: 0 by NRST, 1 by the power supply. */
    struct config_value regression; /**< number: 0 full, 1 partial. */
};

struct device_values {
    struct {
        struct config_value uid;    /**< HEX, 12 bytes. */
        struct config_value secret; /**< HEX, 32 bytes. */
        struct config_value seed;   /**< NUMBER. */
    } device;
    struct device_options option_bytes;
    struct device_layout layout; /**< Without slots: the default one. */
    struct config_list keys;     /**< Of struct device_key. */
    struct device_decryption decryption;
    struct config_list images; /**< Of struct device_image. */
    struct device_authentication authentication;
    struct config_list steps;       /**< Of struct device_step; absent: the tool orders them. */
    struct config_value on_refusal; /**< number: 1 if the steps go on behind a refused one. */
};

/** Names of product states, and their bytes in OPTSR. */
extern const struct config_name device_states[];

extern const struct config_schema device_schema;
