/*
 * Reading our YAML files: a const table says what may stand in one, a struct receives it.
 *
 * A file is a mapping with `schema_version` and the keys of its table; any other key is an error,
 * as is a key given twice. Only plain data is accepted: no anchors, aliases, tags or second
 * documents, at most CONFIG_DEPTH_MAX levels and CONFIG_BYTES_MAX bytes. Every message begins with
 * "FILE:LINE:COLUMN: ".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <garrison/sim.h>

#define CONFIG_BYTES_MAX 0x40000u /* 256 KB */
#define CONFIG_DEPTH_MAX 16u
#define CONFIG_NODES_MAX 5000u

struct config;

/** A place in the file, from 1; line 0: the value is absent. */
struct config_at {
    uint32_t line;
    uint32_t column;
};

enum config_kind {
    CONFIG_NUMBER, /**< config_value: decimal, 0x hexadecimal, or with K or M; min to max. */
    CONFIG_BOOL,   /**< config_value: number is 1 for true, yes, on; 0 for false, no, off. */
    CONFIG_TEXT,   /**< config_value: text. */
    CONFIG_PATH,   /**< config_value: text, made relative to the folder of the file. */
    CONFIG_HEX,    /**< config_value: bytes; exactly `max` of them. */
    CONFIG_NAME,   /**< config_value: one of `names`, number is its value. */
    CONFIG_RANGE,  /**< config_value: "4-9" or "4": number to last, min to max; or "none". */
    CONFIG_MAP,    /**< A struct whose members are `fields`. */
    CONFIG_LIST,   /**< config_list of `item`. */
};

struct config_value {
    struct config_at at; /**< Line 0: absent. */
    uint64_t number;
    uint64_t last;        /**< RANGE: the last one, included. */
    bool none;            /**< RANGE: "none" was written. */
    const char *text;     /**< As written; PATH: resolved. Owned by the config. */
    const uint8_t *bytes; /**< HEX; owned by the config. */
    size_t len;
};

struct config_list {
    struct config_at at; /**< Line 0: absent. */
    size_t count;
    void *items; /**< Owned by the config. */
};

struct config_name {
    const char *name; /**< NULL ends the table. */
    uint64_t value;
};

struct config_field {
    const char *key; /**< NULL ends the table; an element of a list has none. */
    enum config_kind kind;
    bool required;
    size_t offset; /**< In the struct of the mapping that the key stands in. */
    uint64_t min;
    uint64_t max;
    const struct config_name *names;   /**< NAME. */
    const struct config_field *fields; /**< MAP. */
    const struct config_field *item;   /**< LIST: what an element is; its offset is 0. */
    size_t item_size;                  /**< LIST: bytes of an element's struct. */
};

struct config_schema {
    const char *what; /**< "device description". */
    unsigned version; /**< The one schema_version that is read. */
    const struct config_field *fields;
};

/**
 * Reads a file into `values`, a struct as the schema describes it, which must be zeroed.
 * @param out  owns all text, bytes and lists in `values`; NULL on failure
 * @return SIM_ERROR_FILE: cannot be read; SIM_ERROR_USAGE: something in it is wrong.
 */
SIM_MUST_USE enum sim_status config_open(const char *path, const struct config_schema *schema,
                                         void *values, struct config **out,
                                         struct sim_error *error);

/** Frees what `values` points to. NULL does nothing. */
void config_close(struct config *config);

/** A wrong value that only its user can recognise: returns SIM_ERROR_USAGE with its place. */
SIM_MUST_USE enum sim_status config_fail(const struct config *config, struct config_at at,
                                         struct sim_error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
