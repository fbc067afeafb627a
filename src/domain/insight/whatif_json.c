/* whatif_json.c — what-if reports for programs. */
#include "base/day.h"
#include "base/json.h"
#include "domain/insight/whatif_show.h"

void whatif_json_change(struct json *json, const struct whatif_change *change)
{
    json_add_money(json, "in_force_yuan", change->base_fen);
    json_add_money(json, "draft_yuan", change->draft_fen);
    json_add_money(json, "difference_yuan", change->draft_fen - change->base_fen);
    json_add_number(json, "won_count", change->won_count);
    json_add_number(json, "lost_count", change->lost_count);
    json_add_number(json, "more_count", change->more_count);
    json_add_number(json, "less_count", change->less_count);
    json_add_number(json, "in_force_open_count", change->base_open);
    json_add_number(json, "draft_open_count", change->draft_open);
}

static void json_groups(struct json *json, const struct whatif_report *report, enum whatif_by by,
                        const char *key)
{
    json_key(json, key);
    json_array_begin(json);
    for (int32_t i = 0; i < report->group_counts[by]; i++) {
        const struct whatif_group *group = &report->groups[by][i];
        json_object_begin(json);
        json_add_text(json, "name", group->name);
        if (by == WHATIF_BY_RULE)
            json_add_text(json, "article", group->article);
        else if (by == WHATIF_BY_DIVISION && group->key != ABSENT_I64)
            json_add_number(json, "code", group->key);
        whatif_json_change(json, &group->change);
        json_object_end(json);
    }
    json_array_end(json);
}

static void json_subjects(struct json *json, const struct vocab *vocab,
                          const struct whatif_report *report)
{
    json_key(json, "subjects");
    json_array_begin(json);
    for (int32_t i = 0; i < report->subjects_count; i++) {
        const struct whatif_subjects *s = &report->subjects[i];
        json_object_begin(json);
        json_add_text_z(json, "record", vocab->records[s->table].name);
        json_add_number(json, "changed_count", s->changed_count);
        json_add_number(json, "won_count", s->won_count);
        json_add_number(json, "lost_count", s->lost_count);
        json_add_number(json, "more_count", s->more_count);
        json_add_number(json, "less_count", s->less_count);
        json_add_money(json, "more_yuan", s->more_fen);
        json_add_money(json, "less_yuan", s->less_fen);
        json_key(json, "bands");
        json_array_begin(json);
        for (int32_t b = 0; b < s->band_count; b++) {
            json_object_begin(json);
            if (s->bands[b].low_fen != INT64_MIN)
                json_add_money(json, "from_yuan", s->bands[b].low_fen);
            if (s->bands[b].high_fen != INT64_MAX)
                json_add_money(json, "below_yuan", s->bands[b].high_fen);
            json_add_number(json, "count", s->bands[b].count);
            json_object_end(json);
        }
        json_array_end(json);
        json_object_end(json);
    }
    json_array_end(json);
}

static void json_quotas(struct json *json, const struct whatif_report *report)
{
    json_key(json, "quotas");
    json_array_begin(json);
    for (int32_t i = 0; i < report->quota_count; i++) {
        const struct whatif_quota *quota = &report->quotas[i];
        json_object_begin(json);
        json_add_text(json, "rule", quota->rule);
        if (quota->window_years > 0) {
            json_add_number(json, "window_from_year", quota->window_year);
            json_add_number(json, "window_years", quota->window_years);
        }
        if (quota->base_limit != ABSENT_I64)
            json_add_number(json, "in_force_limit", quota->base_limit);
        if (quota->draft_limit != ABSENT_I64)
            json_add_number(json, "draft_limit", quota->draft_limit);
        json_add_number(json, "in_force_granted", quota->base_granted);
        json_add_number(json, "draft_granted", quota->draft_granted);
        json_object_end(json);
    }
    json_array_end(json);
}

static void json_fund_side(struct json *json, const struct whatif_fund_year *year, int side)
{
    json_key(json, side ? "draft" : "in_force");
    json_object_begin(json);
    json_add_money(json, "need_yuan", year->need_fen[side]);
    json_add_money(json, "carried_yuan", year->carried_fen[side]);
    if (year->budget_fen[side] != ABSENT_I64) {
        json_add_money(json, "budget_yuan", year->budget_fen[side]);
        json_add_money(json, "short_yuan", year->short_fen[side]);
    }
    if (year->dry_month[side] != ABSENT_I32)
        json_add_month(json, "dry_month", year->dry_month[side]);
    json_object_end(json);
}

static void json_funds(struct json *json, const struct whatif_report *report)
{
    static const char *const when_short[] = {"stop", "queue", "pro_rata"};
    json_key(json, "funds_forward");
    json_array_begin(json);
    for (int32_t i = 0; i < report->fund_count; i++) {
        const struct whatif_fund *fund = &report->funds[i];
        json_object_begin(json);
        json_add_text(json, "name", fund->name);
        json_add_text(json, "source", fund->source);
        json_add_text_z(json, "when_short", when_short[fund->when_short[1]]);
        json_key(json, "months");
        json_array_begin(json);
        for (int32_t m = 0; m < report->month_count; m++) {
            json_object_begin(json);
            json_add_month(json, "month", report->first_month + m);
            json_add_money(json, "in_force_yuan", fund->month_fen[0][m]);
            json_add_money(json, "draft_yuan", fund->month_fen[1][m]);
            json_object_end(json);
        }
        json_array_end(json);
        json_key(json, "years");
        json_array_begin(json);
        for (int32_t y = 0; y < fund->year_count; y++) {
            json_object_begin(json);
            json_add_number(json, "year", fund->years[y].year);
            json_fund_side(json, &fund->years[y], 0);
            json_fund_side(json, &fund->years[y], 1);
            json_object_end(json);
        }
        json_array_end(json);
        json_object_end(json);
    }
    json_array_end(json);
}

static void json_case(struct json *json, const struct vocab *vocab, const struct whatif_case *x)
{
    json_object_begin(json);
    json_add_text_z(json, "record", vocab->records[x->table].name);
    json_add_id(json, "subject_id", x->subject_id);
    json_add_text(json, "name", x->name);
    json_add_text(json, "division", x->division);
    json_add_text(json, "rule", x->rule);
    json_add_bool(json, "in_force_granted", x->base_granted);
    json_add_bool(json, "draft_granted", x->draft_granted);
    json_add_number(json, "in_force_count", x->base_count);
    json_add_number(json, "draft_count", x->draft_count);
    json_add_money(json, "in_force_yuan", x->base_fen);
    json_add_money(json, "draft_yuan", x->draft_fen);
    json_add_text(json, "why", x->why);
    json_key(json, "conditions");
    json_array_begin(json);
    for (int32_t r = 0; r < x->reason_count; r++) {
        json_object_begin(json);
        json_add_text(json, "condition", x->reasons[r].condition);
        json_add_text(json, "in_force", x->reasons[r].base);
        json_add_text(json, "draft", x->reasons[r].draft);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

static void json_report(struct json *json, const struct whatif_show *show,
                        const struct whatif_draft *draft)
{
    static const char *const keys[] = {"rules", "funds", "periods", "divisions", "levels"};
    const struct whatif_report *report = draft->report;
    json_add_text(json, "draft", draft->from);
    json_add_day(json, "as_of", report->as_of_day);
    if (report->from_day != ABSENT_I32)
        json_add_day(json, "from", report->from_day);
    whatif_json_change(json, &report->total);
    json_key(json, "edits");
    json_array_begin(json);
    for (int32_t i = 0; i < draft->edit_count; i++) {
        json_object_begin(json);
        json_add_text(json, "place", draft->edits[i].place);
        json_add_text(json, "before", draft->edits[i].before);
        json_add_text(json, "after", draft->edits[i].after);
        json_object_end(json);
    }
    json_array_end(json);
    for (int by = 0; by < WHATIF_BY_COUNT; by++)
        json_groups(json, report, (enum whatif_by)by, keys[by]);
    json_subjects(json, show->vocab, report);
    json_quotas(json, report);
    json_funds(json, report);
    json_key(json, "cases");
    json_array_begin(json);
    for (int32_t i = 0; i < report->case_count; i++)
        json_case(json, show->vocab, &report->cases[i]);
    json_array_end(json);
}

/* One draft is one object; several are an array of them, in the order given. */
void whatif_print_json(const struct whatif_show *show, struct text_buf *out)
{
    struct json json;
    json_init(&json, out);
    if (show->draft_count > 1)
        json_array_begin(&json);
    for (int32_t d = 0; d < show->draft_count; d++) {
        json_object_begin(&json);
        json_report(&json, show, &show->drafts[d]);
        json_object_end(&json);
    }
    if (show->draft_count > 1)
        json_array_end(&json);
}
