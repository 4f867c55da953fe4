#include "boot/rescue_frame.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"

enum look {
    LOOK_NOTHING, /**< No frame begins here. */
    LOOK_PART,    /**< One may. */
    LOOK_WHOLE,
};

/** Looks for a frame at the first of `len` bytes, and reads it. */
static enum look look_at(const uint8_t *bytes, uint32_t len, struct rescue_frame *frame)
{
    if (bytes[0] != RESCUE_START) {
        return LOOK_NOTHING;
    }
    if (len < RESCUE_HEAD_BYTES) {
        return LOOK_PART;
    }
    const uint16_t payload = bytes_load_le16(bytes + 3);
    if (payload > RESCUE_PAYLOAD_BYTES) {
        return LOOK_NOTHING;
    }
    const uint32_t covered = RESCUE_HEAD_BYTES + payload;
    if (len < covered + RESCUE_CRC_BYTES) {
        return LOOK_PART;
    }
    if (crc32_of(bytes + 1, covered - 1u) != bytes_load_le32(bytes + covered)) {
        return LOOK_NOTHING;
    }
    frame->type = bytes[1];
    frame->sequence = bytes[2];
    frame->len = payload;
    memcpy(frame->payload, bytes + RESCUE_HEAD_BYTES, payload);
    return LOOK_WHOLE;
}

/** Takes out the first frame and all before it. @param silent  what is not whole is nothing */
static bool find(struct rescue_receiver *receiver, bool silent, struct rescue_frame *frame)
{
    enum look look = LOOK_NOTHING;
    uint32_t at = 0;
    while (at < receiver->used) {
        look = look_at(receiver->bytes + at, receiver->used - at, frame);
        if (look == LOOK_WHOLE) {
            at += RESCUE_HEAD_BYTES + frame->len + RESCUE_CRC_BYTES;
            break;
        }
        if (look == LOOK_PART && !silent) {
            break;
        }
        at++;
    }
    receiver->used -= at;
    memmove(receiver->bytes, receiver->bytes + at, receiver->used);
    return look == LOOK_WHOLE;
}

bool rescue_take(struct rescue_receiver *receiver, uint8_t byte, struct rescue_frame *frame)
{
    /* There is room: what is left after find() is less than the longest frame. */
    receiver->bytes[receiver->used++] = byte;
    return find(receiver, false, frame);
}

bool rescue_silence(struct rescue_receiver *receiver, struct rescue_frame *frame)
{
    return find(receiver, true, frame);
}

uint32_t rescue_encode(const struct rescue_frame *frame, uint8_t out[RESCUE_FRAME_BYTES])
{
    const uint32_t covered = RESCUE_HEAD_BYTES + frame->len;
    out[0] = RESCUE_START;
    out[1] = frame->type;
    out[2] = frame->sequence;
    bytes_store_le16(out + 3, frame->len);
    memcpy(out + RESCUE_HEAD_BYTES, frame->payload, frame->len);
    bytes_store_le32(out + covered, crc32_of(out + 1, covered - 1u));
    return covered + RESCUE_CRC_BYTES;
}
