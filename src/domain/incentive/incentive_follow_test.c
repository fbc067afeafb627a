#include "domain/incentive/incentive_follow.h"

#include "incentive_history.h"
#include "store_fixture.h"

#include <stdlib.h>

struct followed {
    int32_t step_count, swept_count;
    struct follow_report sum;
};

/* Facts come, are corrected and go; days pass; each round is held against a sweep. */
static void live_through(struct store_fixture *t, uint64_t seed, int32_t step_count,
                         int32_t sweep_min, struct followed *ret_followed)
{
    struct history h;
    struct followed f = {.step_count = step_count};
    history_begin(&h, t, seed, NULL);
    h.sweep_min = sweep_min;
    for (int32_t step = 0; step < step_count; step++) {
        for (uint32_t i = history_roll(&h, 12); i > 0; i--)
            history_something_happens(&h);
        h.day += (int32_t)(history_roll(&h, 2) * history_roll(&h, 40));
        struct follow_report report = history_follow(&h);
        f.swept_count += report.swept_because.size > 0;
        f.sum.holder_count += report.holder_count;
        f.sum.due_count += report.due_count;
        f.sum.changed_count += report.new_count + report.changed_count + report.ended_count;
        history_expect_as_a_sweep(&h, step);
        EXPECT_INT(0, history_follow(&h).holder_count);
    }
    history_end(&h);
    *ret_followed = f;
}

STORE_TEST(follower_round__leaves_what_a_sweep_would_leave_after_any_history)
{
    const char *asked = getenv("BAIGONG_FOLLOW_STEPS");
    const char *seed = getenv("BAIGONG_FOLLOW_SEED");
    struct followed f;
    live_through(t, seed ? strtoull(seed, NULL, 10) : 3,
                 asked ? (int32_t)strtol(asked, NULL, 10) : 14, 0, &f);
    EXPECT_INT(0, f.swept_count); /* whoever is touched can be named */
    EXPECT(f.sum.holder_count > 0);
    EXPECT(f.sum.due_count > 0);
    EXPECT(f.sum.changed_count > 0);
}

/* Holders touched take turns from TURNS_FROM on: nobody is forgotten. */
STORE_TEST(follower_round__leaves_it_too_when_those_touched_take_turns)
{
    enum { TURNS_FROM = 4, PART = 40 };
    struct followed f;
    live_through(t, 17, 8, TURNS_FROM * PART, &f);
    EXPECT(f.swept_count < f.step_count);
    EXPECT(f.sum.due_count > 0);
}

struct said { /* what a look found at an instant */
    int64_t known_ms;
    int32_t day;
    struct sweep_report report;
    struct rule_total totals[400];
    int64_t counts[400][4];
    int64_t differing_count; /* decisions other than what was stored then */
};

static void look(struct history *h, int64_t known_ms, int32_t day, struct said *ret_said)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct sweep_request request = {
        .as_of_day = day, .known_at_ms = known_ms, .thread_count = 1, .mode = SWEEP_LOOK};
    struct sweep_report *report = NULL;
    EXPECT_OK(incentive_sweep(&h->t->env, h->vocab, h->policy, &request, &arena, &report, NULL,
                              NULL, &h->t->fault));
    memset(ret_said, 0, sizeof *ret_said);
    ret_said->known_ms = known_ms;
    ret_said->day = day;
    ret_said->differing_count =
        report->new_count + report->changed_count + report->ended_count;
    EXPECT(report->rule_count < 400);
    for (int32_t i = 0; i < report->rule_count; i++) {
        ret_said->totals[i] = report->rules[i].found;
        const int64_t counts[4] = {report->rules[i].new_count, report->rules[i].changed_count,
                                   report->rules[i].ended_count,
                                   report->rules[i].unchanged_count};
        memcpy(ret_said->counts[i], counts, sizeof counts);
    }
    arena_done(&arena);
}

STORE_TEST(incentive_sweep__says_again_what_it_said_at_an_instant)
{
    enum { LOOKS = 6 };
    static struct said said[LOOKS], again;
    struct history h;
    history_begin(&h, t, 5, NULL);
    for (int32_t i = 0; i < LOOKS; i++) {
        bool is_followed = i % 2 == 1;
        h.day += 9 * (i % 3);
        for (int32_t n = 0; n < 10; n++)
            history_something_happens(&h);
        if (is_followed)
            history_follow(&h);
        t->env.fixed_now_ms += 500;
        look(&h, t->env.fixed_now_ms, h.day, &said[i]);
        EXPECT(!is_followed || said[i].differing_count == 0);
        t->env.fixed_now_ms += 500;
    }
    history_follow(&h);
    for (int32_t i = 0; i < LOOKS; i++) {
        look(&h, said[i].known_ms, said[i].day, &again);
        EXPECT(memcmp(&said[i], &again, sizeof again) == 0);
    }
    history_end(&h);
}
