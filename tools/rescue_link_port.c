#define _DEFAULT_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "report.h"
#include "rescue_link.h"

/** A line that takes nothing for so long is dead. */
#define SEND_TIMEOUT_MS 5000

static const struct {
    uint64_t baud;
    speed_t speed;
} speeds[] = {
    {9600, B9600},     {19200, B19200},   {38400, B38400},   {57600, B57600},
    {115200, B115200}, {230400, B230400}, {460800, B460800}, {921600, B921600},
};

/** poll(), which a signal only interrupts. @return whether the line is ready */
static bool ready(const struct link_port *link, short events, int timeout_ms)
{
    struct pollfd wanted = {.fd = link->fd, .events = events};
    int count = 0;
    do {
        count = poll(&wanted, 1, timeout_ms);
    } while (count < 0 && errno == EINTR);
    return count > 0;
}

static bool link_send(struct rescue_link *base, const uint8_t *data, size_t len)
{
    struct link_port *link = (struct link_port *)base;
    size_t done = 0;
    while (done < len) {
        const ssize_t sent = write(link->fd, data + done, len - done);
        if (sent > 0) {
            done += (size_t)sent;
        } else if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            (void)fail(EXIT_INTERNAL, "%s: %s", link->path, strerror(errno));
            return false;
        } else if (!ready(link, POLLOUT, SEND_TIMEOUT_MS)) {
            (void)fail(EXIT_INTERNAL, "%s: takes no bytes", link->path);
            return false;
        }
    }
    return true;
}

static enum link_got link_read(struct rescue_link *base, uint8_t *byte, unsigned timeout_ms)
{
    struct link_port *link = (struct link_port *)base;
    if (!ready(link, POLLIN, (int)timeout_ms)) {
        return LINK_SILENCE;
    }
    const ssize_t got = read(link->fd, byte, 1);
    if (got == 1) {
        return LINK_BYTE;
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return LINK_SILENCE;
    }
    (void)fail(EXIT_INTERNAL, "%s: %s", link->path, got == 0 ? "has been closed" : strerror(errno));
    return LINK_GONE;
}

static bool find_speed(uint64_t baud, speed_t *speed)
{
    for (size_t i = 0; i < sizeof speeds / sizeof speeds[0]; i++) {
        if (speeds[i].baud == baud) {
            *speed = speeds[i].speed;
            return true;
        }
    }
    return false;
}

int link_port_open(struct link_port *link, const char *path, uint64_t baud)
{
    struct termios line;
    speed_t speed = B0;
    *link = (struct link_port){.link = {link_send, link_read}, .fd = -1, .path = path};
    if (!find_speed(baud, &speed)) {
        return fail(EXIT_USAGE, "--baud: 9600 to 921600, in the usual steps");
    }
    link->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (link->fd < 0) {
        return fail(EXIT_USAGE, "%s: %s", path, strerror(errno));
    }
    if (tcgetattr(link->fd, &line) != 0) {
        return fail(EXIT_USAGE, "%s: not a serial port: %s", path, strerror(errno));
    }
    /* Two programs on one line would take each other's answers. */
    if (ioctl(link->fd, TIOCEXCL) != 0) {
        return fail(EXIT_USAGE, "%s: in use: %s", path, strerror(errno));
    }
    cfmakeraw(&line);
    line.c_cflag |= CLOCAL | CREAD;
    line.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS);
    line.c_cc[VMIN] = 0;
    line.c_cc[VTIME] = 0;
    if (cfsetispeed(&line, speed) != 0 || cfsetospeed(&line, speed) != 0 ||
        tcsetattr(link->fd, TCSANOW, &line) != 0) {
        return fail(EXIT_USAGE, "%s: cannot be set up: %s", path, strerror(errno));
    }
    return EXIT_DONE;
}

void link_port_close(struct link_port *link)
{
    if (link->fd >= 0) {
        (void)ioctl(link->fd, TIOCNXCL);
        (void)close(link->fd);
    }
}
