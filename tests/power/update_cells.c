#include "update_cells.h"

#include "support/test.h"
#include "update_fixture.h"

const char *const cell_names[CELL_OPERATIONS] = {
    "start",  "write",  "finish", "cancel",    "clean",       "install",
    "accept", "reject", "query",  "reboot ok", "reboot fail",
};

#define READY     PSA_FWU_READY
#define WRITING   PSA_FWU_WRITING
#define CANDIDATE PSA_FWU_CANDIDATE
#define STAGED    PSA_FWU_STAGED
#define FAILED    PSA_FWU_FAILED
#define TRIAL     PSA_FWU_TRIAL
#define REJECTED  PSA_FWU_REJECTED
#define UPDATED   PSA_FWU_UPDATED

#define OK     PSA_SUCCESS
#define REBOOT PSA_SUCCESS_REBOOT
#define BAD    PSA_ERROR_BAD_STATE

/* Nothing changes; the error is the state's. */
#define B(state)                                                                                   \
    {                                                                                              \
        BAD, state, 0                                                                              \
    }
#define B_REJECTED                                                                                 \
    {                                                                                              \
        BAD, REJECTED, CELL_ERROR                                                                  \
    }
#define K(state)                                                                                   \
    {                                                                                              \
        OK, state, 0                                                                               \
    }
#define K_REJECTED                                                                                 \
    {                                                                                              \
        OK, REJECTED, CELL_ERROR                                                                   \
    }
#define UNACCEPTED                                                                                 \
    {                                                                                              \
        OK, FAILED, PSA_ERROR_GENERIC_ERROR                                                        \
    }
#define GONE_BACK                                                                                  \
    {                                                                                              \
        OK, FAILED, CELL_ERROR                                                                     \
    }

/* clang-format off */
const struct cell update_cells[CELL_OPERATIONS][CELL_STATES] = {
    /*                  READY         WRITING           CANDIDATE            STAGED                      FAILED         TRIAL                           REJECTED    UPDATED */
    [CELL_START]   = {{OK, WRITING, 0}, B(WRITING),         B(CANDIDATE),        B(STAGED),                  B(FAILED),      B(TRIAL),                       B_REJECTED, B(UPDATED)},
    [CELL_WRITE]   = {B(READY),         {OK, WRITING, 0},   B(CANDIDATE),        B(STAGED),                  B(FAILED),      B(TRIAL),                       B_REJECTED, B(UPDATED)},
    [CELL_FINISH]  = {B(READY),         {OK, CANDIDATE, 0}, B(CANDIDATE),        B(STAGED),                  B(FAILED),      B(TRIAL),                       B_REJECTED, B(UPDATED)},
    [CELL_CANCEL]  = {B(READY),         {OK, FAILED, 0},    {OK, FAILED, 0},     B(STAGED),                  B(FAILED),      B(TRIAL),                       B_REJECTED, B(UPDATED)},
    [CELL_CLEAN]   = {B(READY),         B(WRITING),         B(CANDIDATE),        B(STAGED),                  {OK, READY, 0}, B(TRIAL),                       B_REJECTED, {OK, READY, 0}},
    [CELL_INSTALL] = {B(READY),         B(WRITING),         {REBOOT, STAGED, 0}, B(STAGED),                  B(FAILED),      B(TRIAL),                       B_REJECTED, B(UPDATED)},
    [CELL_ACCEPT]  = {B(READY),         B(WRITING),         B(CANDIDATE),        B(STAGED),                  B(FAILED),      {OK, UPDATED, 0},               B_REJECTED, B(UPDATED)},
    [CELL_REJECT]  = {B(READY),         B(WRITING),         B(CANDIDATE),        {OK, FAILED, CELL_ERROR},   B(FAILED),      {REBOOT, REJECTED, CELL_ERROR}, B_REJECTED, B(UPDATED)},
    [CELL_QUERY]   = {K(READY),         K(WRITING),         K(CANDIDATE),        K(STAGED),                  K(FAILED),      K(TRIAL),                       K_REJECTED, K(UPDATED)},
    /* STAGED, TRIAL and REJECTED are volatile; the others stay here. */
    [CELL_REBOOT_OK]   = {K(READY),     K(WRITING),         K(CANDIDATE),        K(TRIAL),                   K(FAILED),      UNACCEPTED,                     GONE_BACK,  K(UPDATED)},
    [CELL_REBOOT_FAIL] = {K(READY),     K(WRITING),         K(CANDIDATE),        {OK, FAILED, PSA_ERROR_INVALID_SIGNATURE}, K(FAILED), UNACCEPTED,           GONE_BACK,  K(UPDATED)},
};
/* clang-format on */

struct cell cell_expected(enum cell_operation operation, uint32_t component, uint8_t state)
{
    if (component == UROT && operation == CELL_REBOOT_OK && state == STAGED) {
        return (struct cell){OK, UPDATED, 0};
    }
    return update_cells[operation][state];
}

psa_status_t cell_do(enum cell_operation operation, uint32_t component)
{
    const psa_fwu_component_t name = update_component(component);
    psa_fwu_component_info_t info;
    switch (operation) {
    case CELL_START:
        return psa_fwu_start(name, NULL, 0);
    case CELL_WRITE:
        /* Half of it is there already. */
        return psa_fwu_write(name, 64, bench.renewed[component].bytes + 64, 128);
    case CELL_FINISH:
        return psa_fwu_finish(name);
    case CELL_CANCEL:
        return psa_fwu_cancel(name);
    case CELL_CLEAN:
        return psa_fwu_clean(name);
    case CELL_INSTALL:
        return psa_fwu_install();
    case CELL_ACCEPT:
        return psa_fwu_accept();
    case CELL_REJECT:
        return psa_fwu_reject(CELL_ERROR);
    case CELL_QUERY:
        return psa_fwu_query(name, &info);
    case CELL_REBOOT_OK:
    case CELL_REBOOT_FAIL:
        return update_boot() == GARRISON_OK ? PSA_SUCCESS : PSA_ERROR_STORAGE_FAILURE;
    case CELL_OPERATIONS:
    default:
        return PSA_ERROR_GENERIC_ERROR;
    }
}
