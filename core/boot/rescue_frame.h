/*
 * Frames of the rescue protocol, for both ends of the line; docs/SPEC.md, "Rescue protocol".
 *
 * A frame is found in whatever else comes, log lines or noise: what is not one is passed over byte
 * by byte, so that a frame behind a false start is not lost with it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define RESCUE_PROTOCOL 1u

/** Not in any log line, which are ASCII. */
#define RESCUE_START 0xA5u

#define RESCUE_HEAD_BYTES    5u /**< Start, type, sequence, length. */
#define RESCUE_CRC_BYTES     4u
#define RESCUE_PAYLOAD_BYTES 256u
#define RESCUE_FRAME_BYTES   (RESCUE_HEAD_BYTES + RESCUE_PAYLOAD_BYTES + RESCUE_CRC_BYTES)

/** Bytes of an image in one frame, at most; whole quad-words of flash. */
#define RESCUE_DATA_BYTES 240u

/** Types below 0x80 are requests, the others answers. */
enum rescue_type {
    RESCUE_HELLO = 1,
    RESCUE_BEGIN = 2,
    RESCUE_DATA = 3,
    RESCUE_END = 4,
    RESCUE_RESET = 5,
    RESCUE_ACK = 0x80,
    RESCUE_NAK = 0x81,
};

/** Payload of RESCUE_BEGIN: what is there already is not wanted. */
#define RESCUE_BEGIN_ANEW 1u

#define RESCUE_HELLO_BYTES 12u /**< Of its answer. */
#define RESCUE_BEGIN_BYTES 8u  /**< Of the request and of its answer. */
#define RESCUE_NAK_BYTES   8u

struct rescue_frame {
    uint8_t type;
    uint8_t sequence; /**< An answer has that of its request. */
    uint16_t len;     /**< Bytes of the payload. */
    uint8_t payload[RESCUE_PAYLOAD_BYTES];
};

/** Bytes that may still become a frame. Zeroed memory is an empty one. */
struct rescue_receiver {
    uint8_t bytes[RESCUE_FRAME_BYTES];
    uint32_t used;
};

/** Takes one byte. @return whether a frame is whole, in *frame */
bool rescue_take(struct rescue_receiver *receiver, uint8_t byte, struct rescue_frame *frame);

/**
 * The line has been silent for longer than it can be within a frame: what has come is none, unless
 * there is one behind a false start. To be called again while it returns true.
 */
bool rescue_silence(struct rescue_receiver *receiver, struct rescue_frame *frame);

/** @param out  RESCUE_FRAME_BYTES. @return bytes of the frame */
uint32_t rescue_encode(const struct rescue_frame *frame, uint8_t out[RESCUE_FRAME_BYTES]);
