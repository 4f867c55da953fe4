/* What v8m_operand() says of each encoding of a load or store, against the table in cpu_operand.S. */
#include "cpu_fixture.h"

#include "cpu_v8m_insn.h"

struct row {
    uint16_t first;
    uint16_t second;
    uint8_t size; /**< 0: reaches no data. */
    uint8_t count;
    uint8_t load;
    int8_t base;
    int8_t index;
    uint8_t shift;
    uint8_t spare[2];
    uint32_t offset;
};

#define NOWHERE 0x20060000u /* of no region of the MPU */
#define CODE    0x08104402u /* of no literal's alignment */

static bool same(const struct row *row, bool reaches, const struct v8m_operand *op)
{
    if (row->size == 0 || !reaches) {
        return (row->size != 0) == reaches;
    }
    return op->size == row->size && op->count == row->count && op->load == (row->load != 0) &&
           op->base == row->base && op->index == row->index && op->shift == row->shift &&
           op->offset == row->offset;
}

static const uint8_t *bytes_at(uint32_t addr)
{
    for (const struct cpu_part *part = cpu_parts; part->bytes != NULL; part++) {
        if (addr - part->addr < part->len) {
            return part->bytes + (addr - part->addr);
        }
    }
    fail_msg("nothing at 0x%08X", addr);
    return NULL;
}

static void operands_are_what_the_manual_says(void **state)
{
    const uint32_t first = at("rows");
    const unsigned count = (at("rows_end") - first) / (unsigned)sizeof(struct row);
    unsigned wrong = 0;
    (void)state;
    assert_in_range(count, 150, 1000);
    for (unsigned i = 0; i < count; i++) {
        struct row row;
        struct v8m_operand op;
        memcpy(&row, bytes_at(first + i * (unsigned)sizeof row), sizeof row);
        const bool reaches = v8m_operand(row.first, row.second, &op);
        if (!same(&row, reaches, &op)) {
            print_message("row %u, %04x %04x: %s, size %u, count %u, load %d, base %d, index %d, "
                          "shift %u, offset %d\n",
                          i, row.first, row.second, reaches ? "data" : "none", op.size, op.count,
                          op.load, op.base, op.index, op.shift, (int)op.offset);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

/** Runs a row on the system level's own model, which must fault at its first access. */
static void fault_of(struct cpu_fixture *f, const struct row *row)
{
    struct v8m *v = f->v;
    begin(f, "rows");
    v->r[15] = CODE;
    v->cfsr[false] = 0;
    v->exclusive = true;
    v->fp_here = true;
    v->msp[false] = NOWHERE + 13u * 0x100u;
    for (unsigned i = 0; i < 13; i++) {
        v->r[i] = NOWHERE + 0x100u * i;
    }
    v->r[14] = NOWHERE + 14u * 0x100u;
    if (row->index >= 0) {
        v->r[row->index] = 8u * (unsigned)row->index;
    }
    if (!v8m_load_store_fp(v, row->first, row->second)) {
        assert_true(v8m_load_store(v, row->first, row->second));
    }
}

static uint32_t expected_addr(const struct cpu_fixture *f, const struct row *row)
{
    const struct v8m *v = f->v;
    const bool own = row->base < 0;
    const unsigned base = own ? row->first & 0xFu : (unsigned)row->base;
    uint32_t addr = base == 13 ? v->msp[false] : v->r[base];
    addr = base == 15 ? (CODE + 4u) & (row->index >= 0 ? ~0u : ~3u) : addr;
    addr += row->index >= 0 ? v->r[row->index] << row->shift : 0u;
    return addr + row->offset;
}

/* Whatever an instruction accesses, Non-secure code may not: MMFAR tells the place. */
static void the_model_accesses_what_the_table_says(void **state)
{
    struct cpu_fixture *f = *state;
    const uint32_t first = at("rows");
    const unsigned count = (at("rows_end") - first) / (unsigned)sizeof(struct row);
    unsigned seen = 0;
    set_scs(f, 0xE000ED24, true, 0x70000);
    set_scs(f, 0xE000ED24, false, 0x70000);
    set_scs(f, 0xE000ED94, false, 1);
    f->v->nsacr = 0xC00;
    f->v->cpacr[false] = 0xF00000;
    for (unsigned i = 0; i < count; i++) {
        struct row row;
        memcpy(&row, bytes_at(first + i * (unsigned)sizeof row), sizeof row);
        if (row.size == 0) {
            continue;
        }
        fault_of(f, &row);
        const uint32_t expected = expected_addr(f, &row);
        if ((f->v->cfsr[false] & CFSR_MMARVALID) == 0 || f->v->mmfar[false] != expected) {
            fail_msg("row %u, %04x %04x: CFSR %08x, MMFAR %08x, expected %08x", i, row.first,
                     row.second, f->v->cfsr[false], f->v->mmfar[false], expected);
        }
        seen++;
    }
    assert_in_range(seen, 100, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operands_are_what_the_manual_says),
        cmocka_unit_test_setup_teardown(the_model_accesses_what_the_table_says, cpu_secure,
                                        cpu_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
