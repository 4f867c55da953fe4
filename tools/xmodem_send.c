#include "xmodem_send.h"

#include <string.h>

#define STX 0x02u
#define EOT 0x04u
#define ACK 0x06u
#define NAK 0x15u
#define CAN 0x18u
#define SUB 0x1Au
#define ASK 'C'

/** CRC-16 with polynomial 0x1021, from 0. */
static uint16_t crc16(const uint8_t *data, size_t len)
{
    uint16_t crc = 0;
    for (size_t i = 0; i < len; i++) {
        crc ^= (uint16_t)(data[i] << 8);
        for (unsigned bit = 0; bit < 8u; bit++) {
            crc = (uint16_t)((uint32_t)crc << 1 ^ ((crc & 0x8000u) != 0 ? 0x1021u : 0));
        }
    }
    return crc;
}

void xmodem_send_init(struct xmodem_send *send, const uint8_t *data, size_t size)
{
    *send = (struct xmodem_send){.data = data, .size = size, .number = 1, .line_start = true};
}

/** The block has arrived; the next one, or the end, is due. */
static void go_on(struct xmodem_send *send)
{
    send->off += XMODEM_BLOCK_BYTES;
    send->number++;
    send->tries = 0;
    send->due = true;
    if (send->off >= send->size) {
        send->state = XMODEM_ENDING;
    }
}

static void again(struct xmodem_send *send)
{
    send->due = ++send->tries < XMODEM_TRIES;
    if (!send->due) {
        send->state = XMODEM_FAILED;
    }
}

/** An answer while a packet waits for one. */
static bool take_answer(struct xmodem_send *send, uint8_t byte)
{
    /* Who has not got the first packet goes on asking. */
    const bool asked = byte == ASK && send->off == 0 && send->state == XMODEM_SENDING;
    const bool cancelled = send->cancel && byte == CAN;
    send->cancel = byte == CAN;
    if (cancelled) {
        send->state = XMODEM_CANCELLED;
        send->due = false;
    } else if (byte == NAK || asked) {
        again(send);
    } else if (byte == ACK && send->state == XMODEM_ENDING) {
        send->state = XMODEM_DONE;
    } else if (byte == ACK) {
        go_on(send);
    }
    return byte == NAK || byte == ACK || byte == CAN || asked;
}

bool xmodem_send_take(struct xmodem_send *send, uint8_t byte)
{
    const bool line_start = send->line_start;
    send->line_start = byte == '\n';
    switch (send->state) {
    case XMODEM_IDLE:
    case XMODEM_ASKED:
        send->state = byte == ASK && line_start ? XMODEM_ASKED : XMODEM_IDLE;
        return send->state == XMODEM_ASKED;
    case XMODEM_SENDING:
    case XMODEM_ENDING:
        return take_answer(send, byte);
    case XMODEM_DONE:
    case XMODEM_CANCELLED:
    case XMODEM_FAILED:
        break;
    }
    return false;
}

void xmodem_send_silence(struct xmodem_send *send)
{
    if (send->state == XMODEM_ASKED) {
        send->state = XMODEM_SENDING;
        send->due = true;
    }
}

size_t xmodem_send_packet(struct xmodem_send *send, uint8_t packet[XMODEM_PACKET_BYTES])
{
    if (!send->due) {
        return 0;
    }
    send->due = false;
    if (send->state == XMODEM_ENDING) {
        packet[0] = EOT;
        return 1;
    }
    const size_t left = send->size - send->off;
    const size_t len = left < XMODEM_BLOCK_BYTES ? left : XMODEM_BLOCK_BYTES;
    uint8_t *const block = packet + 3;
    packet[0] = STX;
    packet[1] = send->number;
    packet[2] = (uint8_t)~send->number;
    memset(block, SUB, XMODEM_BLOCK_BYTES);
    memcpy(block, send->data + send->off, len);
    const uint16_t crc = crc16(block, XMODEM_BLOCK_BYTES);
    block[XMODEM_BLOCK_BYTES] = (uint8_t)(crc >> 8);
    block[XMODEM_BLOCK_BYTES + 1u] = (uint8_t)crc;
    return XMODEM_PACKET_BYTES;
}
