#include "domain/incentive/incentive_draft.h"

#include "base/day.h"
#include "base/id.h"
#include "domain/incentive/incentive_enact.h"
#include "incentive_draft_sql.h"
#include "policy/example.h"
#include "policy/front_matter.h"
#include "policy/policy_files.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Invariant: a draft whose state is ENACTED or DROPPED is never written again. */

enum by_whom { BY_ANYONE, BY_ANOTHER }; /* another: who wrote none of the draft's texts */

static const struct draft_move {
    enum draft_state from;
    enum draft_act act;
    enum draft_state to;
    enum by_whom by;
} draft_moves[] = {
    {DRAFT_OPEN, DRAFT_EDIT, DRAFT_OPEN, BY_ANYONE},
    {DRAFT_RETURNED, DRAFT_EDIT, DRAFT_OPEN, BY_ANYONE},
    {DRAFT_OPEN, DRAFT_SUBMIT, DRAFT_SUBMITTED, BY_ANYONE},
    {DRAFT_RETURNED, DRAFT_SUBMIT, DRAFT_SUBMITTED, BY_ANYONE},
    {DRAFT_SUBMITTED, DRAFT_RECALL, DRAFT_OPEN, BY_ANYONE},
    {DRAFT_SUBMITTED, DRAFT_APPROVE, DRAFT_ENACTED, BY_ANOTHER},
    {DRAFT_SUBMITTED, DRAFT_RETURN, DRAFT_RETURNED, BY_ANOTHER},
    {DRAFT_OPEN, DRAFT_DROP, DRAFT_DROPPED, BY_ANYONE},
    {DRAFT_RETURNED, DRAFT_DROP, DRAFT_DROPPED, BY_ANYONE},
};

static const struct draft_move *move_of(enum draft_state from, enum draft_act act)
{
    for (size_t i = 0; i < sizeof draft_moves / sizeof draft_moves[0]; i++)
        if (draft_moves[i].from == from && draft_moves[i].act == act)
            return &draft_moves[i];
    return NULL;
}

bool draft_allows(enum draft_state state, enum draft_act act)
{
    return move_of(state, act) != NULL;
}

/* ---- reading */

static struct draft draft_of(struct arena *arena, const struct draft_page_out *row)
{
    return (struct draft){
        .id = row->id,
        .kind = (enum draft_kind)row->kind,
        .state = (enum draft_state)row->state,
        .number = str_copy(arena, row->number),
        .title = str_copy(arena, row->title),
        .path = str_copy(arena, row->path),
        .version = row->version,
        .from_day = row->from_day,
        .reason = str_copy(arena, row->reason),
        .author_id = row->author_id,
        .author_name = str_copy(arena, row->author_name),
        .changed_ms = row->changed_ms,
        .submitted_ms = row->submitted_ms,
        .decider_name = str_copy(arena, row->decider_name),
        .decided_ms = row->decided_ms,
        .decision = str_copy(arena, row->decision),
    };
}

enum err draft_read(struct work *w, int64_t id, struct draft *ret_draft)
{
    struct draft_by_id_out row;
    TRY(draft_by_id(w, &(struct draft_by_id_in){.id = id}, &row));
    *ret_draft = (struct draft){
        .id = row.id, .kind = (enum draft_kind)row.kind, .state = (enum draft_state)row.state,
        .number = row.number, .title = row.title, .path = row.path, .version = row.version,
        .from_day = row.from_day, .reason = row.reason, .author_id = row.author_id,
        .author_name = row.author_name, .changed_ms = row.changed_ms,
        .submitted_ms = row.submitted_ms, .decider_name = row.decider_name,
        .decided_ms = row.decided_ms, .decision = row.decision,
    };
    return ERR_OK;
}

enum err draft_list(struct work *w, enum draft_state state, int64_t before_id,
                    int32_t row_count_max, struct draft **ret_drafts, int32_t *ret_draft_count)
{
    check(row_count_max <= DRAFT_ROWS_MAX);
    struct draft *drafts = ARENA_NEW_ARRAY(w->arena, struct draft, (size_t)row_count_max);
    if (!drafts)
        return fail(w, ERR_MEMORY, "no memory for a list of drafts");
    struct draft_page_in in = {.state = (int32_t)state,
                               .before_id = before_id > 0 ? before_id : INT64_MAX,
                               .row_count_max = row_count_max};
    struct cursor cursor;
    TRY(draft_page(w, &in, &cursor));
    int32_t count = 0;
    for (;;) {
        struct draft_page_out row;
        bool more;
        TRY(draft_page_next(&cursor, &row, &more));
        if (!more)
            break;
        drafts[count++] = draft_of(w->arena, &row);
    }
    *ret_drafts = drafts;
    *ret_draft_count = count;
    return ERR_OK;
}

enum err draft_text_read(struct work *w, int64_t id, int32_t version, struct draft_text *ret_text)
{
    if (version == 0) {
        struct draft draft;
        TRY(draft_read(w, id, &draft));
        version = draft.version;
    }
    struct draft_body_out row;
    TRY(draft_body(w, &(struct draft_body_in){.draft_id = id, .version = version}, &row));
    *ret_text = (struct draft_text){version, row.body, row.account_name, row.known_ms};
    return ERR_OK;
}

enum err draft_texts(struct work *w, int64_t id, struct draft_text **ret_texts,
                     int32_t *ret_text_count)
{
    struct draft_text *texts = ARENA_NEW_ARRAY(w->arena, struct draft_text, DRAFT_ROWS_MAX);
    if (!texts)
        return fail(w, ERR_MEMORY, "no memory for the versions of a draft");
    struct draft_versions_in in = {.draft_id = id, .row_count_max = DRAFT_ROWS_MAX};
    struct cursor cursor;
    TRY(draft_versions(w, &in, &cursor));
    int32_t count = 0;
    for (;;) {
        struct draft_versions_out row;
        bool more;
        TRY(draft_versions_next(&cursor, &row, &more));
        if (!more)
            break;
        texts[count++] = (struct draft_text){row.version, STR(""),
                                             str_copy(w->arena, row.account_name), row.known_ms};
    }
    *ret_texts = texts;
    *ret_text_count = count;
    return ERR_OK;
}

/* ---- writing */

static enum err add_text(struct work *w, int64_t id, int32_t version, struct str body)
{
    struct draft_text_insert_in in = {.draft_id = id, .version = version, .body = body,
                                      .account_id = w->actor.account_id,
                                      .account_name = w->actor.name, .known_ms = w->now_ms};
    return draft_text_insert(w, &in, NULL);
}

static enum err check_given(struct work *w, const struct draft_given *given,
                            struct str *ret_number)
{
    if (given->body.size > DRAFT_BODY_SIZE_MAX)
        return fail(w, ERR_LIMIT, "文件最大 %d KiB", DRAFT_BODY_SIZE_MAX / 1024);
    struct str number = front_matter_number(given->body);
    if (number.size == 0) {
        fail(w, ERR_INPUT, "文件没有写明文号");
        return fault_hint(&w->fault, "在开头的两行 --- 之间写“文号: …”。");
    }
    *ret_number = number;
    return ERR_OK;
}

/* draft/文号.md; what is no name of a file becomes a dash. */
static struct str path_of_number(struct arena *arena, struct str number)
{
    char *path = arena_copy(arena, number.ptr, number.size);
    for (size_t i = 0; path && i < number.size; i++)
        if (path[i] && strchr("/\\:*?\"<>| ", path[i]))
            path[i] = '-';
    struct str name = {path, number.size};
    return path ? str_from(text_in(arena, "enacted/%.*s.md", STR_ARG(name)))
                : STR("enacted/document.md");
}

static struct str title_of(const struct draft_given *given, struct str number)
{
    struct str title = front_matter_title(given->body);
    return title.size > 0 ? title : number;
}

enum err draft_new(struct work *w, const struct draft_given *given, int64_t *ret_id)
{
    struct str number;
    TRY(check_given(w, given, &number));
    struct draft_insert_in row = {
        .id = id_next(w->ids),
        .kind = (int32_t)given->kind,
        .number = number,
        .title = title_of(given, number),
        .path = given->path.size > 0 ? given->path : path_of_number(w->arena, number),
        .from_day = given->from_day,
        .reason = given->reason,
        .author_id = w->actor.account_id,
        .author_name = w->actor.name,
        .changed_ms = w->now_ms,
    };
    TRY(draft_insert(w, &row, NULL));
    TRY(add_text(w, row.id, 1, given->body));
    *ret_id = row.id;
    return ERR_OK;
}

/* ERR_DRAFT_STATE, ERR_OWN_DRAFT. */
static enum err begin_move(struct work *w, int64_t id, enum draft_act act, struct draft *ret_draft,
                           const struct draft_move **ret_move)
{
    TRY(draft_read(w, id, ret_draft));
    const struct draft_move *move = move_of(ret_draft->state, act);
    if (!move)
        return fail(w, ERR_DRAFT_STATE, "草案现在的状态不能这样办");
    bool is_own = false;
    if (move->by == BY_ANOTHER)
        TRY(draft_is_own(w, ret_draft, &is_own));
    if (is_own) {
        fail(w, ERR_OWN_DRAFT, "起草或者修改过草案的人不能会签它");
        return fault_hint(&w->fault, "请另一位有会签权限的人办理。");
    }
    *ret_move = move;
    return ERR_OK;
}

enum err draft_is_own(struct work *w, const struct draft *draft, bool *ret_is_own)
{
    struct draft_writers_in in = {.draft_id = draft->id, .account_id = w->actor.account_id};
    struct draft_writers_out out;
    TRY(draft_writers(w, &in, &out));
    *ret_is_own = out.row_count > 0 || draft->author_id == w->actor.account_id;
    return ERR_OK;
}

enum err draft_edit(struct work *w, int64_t id, int32_t known_version,
                    const struct draft_given *given, int32_t *ret_version)
{
    struct draft draft;
    const struct draft_move *move;
    struct str number;
    TRY(begin_move(w, id, DRAFT_EDIT, &draft, &move));
    TRY(check_given(w, given, &number));
    if (draft.version != known_version)
        return fail(w, ERR_DRAFT_STALE, "您打开以后，别人保存了第 %d 稿", draft.version);
    if (!str_equal(number, draft.number)) {
        fail(w, ERR_INPUT, "文号由“%.*s”变成了“%.*s”", STR_ARG(draft.number), STR_ARG(number));
        return fault_hint(&w->fault, "一份草案只改一份文件；新文号请另起一份草案。");
    }
    TRY(add_text(w, id, draft.version + 1, given->body));
    struct draft_changed_in in = {.id = id, .state = (int32_t)move->to,
                                  .title = title_of(given, number),
                                  .version = draft.version + 1, .from_day = given->from_day,
                                  .reason = given->reason, .changed_ms = w->now_ms};
    TRY(draft_changed(w, &in, NULL));
    *ret_version = in.version;
    return ERR_OK;
}

static enum err write_move(struct work *w, const struct draft *draft,
                           const struct draft_move *move, struct str words)
{
    bool is_decision = move->by == BY_ANOTHER;
    struct draft_moved_in in = {
        .id = draft->id,
        .state = (int32_t)move->to,
        .changed_ms = w->now_ms,
        .submitted_ms = move->act == DRAFT_SUBMIT ? w->now_ms : draft->submitted_ms,
        .decider_id = is_decision ? w->actor.account_id : 0,
        .decider_name = is_decision ? w->actor.name : STR(""),
        .decided_ms = is_decision ? w->now_ms : 0,
        .decision = is_decision ? words : STR(""),
    };
    return draft_moved(w, &in, NULL);
}

enum err draft_move(struct work *w, int64_t id, enum draft_act act, struct str words)
{
    check(act != DRAFT_EDIT);
    check(act != DRAFT_APPROVE);
    struct draft draft;
    const struct draft_move *move;
    TRY(begin_move(w, id, act, &draft, &move));
    return write_move(w, &draft, move, words);
}

/* ---- approval */

/* What is repealed is the text in force now, whatever it was when the repeal was drafted. */
static enum err repeal_in_force(struct work *w, const struct policy_source *sources,
                                int32_t source_count, const struct draft *draft,
                                struct str *ret_body)
{
    int32_t from_day = draft->from_day < w->today_day ? w->today_day : draft->from_day;
    for (int32_t i = 0; i < source_count; i++)
        if (str_equal(front_matter_number(sources[i].text), draft->number))
            return draft_repeal_text(w->arena, sources[i].text, from_day, ret_body, &w->fault);
    return fail(w, ERR_NOT_FOUND, "文件“%.*s”已不在施行", STR_ARG(draft->number));
}

enum err draft_approve(struct work *w, const struct draft_base *base, int64_t id, struct str words,
                       struct findings *findings)
{
    struct draft draft;
    const struct draft_move *move;
    TRY(begin_move(w, id, DRAFT_APPROVE, &draft, &move));
    struct draft_text text;
    TRY(draft_text_read(w, id, draft.version, &text));
    bool is_repeal = draft.kind == DRAFT_REPEAL; /* its last day stands in the text */
    int32_t from_day = is_repeal || draft.from_day < w->today_day ? w->today_day : draft.from_day;
    struct policy_source *sources;
    int32_t source_count;
    TRY(enactment_sources(w, w->arena, base->sources, base->source_count, from_day, &sources,
                          &source_count));
    if (is_repeal)
        TRY(repeal_in_force(w, sources, source_count, &draft, &text.body));
    struct draft_reading reading;
    enum err err = draft_check(w->arena, base->vocab, sources, source_count, draft.path, text.body,
                               &reading, &w->fault);
    *findings = reading.findings;
    TRY(err);
    struct enactment_insert_in row = {
        .id = id_next(w->ids), .number = draft.number, .title = draft.title, .path = draft.path,
        .kind = (int32_t)draft.kind, .body = text.body, .from_day = from_day,
        .enacted_ms = w->now_ms, .draft_id = id, .author_name = draft.author_name,
        .approver_name = w->actor.name, .reason = draft.reason,
    };
    TRY(enactment_insert(w, &row, NULL));
    return write_move(w, &draft, move, words);
}

/* ---- repeal */

enum err draft_repeal_text(struct arena *arena, struct str body, int32_t from_day,
                           struct str *ret_body, struct fault *fault)
{
    char day[DAY_TEXT_SIZE];
    struct text_buf *text = text_new(arena);
    if (!text)
        return fault_set(fault, ERR_MEMORY, "no memory for a repeal");
    front_matter_end(text, body, str_from(day_text(from_day - 1, day)));
    if (text->failed)
        return fault_set(fault, ERR_MEMORY, "no memory for a repeal");
    *ret_body = text_str(text);
    return ERR_OK;
}

/* ---- check */

static void keep_own(struct draft_reading *reading)
{
    struct findings *findings = &reading->findings;
    int32_t kept = 0;
    findings->warning_count = 0;
    for (int32_t i = 0; i < findings->row_count; i++) {
        const struct finding *finding = &findings->rows[i];
        bool is_own = finding->span.document == reading->document;
        if (!is_own && finding->severity != FINDING_ERROR)
            continue;
        findings->warning_count += finding->severity == FINDING_WARNING;
        findings->rows[kept++] = *finding;
    }
    findings->row_count = kept;
}

enum err draft_check(struct arena *arena, const struct vocab *vocab,
                     const struct policy_source *base, int32_t base_count, struct str path,
                     struct str body, struct draft_reading *ret_reading, struct fault *fault)
{
    struct draft_reading reading = {.findings = {.arena = arena}};
    struct policy_source own = {path, body};
    TRY(enact_lay_over(arena, base, base_count, &own, &reading.sources, &reading.source_count,
                       &reading.document, fault));
    enum err err = policy_read(arena, vocab, reading.sources, reading.source_count,
                               &reading.policy, &reading.findings, fault);
    if (err == ERR_OK)
        err = examples_run(arena, reading.policy, &reading.findings, &reading.passed_count,
                           &reading.failed_count, fault);
    keep_own(&reading);
    *ret_reading = reading;
    if (err == ERR_OK && reading.findings.error_count > 0)
        err = fault_set(fault, ERR_POLICY, "草案有 %d 个错误", reading.findings.error_count);
    return err;
}
