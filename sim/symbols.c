#include "symbols.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

#define SYMBOLS_FILE_FIRST (1u << 20)
#define SYMBOLS_FILE_MAX   (64u << 20) /* No firmware's ELF file is larger. */

/* Structures of <elf.h> are copied out of the file as they are. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the host has the file's byte order");

struct symbol {
    uint32_t addr; /* Without the Thumb bit. */
    uint32_t size; /* Bytes; 0: not known. */
    uint32_t name; /* Offset in `names`. */
    uint32_t age;  /* Which came first. */
};

struct symbols {
    struct symbol *symbol; /* Ascending addr, then age. */
    size_t count;
    char *names; /* NUL-terminated strings, printable. */
    size_t names_len;
};

/* A file in memory, and the first thing found wrong with it. */
struct elf {
    uint8_t *bytes;
    size_t len;
    const char *problem;
};

struct symbols *symbols_new(void)
{
    return calloc(1, sizeof(struct symbols));
}

void symbols_free(struct symbols *symbols)
{
    if (symbols != NULL) {
        free(symbols->symbol);
        free(symbols->names);
        free(symbols);
    }
}

/* ---- reading the file ----------------------------------------------------------------------- */

/* Reads until the end: a folder or a pipe has no size to ask for. */
static enum sim_status elf_read(FILE *file, struct elf *elf, const char *path,
                                struct sim_error *error)
{
    size_t room = 0;
    do {
        room = room == 0 ? SYMBOLS_FILE_FIRST : 2u * room;
        uint8_t *bytes = realloc(elf->bytes, room);
        if (bytes == NULL) {
            return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
        }
        elf->bytes = bytes;
        elf->len += fread(elf->bytes + elf->len, 1, room - elf->len, file);
        if (ferror(file)) {
            return sim_fail(error, SIM_ERROR_FILE, "%s: %s", path, strerror(errno));
        }
    } while (elf->len == room && room < SYMBOLS_FILE_MAX);
    if (elf->len == SYMBOLS_FILE_MAX) {
        return sim_fail(error, SIM_ERROR_FILE, "%s: larger than 64 MB", path);
    }
    return SIM_OK;
}

static enum sim_status elf_load(struct elf *elf, const char *path, struct sim_error *error)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return sim_fail(error, SIM_ERROR_FILE, "%s: %s", path, strerror(errno));
    }
    const enum sim_status status = elf_read(file, elf, path, error);
    (void)fclose(file);
    return status;
}

/* ---- taking it apart ------------------------------------------------------------------------ */

static void elf_bad(struct elf *elf, const char *problem)
{
    if (elf->problem == NULL) {
        elf->problem = problem;
    }
}

/* Copies `len` bytes at `off` out of the file; zeros, and a problem, if they are not all there. */
static void elf_take(struct elf *elf, uint64_t off, void *to, size_t len)
{
    if (off > elf->len || len > elf->len - off) {
        memset(to, 0, len);
        elf_bad(elf, "a table reaches beyond the end of the file");
        return;
    }
    memcpy(to, elf->bytes + off, len);
}

static void elf_check_header(struct elf *elf, Elf32_Ehdr *header)
{
    if (elf->len < sizeof *header || memcmp(elf->bytes, ELFMAG, SELFMAG) != 0) {
        memset(header, 0, sizeof *header);
        elf_bad(elf, "not an ELF file");
        return;
    }
    elf_take(elf, 0, header, sizeof *header);
    if (header->e_ident[EI_CLASS] != ELFCLASS32) {
        elf_bad(elf, "not a 32-bit ELF file");
    }
    if (header->e_ident[EI_DATA] != ELFDATA2LSB) {
        elf_bad(elf, "not a little-endian ELF file");
    }
    if (header->e_machine != EM_ARM) {
        elf_bad(elf, "not an ELF file for Arm");
    }
    if (header->e_shnum == 0) {
        elf_bad(elf, "no section headers");
    }
    if (header->e_shentsize != sizeof(Elf32_Shdr)) {
        elf_bad(elf, "section headers of an unknown size");
    }
}

static void elf_section(struct elf *elf, const Elf32_Ehdr *header, uint32_t index, Elf32_Shdr *out)
{
    memset(out, 0, sizeof *out);
    if (index >= header->e_shnum) {
        elf_bad(elf, "a section number is out of range");
        return;
    }
    elf_take(elf, (uint64_t)header->e_shoff + (uint64_t)index * sizeof *out, out, sizeof *out);
}

/* Checks a symbol table and finds its strings. */
static void elf_check_symtab(struct elf *elf, const Elf32_Ehdr *header, const Elf32_Shdr *symtab,
                             Elf32_Shdr *strtab)
{
    elf_section(elf, header, symtab->sh_link, strtab);
    if (symtab->sh_entsize != sizeof(Elf32_Sym) || symtab->sh_size % sizeof(Elf32_Sym) != 0) {
        elf_bad(elf, "symbols of an unknown size");
    }
    if (strtab->sh_type != SHT_STRTAB) {
        elf_bad(elf, "the symbol table has no string table");
    }
    if ((uint64_t)symtab->sh_offset + symtab->sh_size > elf->len ||
        (uint64_t)strtab->sh_offset + strtab->sh_size > elf->len) {
        elf_bad(elf, "a table reaches beyond the end of the file");
    }
}

/* The name of a symbol within the file; its string table has been checked. */
static const char *elf_name(struct elf *elf, const Elf32_Shdr *strtab, uint32_t name)
{
    if (name >= strtab->sh_size) {
        elf_bad(elf, "a symbol's name lies outside the string table");
        return "";
    }
    const char *text = (const char *)elf->bytes + strtab->sh_offset + name;
    if (memchr(text, '\0', strtab->sh_size - name) == NULL) {
        elf_bad(elf, "a symbol's name has no end");
        return "";
    }
    return text;
}

/* ---- collecting ----------------------------------------------------------------------------- */

/* Room for `extra` symbols with `names` bytes of names, behind those of `from`. */
static bool symbols_copy(struct symbols *to, const struct symbols *from, size_t extra, size_t names)
{
    to->symbol = calloc(from->count + extra + 1u, sizeof to->symbol[0]);
    to->names = malloc(from->names_len + names + 1u);
    if (to->symbol == NULL || to->names == NULL) {
        return false;
    }
    if (from->count > 0) {
        memcpy(to->symbol, from->symbol, from->count * sizeof to->symbol[0]);
        memcpy(to->names, from->names, from->names_len);
    }
    to->count = from->count;
    to->names_len = from->names_len;
    return true;
}

/* Adds one; names go into a line of the journal, so what is not printable becomes '?'. */
static void symbols_put(struct symbols *symbols, const Elf32_Sym *sym, const char *name)
{
    symbols->symbol[symbols->count] = (struct symbol){
        .addr = sym->st_value & ~1u,
        .size = sym->st_size,
        .name = (uint32_t)symbols->names_len,
        .age = (uint32_t)symbols->count,
    };
    symbols->count++;
    for (; *name != '\0'; name++) {
        symbols->names[symbols->names_len++] = *name > ' ' && *name <= '~' ? *name : '?';
    }
    symbols->names[symbols->names_len++] = '\0';
}

/*
 * Goes through the functions of one symbol table. Without `to`, only measures: `*count` and
 * `*names` grow by what they will need.
 */
static void elf_functions(struct elf *elf, const Elf32_Ehdr *header, const Elf32_Shdr *symtab,
                          struct symbols *to, size_t *count, size_t *names)
{
    Elf32_Shdr strtab;
    elf_check_symtab(elf, header, symtab, &strtab);
    for (uint32_t off = 0; elf->problem == NULL && off < symtab->sh_size;
         off += sizeof(Elf32_Sym)) {
        Elf32_Sym sym;
        elf_take(elf, (uint64_t)symtab->sh_offset + off, &sym, sizeof sym);
        if (ELF32_ST_TYPE(sym.st_info) != STT_FUNC || sym.st_shndx == SHN_UNDEF) {
            continue;
        }
        const char *name = elf_name(elf, &strtab, sym.st_name);
        *count += 1u;
        *names += strlen(name) + 1u;
        if (*names > SYMBOLS_FILE_MAX) {
            elf_bad(elf, "more than 64 MB of names");
        }
        if (to != NULL && elf->problem == NULL) {
            symbols_put(to, &sym, name);
        }
    }
}

static void elf_symbols(struct elf *elf, struct symbols *to, size_t *count, size_t *names)
{
    Elf32_Ehdr header;
    bool found = false;
    elf_check_header(elf, &header);
    for (uint32_t i = 0; elf->problem == NULL && i < header.e_shnum; i++) {
        Elf32_Shdr section;
        elf_section(elf, &header, i, &section);
        if (section.sh_type == SHT_SYMTAB && elf->problem == NULL) {
            if (found) {
                elf_bad(elf, "more than one symbol table");
                return;
            }
            found = true;
            elf_functions(elf, &header, &section, to, count, names);
        }
    }
    if (!found) {
        elf_bad(elf, "no symbol table");
    }
}

static int symbols_compare(const void *a, const void *b)
{
    const struct symbol *x = a;
    const struct symbol *y = b;
    if (x->addr != y->addr) {
        return x->addr < y->addr ? -1 : 1;
    }
    return x->age < y->age ? -1 : x->age > y->age;
}

static enum sim_status symbols_merge(struct symbols *symbols, struct elf *elf, const char *path,
                                     struct sim_error *error)
{
    struct symbols merged = {0};
    size_t count = 0;
    size_t names = 0;
    elf_symbols(elf, NULL, &count, &names);
    if (elf->problem != NULL) {
        return sim_fail(error, SIM_ERROR_FILE, "%s: %s", path, elf->problem);
    }
    if (symbols->names_len + names > UINT32_MAX || !symbols_copy(&merged, symbols, count, names)) {
        free(merged.symbol);
        free(merged.names);
        return sim_fail(error, SIM_ERROR_MEMORY, "out of memory");
    }
    /* Ages start anew as positions, so that those of this file come after all before it. */
    for (size_t i = 0; i < merged.count; i++) {
        merged.symbol[i].age = (uint32_t)i;
    }
    count = names = 0;
    elf_symbols(elf, &merged, &count, &names);
    qsort(merged.symbol, merged.count, sizeof merged.symbol[0], symbols_compare);
    free(symbols->symbol);
    free(symbols->names);
    *symbols = merged;
    return SIM_OK;
}

enum sim_status symbols_add(struct symbols *symbols, const char *path, struct sim_error *error)
{
    struct elf elf = {0};
    enum sim_status status = elf_load(&elf, path, error);
    if (status == SIM_OK) {
        status = symbols_merge(symbols, &elf, path, error);
    }
    free(elf.bytes);
    return status;
}

/* ---- asking --------------------------------------------------------------------------------- */

/* How many symbols stand at or below `addr`. */
static size_t symbols_below(const struct symbols *symbols, uint32_t addr)
{
    size_t low = 0;
    size_t high = symbols->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2u;
        if (symbols->symbol[middle].addr <= addr) {
            low = middle + 1u;
        } else {
            high = middle;
        }
    }
    return low;
}

void symbols_text(const struct symbols *symbols, uint32_t addr, char *text, size_t size)
{
    if (size == 0) {
        return;
    }
    text[0] = '\0';
    addr &= ~1u;
    const size_t below = symbols_below(symbols, addr);
    if (below == 0) {
        return;
    }
    const struct symbol *symbol = &symbols->symbol[below - 1u];
    const uint32_t off = addr - symbol->addr;
    if (symbol->size != 0 && off >= symbol->size) {
        return;
    }
    const char *name = symbols->names + symbol->name;
    if (off == 0) {
        (void)snprintf(text, size, "%s", name);
    } else {
        (void)snprintf(text, size, "%s+0x%x", name, (unsigned)off);
    }
}
