#include "run_send.h"

#include "report.h"

/** Instructions without a byte after which a chip that has said 'C' asks for the file: 5 ms. */
#define RUN_SILENCE 160000u

/** The longest file that is sent: more than a flash of the chip. */
#define RUN_SEND_MAX (16u << 20)

int run_send_open(struct run_send *send, const char *path)
{
    send->path = path;
    if (path == NULL) {
        return EXIT_DONE;
    }
    const int status = file_read(path, RUN_SEND_MAX, &send->file);
    if (status != EXIT_DONE) {
        return status;
    }
    if (send->file.len == 0) {
        return fail(EXIT_USAGE, "%s: it is empty", path);
    }
    xmodem_send_init(&send->transfer, send->file.data, send->file.len);
    return EXIT_DONE;
}

void run_send_close(struct run_send *send)
{
    file_free(&send->file);
}

void run_send_restart(struct run_send *send)
{
    if (send->file.data != NULL && send->transfer.state != XMODEM_DONE) {
        xmodem_send_init(&send->transfer, send->file.data, send->file.len);
    }
}

void run_send_go_on(struct run_send *send, struct sim *sim, uint64_t insns)
{
    if (send->transfer.state != XMODEM_ASKED) {
        send->silence_end = 0;
    } else if (send->silence_end == 0) {
        send->silence_end = insns + RUN_SILENCE;
    } else if (insns >= send->silence_end) {
        xmodem_send_silence(&send->transfer);
    }
    uint8_t packet[XMODEM_PACKET_BYTES];
    const size_t len = xmodem_send_packet(&send->transfer, packet);
    for (size_t i = 0; i < len; i++) {
        sim_uart_send(sim, 1, packet[i]);
    }
}

int run_send_check(const struct run_send *send, int status)
{
    static const char *const reasons[] = {
        [XMODEM_IDLE] = "the chip has not asked for it",
        [XMODEM_ASKED] = "the chip has not asked for it",
        [XMODEM_SENDING] = "the chip has not taken all of it",
        [XMODEM_ENDING] = "the chip has not taken all of it",
        [XMODEM_DONE] = NULL,
        [XMODEM_CANCELLED] = "the chip has cancelled it",
        [XMODEM_FAILED] = "the chip has refused a packet too often",
    };
    const char *reason = reasons[send->transfer.state];
    if (status != EXIT_DONE || send->file.data == NULL || reason == NULL) {
        return status;
    }
    return fail(EXIT_VERDICT, "%s was not sent: %s", send->path, reason);
}
