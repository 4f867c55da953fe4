/*
 * A line to a device that waits for a rescue: the UART of the simulated chip, or a serial port.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garrison/sim.h>

enum link_got {
    LINK_BYTE,
    LINK_SILENCE, /**< Nothing came in the given time. */
    LINK_GONE,    /**< And never will; it has been said why. */
};

struct rescue_link {
    /** @return whether the bytes are on their way; if not, it has been said why */
    bool (*send)(struct rescue_link *link, const uint8_t *data, size_t len);
    enum link_got (*read)(struct rescue_link *link, uint8_t *byte, unsigned timeout_ms);
};

#define LINK_SIM_BYTES 8192u

/** The first member is the link. Open ones are to be closed, also when opening has failed. */
struct link_sim {
    struct rescue_link link;
    struct sim *sim;
    uint8_t ring[LINK_SIM_BYTES]; /**< What the chip has sent and nobody has read. */
    size_t first;
    size_t count;
    char words[256]; /**< Of the last event that tells why the chip stands still. */
    bool quiet;      /**< That it does is not said. */
};

/** Powers the chip of a device file on. @return exit status, having said why. */
int link_sim_open(struct link_sim *link, const char *device);
void link_sim_close(struct link_sim *link);

/** A line to a chip that is open already; its owner feeds link_sim_take(). Nothing is to be closed. */
void link_sim_attach(struct link_sim *link, struct sim *sim);
void link_sim_take(struct link_sim *link, unsigned uart, uint8_t byte);

struct link_port {
    struct rescue_link link;
    int fd;
    const char *path;
};

/** Opens a serial port, 8N1, without flow control. @return exit status, having said why. */
int link_port_open(struct link_port *link, const char *path, uint64_t baud);
void link_port_close(struct link_port *link);
