/* whatif_show.h — what-if reports made and shown: what a draft is made of, what it says otherwise,
 * and the report as a page, as a part of one, as JSON and as CSV.
 *
 *   documents in force ─┬─ own documents of the same numbers ─ settings ─ budgets ─► draft
 *                       └─ budgets ─► base
 *
 * Memory   in show->arena
 * Errors   ERR_POLICY: with findings when a document has errors, else the fault names the setting;
 *          ERR_LIMIT beyond WHATIF_DRAFTS_MAX drafts
 * Limits   WHATIF_EDITS_MAX clauses listed as changed, WHATIF_SETTINGS_MAX settings of a draft
 */
#ifndef BAIGONG_WHATIF_SHOW_H
#define BAIGONG_WHATIF_SHOW_H

#include "domain/insight/whatif.h"

enum {
    WHATIF_EDITS_MAX = 400, /* beyond, it is another document */
    WHATIF_SETTINGS_MAX = 64,
};

struct whatif_edit { /* what the draft says otherwise */
    struct str place;         /* article and name */
    struct str before, after; /* "": not there */
};

struct whatif_draft {
    struct str name; /* 草案, or 草案一 … when there are several */
    struct str from; /* path, or the settings */
    struct incentive_policy policy;
    struct whatif_edit *edits;
    int32_t edit_count;
    const struct whatif_report *report;
};

struct whatif_show {
    struct arena *arena;
    bool is_zh;
    const struct vocab *vocab;
    const struct incentive_policy *base;
    struct whatif_draft drafts[WHATIF_DRAFTS_MAX];
    int32_t draft_count;
    int32_t as_of_day;
    int64_t known_at_ms;
    int64_t took_ms;
};

/* What a draft is made of; counts may be 0. */
struct whatif_given {
    const struct policy_source *own; /* take the place of the documents of their numbers */
    int32_t own_count;
    struct str from; /* "": the settings */
    const struct str *settings;
    int32_t setting_count;
    const struct str *budgets; /* hold for the base too: whatif_suppose_budgets */
    int32_t budget_count;
};

/* Reads, checks and compiles one more draft. On ERR_POLICY with findings show->drafts[its
 * index].policy.sources are what they point at. */
enum err whatif_add_draft(struct whatif_show *show, const struct whatif_given *given,
                          struct findings *findings, struct fault *fault);

/* Sets budgets in a policy of one's own; not in one that others use. */
enum err whatif_suppose_budgets(struct whatif_show *show, struct policy *policy,
                                const struct str *budgets, int32_t budget_count,
                                struct fault *fault);

/* Evaluates everything over the city; show->drafts get their reports. */
enum err whatif_run(struct whatif_show *show, struct work_env *env,
                    const struct whatif_request *request, struct fault *fault);

/* The report in one sentence. */
struct str whatif_finding(const struct whatif_show *show);
/* One file that asks for no other: figures with their tables, by day and by night, on paper. */
void whatif_print_page(const struct whatif_show *show, struct text_buf *out);
/* The same without head and heading, for a page that has its own. */
void whatif_print_part(const struct whatif_show *show, struct text_buf *out);
/* Such a part without the sections that tell of single people, for whoever does not see the whole
 * city; "" when memory is out. */
struct str whatif_without_cases(struct arena *arena, struct str part);
/* One draft is one object; several are an array of them, in the order given. */
void whatif_print_json(const struct whatif_show *show, struct text_buf *out);
/* One table: every group of every draft, long form, money in yuan. */
void whatif_print_csv(const struct whatif_show *show, struct text_buf *out);

/* Words that all of them use. */
const char *whatif_by_words(const struct whatif_show *show, enum whatif_by by);
const char *whatif_when_short(const struct whatif_show *show, enum fund_short when_short);
const char *whatif_record_label(const struct whatif_show *show, int32_t table);
/* The rule of a name in a draft's report; NULL when it is not there. */
const struct whatif_group *whatif_rule_of(const struct whatif_show *show, int32_t draft,
                                          struct str name);
struct json;
void whatif_json_change(struct json *json, const struct whatif_change *change);

#endif
