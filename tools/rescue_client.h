/*
 * The host's side of the rescue protocol: docs/SPEC.md, "Rescue protocol".
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <garrison/status.h>

#include "boot/rescue_frame.h"
#include "rescue_link.h"

/** What a device that waits says of itself. */
struct rescue_hello {
    uint8_t protocol;
    uint8_t stage;  /**< enum image_role: who asks. */
    uint8_t role;   /**< enum image_role: what is missing. */
    uint8_t reason; /**< garrison_status_index(): why. */
    uint32_t max;   /**< Largest image, bytes. */
    uint32_t part;  /**< Most bytes of it in a request. */
};

/** How a request has ended. */
enum rescue_reply {
    REPLY_ACK,
    REPLY_NAK,
    REPLY_SILENCE,
    REPLY_GONE, /**< The line; it has been said why. */
};

#define RESCUE_LINE_BYTES 256u

/** A client. Zeroed but for the first members, which its owner sets. */
struct rescue_client {
    struct rescue_link *link;
    bool verbose; /**< Lines that the device logs go to standard error. */
    /** Called as the image goes over; may be NULL. */
    void (*on_progress)(void *context, uint32_t sent, uint32_t size);
    void *context;

    struct rescue_receiver receiver;
    struct rescue_frame answer;  /**< The last one. */
    enum garrison_status reason; /**< Of a NAK. */
    uint8_t sequence;
    uint32_t resumed_at; /**< Bytes that the device had already. */
    char line[RESCUE_LINE_BYTES];
    uint32_t line_len;
};

/** Asks until there is an answer, for so long. */
enum rescue_reply rescue_hello(struct rescue_client *client, unsigned timeout_ms,
                               struct rescue_hello *hello);

/**
 * Sends an image to its end, from where the device has got to. After a lost answer, a reset or a
 * power cut of the device it goes on. REPLY_SILENCE at the last request leaves open whether it was
 * taken.
 */
enum rescue_reply rescue_send_image(struct rescue_client *client, const struct rescue_hello *hello,
                                    const uint8_t *image, uint32_t size);

/** Reads a line that the device logs. @return false: none in the given time, or the line is gone */
bool rescue_read_line(struct rescue_client *client, unsigned timeout_ms);
