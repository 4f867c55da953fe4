#include "support/elf_symbol.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"

/** Whole of the file that was read last. */
static uint8_t file[4u << 20];
static char read_path[512];

static void read_image(const char *image)
{
    char path[sizeof read_path];
    const char *target = getenv("GARRISON_TARGET_DIR");
    (void)snprintf(path, sizeof path, "%s/%s.elf", target != NULL ? target : ".", image);
    if (strcmp(path, read_path) == 0) {
        return;
    }
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        fail_msg("%s cannot be read", path);
    }
    const size_t len = fread(file, 1, sizeof file, stream);
    assert_true(len > sizeof(Elf32_Ehdr) && len < sizeof file);
    assert_int_equal(fclose(stream), 0);
    memcpy(read_path, path, sizeof read_path);
}

struct elf_symbol elf_symbol(const char *image, const char *name)
{
    Elf32_Ehdr header;
    read_image(image);
    memcpy(&header, file, sizeof header);
    for (unsigned i = 0; i < header.e_shnum; i++) {
        Elf32_Shdr table;
        Elf32_Shdr names;
        memcpy(&table, file + header.e_shoff + i * sizeof table, sizeof table);
        if (table.sh_type != SHT_SYMTAB) {
            continue;
        }
        memcpy(&names, file + header.e_shoff + table.sh_link * sizeof names, sizeof names);
        for (uint32_t off = 0; off < table.sh_size; off += sizeof(Elf32_Sym)) {
            Elf32_Sym entry;
            memcpy(&entry, file + table.sh_offset + off, sizeof entry);
            if (strcmp((const char *)file + names.sh_offset + entry.st_name, name) == 0) {
                return (struct elf_symbol){entry.st_value, entry.st_size};
            }
        }
    }
    fail_msg("%s has no symbol %s", image, name);
    return (struct elf_symbol){0};
}
