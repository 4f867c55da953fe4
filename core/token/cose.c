#include "token/cose.h"

#include "token/cbor.h"

/* A payload has at most 65535 bytes: a head of at most three. */
#define HEAD_BYTES_MAX 3u

/* The signature's string and its head. */
#define SIGNATURE_ITEM_BYTES (2u + COSE_SIGNATURE_BYTES)

const uint8_t cose_protected[COSE_PROTECTED_BYTES] = {0xA1, 0x01, 0x26};

const uint8_t cose_signed_head[COSE_SIGNED_HEAD_BYTES] = {
    0x84, 0x6A, 'S', 'i',  'g',  'n',  'a',  't',  'u',
    'r',  'e',  '1', 0x43, 0xA1, 0x01, 0x26, 0x40, /* no external_aad */
};

void cose_start(struct cose *cose, uint8_t *data, uint32_t size)
{
    const struct view header = {cose_protected, sizeof cose_protected};
    static const uint8_t head[HEAD_BYTES_MAX] = {0};
    const struct view room_for_head = {head, sizeof head};
    cose->room = room_of(data, size);
    cbor_put_tag(&cose->room, COSE_TAG_SIGN1);
    cbor_put_array(&cose->room, 4);
    cbor_put_bytes(&cose->room, header);
    cbor_put_map(&cose->room, 0);
    room_append(&cose->room, room_for_head);
    cose->payload = cose->room.used;
}

enum garrison_status cose_close(struct cose *cose, struct view part[2])
{
    struct room *room = &cose->room;
    const uint32_t len = room->used - cose->payload;
    if (room->full || len > UINT16_MAX) {
        return GARRISON_ERROR_FULL;
    }
    /* The head is written where its room was; a payload with a shorter one moves down to it. */
    const uint32_t at = cose->payload - HEAD_BYTES_MAX;
    struct room head = room_of(room->data + at, HEAD_BYTES_MAX);
    cbor_put_bytes_head(&head, len);
    memmove(room->data + at + head.used, room->data + cose->payload, len);
    cose->payload = at + head.used;
    room->used = cose->payload + len;
    if (room->size - room->used < SIGNATURE_ITEM_BYTES) {
        return GARRISON_ERROR_FULL;
    }
    part[0] = (struct view){cose_signed_head, sizeof cose_signed_head};
    part[1] = (struct view){room->data + at, room->used - at};
    return GARRISON_OK;
}

enum garrison_status cose_sign(struct cose *cose, const uint8_t signature[COSE_SIGNATURE_BYTES])
{
    const struct view bytes = {signature, COSE_SIGNATURE_BYTES};
    cbor_put_bytes(&cose->room, bytes);
    return cose->room.full ? GARRISON_ERROR_FULL : GARRISON_OK;
}
