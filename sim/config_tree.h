/*
 * A YAML file as a tree, before anybody asks what it means. Internal to config*.c.
 */
#pragma once

#include "config.h"

enum config_node_kind {
    CONFIG_NODE_SCALAR,
    CONFIG_NODE_SEQUENCE,
    CONFIG_NODE_MAPPING, /**< Its children are key, value, key, value ... */
};

struct config_node {
    enum config_node_kind kind;
    struct config_at at;
    const char *text; /**< SCALAR: NUL-terminated, without inner NULs. */
    size_t children;
    struct config_node *first;
    struct config_node *next; /**< Sibling. */
};

struct config_block;

struct config {
    const char *path;
    struct config_block *blocks; /**< All memory of the config. */
    struct config_node *root;
};

/** Zeroed memory that lives as long as the config; NULL: out of memory. */
void *config_alloc(struct config *config, size_t size);

/** Reads the file at config->path into config->root. */
SIM_MUST_USE enum sim_status config_tree_read(struct config *config, struct sim_error *error);

/** "a text", "a list", "a mapping": what a node is, for messages. */
const char *config_node_text(const struct config_node *node);
