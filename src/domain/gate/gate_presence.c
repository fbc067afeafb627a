#include "domain/gate/gate_look.h"

#include "base/day.h"

/* One person in two places at once: jobs with jobs, courses with courses, sittings with sittings,
 * insurance with insurance of the same kind. A course and the examination at its end may lie apart,
 * so kinds are not mixed. Two places are two divisions. */

enum { PRESENCES_MAX = 128 }; /* of one kind and person; no life has more */

struct presence {
    int64_t body_id;
    int32_t from, to; /* days or months, both inclusive */
    int32_t kind;     /* only the same kind is compared */
};

struct presences {
    struct presence rows[PRESENCES_MAX];
    int32_t count;
    int32_t since, until;
};

static void presence_add(struct presences *list, struct presence row)
{
    if (row.from < list->since)
        row.from = list->since;
    if (row.to == ABSENT_I32 || row.to > list->until)
        row.to = list->until;
    if (row.body_id != ABSENT_I64 && row.from <= row.to && list->count < PRESENCES_MAX)
        list->rows[list->count++] = row;
}

static int32_t overlap(const struct presence *a, const struct presence *b)
{
    int32_t from = a->from > b->from ? a->from : b->from;
    int32_t to = a->to < b->to ? a->to : b->to;
    return a->kind == b->kind && a->body_id != b->body_id && from <= to ? to - from + 1 : 0;
}

static enum err are_apart(struct gate_look *look, const struct presence *a,
                          const struct presence *b, bool *ret_apart)
{
    int32_t first, second;
    TRY(gate_look_division(look, a->body_id, &first));
    TRY(gate_look_division(look, b->body_id, &second));
    *ret_apart = first != ABSENT_I32 && second != ABSENT_I32 && first != second;
    return ERR_OK;
}

static enum err add_pair(struct gate_look *look, enum gate_link link, const struct presence *row,
                         bool in_months)
{
    int32_t division;
    TRY(gate_look_division(look, row->body_id, &division));
    gate_look_add(look, (struct gate_evidence){
                            .link = link,
                            .table = REGISTRY_organisation,
                            .record_id = row->body_id,
                            .from_day = in_months ? month_first_day(row->from) : row->from,
                            .to_day = in_months ? month_last_day(row->to) : row->to,
                            .amount_fen = ABSENT_I64,
                            .division = division,
                        });
    return ERR_OK;
}

/* The longest overlap in two divisions, and its pair as evidence. */
static enum err longest(struct gate_look *look, const struct presences *list, enum gate_link link,
                        bool in_months, int64_t *ret_longest)
{
    const struct presence *first = NULL, *second = NULL;
    int32_t best = 0;
    for (int32_t i = 0; i < list->count; i++) {
        for (int32_t j = i + 1; j < list->count; j++) {
            bool apart = false;
            int32_t length = overlap(&list->rows[i], &list->rows[j]);
            if (length > best)
                TRY(are_apart(look, &list->rows[i], &list->rows[j], &apart));
            if (!apart)
                continue;
            best = length;
            first = &list->rows[i];
            second = &list->rows[j];
        }
    }
    *ret_longest = best;
    if (!first || !look->evidence)
        return ERR_OK;
    TRY(add_pair(look, link, first, in_months));
    return add_pair(look, link, second, in_months);
}

static bool window(const struct gate_look *look, struct presences *ret_list)
{
    int64_t since = look->words[GATE_PRESENCE_SINCE];
    *ret_list = (struct presences){.since = (int32_t)since, .until = look->claim->claimed_day};
    return since != ABSENT_I64;
}

enum err gate_job_overlap(struct gate_look *look, int64_t *ret_days)
{
    struct presences list;
    struct fact *facts;
    int32_t count;
    if (!window(look, &list))
        return ERR_OK;
    TRY(fact_read_current(look->w, REGISTRY_employment, look->claim->holder_id, &facts, &count));
    for (int32_t i = 0; i < count; i++) {
        const struct employment *job = facts[i].record;
        if (job->full_time == 1)
            presence_add(&list, (struct presence){job->employer, job->from_day, job->to_day, 0});
    }
    return longest(look, &list, GATE_LINK_job, false, ret_days);
}

/* A course fills its days when its hours do; one that takes an evening a week may lie anywhere. */
static bool fills_its_days(const struct gate_look *look, const struct training *course)
{
    int64_t hours = look->words[GATE_FULL_DAY_HOURS];
    if (course->class_hours == ABSENT_I32 || course->end_day == ABSENT_I32 || hours == ABSENT_I64)
        return false;
    return course->class_hours >= hours * (course->end_day - course->start_day + 1);
}

enum err gate_course_overlap(struct gate_look *look, int64_t *ret_days)
{
    enum { COURSE, SITTING };
    struct presences list;
    struct fact *facts;
    int32_t count;
    if (!window(look, &list))
        return ERR_OK;
    TRY(fact_read_current(look->w, REGISTRY_training, look->claim->holder_id, &facts, &count));
    for (int32_t i = 0; i < count; i++) {
        const struct training *course = facts[i].record;
        if (fills_its_days(look, course))
            presence_add(&list, (struct presence){course->provider, course->start_day,
                                                  course->end_day, COURSE});
    }
    TRY(fact_read_current(look->w, REGISTRY_assessment, look->claim->holder_id, &facts, &count));
    for (int32_t i = 0; i < count; i++) {
        const struct assessment *sitting = facts[i].record;
        if (sitting->attended == 1)
            presence_add(&list, (struct presence){sitting->assess_body, sitting->assess_day,
                                                  sitting->assess_day, SITTING});
    }
    return longest(look, &list, GATE_LINK_sitting, false, ret_days);
}

enum err gate_insured_twice(struct gate_look *look, int64_t *ret_months)
{
    struct presences list;
    struct fact *facts;
    int32_t count;
    if (!window(look, &list))
        return ERR_OK;
    list.since = day_month(list.since);
    list.until = day_month(list.until);
    TRY(fact_read_current(look->w, REGISTRY_insured_span, look->claim->holder_id, &facts, &count));
    for (int32_t i = 0; i < count; i++) {
        const struct insured_span *span = facts[i].record;
        presence_add(&list, (struct presence){span->payer, span->from_month, span->to_month,
                                              span->insurance});
    }
    return longest(look, &list, GATE_LINK_insured, true, ret_months);
}
