#include "life_accept.h"

#include <string.h>

#include "keyfile.h"
#include "report.h"

#define WORD_BRICKED     "bricked"
#define WORD_NO_WAY_BACK "no-way-back"
#define WORD_INCOMPLETE  "incomplete"
#define WORD_DEVELOPMENT "development-keys"

#define STATE_IROT_PROVISIONED 0x2Eu
#define STATE_TZ_CLOSED        0xC6u

static bool said(const struct cli_list *words, const char *word)
{
    for (unsigned i = 0; i < words->count; i++) {
        if (strcmp(words->item[i], word) == 0) {
            return true;
        }
    }
    return false;
}

int life_accept_check(const struct cli_list *words)
{
    static const char *const known[] = {WORD_BRICKED, WORD_NO_WAY_BACK, WORD_INCOMPLETE,
                                        WORD_DEVELOPMENT};
    for (unsigned i = 0; i < words->count; i++) {
        bool is = false;
        for (size_t at = 0; at < sizeof known / sizeof known[0]; at++) {
            is = is || strcmp(words->item[i], known[at]) == 0;
        }
        if (!is) {
            return fail(EXIT_USAGE, "--accept %s: the words are " LIFE_WORDS, words->item[i]);
        }
    }
    return EXIT_DONE;
}

/* Keys for development. */

/** Looks at one key file, if there is one. @param found  out: its path, when it is for development */
static int look_at_key(const struct config_value *file, const char **found)
{
    struct key key;
    if (file->at.line == 0 || *found != NULL) {
        return EXIT_DONE;
    }
    const int status = key_read(file->text, false, &key);
    if (status == EXIT_DONE && key.development) {
        *found = file->text;
    }
    key_wipe(&key);
    return status;
}

static int find_development_key(const struct provision_plan *plan, const char **found)
{
    const struct device_values *values = &plan->values;
    const struct device_key *keys = values->keys.items;
    const struct config_value *const others[] = {
        &values->decryption.urot, &values->decryption.others, &values->authentication.root,
        &values->authentication.key};
    int status = EXIT_DONE;
    *found = NULL;
    for (size_t i = 0; status == EXIT_DONE && i < values->keys.count; i++) {
        status = look_at_key(&keys[i].file, found);
    }
    for (size_t i = 0; status == EXIT_DONE && i < sizeof others / sizeof others[0]; i++) {
        status = look_at_key(others[i], found);
    }
    return status;
}

/* The plan. */

int life_accept_keys(const struct life_plan *life, const struct cli_list *words)
{
    const char *key = NULL;
    if (!life_closes(life) || (words != NULL && said(words, WORD_DEVELOPMENT))) {
        return EXIT_DONE;
    }
    const int status = find_development_key(life->plan, &key);
    if (status != EXIT_DONE || key == NULL) {
        return status;
    }
    return fail(EXIT_VERDICT,
                "%s: is a key for development, and the device would be closed with it; "
                "provision --accept " WORD_DEVELOPMENT " does it all the same",
                key);
}

int life_accept(const struct life_plan *life, const struct life_rehearsal *rehearsal,
                const struct cli_list *words)
{
    const int status = life_accept_keys(life, words);
    if (status != EXIT_DONE) {
        return status;
    }
    const char *last = rehearsal->last_step != 0 ? life->step[rehearsal->last_step - 1u].text : "";
    if (rehearsal->verdict == LIFE_BRICKED && !said(words, WORD_BRICKED)) {
        return fail(EXIT_VERDICT,
                    "the plan bricks the device by step %u, %s: %s; and there is no way back: %s; "
                    "--accept " WORD_BRICKED " does it all the same",
                    rehearsal->last_step, last, rehearsal->boot.text, rehearsal->way.text);
    }
    if (rehearsal->verdict != LIFE_BRICKED && !rehearsal->way.exists &&
        !said(words, WORD_NO_WAY_BACK)) {
        return fail(EXIT_VERDICT,
                    "behind step %u, %s, there is no way back: %s; --accept " WORD_NO_WAY_BACK
                    " does it all the same",
                    rehearsal->last_step, last, rehearsal->way.text);
    }
    if (rehearsal->refused != 0 && !said(words, WORD_INCOMPLETE)) {
        return fail(EXIT_VERDICT,
                    "the device refuses step %u, %s: %s; --accept " WORD_INCOMPLETE
                    " does what can be done",
                    rehearsal->refused, life->step[rehearsal->refused - 1u].text,
                    rehearsal->outcome[rehearsal->refused - 1u].why);
    }
    if (rehearsal->verdict == LIFE_RECOVERABLE) {
        say("the device will not come up: %s; %s", rehearsal->boot.text,
            rehearsal->way.exists ? rehearsal->way.text : rehearsal->remedy.text);
    }
    return EXIT_DONE;
}

void life_accept_at_once(const struct provision_plan *plan, const struct cli_list *words)
{
    const uint32_t code = plan_options_state(&plan->options);
    if ((code == STATE_TZ_CLOSED || code == STATE_IROT_PROVISIONED) &&
        !said(words, WORD_NO_WAY_BACK)) {
        say("product state %s without debug_authentication has no way back; "
            "--accept " WORD_NO_WAY_BACK " says that this is meant",
            plan_state_name(code));
    }
}
