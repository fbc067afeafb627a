#include "domain/incentive/incentive_found.h"

#include "incentive_history.h"

#include <inttypes.h>
#include <stdio.h>

enum { EVERYWHERE = 999999, PAGE = 9 };

/* ---- figures against the entitlements themselves ---- */

struct looking {
    const struct history *h;
    int32_t division_min, division_max;
    struct found_figures figures;
    int64_t figure_count; /* met, of all rules and lanes */
};

static int64_t by_sql(const struct history *h, const char *what, const struct found_figure *figure,
                      int32_t division_min, int32_t division_max)
{
    char text[1200];
    snprintf(text, sizeof text,
             "SELECT %s FROM entitlement e JOIN policy_rule r ON r.id = e.rule_id"
             " LEFT JOIN person p ON p.id = e.holder_id AND p.gone_ms = 9223372036854775807"
             " LEFT JOIN organisation o ON o.id = e.holder_id AND o.gone_ms = 9223372036854775807"
             " WHERE e.gone_ms = 9223372036854775807 AND e.lane = %d AND r.name = '%.*s'"
             " AND r.document_number = '%.*s'"
             " AND COALESCE(p.division, o.division, 0) BETWEEN %d AND %d",
             what, figure->lane, STR_ARG(figure->rule_name), STR_ARG(figure->document_number),
             division_min, division_max);
    return store_fixture_number(h->t, text);
}

static enum err read_figures(struct work *w, void *context)
{
    struct looking *looking = context;
    TRY(incentive_found_figures(w, looking->division_min, looking->division_max,
                                &looking->figures));
    for (int32_t i = 0; i < looking->figures.row_count; i++) {
        const struct found_figure *figure = &looking->figures.rows[i];
        looking->figure_count += figure->row_count;
        if (i % 4 != 0)
            continue; /* each is a query of its own */
        const int32_t low = looking->division_min, high = looking->division_max;
        EXPECT_INT(by_sql(looking->h, "COUNT(*)", figure, low, high), figure->row_count);
        EXPECT_INT(by_sql(looking->h, "COUNT(DISTINCT e.holder_id)", figure, low, high),
                   figure->holder_count);
        EXPECT_INT(by_sql(looking->h, "CAST(COALESCE(SUM(e.amount_fen), 0) AS BIGINT)", figure,
                          low, high),
                   figure->amount_fen);
        EXPECT(found_figure_of(&looking->figures, figure->document_number, figure->rule_name,
                               figure->lane) == figure);
    }
    return ERR_OK;
}

static int64_t count_figures(struct history *h, int32_t division_min, int32_t division_max)
{
    struct looking looking = {.h = h, .division_min = division_min, .division_max = division_max};
    EXPECT_OK(work_run(&h->t->env, WORK_READ, read_figures, &looking, &h->t->fault));
    return looking.figure_count;
}

static int64_t counted_ms(struct store_fixture *t)
{
    return store_fixture_number(t, "SELECT counted_ms FROM found_count");
}

STORE_TEST(incentive_found_figures__are_the_sums_of_what_is_stored_by_division)
{
    struct history h;
    history_begin(&h, t, 2, NULL);
    EXPECT_OK(incentive_found_count(&t->env, &t->fault));
    int64_t all = count_figures(&h, 0, EVERYWHERE);
    int32_t division = (int32_t)store_fixture_number(t, "SELECT MIN(division) FROM person");
    int64_t here = count_figures(&h, division, division);
    int64_t elsewhere = count_figures(&h, division + 1, EVERYWHERE);
    EXPECT(here > 0 && elsewhere > 0);
    EXPECT_INT(all, here + elsewhere + count_figures(&h, 0, division - 1));
    history_end(&h);
}

STORE_TEST(incentive_found_count__counts_again_behind_a_sweep_or_when_facts_grew_old)
{
    struct history h;
    history_begin(&h, t, 2, NULL);
    EXPECT_OK(incentive_found_count(&t->env, &t->fault));
    int64_t first_ms = counted_ms(t);
    t->env.fixed_now_ms += FOUND_STALE_MS + 1; /* nothing happened: not counted again */
    EXPECT_OK(incentive_found_count(&t->env, &t->fault));
    EXPECT_INT(first_ms, counted_ms(t));
    history_something_happens(&h); /* long ago now, and there is news */
    EXPECT_OK(incentive_found_count(&t->env, &t->fault));
    int64_t second_ms = counted_ms(t);
    EXPECT(second_ms > first_ms);
    t->env.fixed_now_ms = second_ms + FOUND_STALE_MS - 1; /* the last instant it is fresh */
    while (store_fixture_number(t, "SELECT MAX(id) FROM event") ==
           store_fixture_number(t, "SELECT event_id FROM found_count"))
        history_something_happens(&h);
    t->env.fixed_now_ms = second_ms + FOUND_STALE_MS - 1;
    EXPECT_OK(incentive_found_count(&t->env, &t->fault));
    EXPECT_INT(second_ms, counted_ms(t));
    t->env.fixed_now_ms = second_ms + FOUND_STALE_MS;
    EXPECT_OK(incentive_found_count(&t->env, &t->fault));
    EXPECT_INT(second_ms + FOUND_STALE_MS, counted_ms(t));
    history_end(&h);
}

/* ---- lists ---- */

struct listing {
    const struct found_figure *figure;
    int32_t division_min, division_max;
    int64_t line_count, last_id;
};

static enum err list_all(struct work *w, void *context)
{
    struct listing *listing = context;
    for (int64_t after = 0; after != ABSENT_I64;) {
        struct found_line *lines;
        int32_t count;
        TRY(incentive_found_lines(w, listing->figure->document_number, listing->figure->rule_name,
                                  listing->figure->lane, listing->division_min,
                                  listing->division_max, after, PAGE, &lines, &count, &after));
        EXPECT(count <= PAGE);
        for (int32_t i = 0; i < count; i++) {
            EXPECT(lines[i].line.id > listing->last_id);
            EXPECT(lines[i].division >= listing->division_min &&
                   lines[i].division <= listing->division_max);
            listing->last_id = lines[i].line.id;
        }
        listing->line_count += count;
    }
    return ERR_OK;
}

static enum err list_each(struct work *w, void *context)
{
    struct history *h = context;
    struct found_figures figures;
    TRY(incentive_found_figures(w, 0, EVERYWHERE, &figures));
    int32_t division = (int32_t)store_fixture_number(h->t, "SELECT MIN(division) FROM person");
    for (int32_t i = 0; i < figures.row_count; i += 5) {
        struct listing all = {&figures.rows[i], 0, EVERYWHERE, 0, 0};
        struct listing here = {&figures.rows[i], division, division, 0, 0};
        TRY(list_all(w, &all));
        TRY(list_all(w, &here));
        EXPECT_INT(figures.rows[i].row_count, all.line_count);
        EXPECT_INT(by_sql(h, "COUNT(*)", &figures.rows[i], division, division), here.line_count);
    }
    return ERR_OK;
}

STORE_TEST(incentive_found_lines__list_each_once_page_by_page)
{
    struct history h;
    history_begin(&h, t, 2, NULL);
    EXPECT_OK(incentive_found_count(&t->env, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_READ, list_each, &h, &t->fault));
    history_end(&h);
}

/* ---- sweeps ---- */

static enum err read_last(struct work *w, void *context)
{
    return incentive_last_sweep(w, context);
}

static enum err compare_sweeps(struct work *w, void *context)
{
    const struct found_sweep *last = context;
    struct found_sweep *sweeps;
    int32_t count;
    TRY(incentive_found_sweeps(w, &sweeps, &count));
    EXPECT_INT(1, count);
    EXPECT_INT(last->id, sweeps[0].id);
    return ERR_OK;
}

STORE_TEST(incentive_last_sweep__is_the_newest_and_missing_before_the_first)
{
    struct found_sweep sweep;
    EXPECT_ERR(ERR_NOT_FOUND, work_run(&t->env, WORK_READ, read_last, &sweep, &t->fault));
    struct history h;
    history_begin(&h, t, 2, NULL);
    EXPECT_OK(work_run(&t->env, WORK_READ, read_last, &sweep, &t->fault));
    EXPECT_INT(h.day, sweep.as_of_day);
    EXPECT_INT(store_fixture_number(t, "SELECT COUNT(*) FROM entitlement"), sweep.new_count);
    EXPECT_INT(0, sweep.changed_count + sweep.ended_count + sweep.unchanged_count);
    EXPECT_OK(work_run(&t->env, WORK_READ, compare_sweeps, &sweep, &t->fault));
    history_end(&h);
}
