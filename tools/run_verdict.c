#include "run_verdict.h"

#include <stdio.h>

#include <garrison/handoff.h>
#include <garrison/status.h>

#include "report.h"

#define EXIT_INTERRUPTED 130 /* as a shell reports SIGINT */

/** What to do about a refused image. */
static const struct {
    enum garrison_status reason;
    const char *advice;
} advices[] = {
    {GARRISON_ERROR_SIGNATURE, "sign it with its owner's key, or provision that key"},
    {GARRISON_ERROR_DIGEST, "it was changed after signing: sign it again"},
    {GARRISON_ERROR_BLANK,
     "put an image there: images in the device description, or garrison rescue"},
    {GARRISON_ERROR_KEY, "provision a key for its role: keys in the device description"},
    {GARRISON_ERROR_POLICY, "was it linked and signed for this slot? garrison image info tells"},
    {GARRISON_ERROR_FORMAT, "is it an image? garrison image info tells"},
    {GARRISON_ERROR_BOUNDS, "is it whole? garrison image info tells"},
    {GARRISON_ERROR_DECRYPT, "encrypt it to the device: decryption_keys in its description"},
};

static const char *advice_for(enum garrison_status reason)
{
    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++) {
        if (advices[i].reason == reason) {
            return advices[i].advice;
        }
    }
    return "garrison log tells more";
}

/** Whether something of that role boots what comes after it. */
static bool is_stage(uint32_t role)
{
    return role >= IMAGE_ROLE_IROT && role <= IMAGE_ROLE_MANAGER;
}

static bool is_role(uint32_t role)
{
    return is_stage(role) || role == IMAGE_ROLE_APPLICATION ||
           (role >= IMAGE_ROLE_MODULE_0 && role < IMAGE_ROLE_MODULE_0 + 8u);
}

/** Whether that number stands for a reason to refuse; 0 stands for GARRISON_OK. */
static bool is_reason(uint32_t number)
{
    return number != 0 && number <= UINT8_MAX &&
           garrison_status_index(garrison_status_at((uint8_t)number)) == number;
}

uint32_t run_verdict(const struct sim_state *state)
{
    const uint32_t word = state->backup[VERDICT_REGISTER];
    const bool known =
        is_stage(word >> 24) && is_role((word >> 16) & 0xFFu) && is_reason(word & 0xFFFFu);
    return state->trustzone && known ? word : 0;
}

static int report_refused(const struct run_report *report)
{
    const enum garrison_status reason = garrison_status_at((uint8_t)report->verdict);
    const uint32_t stage = report->verdict >> 24;
    const uint32_t role = (report->verdict >> 16) & 0xFFu;
    if (stage == role) {
        return fail(EXIT_VERDICT, "%s gave up: %s; %s", image_role_text(stage),
                    garrison_status_text(reason), advice_for(reason));
    }
    return fail(EXIT_VERDICT, "%s refused the %s image: %s; %s", image_role_text(stage),
                image_role_text(role), garrison_status_text(reason), advice_for(reason));
}

/** Where to learn more. */
static const char *more(const struct run_report *report)
{
    static char text[512];
    if (report->device == NULL) {
        return "-v shows every event";
    }
    (void)snprintf(text, sizeof text, "garrison log %s tells more", report->device);
    return text;
}

/** An end that is a success, unless a text was waited for. */
static int report_quiet_end(const struct run_report *report, const char *how)
{
    if (report->wants_text) {
        return fail(EXIT_VERDICT, "%s, and the text '%s' has not come; %s", how, report->pattern,
                    more(report));
    }
    if (!report->quiet) {
        say("%s", how);
    }
    return EXIT_DONE;
}

int run_report(const struct run_report *report)
{
    switch (report->end) {
    case RUN_BROKEN:
        return fail(EXIT_INTERNAL, "the simulator failed: %s", report->detail);
    case RUN_FAULT:
        return fail(EXIT_VERDICT, "unexpected fault: %s; %s", report->detail, more(report));
    case RUN_LOCKUP:
        return fail(EXIT_VERDICT, "the processor locked up; %s", more(report));
    case RUN_FAIL_TEXT:
        return fail(EXIT_VERDICT, "the text '%s' came", report->pattern);
    case RUN_REFUSED:
        return report_refused(report);
    case RUN_NOT_AGAIN:
        return fail(EXIT_VERDICT, "not started again after the reset: %s", report->detail);
    case RUN_HALTED:
        return fail(EXIT_VERDICT,
                    "nothing was started: %s; garrison state %s shows its option"
                    " bytes",
                    report->detail, report->device);
    case RUN_RESET_AFTER:
        return fail(EXIT_VERDICT, "the chip was reset right after the text came: %s",
                    report->detail);
    case RUN_TIMEOUT:
        return fail(EXIT_TIMEOUT,
                    report->wants_text ? "timed out before the text '%s' came" : "timed out",
                    report->pattern);
    case RUN_INTERRUPTED:
        say("interrupted");
        return EXIT_INTERRUPTED;
    case RUN_TEXT:
        return EXIT_DONE;
    case RUN_INSNS:
        return report_quiet_end(report, "the given number of instructions has been executed");
    case RUN_BOOTS:
        return report_quiet_end(report, "the given number of boots is over");
    case RUN_KILLED:
        return report_quiet_end(report, "GDB has ended the run");
    case RUN_IDLE:
        return report_quiet_end(report, "the processor sleeps and nothing can wake it");
    case RUN_OUTPUT_GONE:
        return report->wants_text ? fail(EXIT_VERDICT,
                                         "the reader of the output went away before the text '%s'"
                                         " came",
                                         report->pattern)
                                  : EXIT_DONE;
    }
    return EXIT_INTERNAL;
}
