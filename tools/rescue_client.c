#include "rescue_client.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc32.h"
#include "report.h"

/** For an answer, by what the device has to do. Erasing and verifying a large slot takes seconds. */
#define SHORT_MS 500u
#define LONG_MS  30000u

/** Longer than the time between two bytes of a frame, whatever stands between. */
#define GAP_MS 100u

/** How often a request is sent, and how often a transfer is begun. */
#define TRIES  5u
#define BEGINS 4u

/** A device that was reset starts again within this time. */
#define BOOT_MS 10000u

/** Keeps the text of a line. @return whether a line has ended */
static bool take_text(struct rescue_client *client, uint8_t byte)
{
    const bool ended = byte == '\n' && client->line_len > 0;
    if (ended) {
        client->line[client->line_len] = '\0';
        if (client->verbose) {
            say("device: %s", client->line);
        }
    }
    if (byte < ' ' || byte >= 0x7Fu) {
        client->line_len = 0;
    } else if (client->line_len < sizeof client->line - 1u) {
        client->line[client->line_len++] = (char)byte;
    }
    return ended;
}

/** Waits for the answer to the last request; what else comes is passed over. */
static enum rescue_reply wait_for_answer(struct rescue_client *client, unsigned timeout_ms)
{
    for (;;) {
        uint8_t byte = 0;
        const bool begun = client->receiver.used != 0;
        const enum link_got got =
            client->link->read(client->link, &byte, begun ? GAP_MS : timeout_ms);
        if (got == LINK_GONE) {
            return REPLY_GONE;
        }
        const bool in_frame = begun || byte == RESCUE_START;
        const bool whole = got == LINK_BYTE ? rescue_take(&client->receiver, byte, &client->answer)
                                            : rescue_silence(&client->receiver, &client->answer);
        if (got == LINK_BYTE && !in_frame) {
            (void)take_text(client, byte);
        }
        if (whole && client->answer.type >= RESCUE_ACK &&
            client->answer.sequence == client->sequence) {
            client->line_len = 0;
            return client->answer.type == RESCUE_ACK ? REPLY_ACK : REPLY_NAK;
        }
        if (got == LINK_SILENCE && !whole && !begun) {
            return REPLY_SILENCE;
        }
    }
}

/** A request, sent again while there is no answer: each may come twice without harm. */
static enum rescue_reply ask(struct rescue_client *client, struct rescue_frame *request,
                             unsigned timeout_ms, unsigned tries)
{
    uint8_t bytes[RESCUE_FRAME_BYTES];
    enum rescue_reply reply = REPLY_SILENCE;
    request->sequence = ++client->sequence;
    const uint32_t len = rescue_encode(request, bytes);
    for (unsigned i = 0; i < tries && reply == REPLY_SILENCE; i++) {
        reply = client->link->send(client->link, bytes, len) ? wait_for_answer(client, timeout_ms)
                                                             : REPLY_GONE;
    }
    if (reply == REPLY_NAK) {
        client->reason = garrison_status_at(client->answer.payload[0]);
    }
    return reply;
}

enum rescue_reply rescue_hello(struct rescue_client *client, unsigned timeout_ms,
                               struct rescue_hello *hello)
{
    struct rescue_frame request = {.type = RESCUE_HELLO};
    const uint8_t *payload = client->answer.payload;
    const enum rescue_reply reply =
        ask(client, &request, SHORT_MS, (timeout_ms + SHORT_MS - 1u) / SHORT_MS);
    if (reply != REPLY_ACK) {
        return reply;
    }
    if (client->answer.len < RESCUE_HELLO_BYTES) {
        return REPLY_SILENCE;
    }
    *hello = (struct rescue_hello){
        .protocol = payload[0],
        .stage = payload[1],
        .role = payload[2],
        .reason = payload[3],
        .max = bytes_load_le32(payload + 4),
        .part = bytes_load_le32(payload + 8),
    };
    if (hello->part == 0 || hello->part > RESCUE_DATA_BYTES) {
        hello->part = RESCUE_DATA_BYTES;
    }
    return REPLY_ACK;
}

static enum rescue_reply ask_begin(struct rescue_client *client, const struct rescue_hello *hello,
                                   uint8_t anew, uint32_t size)
{
    struct rescue_frame request = {
        .type = RESCUE_BEGIN, .len = RESCUE_BEGIN_BYTES, .payload = {hello->role, anew}};
    bytes_store_le32(request.payload + 4, size);
    return ask(client, &request, LONG_MS, 2);
}

/** Begins, anew if what the device has is not the beginning of this image. */
static enum rescue_reply begin(struct rescue_client *client, const struct rescue_hello *hello,
                               uint8_t anew, const uint8_t *image, uint32_t size, uint32_t *next)
{
    enum rescue_reply reply = ask_begin(client, hello, anew, size);
    if (reply != REPLY_ACK) {
        return reply;
    }
    *next = bytes_load_le32(client->answer.payload);
    const uint32_t crc = bytes_load_le32(client->answer.payload + 4);
    if (*next > size || crc32_of(image, *next) != crc) {
        reply = ask_begin(client, hello, RESCUE_BEGIN_ANEW, size);
        *next = 0;
    }
    client->resumed_at = *next;
    return reply;
}

static enum rescue_reply send_data(struct rescue_client *client, const struct rescue_hello *hello,
                                   const uint8_t *image, uint32_t size, uint32_t next)
{
    enum rescue_reply reply = REPLY_ACK;
    while (reply == REPLY_ACK && next < size) {
        const uint32_t part = size - next < hello->part ? size - next : hello->part;
        struct rescue_frame request = {.type = RESCUE_DATA, .len = (uint16_t)(4u + part)};
        bytes_store_le32(request.payload, next);
        memcpy(request.payload + 4, image + next, part);
        reply = ask(client, &request, SHORT_MS, TRIES);
        next += part;
        if (client->on_progress != NULL && reply == REPLY_ACK) {
            client->on_progress(client->context, next, size);
        }
    }
    return reply;
}

/** Whether another beginning may help: a device that was reset knows of no transfer. */
static bool may_begin_again(const struct rescue_client *client, enum rescue_reply reply)
{
    return reply == REPLY_SILENCE ||
           (reply == REPLY_NAK &&
            (client->reason == GARRISON_ERROR_POLICY || client->reason == GARRISON_ERROR_MISMATCH ||
             client->reason == GARRISON_ERROR_DEVICE || client->reason == GARRISON_ERROR_BOUNDS));
}

enum rescue_reply rescue_send_image(struct rescue_client *client, const struct rescue_hello *hello,
                                    const uint8_t *image, uint32_t size)
{
    enum rescue_reply reply = REPLY_SILENCE;
    uint8_t anew = 0;
    for (unsigned i = 0; i < BEGINS; i++) {
        uint32_t next = 0;
        reply = begin(client, hello, anew, image, size, &next);
        if (reply == REPLY_NAK) {
            return reply;
        }
        if (reply == REPLY_ACK) {
            reply = send_data(client, hello, image, size, next);
        }
        if (reply == REPLY_ACK) {
            struct rescue_frame end = {.type = RESCUE_END};
            reply = ask(client, &end, LONG_MS, 1);
            if (reply != REPLY_NAK || client->resumed_at == 0) {
                return reply;
            }
            /* What was there already may be what is refused. */
            anew = RESCUE_BEGIN_ANEW;
            continue;
        }
        if (!may_begin_again(client, reply)) {
            return reply;
        }
        anew =
            reply == REPLY_NAK && client->reason != GARRISON_ERROR_POLICY ? RESCUE_BEGIN_ANEW : 0;
        struct rescue_hello again;
        if (reply == REPLY_SILENCE && rescue_hello(client, BOOT_MS, &again) != REPLY_ACK) {
            return REPLY_SILENCE;
        }
    }
    return reply;
}

/** The next byte of text: first what was taken for the beginning of a frame. */
static bool read_text(struct rescue_client *client, unsigned timeout_ms, uint8_t *byte)
{
    struct rescue_receiver *receiver = &client->receiver;
    if (receiver->used == 0) {
        return client->link->read(client->link, byte, timeout_ms) == LINK_BYTE;
    }
    *byte = receiver->bytes[0];
    receiver->used--;
    memmove(receiver->bytes, receiver->bytes + 1, receiver->used);
    return true;
}

bool rescue_read_line(struct rescue_client *client, unsigned timeout_ms)
{
    for (;;) {
        uint8_t byte = 0;
        if (!read_text(client, timeout_ms, &byte)) {
            return false;
        }
        if (take_text(client, byte)) {
            return true;
        }
    }
}
