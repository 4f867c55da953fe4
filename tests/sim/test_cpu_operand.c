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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operands_are_what_the_manual_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
