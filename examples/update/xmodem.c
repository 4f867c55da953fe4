#include "xmodem.h"

#include "board.h"

#define SOH 0x01u
#define STX 0x02u
#define EOT 0x04u
#define ACK 0x06u
#define NAK 0x15u
#define CAN 0x18u

#define ASK_MS  3000u
#define ASKS    20u
#define BYTE_MS 1000u
#define ERRORS  10u

enum packet_kind { PACKET_BLOCK, PACKET_END, PACKET_CANCEL, PACKET_BAD, PACKET_NONE };

struct packet {
    enum packet_kind kind;
    uint8_t number;
    size_t len;
    uint8_t block[XMODEM_BLOCK_BYTES];
};

static uint16_t crc_add(uint16_t crc, uint8_t byte)
{
    crc ^= (uint16_t)(byte << 8);
    for (unsigned bit = 0; bit < 8u; bit++) {
        crc = (uint16_t)((uint32_t)crc << 1 ^ ((crc & 0x8000u) != 0 ? 0x1021u : 0));
    }
    return crc;
}

/** Drops what is still coming, so that the next byte is the start of a packet. */
static void drain(void)
{
    while (board_read(BYTE_MS) >= 0) {
    }
}

/** What follows the first byte. @return whether all of it came, and is sound */
static bool read_block(struct packet *packet, size_t len)
{
    const int number = board_read(BYTE_MS);
    const int complement = board_read(BYTE_MS);
    uint16_t crc = 0;
    for (size_t i = 0; i < len; i++) {
        const int byte = board_read(BYTE_MS);
        if (byte < 0) {
            return false;
        }
        packet->block[i] = (uint8_t)byte;
        crc = crc_add(crc, (uint8_t)byte);
    }
    const int high = board_read(BYTE_MS);
    const int low = board_read(BYTE_MS);
    packet->number = (uint8_t)number;
    packet->len = len;
    return number >= 0 && (number ^ complement) == 0xFF && high == crc >> 8 && low == (crc & 0xFF);
}

static void read_packet(struct packet *packet, uint32_t timeout_ms)
{
    const int first = board_read(timeout_ms);
    packet->kind = PACKET_BAD;
    if (first < 0) {
        packet->kind = PACKET_NONE;
    } else if (first == EOT) {
        packet->kind = PACKET_END;
    } else if (first == CAN) {
        packet->kind = board_read(BYTE_MS) == CAN ? PACKET_CANCEL : PACKET_BAD;
    } else if ((first == STX || first == SOH) &&
               read_block(packet, first == STX ? XMODEM_BLOCK_BYTES : XMODEM_BLOCK_BYTES / 8u)) {
        packet->kind = PACKET_BLOCK;
    }
    if (packet->kind == PACKET_BAD) {
        drain();
    }
}

/** Asks until somebody begins. */
static void ask(struct packet *packet)
{
    packet->kind = PACKET_NONE;
    for (unsigned asks = 0; asks < ASKS && packet->kind != PACKET_BLOCK; asks++) {
        board_write('C');
        read_packet(packet, ASK_MS);
    }
}

enum xmodem_end xmodem_receive(xmodem_take_fn *take, void *context)
{
    static struct packet packet;
    uint8_t expected = 1;
    uint32_t off = 0;
    unsigned errors = 0;

    ask(&packet);
    if (packet.kind != PACKET_BLOCK) {
        return XMODEM_NOTHING;
    }
    while (packet.kind != PACKET_CANCEL && errors < ERRORS) {
        if (packet.kind == PACKET_END) {
            board_write(ACK);
            return XMODEM_COMPLETE;
        }
        const bool again = packet.kind == PACKET_BLOCK && packet.number == (uint8_t)(expected - 1u);
        if (packet.kind == PACKET_BLOCK && packet.number == expected) {
            if (!take(context, off, packet.block, packet.len)) {
                break;
            }
            off += (uint32_t)packet.len;
            expected++;
            errors = 0;
            board_write(ACK);
        } else {
            errors++;
            board_write(again ? ACK : NAK); /* the answer to the one before was lost */
        }
        read_packet(&packet, ASK_MS);
    }
    board_write(CAN);
    board_write(CAN);
    return XMODEM_BROKEN;
}
