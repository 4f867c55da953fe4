/*
 * What comes over a debugger's line, found by libFuzzer: bytes in any order, over a chip of this
 * file's own that remembers what it may be asked. What must hold:
 *
 * - each packet is answered once, with a frame whose checksum is right and that decodes to at most
 *   what was announced; nothing is sent unasked but while the chip runs, or a command's output;
 * - where debug is closed, no byte of memory and no register is read or written, and nothing runs;
 * - where Secure debug is closed, no Secure address is told;
 * - a chip that a reset has lost is not touched any more, and the session is over.
 *
 * Input: byte 0: what debug is open for, the state of the processor, and whether checksums are as they
 * come; if not, a # is followed by the right one. Then bytes of the line. 0xFF lets the chip run a
 * slice.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/gdb_session.h"

#define RAM        0x20000000u
#define RAM_BYTES  4096u
#define SECRET     0x5Eu /* of all Secure memory */
#define SECURE_BIT 0x10000000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
    bool open;
    bool secure_open;
    bool secure; /**< State of the processor. */
    uint8_t ram[RAM_BYTES];
    uint32_t reg[64];
    enum { FREE, STEP, HALT } how;
    unsigned slices;
    bool lost; /**< It could not be started again after a reset: nothing may touch it any more. */
} chip;

static struct {
    bool no_ack;      /**< The session sends no acknowledgements any more. */
    unsigned answers; /**< Frames since the last byte but O packets. */
    bool output;      /**< An O packet was among them. */
} line;

static struct gdb_session session;

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* The chip that is asked. */

static void must_be_there(const struct sim *sim)
{
    must((const void *)sim == &chip && !chip.lost);
}

void sim_debug_access(const struct sim *sim, struct sim_debug_access *access)
{
    must_be_there(sim);
    *access = (struct sim_debug_access){.trustzone = true,
                                        .nonsecure = chip.open,
                                        .secure = chip.open && chip.secure_open,
                                        .access_port = chip.open,
                                        .why = "closed"};
}

static bool is_visible(void)
{
    return chip.secure ? chip.open && chip.secure_open : chip.open;
}

bool sim_debug_visible(const struct sim *sim)
{
    must_be_there(sim);
    return is_visible();
}

void sim_debug_why(const struct sim *sim, struct sim_debug_stop *stop)
{
    must_be_there(sim);
    *stop = (struct sim_debug_stop){.kind = (enum sim_debug_kind)(chip.slices % 7u), .fault = "x"};
}

void sim_debug_attach(struct sim *sim, bool attached)
{
    must_be_there(sim);
    (void)attached;
}

void sim_debug_catch(struct sim *sim, bool faults)
{
    must_be_there(sim);
    (void)faults;
}

static enum sim_status refused(struct sim_error *error)
{
    if (error != NULL) {
        strcpy(error->text, "refused, with 'quotes', $ and #");
    }
    return SIM_ERROR_REFUSED;
}

enum sim_status sim_debug_break_set(struct sim *sim, uint32_t addr, struct sim_error *error)
{
    must_be_there(sim);
    must(chip.open);
    return addr < SECURE_BIT ? SIM_OK : refused(error);
}

void sim_debug_break_clear(struct sim *sim, uint32_t addr)
{
    must_be_there(sim);
    (void)addr;
}

enum sim_status sim_debug_watch_set(struct sim *sim, const struct sim_debug_watch *watch,
                                    struct sim_error *error)
{
    must_be_there(sim);
    must(chip.open && (watch->reads || watch->writes));
    return watch->len != 0 ? SIM_OK : refused(error);
}

void sim_debug_watch_clear(struct sim *sim, const struct sim_debug_watch *watch)
{
    must_be_there(sim);
    (void)watch;
}

static void go(int how)
{
    must(chip.open);
    chip.how = how;
}

void sim_debug_resume(struct sim *sim)
{
    must_be_there(sim);
    go(FREE);
}

void sim_debug_step(struct sim *sim)
{
    must_be_there(sim);
    go(STEP);
}

void sim_debug_halt(struct sim *sim)
{
    must_be_there(sim);
    go(HALT);
}

enum sim_status sim_debug_read(struct sim *sim, uint32_t addr, uint8_t *data, size_t len,
                               size_t *done, struct sim_error *error)
{
    must_be_there(sim);
    must(chip.open && len <= GDB_PACKET_BYTES);
    for (*done = 0; *done < len; ++*done) {
        const uint32_t at = addr + (uint32_t)*done;
        if ((at & SECURE_BIT) != 0 && chip.secure_open) {
            data[*done] = SECRET;
        } else if (at - RAM < RAM_BYTES) {
            data[*done] = chip.ram[at - RAM];
        } else {
            return refused(error);
        }
    }
    return SIM_OK;
}

enum sim_status sim_debug_write(struct sim *sim, uint32_t addr, const uint8_t *data, size_t len,
                                size_t *done, struct sim_error *error)
{
    must_be_there(sim);
    must(chip.open && len <= GDB_PACKET_BYTES);
    for (*done = 0; *done < len; ++*done) {
        const uint32_t at = addr + (uint32_t)*done;
        if (at - RAM >= RAM_BYTES) {
            return refused(error);
        }
        chip.ram[at - RAM] = data[*done];
    }
    return SIM_OK;
}

void sim_debug_place(struct sim *sim, uint32_t addr, struct sim_debug_place *place)
{
    must_be_there(sim);
    must(chip.open);
    *place = (struct sim_debug_place){.secure = (addr & SECURE_BIT) != 0,
                                      .last = addr | (SECURE_BIT - 1u)};
}

enum sim_status sim_debug_flash_erase(struct sim *sim, uint32_t addr, struct sim_error *error)
{
    must_be_there(sim);
    must(chip.open && addr % 0x2000u == 0);
    return addr < SECURE_BIT ? SIM_OK : refused(error);
}

enum sim_status sim_debug_flash_program(struct sim *sim, uint32_t addr, const uint8_t *data,
                                        size_t len, struct sim_error *error)
{
    uint8_t sum = 0;
    must_be_there(sim);
    must(chip.open && addr % 16u == 0 && len == 16u);
    for (size_t i = 0; i < len; i++) {
        sum = (uint8_t)(sum + data[i]);
    }
    return addr < SECURE_BIT || sum == 0 ? SIM_OK : refused(error);
}

bool sim_debug_fp_read(struct sim *sim, uint32_t s[32], uint32_t *fpscr)
{
    must_be_there(sim);
    memset(s, 0, 32u * sizeof s[0]);
    *fpscr = 0;
    return chip.open;
}

bool sim_debug_fp_write(struct sim *sim, const uint32_t s[32], uint32_t fpscr)
{
    must_be_there(sim);
    return chip.open && (s[0] ^ fpscr) != 1u;
}

static bool is_secure(enum sim_reg reg)
{
    return reg == SIM_REG_MSP_S || reg == SIM_REG_PSP_S || reg == SIM_REG_CONTROL_S ||
           reg == SIM_REG_PRIMASK_S || reg == SIM_REG_BASEPRI_S || reg == SIM_REG_FAULTMASK_S ||
           reg == SIM_REG_MSPLIM_S || reg == SIM_REG_PSPLIM_S;
}

static void must_be_seen(enum sim_reg reg)
{
    must(reg <= SIM_REG_SECURE && is_visible());
    must(chip.secure_open || !is_secure(reg));
}

uint32_t sim_reg_read(struct sim *sim, enum sim_reg reg)
{
    must_be_there(sim);
    must_be_seen(reg);
    return reg == SIM_REG_SECURE ? chip.secure : chip.reg[reg];
}

void sim_reg_write(struct sim *sim, enum sim_reg reg, uint32_t value)
{
    must_be_there(sim);
    must_be_seen(reg);
    chip.reg[reg] = value;
    chip.secure = reg == SIM_REG_SECURE ? value != 0 : chip.secure;
}

void sim_state_get(const struct sim *sim, struct sim_state *state)
{
    must_be_there(sim);
    *state = (struct sim_state){.product_state = "OPEN"};
}

uint64_t sim_time(const struct sim *sim)
{
    must_be_there(sim);
    return chip.slices;
}

const char *sim_event_name(enum sim_event_kind kind)
{
    return kind == SIM_EVENT_FAULT ? "fault" : "other";
}

enum sim_status sim_snapshot_take(struct sim *sim, struct sim_snapshot **out,
                                  struct sim_error *error)
{
    must_be_there(sim);
    *out = chip.slices % 2u == 0 ? malloc(1) : NULL;
    return *out != NULL ? SIM_OK : refused(error);
}

void sim_snapshot_restore(struct sim *sim, const struct sim_snapshot *snapshot)
{
    must_be_there(sim);
    must(snapshot != NULL);
    chip.secure = !chip.secure;
}

void sim_snapshot_free(struct sim_snapshot *snapshot)
{
    free(snapshot);
}

/* The line. */

static void check_frame(const uint8_t *data, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t sum = 0;
    size_t decoded = 0;
    must(len >= 4 && data[0] == '$' && data[len - 3] == '#');
    for (size_t i = 1; i < len - 3; i++) {
        must(data[i] != '$' && data[i] != '#');
        sum = (uint8_t)(sum + data[i]);
        if (data[i] == '*') {
            must(i > 1 && i + 1 < len - 3 && data[i + 1] >= 32 && data[i + 1] < 127);
            decoded += data[i + 1] - 29u;
            i++;
            sum = (uint8_t)(sum + data[i]);
        } else {
            decoded++;
        }
    }
    must(decoded <= GDB_PACKET_BYTES);
    must(data[len - 2] == digits[sum >> 4] && data[len - 1] == digits[sum & 0xFu]);
}

static void on_send(void *context, const uint8_t *data, size_t len)
{
    (void)context;
    if (len == 1) {
        must(!line.no_ack && (data[0] == '+' || data[0] == '-'));
        return;
    }
    check_frame(data, len);
    if (data[1] == 'O' && !(data[2] == 'K' && len == 6)) {
        line.output = true;
    } else {
        line.answers++;
    }
}

static void lose(void)
{
    chip.lost = true;
    free(session.snapshot);
    session.snapshot = NULL;
    session.sim = NULL;
}

static enum sim_stop on_run(void *context)
{
    static const enum sim_stop stops[] = {SIM_STOP_INSNS,  SIM_STOP_DEBUG, SIM_STOP_IDLE,
                                          SIM_STOP_LOCKUP, SIM_STOP_RESET, SIM_STOP_HALTED};
    (void)context;
    must(!chip.lost);
    chip.slices++;
    enum sim_stop stop = stops[chip.slices % (sizeof stops / sizeof stops[0])];
    if (chip.how != FREE && chip.slices % 5u != 0) {
        stop = SIM_STOP_DEBUG;
    }
    if (stop == SIM_STOP_RESET && chip.slices % 4u == 0u) {
        lose();
        return SIM_STOP_ERROR;
    }
    return stop == SIM_STOP_DEBUG && !is_visible() ? SIM_STOP_INSNS : stop;
}

static bool on_reset(void *context, bool power)
{
    (void)context;
    must(!chip.lost);
    chip.secure = power;
    if (chip.slices % 4u == 1u) {
        lose();
    }
    return !power || chip.slices % 2u == 0;
}

static void on_say(void *context, const char *text)
{
    (void)context;
    must(strlen(text) < 512);
}

/** The chip runs a slice, and says something on the way. */
static void slice(void)
{
    const struct sim_event event = {.kind = SIM_EVENT_FAULT,
                                    .has_cpu = true,
                                    .attr = {.secure = chip.secure},
                                    .text = "SECRET"};
    gdb_session_event(&session, &event);
    must(!chip.secure || chip.secure_open || strstr(session.pending, "SECRET") == NULL);
    gdb_session_ran(&session, on_run(NULL));
}

/** A byte of the line, and what must hold after it. */
static void send_byte(uint8_t byte)
{
    const bool was_running = session.running;
    line.answers = 0;
    line.output = false;
    if (session.killed || session.detached) {
        return;
    }
    if (byte == 0xFF && session.running) {
        slice();
    } else {
        gdb_session_byte(&session, byte);
    }
    line.no_ack = session.no_ack;
    must(line.answers <= 1 && (!session.running || chip.open));
    must(!chip.lost || session.killed || session.detached);
    must(!line.output || was_running || session.running || line.answers == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    static const struct gdb_host host = {
        .send = on_send, .run = on_run, .reset = on_reset, .say = on_say};
    const uint8_t kind = size > 0 ? data[0] : 0;
    memset(&chip, 0, sizeof chip);
    memset(&line, 0, sizeof line);
    chip.open = (kind & 3u) != 0;
    chip.secure_open = (kind & 3u) > 1u;
    chip.secure = (kind & 4u) != 0;
    gdb_session_init(&session, (struct sim *)&chip, &host);
    uint8_t sum = 0;
    for (size_t i = 1; i < size; i++) {
        sum = data[i] == '$' ? 0 : (uint8_t)(sum + data[i]);
        send_byte(data[i]);
        if (data[i] == '#' && (kind & 8u) == 0) {
            sum = (uint8_t)(sum - '#');
            send_byte((uint8_t)digits[sum >> 4]);
            send_byte((uint8_t)digits[sum & 0xFu]);
        }
    }
    gdb_session_fini(&session);
    return 0;
}
