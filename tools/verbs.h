/*
 * The verbs of the `garrison` command; each stands in a file of its own.
 */
#pragma once

#include "cli.h"

extern const struct cli_verb verb_key_new;
extern const struct cli_verb verb_key_public;
extern const struct cli_verb verb_key_info;
extern const struct cli_verb verb_cert_new;
extern const struct cli_verb verb_cert_show;
extern const struct cli_verb verb_cert_verify;
extern const struct cli_verb verb_password_new;
extern const struct cli_verb verb_obk_new;
extern const struct cli_verb verb_obk_show;
extern const struct cli_verb verb_options_show;
extern const struct cli_verb verb_options_export;
extern const struct cli_verb verb_image_sign;
extern const struct cli_verb verb_image_encrypt;
extern const struct cli_verb verb_image_decrypt;
extern const struct cli_verb verb_image_verify;
extern const struct cli_verb verb_image_info;
extern const struct cli_verb verb_image_hex;
extern const struct cli_verb verb_layout_check;
extern const struct cli_verb verb_layout_show;
extern const struct cli_verb verb_layout_ld;
extern const struct cli_verb verb_module_pack;
extern const struct cli_verb verb_provision;
extern const struct cli_verb verb_rehearse;
extern const struct cli_verb verb_run;
extern const struct cli_verb verb_state;
extern const struct cli_verb verb_log;
extern const struct cli_verb verb_rescue;
extern const struct cli_verb verb_token_key;
extern const struct cli_verb verb_token_show;
extern const struct cli_verb verb_token_verify;
extern const struct cli_verb verb_debug_discover;
extern const struct cli_verb verb_debug_open;
extern const struct cli_verb verb_debug_regress;
extern const struct cli_verb verb_debug_close;
