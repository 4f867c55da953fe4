/*
 * A provisioned device file made of the images of the cross build, with the `garrison` command:
 * keys of its own, signed, laid out as the demo's. And the simulator run on it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garrison/sim.h>

/** The images of a device, as paths below GARRISON_TARGET_DIR without ".bin". */
struct device_images {
    const char *urot;        /**< NULL: the port's. */
    const char *manager;     /**< NULL: the port's. */
    const char *application; /**< NULL: hello_psa. */
    const char *layout;      /**< `layout` section in YAML; NULL: the default, or with module 0. */
    uint32_t counter;        /**< Security counter of all images; 0: they have none. */
    uint32_t module_addr;    /**< Where a module 0 stands, which is no program; 0: none. */
    const char *module;      /**< Module 0, in the layout's slot for it; NULL: none. */
    const char *pack;        /**< Options of its `module pack`, or NULL. */
    bool no_decryption_keys; /**< Else urot-decryption.pem and decryption.pem of its folder. */
};

#define DEVICE_TEXT_BYTES 65536u

/** A device, the simulator on it, and what it has said since it last began with empty texts. */
struct device {
    uint32_t counter; /**< Security counter of images that are signed; 0: they have none. */
    char folder[64];  /**< Temporary; holds the device file, keys and signed images. */
    struct sim *sim;
    char uart[DEVICE_TEXT_BYTES]; /**< What USART1 sent. */
    size_t uart_len;
    char events[DEVICE_TEXT_BYTES]; /**< Lines "kind: text". */
    size_t events_len;
};

/**
 * Where the iROT of the devices stands: in the user flash, or in system flash if GARRISON_IROT is
 * "system" in the environment.
 */
uint32_t device_irot(void);

/** Makes the device file and opens it, read-only. Aborts with a message when that fails. */
void device_open(struct device *device, const struct device_images *images);
void device_close(struct device *device);

/** Closes the simulator and opens the same device file again. */
void device_reopen(struct device *device);

/** Changes one byte of flash behind the filters; twice is as before. */
void device_xor(struct device *device, uint32_t addr, uint8_t mask);

/**
 * Puts an image of the cross build into the slot at `addr` behind the filters, made for the slot of
 * `role` but signed with the key of `owner`, another role. device_reopen() brings the old one back.
 */
void device_put_image(struct device *device, const char *role, const char *owner, const char *image,
                      uint32_t addr);

/** Makes flash read as erased, behind the filters; both are multiples of 16 bytes. */
void device_erase(struct device *device, uint32_t addr, uint32_t len);

/** Path of a file in the device's folder; lives until the next call. */
const char *device_path(const struct device *device, const char *name);

/** Empties the texts. */
void device_forget_texts(struct device *device);

/** Powers the chip on, with empty texts. */
void device_boot(struct device *device);

/** Runs until the UART has said `text`, at most `insns` instructions. @return whether it has */
bool device_run_until(struct device *device, const char *text, uint64_t insns);

/** Runs until the chip stops by itself, at most `insns` instructions. @return why */
enum sim_stop device_run(struct device *device, uint64_t insns);
