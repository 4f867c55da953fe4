/*
 * Writing JSON: objects and arrays on standard output, indented, always well formed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH_MAX 8u

struct json {
    FILE *file;
    unsigned depth;
    bool any[JSON_DEPTH_MAX]; /**< Whether the open object or array has a member yet. */
};

/* `name` is NULL within arrays and at the top. Text that is not UTF-8 comes out with U+FFFD. */
void json_object(struct json *json, const char *name);
void json_array(struct json *json, const char *name);
void json_end_object(struct json *json);
void json_end_array(struct json *json);
void json_text(struct json *json, const char *name, const char *text);
void json_hex(struct json *json, const char *name, const uint8_t *data, size_t len);
void json_number(struct json *json, const char *name, uint64_t number);
void json_bool(struct json *json, const char *name, bool value);
void json_null(struct json *json, const char *name);
