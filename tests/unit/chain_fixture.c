#include "chain_fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "spm/partitions.h"

uint32_t prepared[PARTITIONS];

/** As a reset of the memory would. */
static void wipe(const struct partition *whose)
{
    page[whose - partition_table][DATA][0] = 0;
}

static struct partition_memory memory[PARTITIONS];
static _Alignas(PAGE) uint8_t room[PARTITIONS][PAGES * PAGE];
uint8_t *page[PARTITIONS][PAGES];
uint32_t uses[PARTITIONS][2];

static psa_status_t never_run(const psa_msg_t *to)
{
    (void)to;
    return PSA_ERROR_GENERIC_ERROR;
}

static psa_flih_result_t never_handled(psa_signal_t signal)
{
    (void)signal;
    return PSA_FLIH_NO_SIGNAL;
}

#define FOR_BOTH (SERVICE_FOR_PARTITIONS | SERVICE_FOR_NON_SECURE)

struct partition_service services[PARTITIONS + 1] = {
    {.sid = SID(0), .version = 1, .handle = HANDLE(0), .callers = FOR_BOTH},
    {.sid = SID(1), .version = 2, .handle = HANDLE(1), .callers = SERVICE_FOR_PARTITIONS},
    {.sid = SID(2), .version = 3, .handle = HANDLE(2), .callers = FOR_BOTH},
    {.sid = SID(3), .version = 4, .handle = HANDLE(3), .callers = FOR_BOTH},
    {.sid = SID(4), .version = 5, .handle = HANDLE(4), .callers = FOR_BOTH},
    {.sid = SID(5), .version = 6, .handle = HANDLE(5), .callers = FOR_BOTH},
    {.sid = SID(6), .version = 7, .handle = HANDLE(6), .callers = SERVICE_FOR_NON_SECURE},
    {.sid = SID(7), .version = 8, .handle = HANDLE(7), .callers = SERVICE_FOR_MODULES},
    {.sid = CONNECTED_SID, .version = CONNECTED_VERSION, .callers = FOR_BOTH},
};

/** A module's memory is opened to itself, since no more of it can be open at a time. */
static void expect_open(uint32_t index)
{
    const struct partition *whose = &partition_table[index];
    assert_ptr_equal(port_fake.open, whose->is_module ? whose : NULL);
}

#define PREPARE(index)                                                                             \
    static void prepare_##index(void)                                                              \
    {                                                                                              \
        expect_open(index);                                                                        \
        page[index][DATA][0] = 0xEE;                                                               \
        prepared[index]++;                                                                         \
    }
PREPARE(0)
PREPARE(1)
PREPARE(2)
PREPARE(3)
PREPARE(4)
PREPARE(5)
PREPARE(6)
PREPARE(7)

#define ROW(index, name_, module, count)                                                           \
    {                                                                                              \
        .id = (index) + 1, .name = (name_), .function = never_run, .memory = &memory[index],       \
        .services = &services[index], .service_count = (index) == 7 ? 2 : 1, .uses = uses[index],  \
        .use_count = (count), .is_module = (module),                                               \
        .time_limit_ms = (module) ? FIXTURE_LIMIT_MS : 0, .hears_ends = (index) == HEARS_ENDS,     \
        .signals = SIGNALS(index), .handler = never_handled, .prepare = prepare_##index            \
    }

const struct partition partition_table[] = {
    ROW(0, "a", false, 2), ROW(1, "b", false, 2), ROW(2, "c", false, 2), ROW(3, "d", false, 2),
    ROW(4, "e", false, 2), ROW(5, "f", false, 0), ROW(6, "g", true, 2),  ROW(7, "h", false, 2),
};
const uint32_t partition_count = PARTITIONS;

struct chain_client client;

const struct partition *partition;
const psa_msg_t *message;
enum port_end ended;

static void open_pages(const struct partition *whose)
{
    for (uint32_t i = 0; i < PARTITIONS; i++) {
        const bool open = whose == NULL || whose == &partition_table[i];
        assert_int_equal(mprotect(page[i][CONSTANTS], PAGE, open ? PROT_READ : PROT_NONE), 0);
        assert_int_equal(mprotect(page[i][DATA], PAGE, open ? PROT_READ | PROT_WRITE : PROT_NONE),
                         0);
    }
}

int make_pages(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < PARTITIONS; i++) {
        uint8_t *base = room[i];
        for (uint32_t k = 0; k < PAGES; k++) {
            page[i][k] = base + (size_t)k * PAGE;
        }
        memset(page[i][CONSTANTS], (int)(0xC0 + i), PAGE);
        assert_int_equal(mprotect(page[i][DEVICE], 2 * PAGE, PROT_NONE), 0);
        const uintptr_t at = (uintptr_t)base;
        memory[i] = (struct partition_memory){
            .stack_base = at + PAGE + STACK_OFF,
            .stack_limit = at + 2 * PAGE,
            .region = {{at, at + PAGE, PARTITION_READ},
                       {at + PAGE, at + 2 * PAGE, PARTITION_READ | PARTITION_WRITE},
                       {at + 2 * PAGE, at + 3 * PAGE,
                        PARTITION_READ | PARTITION_WRITE | PARTITION_DEVICE}},
        };
    }
    return 0;
}

int release_pages(void **state)
{
    (void)state;
    return mprotect(room, sizeof room, PROT_READ | PROT_WRITE);
}

int set_up(void **state)
{
    (void)state;
    port_fake_reset();
    port_fake.on_switch = open_pages;
    port_fake.on_reset = wipe;
    while (spm_running() != NULL) {
        (void)spm_end(PSA_SUCCESS);
    }
    port_fake.client_may_all = false;
    port_fake.client_base = (uintptr_t)&client;
    port_fake.client_limit = (uintptr_t)(&client + 1);
    port_fake.client_read_only_from = port_fake.client_limit;
    for (uint32_t i = 0; i < PARTITIONS; i++) {
        uses[i][0] = uses[i][1] = i < 5 ? SID(i + 1) : SID(5);
        services[i].sid = SID(i);
        services[i].handle = HANDLE((int32_t)i);
    }
    services[PARTITIONS].strict = false;
    open_pages(NULL);
    for (uint32_t i = 0; i < PARTITIONS; i++) {
        memset(page[i][DATA], (int)(0xD0 + i), PAGE);
    }
    memset(prepared, 0, sizeof prepared);
    memset(&client, 0x55, sizeof client);
    client.in[0] = (psa_invec){client.data, 16};
    client.in[1] = (psa_invec){client.data + 16, 16};
    client.out[0] = (psa_outvec){client.data + 32, 16};
    partition = NULL;
    message = NULL;
    assert_int_equal(spm_init(), GARRISON_OK);
    return 0;
}

psa_status_t call(uint32_t to)
{
    return spm_begin(NS, HANDLE((int32_t)to), GATE_CONTROL(1, 2, 1), client.in, client.out,
                     &partition, &message);
}

struct chain_vectors own;

void make_vectors(uint32_t from)
{
    uint8_t *data = page[from][DATA];
    own.in = (psa_invec *)(void *)data;
    own.out = (psa_outvec *)(void *)(data + 64);
    own.in[0] = (psa_invec){page[from][CONSTANTS] + 8, 4};
    own.in[1] = (psa_invec){data + 128, 8};
    own.out[0] = (psa_outvec){data + 256, 16};
}

psa_status_t nest(uint32_t from, uint32_t to)
{
    return spm_begin((int32_t)from + 1, HANDLE((int32_t)to), GATE_CONTROL(2, 2, 1), own.in, own.out,
                     &partition, &message);
}

void call_down_to(uint32_t last)
{
    assert_int_equal(call(0), PSA_SUCCESS);
    for (uint32_t i = 1; i <= last; i++) {
        make_vectors(i - 1);
        assert_int_equal(nest(i - 1, i), PSA_SUCCESS);
    }
}

void expect_failed(uint32_t index, const char *reason)
{
    char line[128];
    (void)snprintf(line, sizeof line, "partition %s: %s (restart 1 of 3)",
                   partition_table[index].name, reason);
    assert_int_equal(ended, PORT_FAILED);
    assert_int_equal(port_fake.log_count, 1);
    assert_string_equal(port_fake.log[0], line);
    assert_int_equal(port_fake.left, PSA_ERROR_COMMUNICATION_FAILURE);
    assert_ptr_equal(port_fake.was_reset, &partition_table[index]);
    assert_int_equal(prepared[index], 1);
}
