/*
 * An application that updates itself: it takes its next version over the console by XMODEM-1K, has
 * it installed at the next reset, and decides there, on trial, whether it stays. A version that
 * crashes or hangs in its trial is reset by the watchdog, and the one before comes back.
 *
 * On the host it takes the image from its standard input. The next start with the same device file
 * installs it, of this process or of the chip.
 */
#include <stdbool.h>
#include <stdio.h>

#include <psa/internal_trusted_storage.h>
#include <psa/update.h>

#include "board.h"
#include "self_check.h"
#include "xmodem.h"

#define COMPONENT PSA_FWU_COMPONENT_APPLICATION

/** The version that is installed last: after a rollback nobody else knows it. */
#define TRIED_UID 1u

/* Of an image's header: docs/SPEC.md, "Image". */
#define IMAGE_MAGIC     0x96F3B83Du
#define IMAGE_MAJOR_OFF 20u

/** What a step leads to. */
enum next { NEXT_STEP, NEXT_END, NEXT_FAILED };

static enum next next_if(bool well)
{
    return well ? NEXT_STEP : NEXT_FAILED;
}

/** Says which step failed, and why. @return whether it succeeded */
static bool succeeded(const char *step, psa_status_t status)
{
    if (status < 0) {
        printf("update: FAILED %s %d\n", step, (int)status);
        return false;
    }
    return true;
}

static bool query(psa_fwu_component_info_t *info)
{
    return succeeded("psa_fwu_query", psa_fwu_query(COMPONENT, info));
}

static bool reboot(void)
{
    board_flush();
    return succeeded("psa_fwu_request_reboot", psa_fwu_request_reboot());
}

/*
 * The trial.
 */

/** Accepts itself; or does not, and says so, and is gone after a reset. */
static bool decide(unsigned version)
{
    printf("update: version %u on trial\n", version);
    board_flush();
    const psa_status_t status = self_check();
    if (status != PSA_SUCCESS) {
        printf("update: version %u rejects itself\n", version);
        return succeeded("psa_fwu_reject", psa_fwu_reject(status)) && reboot();
    }
    if (!succeeded("psa_fwu_accept", psa_fwu_accept())) {
        return false;
    }
    printf("update: version %u accepted\n", version);
    return true;
}

static const char *reason_text(psa_status_t error)
{
    switch (error) {
    case PSA_ERROR_GENERIC_ERROR:
        return "rolled back (reset before it was accepted)";
    case PSA_ERROR_HARDWARE_FAILURE: /* what self_check() gives */
        return "rolled back (it has rejected itself)";
    case PSA_ERROR_INVALID_SIGNATURE:
        return "refused (not signed by the owner, or damaged)";
    case PSA_ERROR_NOT_PERMITTED:
        return "refused (older than what has run, or for another slot)";
    case PSA_ERROR_INVALID_ARGUMENT:
        return "refused (no image)";
    default:
        return "refused";
    }
}

/** After a failure: tells of it, and makes room for the next version. */
static bool report(psa_status_t error)
{
    uint8_t tried = 0;
    size_t len = 0;
    if (error != PSA_SUCCESS && psa_its_get(TRIED_UID, 0, 1, &tried, &len) == PSA_SUCCESS) {
        printf("update: version %u was %s\n", (unsigned)tried, reason_text(error));
    }
    return succeeded("psa_fwu_clean", psa_fwu_clean(COMPONENT));
}

/*
 * The transfer.
 */

struct transfer {
    bool started;    /**< The component is WRITING. */
    uint8_t version; /**< Of what is received. */
    uint32_t len;    /**< Bytes so far. */
    psa_status_t status;
};

static psa_status_t start(struct transfer *transfer)
{
    psa_fwu_component_info_t info;
    psa_status_t status = psa_fwu_query(COMPONENT, &info);
    /* The version before this one is kept until now: it would stand in should this one rot. */
    if (status == PSA_SUCCESS && info.state == PSA_FWU_UPDATED) {
        status = psa_fwu_clean(COMPONENT);
    }
    if (status == PSA_SUCCESS) {
        status = psa_fwu_start(COMPONENT, NULL, 0);
    }
    transfer->started = status == PSA_SUCCESS;
    return status;
}

static uint32_t magic_of(const uint8_t *image)
{
    return image[0] | (uint32_t)image[1] << 8 | (uint32_t)image[2] << 16 | (uint32_t)image[3] << 24;
}

static bool take_block(void *context, uint32_t off, const uint8_t *block, size_t len)
{
    struct transfer *transfer = context;
    board_alive();
    if (off == 0) {
        transfer->status =
            magic_of(block) == IMAGE_MAGIC ? PSA_SUCCESS : PSA_ERROR_INVALID_ARGUMENT;
        transfer->version = block[IMAGE_MAJOR_OFF];
        if (transfer->status == PSA_SUCCESS && !transfer->started) {
            transfer->status = start(transfer);
        }
    }
    if (transfer->status == PSA_SUCCESS) {
        transfer->status = psa_fwu_write(COMPONENT, off, block, len);
        transfer->len = off + (uint32_t)len;
    }
    return transfer->status == PSA_SUCCESS;
}

/** Takes an image over the console. After a reset in the middle the same one is sent again. */
static enum next receive(const psa_fwu_component_info_t *info)
{
    struct transfer transfer = {.started = info->state == PSA_FWU_WRITING};
    if (transfer.started) {
        printf("update: %u bytes are here from before\n", (unsigned)info->impl.written);
    }
    printf("update: send the next version by XMODEM-1K\n");
    switch (xmodem_receive(take_block, &transfer)) {
    case XMODEM_COMPLETE:
        break;
    case XMODEM_NOTHING:
        printf("\nupdate: nothing came\n");
        return NEXT_END;
    case XMODEM_BROKEN:
        printf("\nupdate: the transfer stopped at byte %u\n", (unsigned)transfer.len);
        (void)succeeded("psa_fwu_write", transfer.status);
        return NEXT_FAILED;
    }
    printf("update: version %u received, %u KB\n", (unsigned)transfer.version,
           (unsigned)(transfer.len / 1024u));
    return next_if(succeeded("psa_its_set", psa_its_set(TRIED_UID, 1, &transfer.version, 0)) &&
                   succeeded("psa_fwu_finish", psa_fwu_finish(COMPONENT)));
}

static bool install(void)
{
    if (!succeeded("psa_fwu_install", psa_fwu_install())) {
        return false;
    }
    printf("update: installing\n");
    return reboot();
}

/** Does what the state of the component asks for. */
static enum next go_on(const psa_fwu_component_info_t *info)
{
    switch (info->state) {
    case PSA_FWU_TRIAL:
        return next_if(decide(info->version.major));
    case PSA_FWU_FAILED:
        return next_if(report(info->error));
    case PSA_FWU_CANDIDATE:
        return next_if(install());
    case PSA_FWU_READY:
    case PSA_FWU_WRITING:
    case PSA_FWU_UPDATED:
        return receive(info);
    default: /* STAGED, REJECTED: the reset that was asked for has not come */
        return next_if(reboot());
    }
}

int main(void)
{
    psa_fwu_component_info_t info;
    enum next next = NEXT_STEP;
    if (!query(&info)) {
        return 1;
    }
    printf("update: this is version %u\n", (unsigned)info.version.major);
    while (next == NEXT_STEP) {
        next = go_on(&info);
        if (next == NEXT_STEP && !query(&info)) {
            next = NEXT_FAILED;
        }
    }
    return next == NEXT_END ? 0 : 1;
}
