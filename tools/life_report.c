#include "life_report.h"

#include <stdio.h>

#include "json.h"

/** What could be done before a step, counted from 0. */
static life_abilities before(const struct life_rehearsal *rehearsal, unsigned index)
{
    return index == 0 ? rehearsal->first : rehearsal->outcome[index - 1u].can;
}

/** Number of the first later step behind which it can be done again; 0: none. */
static unsigned again(const struct life_rehearsal *rehearsal, unsigned index, unsigned ability)
{
    for (unsigned i = index + 1u; i < rehearsal->steps; i++) {
        if ((rehearsal->outcome[i].can & 1u << ability) != 0) {
            return i + 1u;
        }
    }
    return 0;
}

/** Until when, in words. */
static void say_until(const struct life_rehearsal *rehearsal, unsigned index, unsigned ability,
                      char *text, size_t bytes)
{
    const unsigned step = again(rehearsal, index, ability);
    const bool back = rehearsal->way.exists || index + 1u < rehearsal->last_step;
    if (step != 0) {
        (void)snprintf(text, bytes, "until step %u", step);
    } else {
        (void)snprintf(text, bytes, "%s", back ? "until a regression" : "for ever");
    }
}

static void print_gone(const struct life_rehearsal *rehearsal, unsigned index)
{
    const life_abilities gone = before(rehearsal, index) & ~rehearsal->outcome[index].can;
    for (unsigned i = 0; life_ability_gone(i) != NULL; i++) {
        if ((gone & 1u << i) != 0) {
            char until[32];
            say_until(rehearsal, index, i, until, sizeof until);
            printf("      from here on %s, %s\n", life_ability_gone(i), until);
        }
    }
}

void life_report_steps(const struct life_plan *life, const struct life_rehearsal *rehearsal)
{
    for (unsigned i = 0; i < life->steps; i++) {
        const struct life_outcome *outcome = &rehearsal->outcome[i];
        printf("%3u  %s\n", i + 1u, life->step[i].text);
        if (!outcome->done) {
            continue;
        }
        if (outcome->refused) {
            printf("      REFUSED: %s\n", outcome->why);
        }
        for (unsigned note = 0; note < outcome->notes; note++) {
            printf("      note: %s\n", outcome->note[note]);
        }
        print_gone(rehearsal, i);
        if (rehearsal->last_step == i + 1u) {
            printf("      FINAL: behind this step there is no way back: %s\n", rehearsal->way.text);
        }
    }
}

void life_report_verdict(const struct life_plan *life, const struct life_rehearsal *rehearsal)
{
    printf("\n");
    if (rehearsal->refused != 0) {
        printf("plan:      step %u is refused%s: %s\n", rehearsal->refused,
               life->go_on ? "" : ", and the plan ends there",
               rehearsal->outcome[rehearsal->refused - 1u].why);
    } else {
        printf("plan:      %u steps done\n", rehearsal->steps);
    }
    printf("boot:      %s\n", rehearsal->boot.text);
    printf("way back:  %s%s\n", rehearsal->way.exists ? "" : "none: ", rehearsal->way.text);
    if (rehearsal->remedy.kind != LIFE_NO_REMEDY) {
        printf("remedy:    %s\n", rehearsal->remedy.text);
    }
    printf("verdict:   %s%s", life_verdict_text(rehearsal),
           rehearsal->verdict != LIFE_BRICKED && !rehearsal->way.exists ? ", without a way back"
                                                                        : "");
    if (rehearsal->last_step != 0) {
        printf(", by step %u, %s", rehearsal->last_step,
               life->step[rehearsal->last_step - 1u].text);
    }
    printf("\n");
}

/* JSON. */

static void print_step(struct json *json, const struct life_plan *life,
                       const struct life_rehearsal *rehearsal, unsigned index)
{
    const struct life_outcome *outcome = &rehearsal->outcome[index];
    const life_abilities gone = before(rehearsal, index) & ~outcome->can;
    json_object(json, NULL);
    json_number(json, "step", index + 1u);
    json_text(json, "operation", life->step[index].text);
    json_bool(json, "done", outcome->done && !outcome->refused);
    if (outcome->refused) {
        json_text(json, "refused", outcome->why);
    }
    if (outcome->done) {
        json_text(json, "product_state", outcome->state);
        json_array(json, "notes");
        for (unsigned note = 0; note < outcome->notes; note++) {
            json_text(json, NULL, outcome->note[note]);
        }
        json_end_array(json);
        json_array(json, "impossible");
        for (unsigned i = 0; life_ability_gone(i) != NULL; i++) {
            if ((gone & 1u << i) != 0) {
                char until[32];
                say_until(rehearsal, index, i, until, sizeof until);
                json_object(json, NULL);
                json_text(json, "what", life_ability_gone(i));
                json_text(json, "until", until);
                json_end_object(json);
            }
        }
        json_end_array(json);
    }
    json_end_object(json);
}

void life_report_json(const struct life_plan *life, const struct life_rehearsal *rehearsal)
{
    struct json json = {.file = stdout};
    json_object(&json, NULL);
    json_array(&json, "steps");
    for (unsigned i = 0; i < life->steps; i++) {
        print_step(&json, life, rehearsal, i);
    }
    json_end_array(&json);
    json_bool(&json, "complete", rehearsal->complete);
    json_bool(&json, "boots", rehearsal->boot.up);
    json_text(&json, "boot", rehearsal->boot.text);
    json_bool(&json, "way_back", rehearsal->way.exists);
    json_text(&json, "way", rehearsal->way.text);
    if (rehearsal->remedy.kind != LIFE_NO_REMEDY) {
        json_text(&json, "remedy", rehearsal->remedy.text);
    }
    json_number(&json, "last_step", rehearsal->last_step);
    json_text(&json, "verdict", life_verdict_text(rehearsal));
    json_end_object(&json);
}
