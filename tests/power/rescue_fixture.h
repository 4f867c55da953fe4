/*
 * A device of install_fixture.h that misses an image, and a host that sends it one.
 */
#pragma once

#include "boot/rescue.h"
#include "install_fixture.h"

/** The device's side, after rescue_boot() has found that it must wait. */
extern struct rescue rescue_session;

/** What the device has answered last. */
extern struct rescue_frame rescue_answer;

/** Old images everywhere but in the slot of one component, which is erased. */
void rescue_set_up(uint32_t missing);

/**
 * Boots as the stages do: what the journal asks for, then another copy for what does not verify.
 * @return whether all can be started; if not, the session is open, waiting for `missing`
 */
bool rescue_boot(uint32_t missing);

/** One request and its answer. @return the answer's status */
enum garrison_status rescue_ask(uint8_t type, const uint8_t *payload, uint32_t len);

enum garrison_status rescue_ask_begin(uint8_t role, uint8_t anew, uint32_t size);
enum garrison_status rescue_ask_data(uint32_t off, const uint8_t *data, uint32_t len);

/**
 * Sends an image from where the device says it has come to, as a host does, and ends.
 * @return the first answer that is not GARRISON_OK
 */
enum garrison_status rescue_send(uint32_t missing, const uint8_t *bytes, uint32_t len);

/** Frames of data that rescue_send() has sent last. */
extern uint32_t rescue_data_frames;
