/*
 * A secure module: a partition that a third party delivers as an image of its own.
 *
 * The image's body begins with a record that says what the module is and what it needs; the manager
 * checks it at each boot, grants it or refuses the module with a named reason, and starts without a
 * module that it has refused. The body is linked for one place, behind its slot's header, and is
 * what the module may read: first the record and constants, then the code, which alone is executed.
 * Its RAM is a window that the layout gives it. docs/MODULES.md says how a module is made,
 * docs/SPEC.md every byte of the record.
 */
#pragma once

#include <stdint.h>

#include <garrison/abi.h>
#include <psa/service.h>

GARRISON_ABI_BEGIN

#define MODULE_MAGIC   0x4F4D4147u /**< "GAMO" */
#define MODULE_VERSION 1u

#define MODULES_MAX         8u
#define MODULE_NAME_BYTES   16u
#define MODULE_SERVICES_MAX 4u
#define MODULE_USES_MAX     8u
#define MODULE_DEVICES_MAX  2u
#define MODULE_STACK_MIN    512u
#define MODULE_TIME_MAX_MS  60000u

/** Who may call a service of a module; at least one of them. */
#define MODULE_FOR_NON_SECURE 1u
#define MODULE_FOR_MODULES    4u

/** What else may stand there: the service has connections, and no stateless handle; */
#define MODULE_CONNECTIONS 0x100u
#define MODULE_STRICT      0x200u /**< and they want its version exactly, not an older one. */

/** Service ids that no module may have: the manager's own. */
#define MODULE_SID_RESERVED      0x47410000u
#define MODULE_SID_RESERVED_MASK 0xFFFF0000u

/** Stateless handle of a service that has no connections, as psa_call() takes it. @param module, service  numbers from 0 */
#define GARRISON_MODULE_HANDLE(module, service)                                                    \
    ((psa_handle_t)(0x40001000u + 16u * (uint32_t)(module) + (uint32_t)(service)))

/** Client id of a module for those that it calls: its data are its own through all its updates. */
#define GARRISON_MODULE_CLIENT_ID(module) (16 + (int32_t)(module))

/** Signal of a device's interrupt, by the device's number. */
#define GARRISON_MODULE_SIGNAL(device) ((psa_signal_t)0x10 << (device))

struct module_service {
    uint32_t sid;     /**< Service id, not a reserved one. */
    uint32_t version; /**< Its version, not 0. */
    uint32_t callers; /**< MODULE_FOR_*, with or without what else may stand there. */
};

/** All addresses are those of the Secure aliases. */
struct module_record {
    uint32_t magic;               /**< MODULE_MAGIC. */
    uint16_t version;             /**< MODULE_VERSION. */
    uint16_t size;                /**< Bytes of this record. */
    char name[MODULE_NAME_BYTES]; /**< For logs: a to z, 0 to 9, - and _; NUL behind. */
    uint32_t text_addr;           /**< First byte of the body. */
    uint32_t text_size;           /**< Bytes of the body, a multiple of 32. */
    uint32_t ram_addr;            /**< First byte of its RAM. */
    uint32_t ram_size;            /**< Bytes that it needs, a multiple of 32. */
    uint32_t stack_size;          /**< Bytes of these, the lowest; a multiple of 32. */
    uint32_t entry;               /**< Address of the secure function, bit 0 set. */
    uint32_t data_load;           /**< Where initialised data come from, in the body; */
    uint32_t data_addr;           /**< where they go, in the RAM behind the stack; */
    uint32_t data_size;           /**< and how many bytes. All multiples of 4. */
    uint32_t time_limit_ms;       /**< Longest that a call may run; 0: what the manager allows. */
    uint8_t service_count;
    uint8_t use_count;
    uint8_t device_count;
    uint8_t interrupt_count; /**< Devices, the first of the list, whose interrupts it handles. */
    struct module_service service[MODULE_SERVICES_MAX]; /**< At least one; unused ones are zero. */
    uint32_t use[MODULE_USES_MAX];       /**< Service ids that it calls; unused ones are zero. */
    uint32_t device[MODULE_DEVICES_MAX]; /**< Numbers of devices, docs/MODULES.md; the same. */
    uint32_t
        handler; /**< Address of the handler of these interrupts, bit 0 set; without any zero. */
    uint32_t code_addr;   /**< First byte of its code, a multiple of 32 behind the record. */
    uint32_t licensed;    /**< 1: for the device below alone; 0: for every one. */
    uint8_t licence[12];  /**< That device's id; without a licence zero. */
    uint32_t reserved[3]; /**< 0 */
};

GARRISON_ASSERT(sizeof(struct module_service) == 12, "service is 12 bytes");
GARRISON_ASSERT(sizeof(struct module_record) == 192, "record is 192 bytes");

/** The secure function that a module has; the entry that the SDK brings calls it. */
psa_status_t garrison_module_main(const psa_msg_t *message);

/* What the SDK's linker script and its entry define. */
extern uint8_t garrison_module_text[];
extern uint8_t garrison_module_text_size[]; /* as an address */
extern uint8_t garrison_module_code[];
extern uint8_t garrison_module_ram[];
extern uint8_t garrison_module_ram_size[]; /* the same */
extern uint8_t garrison_module_data_load[];
extern uint8_t garrison_module_data[];
extern uint8_t garrison_module_data_size[]; /* the same */
void garrison_module_entry(void);
void garrison_module_handler(void); /* what .handler names: it calls the next one */

/**
 * First-level handler of a module whose record has interrupts: runs whenever one of them comes, with
 * at most 20 ms, and may call psa_irq_enable(), psa_irq_disable(), psa_reset_signal() and psa_panic().
 * @return PSA_FLIH_SIGNAL: sets the signal; PSA_FLIH_NO_SIGNAL
 */
psa_flih_result_t garrison_module_interrupt(psa_signal_t signal);

/**
 * Defines the record of a module; once, in one of its C files.
 * @param stack  bytes of the stack, a multiple of 32
 * @param ...    designated initialisers: .name, .service_count, .service, .use_count, .use and what
 *               else the module needs
 */
#define GARRISON_MODULE(stack, ...)                                                                \
    extern const struct module_record garrison_module_record;                                      \
    __attribute__((section(".garrison_module"), used))                                             \
    const struct module_record garrison_module_record = {                                          \
        .magic = MODULE_MAGIC,                                                                     \
        .version = MODULE_VERSION,                                                                 \
        .size = sizeof(struct module_record),                                                      \
        .text_addr = (uint32_t)garrison_module_text,                                               \
        .text_size = (uint32_t)garrison_module_text_size,                                          \
        .ram_addr = (uint32_t)garrison_module_ram,                                                 \
        .ram_size = (uint32_t)garrison_module_ram_size,                                            \
        .stack_size = (stack),                                                                     \
        .entry = (uint32_t)garrison_module_entry,                                                  \
        .data_load = (uint32_t)garrison_module_data_load,                                          \
        .data_addr = (uint32_t)garrison_module_data,                                               \
        .data_size = (uint32_t)garrison_module_data_size,                                          \
        .code_addr = (uint32_t)garrison_module_code,                                               \
        __VA_ARGS__};                                                                              \
    __attribute__((section(".bss.garrison_module_stack"),                                          \
                   used)) static uint8_t garrison_module_stack[(stack)]

GARRISON_ABI_END
