#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dev_bench.h"
#include "dev_usart.h"

#define USART1  0x40013800u
#define LPUART1 0x44002400u
#define CR1     (USART1 + 0x00u)
#define CR2     (USART1 + 0x04u)
#define CR3     (USART1 + 0x08u)
#define BRR     (USART1 + 0x0cu)
#define GTPR    (USART1 + 0x10u)
#define RTOR    (USART1 + 0x14u)
#define RQR     (USART1 + 0x18u)
#define ISR     (USART1 + 0x1cu)
#define ICR     (USART1 + 0x20u)
#define RDR     (USART1 + 0x24u)
#define TDR     (USART1 + 0x28u)
#define PRESC   (USART1 + 0x2cu)

#define UE         0x1u
#define RE         0x4u
#define TE         0x8u
#define FIFOEN     0x20000000u
#define ORE        0x8u
#define IDLE       0x10u
#define RXNE       0x20u
#define TC         0x40u
#define TXE        0x80u
#define RTOF       0x800u
#define SBKF       0x40000u
#define IRQ_USART1 58u

/* 10 bits of 100 cycles each. */
#define DIV   100u
#define FRAME 1000u

static int setup(void **state)
{
    *state = bench_open(false);
    return 0;
}

static int teardown(void **state)
{
    bench_close(*state);
    return 0;
}

static void start(struct dev_bench *b, uint32_t cr1)
{
    bench_write(b, BRR, DIV);
    bench_write(b, CR1, cr1);
}

static struct sim_device *usart1(struct dev_bench *b)
{
    return chip_device(b->chip, "USART1");
}

static void reset_values(void **state)
{
    struct dev_bench *b = *state;
    assert_int_equal(bench_read(b, CR1), 0);
    assert_int_equal(bench_read(b, CR2), 0);
    assert_int_equal(bench_read(b, CR3), 0);
    assert_int_equal(bench_read(b, BRR), 0);
    assert_int_equal(bench_read(b, ISR), 0xc0);
    assert_int_equal(bench_read(b, RDR), 0);
    assert_int_equal(bench_read(b, PRESC), 0);
}

static void reserved_bits_stay_zero(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR2, 0xffffffff);
    assert_int_equal(bench_read(b, CR2), 0xffffff79);
    bench_write(b, CR3, 0xffffffff);
    assert_int_equal(bench_read(b, CR3), 0xfffeffff);
    bench_write(b, BRR, 0xffffffff);
    assert_int_equal(bench_read(b, BRR), 0xffff);
    bench_write(b, GTPR, 0xffffffff);
    assert_int_equal(bench_read(b, GTPR), 0xffff);
    bench_write(b, RTOR, 0x12345678);
    assert_int_equal(bench_read(b, RTOR), 0x12345678);
    bench_write(b, PRESC, 0xffffffff);
    assert_int_equal(bench_read(b, PRESC), 0xf);
    bench_write(b, CR1, 0xfffffffe);
    assert_int_equal(bench_read(b, CR1), 0xfffffffe);
}

static void lpuart_lacks_what_only_usarts_have(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, LPUART1 + 0x00u, 0xfffffffe);
    assert_int_equal(bench_read(b, LPUART1 + 0x00u), 0xf3ff7ffe);
    bench_write(b, LPUART1 + 0x04u, 0xffffffff);
    assert_int_equal(bench_read(b, LPUART1 + 0x04u), 0xff0fb010);
    bench_write(b, LPUART1 + 0x08u, 0xffffffff);
    assert_int_equal(bench_read(b, LPUART1 + 0x08u), 0xfef0f7c9);
    bench_write(b, LPUART1 + 0x0cu, 0xffffffff);
    assert_int_equal(bench_read(b, LPUART1 + 0x0cu), 0xfffff);
    bench_write(b, LPUART1 + 0x10u, 0xffffffff);
    assert_int_equal(bench_read(b, LPUART1 + 0x10u), 0);
}

static void configuration_is_locked_while_enabled(void **state)
{
    struct dev_bench *b = *state;
    start(b, UE | TE);
    bench_write(b, BRR, 7);
    assert_int_equal(bench_read(b, BRR), DIV);
    bench_write(b, PRESC, 3);
    assert_int_equal(bench_read(b, PRESC), 0);
    bench_write(b, CR2, 0x00003000); /* STOP */
    assert_int_equal(bench_read(b, CR2), 0);
    bench_write(b, CR1, UE | TE | FIFOEN | 0x1000u | 0x20u); /* M0 and RXNEIE */
    assert_int_equal(bench_read(b, CR1), UE | TE | 0x20u);
}

static void byte_leaves_after_one_frame(void **state)
{
    struct dev_bench *b = *state;
    start(b, UE | TE);
    assert_int_equal(bench_read(b, ISR), 0x200000u | TC | TXE); /* TEACK */
    bench_write(b, TDR, 'A');
    assert_int_equal(bench_read(b, ISR) & (TC | TXE), TXE);
    bench_wait(b, FRAME - 1u);
    assert_int_equal(b->uart_len, 0);
    bench_wait(b, 1);
    assert_int_equal(b->uart_len, 1);
    assert_int_equal(b->uart[0], 'A');
    assert_int_equal(b->uart_number, 1);
    assert_int_equal(bench_read(b, ISR) & (TC | TXE), TC | TXE);
}

static void second_byte_waits_in_tdr_and_follows_without_a_gap(void **state)
{
    struct dev_bench *b = *state;
    start(b, UE | TE);
    bench_write(b, TDR, 'A');
    bench_write(b, TDR, 'B');
    assert_int_equal(bench_read(b, ISR) & (TC | TXE), 0);
    bench_wait(b, FRAME);
    assert_int_equal(bench_read(b, ISR) & (TC | TXE), TXE);
    bench_wait(b, FRAME);
    assert_int_equal(b->uart_len, 2);
    assert_int_equal(b->uart[1], 'B');
    assert_int_equal(bench_read(b, ISR) & TC, TC);
}

static void frame_length_follows_format_and_divider(void **state)
{
    static const struct {
        uint32_t cr1, cr2, brr, presc, frame;
    } row[] = {
        {0, 0, 100, 0, 1000},         /* 8N1 */
        {0x1000, 0, 100, 0, 1100},    /* M0: 9 bits */
        {0x10000000, 0, 100, 0, 900}, /* M1: 7 bits */
        {0, 0x2000, 100, 0, 1100},    /* 2 stop bits */
        {0, 0x3000, 100, 0, 1050},    /* 1.5 stop bits */
        {0, 0, 100, 2, 4000},         /* PRESC /4 */
        {0x8000, 0, 0x64, 0, 520},    /* OVER8: USARTDIV 0x68 */
    };
    struct dev_bench *b = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        bench_write(b, CR1, 0);
        bench_write(b, CR2, row[i].cr2);
        bench_write(b, PRESC, row[i].presc);
        bench_write(b, BRR, row[i].brr);
        bench_write(b, CR1, row[i].cr1);
        bench_write(b, CR1, row[i].cr1 | UE | TE);
        bench_write(b, TDR, 'x');
        bench_wait(b, row[i].frame - 1u);
        assert_int_equal(b->uart_len, i);
        bench_wait(b, 1);
        assert_int_equal(b->uart_len, i + 1u);
    }
}

static void lpuart_divides_by_256ths(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, LPUART1 + 0x0cu, 100u * 256u);
    bench_write(b, LPUART1 + 0x00u, UE | TE);
    bench_write(b, LPUART1 + 0x28u, 'L');
    bench_wait(b, FRAME - 1u);
    assert_int_equal(b->uart_len, 0);
    bench_wait(b, 1);
    assert_int_equal(b->uart_len, 1);
    assert_int_equal(b->uart_number, 13);
}

static void parity_bit_is_not_part_of_the_byte(void **state)
{
    struct dev_bench *b = *state;
    start(b, 0x400u | UE | TE); /* PCE with 8 bits: 7 of data */
    bench_write(b, TDR, 0xffu);
    bench_wait(b, FRAME);
    assert_int_equal(b->uart[0], 0x7f);
}

static void nothing_is_sent_without_a_baud_rate(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR1, UE | TE);
    bench_write(b, TDR, 'A');
    bench_wait(b, 1000000);
    assert_int_equal(b->uart_len, 0);
    assert_int_equal(bench_read(b, ISR) & TC, 0);
}

static void disabling_drops_what_is_in_flight(void **state)
{
    struct dev_bench *b = *state;
    start(b, UE | TE);
    bench_write(b, TDR, 'A');
    bench_write(b, CR1, 0);
    bench_wait(b, 10u * FRAME);
    assert_int_equal(b->uart_len, 0);
    assert_int_equal(bench_read(b, ISR), 0xc0);
    bench_write(b, TDR, 'B'); /* ignored while off */
    bench_write(b, CR1, UE | TE);
    bench_wait(b, FRAME);
    assert_int_equal(b->uart_len, 0);
}

static void fifo_takes_sixteen_and_sends_in_order(void **state)
{
    struct dev_bench *b = *state;
    start(b, FIFOEN | UE | TE);
    assert_int_equal(bench_read(b, ISR) & 0x8000c0u, 0x8000c0u); /* TXFE */
    for (unsigned i = 0; i < 17u; i++) {
        assert_int_equal(bench_read(b, ISR) & TXE, TXE);
        bench_write(b, TDR, i);
    }
    assert_int_equal(bench_read(b, ISR) & (TXE | 0x800000u), 0);
    bench_wait(b, FRAME);
    assert_int_equal(bench_read(b, ISR) & TXE, TXE);
    bench_wait(b, 16u * FRAME);
    assert_int_equal(b->uart_len, 17);
    for (unsigned i = 0; i < 17u; i++) {
        assert_int_equal(b->uart[i], i);
    }
    assert_int_equal(bench_read(b, ISR) & (TC | 0x800000u), TC | 0x800000u);
}

static void transmit_flush_empties_the_fifo(void **state)
{
    struct dev_bench *b = *state;
    start(b, FIFOEN | UE | TE);
    for (unsigned i = 0; i < 8u; i++) {
        bench_write(b, TDR, i);
    }
    bench_write(b, RQR, 0x10);
    bench_wait(b, 20u * FRAME);
    assert_int_equal(b->uart_len, 1); /* the one in the shift register */
}

static void received_byte_arrives_after_one_frame(void **state)
{
    struct dev_bench *b = *state;
    start(b, UE | RE);
    usart_receive(usart1(b), 'r');
    assert_int_equal(bench_read(b, ISR) & (RXNE | 0x10000u), 0x10000u); /* BUSY */
    bench_wait(b, FRAME - 1u);
    assert_int_equal(bench_read(b, ISR) & RXNE, 0);
    bench_wait(b, 1);
    assert_int_equal(bench_read(b, ISR) & (RXNE | 0x10000u), RXNE);
    assert_int_equal(bench_read(b, RDR), 'r');
    assert_int_equal(bench_read(b, ISR) & RXNE, 0);
}

static void idle_is_flagged_a_frame_after_the_last_byte(void **state)
{
    struct dev_bench *b = *state;
    start(b, UE | RE);
    usart_receive(usart1(b), 1);
    bench_wait(b, 2u * FRAME - 1u);
    assert_int_equal(bench_read(b, ISR) & IDLE, 0);
    bench_wait(b, 1);
    assert_int_equal(bench_read(b, ISR) & IDLE, IDLE);
    bench_write(b, ICR, IDLE);
    assert_int_equal(bench_read(b, ISR) & IDLE, 0);
}

static void overrun_keeps_the_first_byte(void **state)
{
    struct dev_bench *b = *state;
    start(b, UE | RE);
    usart_receive(usart1(b), 1);
    usart_receive(usart1(b), 2);
    bench_wait(b, 2u * FRAME);
    assert_int_equal(bench_read(b, ISR) & (ORE | RXNE), ORE | RXNE);
    assert_int_equal(bench_read(b, RDR), 1);
    assert_int_equal(bench_read(b, ISR) & (ORE | RXNE), ORE);
    bench_write(b, ICR, ORE);
    assert_int_equal(bench_read(b, ISR) & ORE, 0);
}

static void overrun_disabled_keeps_the_last_byte(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR3, 0x1000);
    start(b, UE | RE);
    usart_receive(usart1(b), 1);
    usart_receive(usart1(b), 2);
    bench_wait(b, 2u * FRAME);
    assert_int_equal(bench_read(b, ISR) & (ORE | RXNE), RXNE);
    assert_int_equal(bench_read(b, RDR), 2);
}

static void receive_fifo_holds_seventeen(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR3, 0x2u << 25); /* RXFTCFG: 8 entries */
    start(b, FIFOEN | UE | RE);
    for (unsigned i = 0; i < 18u; i++) {
        usart_receive(usart1(b), (uint8_t)i);
    }
    bench_wait(b, 7u * FRAME);
    assert_int_equal(bench_read(b, ISR) & 0x04000000u, 0);
    bench_wait(b, FRAME);
    assert_int_equal(bench_read(b, ISR) & 0x04000000u, 0x04000000u); /* RXFT */
    bench_wait(b, 9u * FRAME);
    assert_int_equal(bench_read(b, ISR) & (ORE | 0x01000000u), 0x01000000u); /* RXFF */
    bench_wait(b, FRAME);
    assert_int_equal(bench_read(b, ISR) & ORE, ORE);
    for (unsigned i = 0; i < 17u; i++) {
        assert_int_equal(bench_read(b, RDR), i);
    }
    assert_int_equal(bench_read(b, ISR) & RXNE, 0);
}

static void byte_at_a_deaf_receiver_is_lost_and_told_once(void **state)
{
    struct dev_bench *b = *state;
    usart_receive(usart1(b), 1);
    usart_receive(usart1(b), 2);
    assert_int_equal(b->notes, 1);
    start(b, UE | RE);
    bench_wait(b, 10u * FRAME);
    assert_int_equal(bench_read(b, ISR) & RXNE, 0);
}

static void byte_before_power_on_does_no_harm(void **state)
{
    struct dev_bench *b = *state;
    struct sim_chip *off = chip_new(b->nv, NULL);
    assert_non_null(off);
    usart_receive(chip_device(off, "USART1"), 1);
    chip_advance(off, 1000);
    chip_reset(off, CHIP_RESET_POWER_ON);
    chip_free(off);
}

static void line_holds_4096_bytes(void **state)
{
    struct dev_bench *b = *state;
    start(b, UE | RE);
    for (unsigned i = 0; i < 4096u; i++) {
        usart_receive(usart1(b), (uint8_t)i);
    }
    assert_int_equal(b->notes, 0);
    usart_receive(usart1(b), 0);
    assert_int_equal(b->notes, 1);
}

static void receive_flush_clears_rxne(void **state)
{
    struct dev_bench *b = *state;
    start(b, UE | RE);
    usart_receive(usart1(b), 1);
    bench_wait(b, FRAME);
    bench_write(b, RQR, 0x8);
    assert_int_equal(bench_read(b, ISR) & RXNE, 0);
}

static void character_match_is_flagged(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR2, (uint32_t)'\n' << 24);
    start(b, UE | RE | 0x4000u); /* CMIE */
    usart_receive(usart1(b), 'x');
    bench_wait(b, FRAME);
    assert_false(bench_irq(b, IRQ_USART1));
    usart_receive(usart1(b), '\n');
    bench_wait(b, FRAME);
    assert_true(bench_irq(b, IRQ_USART1));
    bench_write(b, ICR, 0x20000);
    assert_false(bench_irq(b, IRQ_USART1));
}

static void interrupts_follow_their_flags(void **state)
{
    struct dev_bench *b = *state;
    start(b, UE | TE | RE);
    assert_false(bench_irq(b, IRQ_USART1));
    bench_write(b, CR1, UE | TE | RE | 0x80u); /* TXEIE */
    assert_true(bench_irq(b, IRQ_USART1));
    bench_write(b, CR1, UE | TE | RE | 0x40u); /* TCIE */
    assert_true(bench_irq(b, IRQ_USART1));
    bench_write(b, ICR, TC);
    assert_false(bench_irq(b, IRQ_USART1));
    bench_write(b, CR1, UE | TE | RE | 0x20u); /* RXNEIE */
    usart_receive(usart1(b), 1);
    assert_false(bench_irq(b, IRQ_USART1));
    bench_wait(b, FRAME);
    assert_true(bench_irq(b, IRQ_USART1));
    (void)bench_read(b, RDR);
    assert_false(bench_irq(b, IRQ_USART1));
}

static void narrow_accesses_reach_the_data_registers(void **state)
{
    struct dev_bench *b = *state;
    start(b, UE | TE | RE);
    bench_write_size(b, TDR, 1, 'q');
    bench_wait(b, FRAME);
    assert_int_equal(b->uart[0], 'q');
    usart_receive(usart1(b), 'w');
    bench_wait(b, FRAME);
    assert_int_equal(bench_read_size(b, RDR, 1), 'w');
    assert_int_equal(bench_read(b, ISR) & RXNE, 0);
}

static void reset_stops_a_transmission(void **state)
{
    struct dev_bench *b = *state;
    start(b, UE | TE | 0x80u);
    bench_write(b, TDR, 'A');
    chip_reset(b->chip, CHIP_RESET_SOFTWARE);
    bench_wait(b, 10u * FRAME);
    assert_int_equal(b->uart_len, 0);
    assert_int_equal(bench_read(b, CR1), 0);
    assert_false(bench_irq(b, IRQ_USART1));
}

static void receiver_times_out(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR2, 1u << 23); /* RTOEN */
    bench_write(b, RTOR, 25);
    start(b, UE | RE | 1u << 26); /* RTOIE */
    bench_wait(b, 100000);
    assert_int_equal(bench_read(b, ISR) & RTOF, 0); /* not before the first byte */
    usart_receive(usart1(b), 'a');
    usart_receive(usart1(b), 'b');
    bench_wait(b, 2u * FRAME + 25u * DIV - 1u);
    assert_false(bench_irq(b, IRQ_USART1));
    bench_wait(b, 1);
    assert_true(bench_irq(b, IRQ_USART1));
    assert_int_equal(bench_read(b, ISR) & RTOF, RTOF);
    bench_write(b, ICR, RTOF);
    assert_false(bench_irq(b, IRQ_USART1));
}

static void receiver_times_out_from_the_last_byte(void **state)
{
    struct dev_bench *b = *state;
    bench_write(b, CR2, 1u << 23); /* RTOEN */
    bench_write(b, RTOR, 5);
    start(b, UE | RE | 1u << 26); /* RTOIE */
    usart_receive(usart1(b), 'a');
    bench_wait(b, FRAME + 4u * DIV);
    usart_receive(usart1(b), 'b'); /* its frame lasts longer than what is left of the time-out */
    bench_wait(b, FRAME + 5u * DIV - 1u);
    assert_int_equal(bench_read(b, ISR) & RTOF, 0);
    assert_false(bench_irq(b, IRQ_USART1));
    bench_wait(b, 1);
    assert_true(bench_irq(b, IRQ_USART1));
}

static void break_lasts_a_frame(void **state)
{
    struct dev_bench *b = *state;
    start(b, UE);
    bench_write(b, RQR, 2); /* SBKRQ, but the transmitter is off */
    assert_int_equal(bench_read(b, ISR) & SBKF, 0);
    bench_write(b, CR1, UE | TE);
    bench_write(b, RQR, 2);
    bench_wait(b, FRAME - 1u);
    assert_int_equal(bench_read(b, ISR) & SBKF, SBKF);
    bench_wait(b, 1);
    assert_int_equal(bench_read(b, ISR) & SBKF, 0);
    assert_int_equal(b->uart_len, 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(reset_values),
        CASE(reserved_bits_stay_zero),
        CASE(lpuart_lacks_what_only_usarts_have),
        CASE(configuration_is_locked_while_enabled),
        CASE(byte_leaves_after_one_frame),
        CASE(second_byte_waits_in_tdr_and_follows_without_a_gap),
        CASE(frame_length_follows_format_and_divider),
        CASE(lpuart_divides_by_256ths),
        CASE(parity_bit_is_not_part_of_the_byte),
        CASE(nothing_is_sent_without_a_baud_rate),
        CASE(disabling_drops_what_is_in_flight),
        CASE(fifo_takes_sixteen_and_sends_in_order),
        CASE(transmit_flush_empties_the_fifo),
        CASE(received_byte_arrives_after_one_frame),
        CASE(idle_is_flagged_a_frame_after_the_last_byte),
        CASE(overrun_keeps_the_first_byte),
        CASE(overrun_disabled_keeps_the_last_byte),
        CASE(receive_fifo_holds_seventeen),
        CASE(byte_at_a_deaf_receiver_is_lost_and_told_once),
        CASE(byte_before_power_on_does_no_harm),
        CASE(line_holds_4096_bytes),
        CASE(receive_flush_clears_rxne),
        CASE(character_match_is_flagged),
        CASE(interrupts_follow_their_flags),
        CASE(narrow_accesses_reach_the_data_registers),
        CASE(reset_stops_a_transmission),
        CASE(receiver_times_out),
        CASE(receiver_times_out_from_the_last_byte),
        CASE(break_lasts_a_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
