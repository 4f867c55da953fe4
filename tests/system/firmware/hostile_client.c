/*
 * A hostile client: calls the gate with what no client may pass, from where no client may call, and
 * looks at every register that comes back. The letter 'c' or 'q' on USART1 runs all cases that
 * return, one line each; the other letters forge a return address and must not return.
 *
 * Addresses and message formats are typed here on purpose: an attacker knows them without our
 * headers.
 */
#include <stdint.h>
#include <stdio.h>

#include <psa/client.h>
#include <psa/crypto.h>

#define USART1_ISR     (*(volatile uint32_t *)0x4001381Cu)
#define USART1_RDR     (*(volatile uint32_t *)0x40013824u)
#define USART_ISR_RXNE (1u << 5)

#define SYST_CSR (*(volatile uint32_t *)0xE000E010u)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014u)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018u)

#define SCB_SHPR3         (*(volatile uint32_t *)0xE000ED20u)
#define SCB_SHCSR         (*(volatile uint32_t *)0xE000ED24u)
#define SHCSR_MEMFAULTENA (1u << 16)

#define MPU_CTRL  (*(volatile uint32_t *)0xE000ED94u)
#define MPU_RNR   (*(volatile uint32_t *)0xE000ED98u)
#define MPU_RBAR  (*(volatile uint32_t *)0xE000ED9Cu)
#define MPU_RLAR  (*(volatile uint32_t *)0xE000EDA0u)
#define MPU_MAIR0 (*(volatile uint32_t *)0xE000EDC0u)

#define MPU_ON            1u
#define MPU_ON_BACKGROUND 5u

/* AP and XN of MPU_RBAR. */
#define MPU_RW_PRIVILEGED 0x1u
#define MPU_RW_ANY        0x3u
#define MPU_RO_ANY        0x6u
#define MPU_CODE_ANY      0x6u

#define GATE_FRAMEWORK_VERSION 0x0C014801u
#define GATE_VERSION           0x0C014809u
#define GATE_CONNECT           0x0C014811u
#define GATE_CALL              0x0C014819u
#define GATE_CLOSE             0x0C014821u
#define GATE_LIFE_CYCLE        0x0C014829u

#define CRYPTO_SID    0x47410001u
#define CRYPTO_HANDLE 0x40000101u
#define HASH_COMPUTE  1u
#define RANDOM        9u

/* At the end of SRAM3, where the program has nothing: a block for the privileged, then one that is
 * read-only, when mpu_on() says so. */
#define OPEN_BLOCK      0x20097FE0u
#define HIDDEN_BLOCK    0x20098000u
#define READ_ONLY_BLOCK 0x20098020u
#define BLOCK_SIZE      32u

#define HANDOFF 0x30040000u

/** struct crypto_request. */
struct request {
    uint32_t word[9];
};

/** What the processor had in its registers when a call came back. */
struct registers {
    uint32_t r[13];
    uint32_t apsr;
};

/** r0 to r3 of a call and its address. */
struct gate_call {
    uint32_t r[4];
    uint32_t function;
};

void gate_probe(const struct gate_call *call, struct registers *after);
void unprivileged(void);
void privileged(void);
void in_handler(uint32_t number);
void tick(void);
void second_thread(void);
void hidden_thread(void);
_Noreturn void forge(uint32_t function, uint32_t lr);
_Noreturn void forge_from_handler(void);
void SVC_Handler(void);
void SysTick_Handler(void);

/** Calls with a pattern of its own in each of r4 to r11, and all flags set. */
__attribute__((naked)) void gate_probe(const struct gate_call *call, struct registers *after)
{
    (void)call;
    (void)after;
    __asm__ volatile("push {r4-r11, lr}\n"
                     "push {r1}\n"
                     "mov r12, r0\n"
                     "ldr r4, =0xC4C4C4C4\n"
                     "ldr r5, =0xC5C5C5C5\n"
                     "ldr r6, =0xC6C6C6C6\n"
                     "ldr r7, =0xC7C7C7C7\n"
                     "ldr r8, =0xC8C8C8C8\n"
                     "ldr r9, =0xC9C9C9C9\n"
                     "ldr r10, =0xCACACACA\n"
                     "ldr r11, =0xCBCBCBCB\n"
                     "ldm r12, {r0-r3}\n"
                     "ldr lr, [r12, #16]\n"
                     "mov r12, #0xF8000000\n msr apsr_nzcvq, r12\n"
                     "blx lr\n"
                     "push {r0-r12}\n"
                     "mrs r3, apsr\n"
                     "ldr r1, [sp, #52]\n"
                     "str r3, [r1, #52]\n"
                     "mov r2, sp\n"
                     "movs r3, #0\n"
                     "1: ldr r0, [r2, r3]\n"
                     "str r0, [r1, r3]\n"
                     "adds r3, #4\n"
                     "cmp r3, #52\n"
                     "bne 1b\n"
                     "add sp, #56\n"
                     "pop {r4-r11, pc}\n"
                     ".ltorg\n");
}

static void report_registers(const char *name, const struct registers *after)
{
    for (uint32_t i = 1; i < 13u; i++) {
        const uint32_t own = i >= 4u && i <= 11u ? 0xC0C0C0C0u + 0x01010101u * i : 0;
        if (after->r[i] != own) {
            printf("client: %s: DIRTY r%u 0x%08lX\n", name, (unsigned)i,
                   (unsigned long)after->r[i]);
        }
    }
    if ((after->apsr & 0xF8000000u) != 0) {
        printf("client: %s: DIRTY flags 0x%08lX\n", name, (unsigned long)after->apsr);
    }
}

static void report(const char *name, const struct registers *after)
{
    report_registers(name, after);
    printf("client: %s: %ld\n", name, (long)(int32_t)after->r[0]);
}

static void gate(const char *name, const struct gate_call *call)
{
    struct registers after;
    gate_probe(call, &after);
    report(name, &after);
}

static void call_vectors(const char *name, uint32_t control, uint32_t in_vec, uint32_t out_vec)
{
    const struct gate_call call = {{CRYPTO_HANDLE, control, in_vec, out_vec}, GATE_CALL};
    gate(name, &call);
}

static uint8_t hash[32];
static const struct request hash_request = {{HASH_COMPUTE, PSA_ALG_SHA_256}};
static const struct request random_request = {{RANDOM}};

/** Asks for the hash of a range. */
static void input(const char *name, uint32_t base, uint32_t len)
{
    const psa_invec in[2] = {{&hash_request, sizeof hash_request}, {(const void *)base, len}};
    psa_outvec out[1] = {{hash, sizeof hash}};
    call_vectors(name, 1u << 24 | 2u << 16, (uint32_t)in, (uint32_t)out);
}

/** Asks for random bytes into a range. */
static void output(const char *name, uint32_t base, uint32_t len)
{
    const psa_invec in[1] = {{&random_request, sizeof random_request}};
    psa_outvec out[1] = {{(void *)base, len}};
    call_vectors(name, 1u << 24 | 1u << 16, (uint32_t)in, (uint32_t)out);
}

static void input_vectors(const char *name, uint32_t at)
{
    psa_outvec out[1] = {{hash, sizeof hash}};
    call_vectors(name, 1u << 24 | 2u << 16, at, (uint32_t)out);
}

static void output_vectors(const char *name, uint32_t at)
{
    const psa_invec in[1] = {{&random_request, sizeof random_request}};
    call_vectors(name, 1u << 24 | 1u << 16, (uint32_t)in, at);
}

static void try_good_calls(void)
{
    const struct gate_call framework = {{1, 2, 3, 4}, GATE_FRAMEWORK_VERSION};
    const struct gate_call version = {{CRYPTO_SID, 2, 3, 4}, GATE_VERSION};
    const struct gate_call connect = {{CRYPTO_SID, 1, 3, 4}, GATE_CONNECT};
    const struct gate_call close = {{0, 2, 3, 4}, GATE_CLOSE};
    gate("framework version", &framework);
    gate("version", &version);
    gate("connect to a stateless service", &connect);
    gate("close nothing", &close);
    input("hash of own memory", 0x20000000u, 256);
    input("hash of own flash", 0x0803E000u, 256);
    input("hash of nothing at a Secure address", HANDOFF, 0);
    output("random bytes", OPEN_BLOCK, BLOCK_SIZE);
}

/** What is tried as an input, and as an output. */
struct range {
    const char *name;
    uint32_t base;
    uint32_t len;
};

static const struct range inputs[] = {
    {"input in Secure RAM", HANDOFF, 32},
    {"input in the gate's RAM", 0x30042000u, 32},
    {"input in Secure RAM by its Non-secure alias", 0x20040000u, 32},
    {"input in Secure flash", 0x0C014400u, 32},
    {"input in Secure flash by its Non-secure alias", 0x08014400u, 32},
    {"input in the gate", 0x0C014800u, 8},
    {"input in an OBK", 0x0FFD0C00u, 16},
    {"input in a peripheral", 0x40013800u, 32},
    {"input in a Secure peripheral", 0x50022000u, 32},
    {"input in the system control space", 0xE000ED00u, 32},
    {"input over the end of SRAM1", 0x2003FFF0u, 32},
    {"input over the start of SRAM3", 0x2004FFF0u, 32},
    {"input over all of SRAM2", 0x2003FFF0u, 0x10020u},
    {"input over the start of own flash", 0x0803DFF0u, 32},
    {"input to the end of the address space", 0x20000000u, 0xE0000000u},
    {"input around the address space", 0x20001000u, 0xFFFFF800u},
    {"input of all bytes", 0x20000000u, 0xFFFFFFFFu},
};

static const struct range outputs[] = {
    {"output to Secure RAM", HANDOFF, 32},
    {"output to Secure RAM by its Non-secure alias", 0x20040000u, 32},
    {"output to Secure flash", 0x0C014400u, 32},
    {"output to own flash", 0x080F0000u, 32},
    {"output to a peripheral", 0x40000400u, 4},
    {"output to a Secure peripheral", 0x50022000u, 32},
    {"output over the end of SRAM1", 0x2003FFF0u, 32},
    {"output over all of SRAM2", 0x2003FFF0u, 0x10020u},
    {"output around the address space", 0x20001000u, 0xFFFFF800u},
};

static void try_vectors(void)
{
    input_vectors("input vectors in Secure RAM", HANDOFF);
    input_vectors("input vectors in Secure RAM by its Non-secure alias", 0x20040000u);
    input_vectors("input vectors in Secure flash", 0x0C014400u);
    input_vectors("input vectors in a peripheral", 0x40013800u);
    input_vectors("input vectors over the end of SRAM1", 0x2003FFF8u);
    input_vectors("input vectors at the end of the address space", 0xFFFFFFF8u);
    output_vectors("output vectors in Secure RAM", HANDOFF);
    output_vectors("output vectors in Secure RAM by its Non-secure alias", 0x20040000u);
    output_vectors("output vectors in Secure flash", 0x0C014400u);
    output_vectors("output vectors in own flash", 0x080F0000u);
    output_vectors("output vectors in a peripheral", 0x40000400u);
    output_vectors("output vectors over the end of SRAM1", 0x2003FFFCu);
}

static void mpu_region(uint32_t number, uint32_t base, uint32_t end, uint32_t access)
{
    MPU_RNR = number;
    MPU_RBAR = base | access;
    MPU_RLAR = (end - 32u) | 1u;
}

static void mpu_start(uint32_t control)
{
    MPU_MAIR0 = 0x44;
    __asm__ volatile("dsb" ::: "memory");
    MPU_CTRL = control;
    __asm__ volatile("dsb\nisb" ::: "memory");
}

static void mpu_stop(void)
{
    MPU_CTRL = 0;
    for (uint32_t i = 0; i < 8u; i++) {
        MPU_RNR = i;
        MPU_RLAR = 0;
    }
    __asm__ volatile("dsb\nisb" ::: "memory");
}

/** All of the application's memory for everybody but the two blocks. */
static void mpu_on(void)
{
    mpu_region(0, 0x0803E000u, 0x08200000u, MPU_CODE_ANY);
    mpu_region(1, 0x20000000u, 0x20040000u, MPU_RW_ANY);
    mpu_region(2, 0x20050000u, HIDDEN_BLOCK, MPU_RW_ANY);
    mpu_region(3, HIDDEN_BLOCK, READ_ONLY_BLOCK, MPU_RW_PRIVILEGED);
    mpu_region(4, READ_ONLY_BLOCK, READ_ONLY_BLOCK + BLOCK_SIZE, MPU_RO_ANY);
    mpu_region(5, READ_ONLY_BLOCK + BLOCK_SIZE, 0x200A0000u, MPU_RW_ANY);
    mpu_region(6, 0x40000000u, 0x50000000u, MPU_RW_ANY);
    mpu_start(MPU_ON);
}

__attribute__((naked)) void unprivileged(void)
{
    __asm__ volatile("movs r0, #3\n"
                     "msr control, r0\n"
                     "isb\n"
                     "bx lr\n");
}

__attribute__((naked)) void privileged(void)
{
    __asm__ volatile("svc #1\n"
                     "bx lr\n");
}

static void try_own_mpu(void)
{
    mpu_on();
    input("privileged caller's input in its own memory", HIDDEN_BLOCK, BLOCK_SIZE);
    output("privileged caller's output to its own memory", HIDDEN_BLOCK, BLOCK_SIZE);
    input("privileged caller's input in read-only memory", READ_ONLY_BLOCK, BLOCK_SIZE);
    output("privileged caller's output to read-only memory", READ_ONLY_BLOCK, BLOCK_SIZE);
    output_vectors("privileged caller's output vectors in read-only memory", READ_ONLY_BLOCK);
    unprivileged();
    input("unprivileged caller's input in open memory", OPEN_BLOCK, BLOCK_SIZE);
    input("unprivileged caller's input in privileged memory", HIDDEN_BLOCK, BLOCK_SIZE);
    input("unprivileged caller's input into privileged memory", OPEN_BLOCK, 2u * BLOCK_SIZE);
    output("unprivileged caller's output to privileged memory", HIDDEN_BLOCK, BLOCK_SIZE);
    output("unprivileged caller's output to read-only memory", READ_ONLY_BLOCK, BLOCK_SIZE);
    output("unprivileged caller's output to open memory", OPEN_BLOCK, BLOCK_SIZE);
    input_vectors("unprivileged caller's input vectors in privileged memory", HIDDEN_BLOCK);
    output_vectors("unprivileged caller's output vectors in privileged memory", HIDDEN_BLOCK);
    privileged();
    mpu_stop();

    mpu_region(0, READ_ONLY_BLOCK, READ_ONLY_BLOCK + BLOCK_SIZE, MPU_RO_ANY);
    mpu_start(MPU_ON_BACKGROUND);
    output("output before a read-only region", HIDDEN_BLOCK, BLOCK_SIZE);
    output("output over a read-only region", HIDDEN_BLOCK, 3u * BLOCK_SIZE);
    mpu_stop();
}

#define ENTRIES 6u

static struct registers from_handler[ENTRIES];

static void call_each(struct registers after[ENTRIES])
{
    const psa_invec in[2] = {{&hash_request, sizeof hash_request}, {hash, sizeof hash}};
    psa_outvec out[1] = {{hash, sizeof hash}};
    const struct gate_call calls[ENTRIES] = {
        {{1, 2, 3, 4}, GATE_FRAMEWORK_VERSION},
        {{CRYPTO_SID, 2, 3, 4}, GATE_VERSION},
        {{CRYPTO_SID, 1, 3, 4}, GATE_CONNECT},
        {{CRYPTO_HANDLE, 1u << 24 | 2u << 16, (uint32_t)in, (uint32_t)out}, GATE_CALL},
        {{0, 2, 3, 4}, GATE_CLOSE},
        {{1, 2, 3, 4}, GATE_LIFE_CYCLE},
    };
    for (uint32_t i = 0; i < ENTRIES; i++) {
        gate_probe(&calls[i], &after[i]);
    }
}

static void report_each(const char *const names[ENTRIES], const struct registers after[ENTRIES])
{
    for (uint32_t i = 0; i < ENTRIES; i++) {
        report(names[i], &after[i]);
    }
}

/** Supervisor calls 1 and 4: back to privileged; call the gate. */
void in_handler(uint32_t number)
{
    if (number == 4u) {
        call_each(from_handler);
        return;
    }
    __asm__ volatile("movs r0, #2\n"
                     "msr control, r0\n"
                     "isb\n" ::
                         : "r0", "memory");
}

/** The thread that was interrupted within its call, to be gone on with by supervisor call 2. */
static struct {
    uint32_t exc_return;
    uint32_t psp;
    uint32_t second_psp;
} switched __attribute__((used));

__attribute__((naked)) void SVC_Handler(void)
{
    __asm__ volatile("mrs r1, psp\n"
                     "ldr r0, [r1, #24]\n"
                     "ldrb r0, [r0, #-2]\n"
                     "cmp r0, #2\n"
                     "beq 1f\n"
                     "cmp r0, #3\n"
                     "beq 2f\n"
                     "push {r4, lr}\n"
                     "bl in_handler\n"
                     "pop {r4, pc}\n"
                     "1: ldr r1, =switched\n"
                     "ldr r0, [r1, #4]\n"
                     "msr psp, r0\n"
                     "ldr r0, [r1]\n"
                     "bx r0\n"
                     "2: ldr r0, =0x0C014801\n" /* with the EXC_RETURN in lr */
                     "bx r0\n"
                     ".ltorg\n");
}

static volatile uint32_t ticks;
static uint32_t second_control; /**< CONTROL of the second thread; 0: that of the first. */
static uint32_t ticks_apart = 100000u;

void tick(void)
{
    SYST_CSR = 0;
    ticks++;
    if (second_control != 0) {
        __asm__ volatile("msr control, %0\nisb" ::"r"(second_control) : "memory");
        return;
    }
    call_each(from_handler);
}

/** Takes the processor from a Secure call and gives it to the second thread. */
__attribute__((naked)) void SysTick_Handler(void)
{
    __asm__ volatile("tst lr, #0x40\n"
                     "beq 1f\n"
                     "push {r4, lr}\n"
                     "bl tick\n"
                     "pop {r4, lr}\n"
                     "ldr r0, =switched\n"
                     "str lr, [r0]\n"
                     "mrs r1, psp\n"
                     "str r1, [r0, #4]\n"
                     "ldr r1, [r0, #8]\n"
                     "msr psp, r1\n"
                     "mvn lr, #0x43\n"
                     "1: bx lr\n"
                     ".ltorg\n");
}

static struct registers from_second[ENTRIES];

void second_thread(void)
{
    call_each(from_second);
    __asm__ volatile("svc #2" ::: "memory");
}

static void prepare_second_thread(uint32_t function)
{
    static uint64_t stack[256];
    uint32_t *frame = (uint32_t *)(void *)&stack[252];
    frame[6] = function & ~1u;
    frame[7] = 1u << 24;
    switched.second_psp = (uint32_t)frame;
}

static void try_call_in_call(void)
{
    static const char *const names[ENTRIES] = {"framework version in an interrupt of a call",
                                               "version in an interrupt of a call",
                                               "connect in an interrupt of a call",
                                               "call in an interrupt of a call",
                                               "close in an interrupt of a call",
                                               "life cycle in an interrupt of a call"};
    static const char *const names_second[ENTRIES] = {
        "framework version in a call of another thread",
        "version in a call of another thread",
        "connect in a call of another thread",
        "call in a call of another thread",
        "close in a call of another thread",
        "life cycle in a call of another thread"};
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t key = 0;
    uint8_t signature[64];
    size_t len = 0;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    printf("client: generate key: %ld\n", (long)psa_generate_key(&attributes, &key));
    prepare_second_thread((uint32_t)second_thread);
    SYST_RVR = ticks_apart;
    SYST_CVR = 0;
    SYST_CSR = 7u;
    const psa_status_t status = psa_sign_hash(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), hash,
                                              sizeof hash, signature, sizeof signature, &len);
    SYST_CSR = 0;
    printf("client: interrupts of a call: %lu\n", (unsigned long)ticks);
    report_each(names, from_handler);
    report_each(names_second, from_second);
    printf("client: the call interrupted: %ld\n", (long)status);
    printf("client: its signature: %ld\n",
           (long)psa_verify_hash(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), hash, sizeof hash, signature,
                                 len));
}

static void try_all(void)
{
    static const char *const names[ENTRIES] = {"framework version in a handler",
                                               "version in a handler",
                                               "connect in a handler",
                                               "call in a handler",
                                               "close in a handler",
                                               "life cycle in a handler"};
    try_good_calls();
    for (uint32_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        input(inputs[i].name, inputs[i].base, inputs[i].len);
    }
    for (uint32_t i = 0; i < sizeof outputs / sizeof outputs[0]; i++) {
        output(outputs[i].name, outputs[i].base, outputs[i].len);
    }
    try_vectors();
    try_own_mpu();
    __asm__ volatile("svc #4" ::: "memory");
    report_each(names, from_handler);
    try_call_in_call();
    try_good_calls();
    printf("client: done\n");
}

/** Branches to the gate as if called from `lr`. */
__attribute__((naked)) _Noreturn void forge(uint32_t function, uint32_t lr)
{
    (void)function;
    (void)lr;
    __asm__ volatile("mov lr, r1\n"
                     "bx r0\n");
}

__attribute__((naked)) _Noreturn void forge_from_handler(void)
{
    __asm__ volatile("svc #3\n"
                     "b came_back\n");
}

/**
 * An unprivileged thread with its stack in privileged memory calls while another's call runs: what the
 * manager answered there, that thread would have written.
 */
__attribute__((naked)) void hidden_thread(void)
{
    __asm__ volatile("ldr r0, =%c0\n"
                     "mov sp, r0\n"
                     "ldr r0, =0x0C014801\n"
                     "blx r0\n"
                     "1: b 1b\n"
                     ".ltorg\n" ::"i"(HIDDEN_BLOCK + BLOCK_SIZE));
}

static void try_hidden_stack(void)
{
    uint32_t *const block = (uint32_t *)HIDDEN_BLOCK;
    for (uint32_t i = 0; i < BLOCK_SIZE / 4u; i++) {
        block[i] = 0x01010101u * i;
    }
    block[5] = (uint32_t)hidden_thread;
    block[6] = GATE_FRAMEWORK_VERSION & ~1u; /* as if it had been stacked */
    block[7] = 1u << 24;
    mpu_on();
    SCB_SHCSR |= SHCSR_MEMFAULTENA;
    SCB_SHPR3 = 0xFF000000u; /* the tick comes behind a MemManage */
    prepare_second_thread((uint32_t)hidden_thread);
    second_control = 3;
    SYST_RVR = 3000u;
    SYST_CVR = 0;
    SYST_CSR = 7u;
    input("hidden stack", 0x20000000u, 0x4000u);
}

void came_back(void);
void came_back(void)
{
    printf("client: came back\n");
}

static char command_wait(void)
{
    while ((USART1_ISR & USART_ISR_RXNE) == 0) {
    }
    return (char)USART1_RDR;
}

/** Threads have the process stack, handlers 8 KB below what main() has used so far. */
#define SPLIT_STACKS()                                                                             \
    __asm__ volatile("mov r0, sp\n"                                                                \
                     "msr psp, r0\n"                                                               \
                     "sub r0, #0x2000\n"                                                           \
                     "msr msp, r0\n"                                                               \
                     "movs r0, #2\n"                                                               \
                     "msr control, r0\n"                                                           \
                     "isb\n" ::                                                                    \
                         : "r0", "memory")

int main(void)
{
    SPLIT_STACKS();
    printf("client: ready\n");
    switch (command_wait()) {
    case 'q': /* where a call takes less time */
        ticks_apart = 1000u;
        try_all();
        break;
    case 'c':
        try_all();
        break;
    case 'e': /* EXC_RETURN, to Non-secure and to Secure */
        forge(GATE_FRAMEWORK_VERSION, 0xFFFFFFBDu);
    case 's':
        forge(GATE_FRAMEWORK_VERSION, 0xFFFFFFFDu);
    case 'f': /* FNC_RETURN */
        forge(GATE_FRAMEWORK_VERSION, 0xFEFFFFFFu);
    case 'h':
        forge_from_handler();
    case 'u':
        try_hidden_stack();
        break;
    default:
        break;
    }
    return 0;
}
