/*
 * The update service over the flash of install_fixture.h: clients' calls, boots between them, and a
 * component brought into each of its states by these alone.
 */
#pragma once

#include <psa/update.h>

#include "install_fixture.h"
#include "support/update_call.h"

/* Clients with rights: to everything; to everything but resets; to the application. */
#define CLIENT_ALL         (-1)
#define CLIENT_OTHER       (-2)
#define CLIENT_APPLICATION (-3)
#define CLIENT_NONE        (-9)

/** How often reset_request() was called, which here returns to update_reboot_request(). */
extern unsigned update_resets;

/** psa_fwu_request_reboot(), and the boot; whether it reset. */
bool update_reboot_request(psa_status_t *status);

/** The usual images, the old ones in place, and a service that has just been started. */
void update_open(void);

/** Another bench in the place of this one, and update_open(). */
void update_open_anew(void **state);

/** The service as after a reset, without any boot: it reads what the flash has. */
void update_restart(void);

/** Power on, a boot of both stages, and the service. */
enum garrison_status update_boot(void);

psa_fwu_component_t update_component(uint32_t component);

/** psa_fwu_query(), which must succeed. */
psa_fwu_component_info_t update_query(uint32_t component);

/** Writes an image in blocks of so many bytes, from its first; PSA_SUCCESS or the first error. */
psa_status_t update_write_image(uint32_t component, const struct made_image *made, uint32_t block);

/** Whether an image stands, byte for byte, where new ones are staged. */
bool update_is_staged(uint32_t component, const struct made_image *made);

/**
 * Brings a component that is READY into a state; false if it never comes there. What is WRITING has
 * all but the second block of 96 bytes.
 */
bool update_bring(uint32_t component, uint8_t state);
