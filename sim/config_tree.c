#define _POSIX_C_SOURCE 200809L

#include "config_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

#include "fail.h"

struct config_block {
    struct config_block *next;
    max_align_t data[];
};

void *config_alloc(struct config *config, size_t size)
{
    struct config_block *block = calloc(1, sizeof *block + size);
    if (block == NULL) {
        return NULL;
    }
    block->next = config->blocks;
    config->blocks = block;
    return block->data;
}

void config_close(struct config *config)
{
    if (config == NULL) {
        return;
    }
    while (config->blocks != NULL) {
        struct config_block *next = config->blocks->next;
        free(config->blocks);
        config->blocks = next;
    }
    free(config);
}

const char *config_node_text(const struct config_node *node)
{
    static const char *const texts[] = {
        [CONFIG_NODE_SCALAR] = "a single value",
        [CONFIG_NODE_SEQUENCE] = "a list",
        [CONFIG_NODE_MAPPING] = "a mapping",
    };
    return texts[node->kind];
}

/** A file being parsed. The first problem sticks. */
struct reader {
    struct config *config;
    struct sim_error *error;
    enum sim_status status;
    yaml_parser_t parser;
    yaml_event_t event; /**< The current one. */
    unsigned nodes;
    const uint8_t *data;
    size_t len;
};

static struct config_at mark_at(const yaml_mark_t *mark)
{
    return (struct config_at){(uint32_t)mark->line + 1, (uint32_t)mark->column + 1};
}

static void reader_fail(struct reader *reader, struct config_at at, const char *why)
{
    if (reader->status == SIM_OK) {
        reader->status = config_fail(reader->config, at, reader->error, "%s", why);
    }
}

/** Where a byte stands; libyaml gives no line for bytes that are no characters. */
static struct config_at offset_at(const struct reader *reader, size_t offset)
{
    struct config_at at = {1, 1};
    for (size_t i = 0; i < offset && i < reader->len; i++) {
        at.column++;
        if (reader->data[i] == '\n') {
            at.line++;
            at.column = 1;
        }
    }
    return at;
}

static void parser_fail(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    if (parser->error == YAML_MEMORY_ERROR) {
        reader->status = sim_fail(reader->error, SIM_ERROR_MEMORY, "out of memory");
        return;
    }
    if (parser->error == YAML_READER_ERROR) {
        reader_fail(reader, offset_at(reader, parser->problem_offset), "is not UTF-8 text");
        return;
    }
    reader_fail(reader, mark_at(&parser->problem_mark),
                parser->problem != NULL ? parser->problem : "is not YAML");
}

/** Moves to the next event. After a failure the current one is YAML_NO_EVENT. */
static void advance(struct reader *reader)
{
    yaml_event_delete(&reader->event);
    memset(&reader->event, 0, sizeof reader->event);
    if (reader->status == SIM_OK && yaml_parser_parse(&reader->parser, &reader->event) == 0) {
        memset(&reader->event, 0, sizeof reader->event);
        parser_fail(reader);
    }
}

static struct config_node *new_node(struct reader *reader, enum config_node_kind kind)
{
    struct config_node *node = config_alloc(reader->config, sizeof *node);
    if (node == NULL) {
        reader->status = sim_fail(reader->error, SIM_ERROR_MEMORY, "out of memory");
        return NULL;
    }
    node->kind = kind;
    node->at = mark_at(&reader->event.start_mark);
    reader->nodes++;
    if (reader->nodes > CONFIG_NODES_MAX) {
        reader_fail(reader, node->at, "there are too many values");
    }
    return node;
}

static void refuse_extras(struct reader *reader, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor != NULL) {
        reader_fail(reader, mark_at(&reader->event.start_mark), "anchors are not allowed");
    }
    if (tag != NULL) {
        reader_fail(reader, mark_at(&reader->event.start_mark), "tags are not allowed");
    }
}

static struct config_node *read_scalar(struct reader *reader)
{
    struct config_node *node = new_node(reader, CONFIG_NODE_SCALAR);
    const char *value = (const char *)reader->event.data.scalar.value;
    const size_t len = reader->event.data.scalar.length;
    refuse_extras(reader, reader->event.data.scalar.anchor, reader->event.data.scalar.tag);
    if (reader->status != SIM_OK) {
        return node;
    }
    char *text = config_alloc(reader->config, len + 1);
    if (text == NULL) {
        reader->status = sim_fail(reader->error, SIM_ERROR_MEMORY, "out of memory");
        return node;
    }
    memcpy(text, value, len);
    node->text = text;
    if (strlen(text) != len) {
        reader_fail(reader, node->at, "there is a NUL character in it");
    }
    advance(reader);
    return node;
}

static struct config_node *read_node(struct reader *reader, unsigned depth);

/** The children of a sequence or mapping, up to the event that ends it. */
static struct config_node *read_children(struct reader *reader, enum config_node_kind kind,
                                         yaml_event_type_t end, unsigned depth)
{
    struct config_node *node = new_node(reader, kind);
    if (depth == CONFIG_DEPTH_MAX) {
        reader_fail(reader, mark_at(&reader->event.start_mark), "is nested too deeply");
    }
    advance(reader);
    struct config_node *last = NULL;
    while (node != NULL && reader->status == SIM_OK && reader->event.type != end) {
        struct config_node *child = read_node(reader, depth + 1);
        *(last == NULL ? &node->first : &last->next) = child;
        last = child;
        node->children++;
    }
    advance(reader);
    return node;
}

/** The node that begins with the current event; afterwards the current event is behind it. */
static struct config_node *read_node(struct reader *reader, unsigned depth)
{
    const yaml_event_t *event = &reader->event;
    if (event->type == YAML_SCALAR_EVENT) {
        return read_scalar(reader);
    }
    if (event->type == YAML_SEQUENCE_START_EVENT) {
        refuse_extras(reader, event->data.sequence_start.anchor, event->data.sequence_start.tag);
        return read_children(reader, CONFIG_NODE_SEQUENCE, YAML_SEQUENCE_END_EVENT, depth);
    }
    if (event->type == YAML_MAPPING_START_EVENT) {
        refuse_extras(reader, event->data.mapping_start.anchor, event->data.mapping_start.tag);
        return read_children(reader, CONFIG_NODE_MAPPING, YAML_MAPPING_END_EVENT, depth);
    }
    reader_fail(reader, mark_at(&event->start_mark),
                event->type == YAML_ALIAS_EVENT ? "aliases are not allowed" : "is not YAML");
    return NULL;
}

static void read_document(struct reader *reader)
{
    const struct config_at start = {1, 1};
    advance(reader); /* to the start of the stream */
    advance(reader); /* to the start of the document, or the end */
    if (reader->event.type == YAML_STREAM_END_EVENT) {
        reader_fail(reader, start, "is empty");
        return;
    }
    advance(reader);
    if (reader->status != SIM_OK) {
        return;
    }
    reader->config->root = read_node(reader, 0);
    advance(reader); /* behind the end of the document */
    if (reader->status == SIM_OK && reader->event.type != YAML_STREAM_END_EVENT) {
        reader_fail(reader, mark_at(&reader->event.start_mark), "a second document is not allowed");
    }
}

static enum sim_status parse(struct config *config, const uint8_t *data, size_t len,
                             struct sim_error *error)
{
    struct reader reader = {
        .config = config, .error = error, .status = SIM_OK, .data = data, .len = len};
    if (yaml_parser_initialize(&reader.parser) == 0) {
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    yaml_parser_set_input_string(&reader.parser, data, len);
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    read_document(&reader);
    yaml_event_delete(&reader.event);
    yaml_parser_delete(&reader.parser);
    return reader.status;
}

/** Reads the open file; at most one byte more than is allowed. */
static enum sim_status slurp(int fd, const char *path, uint8_t *data, size_t *len,
                             struct sim_error *error)
{
    struct stat info;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        return sim_fail(error, SIM_ERROR_FILE, "%s: is not a regular file", path);
    }
    ssize_t got = 1;
    for (*len = 0; got > 0 && *len <= CONFIG_BYTES_MAX; *len += (size_t)got) {
        got = read(fd, data + *len, CONFIG_BYTES_MAX + 1u - *len);
        if (got < 0) {
            return sim_fail(error, SIM_ERROR_FILE, "%s: cannot be read: %s", path, strerror(errno));
        }
    }
    if (*len > CONFIG_BYTES_MAX) {
        return sim_fail(error, SIM_ERROR_USAGE, "%s: is longer than %u bytes", path,
                        CONFIG_BYTES_MAX);
    }
    return SIM_OK;
}

enum sim_status config_tree_read(struct config *config, struct sim_error *error)
{
    uint8_t *data = malloc(CONFIG_BYTES_MAX + 1u);
    if (data == NULL) {
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    size_t len = 0;
    enum sim_status status;
    const int fd = open(config->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        status = sim_fail(error, SIM_ERROR_FILE, "%s: cannot be opened: %s", config->path,
                          strerror(errno));
    } else {
        status = slurp(fd, config->path, data, &len, error);
        (void)close(fd);
    }
    if (status == SIM_OK) {
        status = parse(config, data, len, error);
    }
    free(data);
    return status;
}
