#include "json.h"

#include <inttypes.h>

/** Separator, indentation and name of a new member. */
static void begin(struct json *json, const char *name)
{
    if (json->depth > 0) {
        (void)fputs(json->any[json->depth] ? ",\n" : "\n", json->file);
        json->any[json->depth] = true;
    }
    (void)fprintf(json->file, "%*s", (int)(2u * json->depth), "");
    if (name != NULL) {
        (void)fprintf(json->file, "\"%s\": ", name);
    }
}

static void open_level(struct json *json, const char *name, char bracket)
{
    begin(json, name);
    (void)fputc(bracket, json->file);
    json->depth++;
    json->any[json->depth] = false;
}

static void close_level(struct json *json, char bracket)
{
    const bool any = json->any[json->depth];
    json->depth--;
    if (any) {
        (void)fprintf(json->file, "\n%*s", (int)(2u * json->depth), "");
    }
    (void)fputc(bracket, json->file);
    if (json->depth == 0) {
        (void)fputc('\n', json->file);
    }
}

void json_object(struct json *json, const char *name)
{
    open_level(json, name, '{');
}

void json_array(struct json *json, const char *name)
{
    open_level(json, name, '[');
}

void json_end_object(struct json *json)
{
    close_level(json, '}');
}

void json_end_array(struct json *json)
{
    close_level(json, ']');
}

/** Bytes of the UTF-8 character at `text`; 0: it is not one (RFC 3629). */
static unsigned utf8_len(const unsigned char *text)
{
    const unsigned char c = text[0];
    const unsigned len = c < 0x80   ? 1
                         : c < 0xC2 ? 0
                         : c < 0xE0 ? 2
                         : c < 0xF0 ? 3
                         : c < 0xF5 ? 4
                                    : 0;
    for (unsigned i = 1; i < len; i++) {
        if ((text[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    const bool overlong = (c == 0xE0 && text[1] < 0xA0) || (c == 0xF0 && text[1] < 0x90);
    const bool beyond = (c == 0xED && text[1] >= 0xA0) || (c == 0xF4 && text[1] >= 0x90);
    return overlong || beyond ? 0 : len;
}

static unsigned put_character(FILE *file, const unsigned char *text)
{
    const unsigned len = utf8_len(text);
    if (len == 0) {
        (void)fputs("\\ufffd", file);
        return 1;
    }
    if (*text == '"' || *text == '\\') {
        (void)fprintf(file, "\\%c", *text);
    } else if (*text < 0x20 || *text == 0x7F) {
        (void)fprintf(file, "\\u%04x", *text);
    } else {
        (void)fwrite(text, 1, len, file);
    }
    return len;
}

void json_text(struct json *json, const char *name, const char *text)
{
    begin(json, name);
    (void)fputc('"', json->file);
    const unsigned char *c = (const unsigned char *)text;
    while (*c != '\0') {
        c += put_character(json->file, c);
    }
    (void)fputc('"', json->file);
}

void json_hex(struct json *json, const char *name, const uint8_t *data, size_t len)
{
    begin(json, name);
    (void)fputc('"', json->file);
    for (size_t i = 0; i < len; i++) {
        (void)fprintf(json->file, "%02x", data[i]);
    }
    (void)fputc('"', json->file);
}

void json_number(struct json *json, const char *name, uint64_t number)
{
    begin(json, name);
    (void)fprintf(json->file, "%" PRIu64, number);
}

void json_bool(struct json *json, const char *name, bool value)
{
    begin(json, name);
    (void)fputs(value ? "true" : "false", json->file);
}

void json_null(struct json *json, const char *name)
{
    begin(json, name);
    (void)fputs("null", json->file);
}
