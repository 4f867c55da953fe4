#include <garrison/status.h>

/** In the order of the list in garrison/status.h; the place is stored in boot verdicts. */
static const struct {
    enum garrison_status status;
    const char *text;
} statuses[] = {
    {GARRISON_OK, "done"},
    {GARRISON_ERROR_ARGUMENT, "bad argument"},
    {GARRISON_ERROR_DEVICE, "the device failed"},
    {GARRISON_ERROR_BLANK, "nothing is stored there"},
    {GARRISON_ERROR_FORMAT, "not of the expected form"},
    {GARRISON_ERROR_BOUNDS, "a length or offset leads outside its container"},
    {GARRISON_ERROR_DIGEST, "content does not match its digest"},
    {GARRISON_ERROR_SIGNATURE, "signature is not by the expected owner"},
    {GARRISON_ERROR_KEY, "the owner's key is absent or not valid"},
    {GARRISON_ERROR_POLICY, "not allowed"},
    {GARRISON_ERROR_MISMATCH, "read back differently than written"},
    {GARRISON_ERROR_UNSUPPORTED, "not supported by this version"},
    {GARRISON_ERROR_FULL, "no room is left"},
    {GARRISON_ERROR_STALE, "authentic, but older than what a counter says"},
    {GARRISON_ERROR_DEPENDENCY, "another image must be there, or be newer"},
    {GARRISON_ERROR_UNACCEPTED, "not accepted before the reset"},
    {GARRISON_ERROR_REJECTED, "rejected while on trial"},
    {GARRISON_ERROR_DECRYPT, "encrypted, and not to a key of this device"},
};

#define COUNT ((uint8_t)(sizeof statuses / sizeof statuses[0]))

uint8_t garrison_status_index(enum garrison_status status)
{
    for (uint8_t i = 0; i < COUNT; i++) {
        if (statuses[i].status == status) {
            return i;
        }
    }
    return 0xFF;
}

enum garrison_status garrison_status_at(uint8_t index)
{
    return index < COUNT ? statuses[index].status : GARRISON_ERROR_ARGUMENT;
}

const char *garrison_status_text(enum garrison_status status)
{
    uint8_t index = garrison_status_index(status);
    return index < COUNT ? statuses[index].text : "unknown result";
}
