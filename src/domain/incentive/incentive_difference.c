#include "domain/incentive/incentive_difference.h"

#include "domain/registry/registry_facts.h"
#include "incentive_sql.h"
#include "policy/budget.h"

#include <inttypes.h>
#include <string.h>

enum {
    EDITIONS_KEPT = 4, /* of one list: reading one takes longer than replaying under it */
    REPLAY_ARENA_SIZE_MAX = 1 << 28, /* of one row: everybody around a big body */
};

struct editions {
    int64_t ids[EDITIONS_KEPT];
    struct policy *policies[EDITIONS_KEPT];
    int32_t count;
};

static enum err edition_of(struct work *w, const struct vocab *vocab, struct editions *editions,
                           int64_t edition_id, struct policy **ret_policy)
{
    for (int32_t i = 0; i < editions->count; i++) {
        if (editions->ids[i] == edition_id) {
            *ret_policy = editions->policies[i];
            return ERR_OK;
        }
    }
    TRY(incentive_edition_policy(w, vocab, edition_id, ret_policy));
    if (editions->count < EDITIONS_KEPT) {
        editions->ids[editions->count] = edition_id;
        editions->policies[editions->count++] = *ret_policy;
    }
    return ERR_OK;
}

/* One answer again: its explanation, or the record that was not there any more. */
struct replay {
    struct policy *policy;
    struct world *world;
    struct explanation *explanation; /* NULL: a record is gone */
    int32_t gone_table;
};

struct answer { /* what to replay */
    int64_t edition_id, known_ms;
    int32_t as_of_day;
};

static enum err replay(struct work *w, const struct vocab *vocab, struct editions *editions,
                       const struct entitlement_version_out *version, struct answer answer,
                       struct replay *ret_replay)
{
    struct replay found = {.gone_table = -1};
    TRY(edition_of(w, vocab, editions, answer.edition_id, &found.policy));
    int32_t subject = vocab_table(vocab, version->subject_record);
    int32_t basis = vocab_table(vocab, version->basis_record);
    int32_t statement = policy_statement(found.policy, version->rule_name);
    if (subject < 0 || basis < 0 || statement < 0) {
        *ret_replay = found; /* the rule itself is no more */
        return ERR_OK;
    }
    enum err err = registry_load_subject_world(w, vocab, subject, version->subject_id,
                                               answer.known_ms, &found.world);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        found.gone_table = subject;
        *ret_replay = found;
        return ERR_OK;
    }
    TRY(err);
    int32_t subject_row = world_row(found.world, subject, version->subject_id);
    int32_t basis_row = world_row(found.world, basis, version->basis_id);
    if (subject_row < 0 || basis_row < 0)
        found.gone_table = subject_row < 0 ? subject : basis;
    else
        err = explain_rule(w->arena, found.policy, found.world, statement, subject_row, basis_row,
                           version->period, answer.as_of_day, &found.explanation, &w->fault);
    if (err != ERR_OK) {
        world_free(found.world);
        return err;
    }
    *ret_replay = found;
    return ERR_OK;
}

static const char *const truth_words[] = {"否", "是", "缺事实"};

static struct str value_words(struct work *w, const struct replay *side,
                              const struct explain_fact *fact)
{
    static const enum type_kind kinds[] = {
        [FIELD_DAY] = TYPE_DAY,     [FIELD_MONTH] = TYPE_MONTH, [FIELD_COUNT] = TYPE_COUNT,
        [FIELD_MONEY] = TYPE_MONEY, [FIELD_BOOL] = TYPE_BOOL,   [FIELD_ENUM] = TYPE_ENUM,
        [FIELD_CODE] = TYPE_CODE,   [FIELD_REF] = TYPE_REF,     [FIELD_ID] = TYPE_REF,
        [FIELD_TEXT] = TYPE_NONE,   [FIELD_SECRET] = TYPE_NONE};
    const struct vocab *vocab = side->world->vocab;
    const struct field_desc *field = &vocab->records[fact->table].fields[fact->field];
    if (fact->value == ABSENT_I64)
        return STR("缺");
    if (fact->value == DAY_NEVER && field->type == FIELD_DAY)
        return STR("未到");
    struct type type = {kinds[field->type], -1};
    if (type.kind == TYPE_REF)
        return STR("另一单位");
    if (type.kind == TYPE_ENUM)
        type.target = vocab_enum(vocab, str_from(field->target));
    if (type.kind == TYPE_CODE)
        type.target = vocab_catalogue(vocab, str_from(field->target));
    struct text_buf buf;
    text_init(&buf, w->arena);
    policy_print_value(&buf, side->policy, type, fact->value, SPELLING_ZH);
    return text_str(&buf);
}

/* The first value read by a step of the earlier answer that is another now, or whose record is no
 * more; references are told by what follows from them. */
static bool fact_reason(struct work *w, const struct replay *before, const struct replay *after,
                        const struct explain_step *step, struct text_buf *reason)
{
    for (int32_t i = 0; i < step->fact_count; i++) {
        const struct explain_fact *was = &step->facts[i];
        const struct record_desc *record = &before->world->vocab->records[was->table];
        const struct field_desc *field = &record->fields[was->field];
        int64_t id = before->world->tables[was->table].row_ids[was->row];
        int32_t row = world_row(after->world, was->table, id);
        if (row < 0) {
            text_format(reason, "%s记录已撤销", record->label_zh);
            return true;
        }
        struct explain_fact is = *was;
        is.row = row;
        is.value = column_value(&after->world->tables[was->table].columns[was->field], row);
        if (field->type == FIELD_REF || is.value == was->value)
            continue;
        struct str from = value_words(w, before, was);
        struct str to = value_words(w, after, &is);
        text_format(reason, "%s.%s：%.*s → %.*s", record->label_zh, field->label_zh,
                    STR_ARG(from), STR_ARG(to));
        return true;
    }
    return false;
}

static const struct explain_step *flipped_step(const struct explanation *before,
                                               const struct explanation *after)
{
    for (int32_t i = 0; i < before->step_count && i < after->step_count; i++)
        if (before->steps[i].outcome != after->steps[i].outcome)
            return &before->steps[i];
    return NULL;
}

/* The clause that takes money back now and did not before. */
static const struct settlement_clause *taken_back_by(const struct replay *before,
                                                     const struct replay *after,
                                                     int32_t *ret_statement)
{
    const struct explanation *a = before->explanation;
    const struct explanation *b = after->explanation;
    if (!b || b->cut_by < 0 || (a && a->cut_by == b->cut_by && a->amount_fen == b->amount_fen))
        return NULL;
    const struct settlement_clause *clause =
        cut_clause(after->policy, b->cut_by, ret_statement);
    return clause && clause->kind == SETTLEMENT_CLAW_BACK ? clause : NULL;
}

/* The heading over what decides: a clause that takes back, else the rule. */
static struct str article_of(const struct replay *before, const struct replay *after,
                             struct str rule_name)
{
    int32_t statement = -1;
    const struct policy *policy = after->policy;
    if (!taken_back_by(before, after, &statement))
        statement = policy_statement(policy, rule_name);
    if (statement < 0) {
        policy = before->policy;
        statement = policy_statement(policy, rule_name);
    }
    int32_t article = statement < 0 ? -1 : policy->statements[statement].article;
    return article < 0 ? STR("") : policy->articles[article].heading;
}

static void find_reason(struct work *w, const struct replay *before, const struct replay *after,
                        struct entitlement_difference *row, struct text_buf *reason)
{
    const struct explanation *a = before->explanation;
    const struct explanation *b = after->explanation;
    const struct explain_step *flip = flipped_step(a, b);
    int32_t statement;
    const struct settlement_clause *clause = taken_back_by(before, after, &statement);
    if (clause) {
        text_format(reason, "按“%.*s”追回：%.*s",
                    STR_ARG(after->policy->statements[statement].name),
                    STR_ARG(clause->keys[0]->span.text));
        return;
    }
    if (flip) {
        text_format(reason, "%.*s：%s → %s", STR_ARG(flip->condition->span.text),
                    truth_words[flip->outcome],
                    truth_words[b->steps[flip - a->steps].outcome]);
        text_add_z(reason, "；");
    }
    bool is_found = flip && fact_reason(w, before, after, flip, reason);
    for (int32_t i = 0; i < a->step_count && !is_found; i++)
        is_found = fact_reason(w, before, after, &a->steps[i], reason);
    if (is_found) {
        if (row->cause == CAUSE_DAY)
            row->cause = CAUSE_FACT;
        return;
    }
    if (flip) {
        reason->size -= strlen("；");
        return;
    }
    if (a->lane == b->lane && a->amount_fen == b->amount_fen && row->cause != CAUSE_POLICY) {
        row->cause = CAUSE_OTHERS;
        text_add_z(reason, "名额、封顶或就高的结果变了");
        return;
    }
    text_add_z(reason, "金额的算法或取值变了");
}

static enum err replay_both(struct work *w, const struct vocab *vocab, struct editions *editions,
                            const struct entitlement_version_out *version, struct answer from,
                            struct answer to, struct entitlement_difference *row,
                            struct text_buf *reason)
{
    struct replay before, after;
    TRY(replay(w, vocab, editions, version, from, &before));
    enum err err = replay(w, vocab, editions, version, to, &after);
    if (err != ERR_OK) {
        world_free(before.world);
        return err;
    }
    row->article = article_of(&before, &after, version->rule_name);
    if (before.explanation && after.explanation) {
        find_reason(w, &before, &after, row, reason);
    } else if (after.gone_table >= 0) {
        row->cause = CAUSE_FACT;
        text_format(reason, "%s记录已撤销", vocab->records[after.gone_table].label_zh);
    } else {
        text_add_z(reason, "政策里不再有这个项目");
    }
    world_free(before.world);
    world_free(after.world);
    return ERR_OK;
}

/* What the replays of a row take ends with it; only its reason stays, and the first editions. */
static enum err explain_difference(struct work *w, const struct vocab *vocab,
                                   struct editions *editions,
                                   const struct entitlement_version_out *version,
                                   struct answer from, struct answer to,
                                   struct entitlement_difference *row)
{
    const int64_t edition_ids[] = {from.edition_id, to.edition_id};
    struct policy *policy;
    for (int32_t i = 0; i < 2 && editions->count < EDITIONS_KEPT; i++)
        TRY(edition_of(w, vocab, editions, edition_ids[i], &policy));
    row->cause = from.edition_id != to.edition_id ? CAUSE_POLICY
                 : from.as_of_day != to.as_of_day ? CAUSE_DAY
                                                  : CAUSE_FACT;
    struct arena scratch;
    struct text_buf reason;
    struct arena *kept = w->arena;
    arena_init(&scratch, REPLAY_ARENA_SIZE_MAX);
    text_init(&reason, &scratch);
    w->arena = &scratch;
    enum err err = replay_both(w, vocab, editions, version, from, to, row, &reason);
    w->arena = kept;
    if (err == ERR_OK) {
        row->reason = str_copy(w->arena, text_str(&reason));
        row->article = str_copy(w->arena, row->article);
        if (!row->reason.ptr || !row->article.ptr)
            err = fail(w, ERR_MEMORY, "no memory for the reason of a difference");
    }
    arena_done(&scratch);
    return err;
}

static int64_t granted_fen(const struct entitlement_version_out *version)
{
    return version->lane == LANE_GRANTED ? version->amount_fen : 0;
}

static int64_t decided_fen(const struct entitlement_version_out *version)
{
    int64_t amount_fen = granted_fen(version);
    return amount_fen == ABSENT_I64 ? 0 : amount_fen;
}

/* The key, and the two answers; is NULL: it ended. */
static void fill_key(struct entitlement_difference *row, const struct entitlement_version_out *was,
                     const struct entitlement_version_out *is)
{
    row->document_number = was->document_number;
    row->rule_name = was->rule_name;
    row->subject_record = was->subject_record;
    row->subject_id = was->subject_id;
    row->basis_record = was->basis_record;
    row->basis_id = was->basis_id;
    row->period = was->period;
    row->from_fen = granted_fen(was);
    row->to_fen = is ? granted_fen(is) : 0;
    row->from_payee_id = was->payee_id;
    row->to_payee_id = is ? is->payee_id : ABSENT_I64;
    row->is_asked = is && is->lane == LANE_ASK;
}

/* A row as it is stored, of either list. */
struct stored_difference {
    int64_t holder_id, entitlement_id, to_ms, from_ms, difference_fen, edition_id;
    int32_t kind, as_of_day;
};

static enum err fill_row(struct work *w, const struct vocab *vocab, struct editions *editions,
                         const struct stored_difference *stored,
                         struct entitlement_difference *ret_row)
{
    struct entitlement_version_in key = {stored->holder_id, stored->entitlement_id,
                                         stored->from_ms};
    struct entitlement_version_out version, later;
    TRY(entitlement_version(w, &key, &version));
    key.known_ms = stored->to_ms;
    enum err err = entitlement_version(w, &key, &later);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    *ret_row = (struct entitlement_difference){
        .entitlement_id = stored->entitlement_id,
        .holder_id = stored->holder_id,
        .from_ms = stored->from_ms,
        .to_ms = stored->to_ms,
        .kind = (enum correction_kind)stored->kind,
        .difference_fen = stored->difference_fen,
        .has_ended = err == ERR_NOT_FOUND,
        .to_entitlement_id = err == ERR_NOT_FOUND ? 0 : stored->entitlement_id,
        .from_day = version.as_of_day,
        .to_day = stored->as_of_day,
    };
    fill_key(ret_row, &version, err == ERR_NOT_FOUND ? NULL : &later);
    struct answer from = {version.edition_id, stored->from_ms, version.as_of_day};
    struct answer to = {stored->edition_id, stored->to_ms, stored->as_of_day};
    return explain_difference(w, vocab, editions, &version, from, to, ret_row);
}

static enum err fill_rows(struct work *w, const struct vocab *vocab,
                          const struct stored_difference *stored, int32_t count,
                          struct entitlement_difference **ret_rows, int32_t *ret_row_count)
{
    struct entitlement_difference *rows =
        ARENA_NEW_ARRAY(w->arena, struct entitlement_difference, (size_t)count + 1);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for %d differences", count);
    struct editions editions = {0};
    for (int32_t i = 0; i < count; i++)
        TRY(fill_row(w, vocab, &editions, &stored[i], &rows[i]));
    *ret_rows = rows;
    *ret_row_count = count;
    return ERR_OK;
}

enum err incentive_differences(struct work *w, const struct vocab *vocab,
                               struct str document_number, struct str rule_name,
                               int64_t after_id, int32_t row_count_max,
                               struct entitlement_difference **ret_rows, int32_t *ret_row_count)
{
    check(row_count_max <= DIFFERENCE_ROWS_MAX);
    struct rule_by_name_in name = {document_number, rule_name};
    struct rule_by_name_out rule;
    TRY(rule_by_name(w, &name, &rule));
    struct stored_difference *stored =
        ARENA_NEW_ARRAY(w->arena, struct stored_difference, (size_t)row_count_max + 1);
    if (!stored)
        return fail(w, ERR_MEMORY, "no memory for %d differences", row_count_max);
    struct difference_page_in page = {rule.id, after_id, row_count_max};
    struct cursor cursor;
    int32_t count = 0;
    TRY(difference_page(w, &page, &cursor));
    for (;;) {
        struct difference_page_out row;
        bool more;
        TRY(difference_page_next(&cursor, &row, &more));
        if (!more)
            break;
        stored[count++] = (struct stored_difference){
            row.holder_id, row.entitlement_id, row.to_ms, row.from_ms,
            row.difference_fen, row.edition_id, row.kind, row.as_of_day};
    }
    cursor_close(&cursor);
    return fill_rows(w, vocab, stored, count, ret_rows, ret_row_count);
}

enum err incentive_history(struct work *w, const struct vocab *vocab, int64_t entitlement_id,
                           struct entitlement_difference **ret_rows, int32_t *ret_row_count)
{
    struct entitlement entitlement;
    TRY(incentive_read(w, entitlement_id, &entitlement));
    struct stored_difference *stored =
        ARENA_NEW_ARRAY(w->arena, struct stored_difference, DIFFERENCE_ROWS_MAX);
    if (!stored)
        return fail(w, ERR_MEMORY, "no memory for the history of an entitlement");
    struct difference_of_entitlement_in in = {entitlement.holder_id, entitlement_id};
    struct cursor cursor;
    int32_t count = 0;
    TRY(difference_of_entitlement(w, &in, &cursor));
    while (count < DIFFERENCE_ROWS_MAX) {
        struct difference_of_entitlement_out row;
        bool more;
        TRY(difference_of_entitlement_next(&cursor, &row, &more));
        if (!more)
            break;
        stored[count++] = (struct stored_difference){
            entitlement.holder_id, entitlement_id, row.to_ms, row.from_ms,
            row.difference_fen, row.edition_id, row.kind, row.as_of_day};
    }
    cursor_close(&cursor);
    return fill_rows(w, vocab, stored, count, ret_rows, ret_row_count);
}

/* ---- netted ---- */

struct changed { /* an entitlement, and its last change */
    int64_t rule_id, holder_id, entitlement_id, to_ms;
};

static enum err read_changed(struct work *w, const struct difference_since_page_in *page,
                             struct changed *ret_rows, int32_t *ret_count)
{
    struct cursor cursor;
    int32_t count = 0;
    TRY(difference_since_page(w, page, &cursor));
    for (;;) {
        struct difference_since_page_out row;
        bool more;
        TRY(difference_since_page_next(&cursor, &row, &more));
        if (!more)
            break;
        ret_rows[count++] =
            (struct changed){page->rule_id, row.holder_id, row.entitlement_id, row.to_ms};
    }
    cursor_close(&cursor);
    *ret_count = count;
    return ERR_OK;
}

/* ERR_NOT_FOUND: what an optional row does not say is no fault. */
static enum err maybe(struct work *w, enum err err, bool *ret_is_there)
{
    *ret_is_there = err == ERR_OK;
    if (err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    return ERR_OK;
}

/* The two answers that a netted row lies between. */
struct net {
    struct entitlement_version_out was, is;
    int64_t was_ms, to_ms;
    int64_t is_id; /* 0: nothing holds now */
    bool is_there;
};

/* *ret_is_granted: false when nothing was granted at the instant. */
static enum err read_net(struct work *w, const struct changed *changed, int64_t known_at_ms,
                         struct net *ret_net, bool *ret_is_granted)
{
    struct net net = {.to_ms = changed->to_ms};
    struct entitlement_stood_in at = {changed->holder_id, changed->entitlement_id, known_at_ms};
    struct entitlement_stood_out stood;
    TRY(maybe(w, entitlement_stood(w, &at, &stood), ret_is_granted));
    if (!*ret_is_granted)
        return ERR_OK;
    net.was_ms = stood.known_ms;
    struct entitlement_version_in key = {changed->holder_id, changed->entitlement_id,
                                         stood.known_ms};
    TRY(entitlement_version(w, &key, &net.was));
    *ret_is_granted = net.was.lane == LANE_GRANTED;
    struct entitlement_same_in same = {changed->rule_id, net.was.subject_id, net.was.basis_id,
                                       net.was.period};
    struct entitlement_same_out now;
    TRY(maybe(w, entitlement_same(w, &same, &now), &net.is_there));
    if (net.is_there) {
        key = (struct entitlement_version_in){now.holder_id, now.id, now.known_ms};
        TRY(entitlement_version(w, &key, &net.is));
        net.to_ms = now.known_ms;
        net.is_id = now.id;
    }
    *ret_net = net;
    return ERR_OK;
}

static bool is_otherwise(const struct net *net)
{
    return !net->is_there || net->was.lane != net->is.lane ||
           net->was.amount_fen != net->is.amount_fen || net->was.payee_id != net->is.payee_id;
}

static enum err fill_net(struct work *w, const struct vocab *vocab, struct editions *editions,
                         const struct changed *changed, const struct net *net,
                         struct entitlement_difference *ret_row)
{
    struct answer to = {net->is.edition_id, net->to_ms, net->is.as_of_day};
    int64_t is_fen = net->is_there ? decided_fen(&net->is) : 0;
    int64_t difference_fen;
    if (__builtin_sub_overflow(is_fen, decided_fen(&net->was), &difference_fen))
        return fail(w, ERR_OVERFLOW, "the difference of entitlement %" PRId64 " is out of range",
                    changed->entitlement_id);
    if (!net->is_there) {
        struct difference_at_in last = {changed->holder_id, changed->entitlement_id,
                                        changed->to_ms};
        struct difference_at_out row;
        TRY(difference_at(w, &last, &row));
        to = (struct answer){row.edition_id, changed->to_ms, row.as_of_day};
    }
    *ret_row = (struct entitlement_difference){
        .entitlement_id = changed->entitlement_id,
        .holder_id = changed->holder_id,
        .from_ms = net->was_ms,
        .to_ms = to.known_ms,
        .kind = difference_fen > 0   ? CORRECTION_TOP_UP
                : difference_fen < 0 ? CORRECTION_RECOVERY
                                     : CORRECTION_NO_MONEY,
        .difference_fen = difference_fen,
        .has_ended = !net->is_there,
        .to_entitlement_id = net->is_id,
        .from_day = net->was.as_of_day,
        .to_day = to.as_of_day,
    };
    fill_key(ret_row, &net->was, net->is_there ? &net->is : NULL);
    struct answer from = {net->was.edition_id, net->was_ms, net->was.as_of_day};
    return explain_difference(w, vocab, editions, &net->was, from, to, ret_row);
}

/* Rows of those among the changed that were granted at the instant and are otherwise now. */
static enum err net_rows(struct work *w, const struct vocab *vocab, int64_t known_at_ms,
                         const struct changed *changed, int32_t changed_count,
                         struct entitlement_difference **ret_rows, int32_t *ret_row_count)
{
    struct entitlement_difference *rows =
        ARENA_NEW_ARRAY(w->arena, struct entitlement_difference, (size_t)changed_count + 1);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for %d differences", changed_count);
    struct editions editions = {0};
    int32_t count = 0;
    for (int32_t i = 0; i < changed_count; i++) {
        struct net net;
        bool is_granted;
        TRY(read_net(w, &changed[i], known_at_ms, &net, &is_granted));
        if (is_granted && is_otherwise(&net))
            TRY(fill_net(w, vocab, &editions, &changed[i], &net, &rows[count++]));
    }
    *ret_rows = rows;
    *ret_row_count = count;
    return ERR_OK;
}

static enum err changed_room(struct work *w, int32_t row_count_max, struct changed **ret_changed)
{
    check(row_count_max > 0 && row_count_max <= DIFFERENCE_ROWS_MAX);
    *ret_changed = ARENA_NEW_ARRAY(w->arena, struct changed, (size_t)row_count_max);
    return *ret_changed ? ERR_OK
                        : fail(w, ERR_MEMORY, "no memory for %d differences", row_count_max);
}

enum err incentive_net_differences(struct work *w, const struct vocab *vocab,
                                   struct str document_number, struct str rule_name,
                                   int64_t known_at_ms, int64_t after_id, int32_t row_count_max,
                                   struct entitlement_difference **ret_rows,
                                   int32_t *ret_row_count, int64_t *ret_next_after)
{
    struct rule_by_name_in name = {document_number, rule_name};
    struct rule_by_name_out rule;
    struct changed *changed;
    int32_t count;
    TRY(rule_by_name(w, &name, &rule));
    TRY(changed_room(w, row_count_max, &changed));
    struct difference_since_page_in page = {rule.id, after_id, known_at_ms, row_count_max};
    TRY(read_changed(w, &page, changed, &count));
    TRY(net_rows(w, vocab, known_at_ms, changed, count, ret_rows, ret_row_count));
    *ret_next_after = count == row_count_max ? changed[count - 1].entitlement_id : ABSENT_I64;
    return ERR_OK;
}

enum err incentive_net_of_holder(struct work *w, const struct vocab *vocab, int64_t holder_id,
                                 int64_t known_at_ms, int64_t after_id, int32_t row_count_max,
                                 struct entitlement_difference **ret_rows, int32_t *ret_row_count,
                                 int64_t *ret_next_after)
{
    struct difference_of_holder_in page = {holder_id, after_id, known_at_ms, row_count_max};
    struct changed *changed;
    struct cursor cursor;
    int32_t count = 0;
    TRY(changed_room(w, row_count_max, &changed));
    TRY(difference_of_holder(w, &page, &cursor));
    for (;;) {
        struct difference_of_holder_out row;
        bool more;
        TRY(difference_of_holder_next(&cursor, &row, &more));
        if (!more)
            break;
        changed[count++] =
            (struct changed){row.rule_id, holder_id, row.entitlement_id, row.to_ms};
    }
    cursor_close(&cursor);
    TRY(net_rows(w, vocab, known_at_ms, changed, count, ret_rows, ret_row_count));
    *ret_next_after = count == row_count_max ? changed[count - 1].entitlement_id : ABSENT_I64;
    return ERR_OK;
}

enum err incentive_net_of_all(struct work *w, const struct vocab *vocab, int64_t known_at_ms,
                              struct difference_place after, int32_t row_count_max,
                              struct entitlement_difference **ret_rows, int32_t *ret_row_count,
                              struct difference_place *ret_next)
{
    struct difference_of_all_in page = {after.holder_id, after.entitlement_id, known_at_ms,
                                        row_count_max};
    struct changed *changed;
    struct cursor cursor;
    int32_t count = 0;
    TRY(changed_room(w, row_count_max, &changed));
    TRY(difference_of_all(w, &page, &cursor));
    for (;;) {
        struct difference_of_all_out row;
        bool more;
        TRY(difference_of_all_next(&cursor, &row, &more));
        if (!more)
            break;
        changed[count++] =
            (struct changed){row.rule_id, row.holder_id, row.entitlement_id, row.to_ms};
    }
    cursor_close(&cursor);
    TRY(net_rows(w, vocab, known_at_ms, changed, count, ret_rows, ret_row_count));
    *ret_next = count < row_count_max
                    ? (struct difference_place){ABSENT_I64, ABSENT_I64}
                    : (struct difference_place){changed[count - 1].holder_id,
                                                changed[count - 1].entitlement_id};
    return ERR_OK;
}

enum err incentive_net_of(struct work *w, const struct vocab *vocab, int64_t holder_id,
                          int64_t entitlement_id, int64_t known_at_ms,
                          struct entitlement_difference *ret_row, bool *ret_differs)
{
    struct difference_last_in in = {holder_id, entitlement_id, known_at_ms};
    struct difference_last_out last;
    bool is_changed;
    struct entitlement_difference *rows = NULL;
    int32_t count = 0;
    TRY(maybe(w, difference_last(w, &in, &last), &is_changed));
    if (is_changed) {
        struct changed changed = {last.rule_id, holder_id, entitlement_id, last.to_ms};
        TRY(net_rows(w, vocab, known_at_ms, &changed, 1, &rows, &count));
    }
    *ret_differs = count > 0;
    if (count > 0)
        *ret_row = rows[0];
    return ERR_OK;
}
