#include "base/clock.h"
#include "base/day.h"
#include "base/money.h"
#include "domain/gate/gate.h"
#include "domain/incentive/case_money.h"
#include "domain/registry/registry.h"
#include "domain/registry/submission.h"
#include "page/app.h"
#include "page/page_case.h"
#include "page/page_explain.h"
#include "page/page_submission.h"

#include <inttypes.h>

/* One case: facts, reasons, what was said and done, and the decision beside them. */

enum { QUEUE_ROWS = 8, LOOKED_AT = 50, WORDS_SIZE_MAX = 2000 };

struct shown {
    struct incentive_case subject;
    struct case_actor actor;
    struct str prepared; /* words for asking */
};

static enum err read_case(struct page *page, struct shown *ret_shown)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(case_actor_of(page->w, &page->session, &ret_shown->actor));
    ret_shown->prepared = STR("");
    return case_read(page->w, &ret_shown->actor, id, &ret_shown->subject);
}

/* ---- reasons ---- */

/* 请补充：从业记录的入职日期。 */
static struct str asking_words(struct page *page, const struct entitlement_explanation *e)
{
    struct text_buf *text = text_new(page->request->arena);
    if (!text || e->explanation->missing_count == 0)
        return STR("");
    text_add_z(text, "请补充：");
    for (int32_t i = 0; i < e->explanation->missing_count; i++) {
        const struct explain_fact *fact = &e->explanation->missing[i];
        const struct record_desc *record = &registry_records[fact->table];
        text_format(text, "%s%s的%s", i > 0 ? "；" : "", record->label_zh,
                    record->fields[fact->field].label_zh);
    }
    text_add_z(text, "。核实以后自动继续办理，不用再交材料。");
    return text_str(text);
}

static enum err add_reasons(struct page *page, struct shown *shown)
{
    const struct incentive_case *subject = &shown->subject;
    doc_page_bool(page->doc, "has_reasons", subject->entitlement_id != 0);
    if (subject->entitlement_id == 0)
        return ERR_OK;
    struct entitlement_explanation e;
    struct str answer;
    TRY(incentive_explain(page->w, page_options_of(page)->vocab, subject->entitlement_id, &e));
    enum err err = page_add_explanation(page, &e, &answer);
    shown->prepared = asking_words(page, &e);
    world_free(e.world);
    doc_page_text(page->doc, "answer", answer);
    return err;
}

/* ---- what was done and said ---- */

static enum err add_steps(struct page *page, const struct incentive_case *subject)
{
    struct case_step *steps;
    int32_t count;
    TRY(case_steps(page->w, subject, &steps, &count));
    struct doc *list = doc_add_list(page->doc, "steps");
    for (int32_t i = 0; i < count; i++) {
        const struct case_step *step = &steps[i];
        struct doc *row = doc_add_object(list, NULL);
        doc_add_instant(row, "at", step->at_ms);
        doc_page_text(row, "act_words", page_case_act_words(page, step->act));
        doc_add_text_z(row, "act",
                       step->act > 0                  ? case_acts[step->act].key
                       : step->act == CASE_OPENED     ? "opened"
                       : step->act == CASE_TAKEN_BACK ? "taken_back"
                                                      : "filled");
        doc_add_text_z(row, "to", case_states[step->to].key);
        doc_page_text(row, "to_words", page_case_state_words(page, step->to));
        doc_add_text(row, "by",
                     step->account_id == 0 ? page_say(page, "系统") : step->account_name);
        if (step->stands_for.size > 0)
            doc_add_text(row, "stands_for", step->stands_for);
        if (step->reason.size > 0)
            doc_add_text(row, "words", step->reason);
        if (step->batch_id != 0)
            doc_add_id(row, "batch_id", step->batch_id);
        doc_page_bool(row, "is_last", i == count - 1);
    }
    return ERR_OK;
}

static enum err add_notes(struct page *page, const struct incentive_case *subject)
{
    struct case_note *notes;
    int32_t count;
    TRY(case_notes(page->w, subject, CASE_OFFICE, &notes, &count));
    struct doc *list = doc_add_list(page->doc, "notes");
    for (int32_t i = 0; i < count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_instant(row, "at", notes[i].at_ms);
        doc_add_text(row, "by", notes[i].account_name);
        doc_add_text(row, "words", notes[i].words);
        doc_add_bool(row, "told_holder", notes[i].audience == CASE_HOLDER);
    }
    doc_page_bool(page->doc, "has_notes", count > 0);
    return ERR_OK;
}

/* Facts that were given for this case and wait, or were decided. */
static enum err add_submissions(struct page *page, const struct incentive_case *subject)
{
    struct submission *rows;
    int32_t count;
    bool is_person = subject->holder_record == 1, is_any = false;
    TRY(submission_of(page->w, is_person ? subject->holder_id : 0,
                      is_person ? 0 : subject->holder_id, &rows, &count));
    struct doc *list = doc_add_list(page->doc, "submissions");
    for (int32_t i = 0; i < count; i++) {
        if (rows[i].entitlement_id == 0 || rows[i].entitlement_id != subject->entitlement_id)
            continue;
        TRY(page_add_submission(page, doc_add_object(list, NULL), &rows[i]));
        is_any = true;
    }
    doc_page_bool(page->doc, "has_submissions", is_any);
    return ERR_OK;
}

static enum err add_money(struct page *page, const struct incentive_case *subject)
{
    struct ledger_state claim;
    enum err err = ledger_state_of(page->w, case_money_key(page->w->arena, subject), &claim);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&page->w->fault);
        return ERR_OK;
    }
    TRY(err);
    struct doc *row = doc_add_object(page->doc, "money");
    const struct ledger_words *words = &ledger_claim_words[claim.state];
    doc_add_text_z(row, "state", words->name);
    doc_page_text(row, "words", str_from(page->lang == PAGE_EN ? words->label_en : words->label));
    doc_add_text(row, "fund", claim.fund);
    doc_add_money(row, "amount", claim.amount_fen);
    if (claim.reason.size > 0)
        doc_add_text(row, "reason", claim.reason);
    return ERR_OK;
}

static enum err add_findings(struct page *page, const struct incentive_case *subject)
{
    struct gate_finding *findings;
    int32_t count;
    TRY(gate_findings(page->w, subject->id, &findings, &count));
    struct doc *list = doc_add_list(page->doc, "findings");
    bool is_any = false;
    for (int32_t i = 0; i < count; i++) {
        if (findings[i].state == GATE_LAPSED)
            continue;
        bool is_held = findings[i].state != GATE_CLEARED;
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "said", findings[i].said);
        doc_add_text(row, "measure", findings[i].measure);
        doc_add_text(row, "rule", findings[i].rule);
        doc_page_z(row, "css", is_held ? "late" : "done");
        doc_page_text(row, "words", page_say(page, is_held ? "待监督核实" : "已放行"));
        is_any = true;
    }
    doc_page_bool(page->doc, "has_findings", is_any);
    return ERR_OK;
}

/* ---- the queue beside it ---- */

static void add_queue_row(struct page *page, struct doc *list, const struct incentive_case *row,
                          struct str name, bool is_here)
{
    const char *words;
    struct doc *item = doc_add_object(list, NULL);
    doc_page_text(item, "href", doc_format(item, "/cases/%" PRId64, row->id));
    doc_page_text(item, "name", name);
    if (row->amount_fen != ABSENT_I64)
        doc_page_text(item, "amount", str_from(money_text_in(page->w->arena, row->amount_fen)));
    doc_page_z(item, "mark", page_case_mark(row, &words));
    doc_page_text(item, "words", page_say(page, words));
    doc_page_bool(item, "is_here", is_here);
    page_add_clock(page, item, row->due_day);
}

static enum err add_queue(struct page *page, const struct incentive_case *subject)
{
    struct case_filter filter = {.range = CASE_RANGE_DESK,
                                 .desk = page_case_desk(page),
                                 .division_min = page->session.scope.division_min,
                                 .division_max = page->session.scope.division_max,
                                 .due_day_max = DAY_MAX};
    struct incentive_case *rows;
    int32_t count, here = -1;
    if (filter.desk == CASE_DESK_NOBODY)
        return ERR_OK;
    TRY(case_list(page->w, &filter, LOOKED_AT, &rows, &count));
    for (int32_t i = 0; i < count; i++)
        here = rows[i].id == subject->id ? i : here;
    if (here < 0 && case_states[subject->state].desk == filter.desk) {
        filter.after_due_day = subject->due_day;
        filter.after_id = subject->id - 1;
        TRY(case_list(page->w, &filter, LOOKED_AT, &rows, &count));
        here = 0;
    }
    int32_t first = here > QUEUE_ROWS - 2 ? here - (QUEUE_ROWS - 2) : 0;
    struct doc *list = doc_page_list(page->doc, "queue");
    for (int32_t i = first; i < count && i < first + QUEUE_ROWS; i++) {
        struct str name;
        TRY(page_case_name(page, &rows[i], &name));
        add_queue_row(page, list, &rows[i], name, i == here);
    }
    doc_page_bool(page->doc, "has_queue", count > 0);
    if (here + 1 < count)
        doc_page_text(page->doc, "next_href",
                      doc_format(page->doc, "/cases/%" PRId64, rows[here + 1].id));
    if (here > 0)
        doc_page_text(page->doc, "previous_href",
                      doc_format(page->doc, "/cases/%" PRId64, rows[here - 1].id));
    return ERR_OK;
}

/* ---- the decision ---- */

static const char *why_not(enum err outcome)
{
    switch (outcome) {
    case ERR_CASE_OWN:
        return "自己审核过的，或关系到自己的，要由另一个人来定";
    case ERR_CASE_OPEN:
        return "金额还没有定";
    case ERR_CASE_HELD:
        return "有风险提示没有处理";
    default:
        return "现在不能这样办";
    }
}

static bool is_shown(enum err outcome)
{
    return outcome == ERR_OK || outcome == ERR_CASE_OWN || outcome == ERR_CASE_OPEN ||
           outcome == ERR_CASE_HELD;
}

static void add_option(struct page *page, struct doc *list, const struct case_move_desc *move,
                       enum err outcome, int32_t number, bool is_chosen)
{
    struct doc *row = doc_add_object(list, NULL);
    doc_page_z(row, "key", case_acts[move->act].key);
    doc_page_text(row, "words", page_case_act_words(page, move->act));
    doc_page_text(row, "number", doc_format(row, "%d", (int)number));
    doc_page_bool(row, "is_disabled", outcome != ERR_OK);
    doc_page_bool(row, "is_chosen", is_chosen);
    const char *hint = outcome != ERR_OK          ? why_not(outcome)
                       : move->flags & CASE_WORDS ? "要写明理由"
                                                  : NULL;
    if (hint)
        doc_page_text(row, "hint", page_say(page, hint));
}

/* An approver agrees in one way: publish, approve or confer. */
static bool is_other_agreement(const struct page *page, const struct incentive_case *subject,
                               enum case_act act)
{
    struct case_setting setting = page_case_setting(page);
    bool is_agreement = act == CASE_DO_ANNOUNCE || act == CASE_DO_APPROVE || act == CASE_DO_CONFER;
    return subject->state == CASE_APPROVAL && is_agreement &&
           act != case_agreement(&setting, subject);
}

/* 1 agrees, 2 asks or sends back, 3 refuses; then the others. */
static int32_t rank_of(enum case_act act)
{
    switch (act) {
    case CASE_DO_PASS:
    case CASE_DO_ANNOUNCE:
    case CASE_DO_APPROVE:
    case CASE_DO_CONFER:
    case CASE_DO_ACCEPT:
    case CASE_DO_DISMISS:
        return 0;
    case CASE_DO_ASK:
    case CASE_DO_SEND_BACK:
    case CASE_DO_UPHOLD:
        return 1;
    case CASE_DO_REFUSE:
    case CASE_DO_REJECT:
        return 2;
    default:
        return 3;
    }
}

enum { RANKS = 4 };

static void add_options(struct page *page, const struct shown *shown)
{
    struct doc *list = doc_page_list(page->doc, "options");
    const struct incentive_case *subject = &shown->subject;
    struct str typed = page_field(page, "act");
    int32_t number = 0;
    bool is_chosen = false;
    for (int32_t i = 0; i < case_move_count * RANKS; i++) {
        const struct case_move_desc *move = &case_moves[i % case_move_count];
        if (move->from != subject->state || move->by == CASE_BY_SYSTEM ||
            rank_of(move->act) != i / case_move_count ||
            is_other_agreement(page, subject, move->act))
            continue;
        enum err outcome = case_allows(&shown->actor, page->session.account.id, subject, move->act);
        if (!is_shown(outcome))
            continue;
        bool is_typed =
            typed.size > 0 ? str_equal_text(typed, case_acts[move->act].key) : outcome == ERR_OK;
        add_option(page, list, move, outcome, ++number, is_typed && !is_chosen);
        is_chosen |= is_typed;
    }
    struct str say = page_field(page, "say");
    bool may_ask = case_move_of(subject->state, CASE_DO_ASK) != NULL;
    doc_page_bool(page->doc, "has_options", number > 0);
    doc_page_text(page->doc, "said", say.size > 0 ? say : may_ask ? shown->prepared : STR(""));
    bool may_fill = subject->state == CASE_REVIEW && subject->kind == CASE_MONEY &&
                    (subject->amount_fen == ABSENT_I64 || subject->is_filled) &&
                    page_may(page, PERM_CASE_REVIEW);
    doc_page_bool(page->doc, "may_fill", may_fill);
    doc_page_text(page->doc, "typed_yuan", page_field(page, "yuan"));
}

/* The step before, as long as it can be taken back. */
static enum err add_last(struct page *page, const struct shown *shown)
{
    struct incentive_case last;
    int64_t until_ms, id = page_number(page, "last", 1, INT64_MAX, 0);
    if (id == 0)
        return ERR_OK;
    TRY(case_read(page->w, &shown->actor, id, &last));
    TRY(case_take_back_until(page->w, page_options_of(page)->case_practice, &last, &until_ms));
    struct doc *row = doc_page_object(page->doc, "last");
    struct str name;
    TRY(page_case_name(page, &last, &name));
    doc_add_id(row, "id", last.id);
    doc_page_text(row, "name", name);
    doc_page_text(row, "state_words", page_case_state_words(page, last.state));
    if (until_ms != 0)
        doc_add_instant(row, "until", until_ms);
    doc_page_bool(row, "may_take_back", until_ms != 0);
    return ERR_OK;
}

static enum err show(struct page *page, struct shown *shown)
{
    struct incentive_case *subject = &shown->subject;
    struct doc *row = doc_add_object(page->doc, "case");
    struct str name;
    int64_t until_ms;
    TRY(page_add_case(page, row, subject));
    TRY(page_case_name(page, subject, &name));
    TRY(add_reasons(page, shown));
    TRY(add_findings(page, subject));
    TRY(add_money(page, subject));
    TRY(add_submissions(page, subject));
    TRY(add_steps(page, subject));
    TRY(add_notes(page, subject));
    TRY(add_queue(page, subject));
    TRY(add_last(page, shown));
    TRY(case_take_back_until(page->w, page_options_of(page)->case_practice, subject, &until_ms));
    doc_page_bool(page->doc, "may_take_back", until_ms != 0);
    if (until_ms != 0)
        doc_add_instant(page->doc, "take_back_until", until_ms);
    if (subject->notice_id != 0)
        doc_add_id(page->doc, "notice_id", subject->notice_id);
    doc_page_bool(page->doc, "is_person", subject->holder_record == 1);
    add_options(page, shown);
    const char *amount = subject->kind == CASE_MONEY && subject->amount_fen != ABSENT_I64
                             ? money_text_in(page->w->arena, subject->amount_fen)
                             : "";
    page_title(page, doc_format(page->doc, "%.*s，%.*s %s", STR_ARG(name),
                                STR_ARG(subject->rule_name), amount));
    return ERR_OK;
}

enum err page_case(struct page *page)
{
    struct shown shown;
    TRY(read_case(page, &shown));
    return show(page, &shown);
}

/* ---- acting ---- */

static enum err refuse(struct page *page, struct shown *shown)
{
    enum err err = page_refuse_form(page);
    TRY(show(page, shown));
    return err;
}

/* What the page showed must be what is there: somebody else may have moved it. */
static enum err expect_version(struct page *page, const struct incentive_case *subject)
{
    int64_t version = page_number(page, "version", 1, INT32_MAX, 0);
    return version == subject->version ? ERR_OK
                                       : case_refuse(page->w, ERR_CASE_STALE, subject, CASE_OPENED);
}

/* On to the next of the desk, with what was done said there. */
static enum err go_on(struct page *page, const struct incentive_case *done)
{
    struct case_filter filter = {.range = CASE_RANGE_DESK,
                                 .desk = page_case_desk(page),
                                 .division_min = page->session.scope.division_min,
                                 .division_max = page->session.scope.division_max,
                                 .due_day_max = DAY_MAX};
    struct incentive_case *rows;
    int32_t count = 0;
    if (filter.desk != CASE_DESK_NOBODY)
        TRY(case_list(page->w, &filter, 1, &rows, &count));
    page_tasks_changed(page);
    doc_add_id(page->doc, "id", done->id);
    doc_add_text_z(page->doc, "state", case_states[done->state].key);
    doc_add_number(page->doc, "version", done->version);
    int64_t next_id = count > 0 ? rows[0].id : done->id;
    return page_see(page,
                    doc_format(page->doc, "/cases/%" PRId64 "?last=%" PRId64, next_id, done->id));
}

enum err page_case_decide(struct page *page)
{
    struct case_setting setting = page_case_setting(page);
    struct shown shown;
    TRY(read_case(page, &shown));
    TRY(expect_version(page, &shown.subject));
    struct str say = page_field(page, "say");
    struct case_order order = {.subject = shown.subject,
                               .act = case_act_by_key(page_field(page, "act")),
                               .reason = say.ptr ? say : STR("")};
    const struct case_move_desc *move = case_move_of(shown.subject.state, order.act);
    if (!move)
        page_field_error(page, "act", "请选怎样办");
    else if (move->flags & CASE_WORDS && str_trim(order.reason).size == 0)
        page_field_error(page, "say", "请写明理由，对方会看到");
    if (page->error_count > 0)
        return refuse(page, &shown);
    TRY(case_decide(page->w, &setting, &shown.actor, &order));
    TRY(page_audit(page, "case.decided", "case", order.subject.id,
                   str_from(case_acts[order.act].key)));
    return go_on(page, &order.subject);
}

enum err page_case_amount(struct page *page)
{
    struct shown shown;
    struct entitlement stored;
    int64_t amount_fen = 0, max_fen = ABSENT_I64;
    TRY(read_case(page, &shown));
    TRY(expect_version(page, &shown.subject));
    struct str say = page_field(page, "say");
    if (!money_parse(str_trim(page_field(page, "yuan")), &amount_fen) || amount_fen <= 0)
        page_field_error(page, "yuan", "请填大于 0 的金额，如 1,500.00");
    if (!say.ptr || str_trim(say).size == 0)
        page_field_error(page, "say", "请写明依据：哪份文件、哪张单据");
    if (page->error_count > 0)
        return refuse(page, &shown);
    if (shown.subject.entitlement_id != 0) {
        TRY(incentive_read(page->w, shown.subject.entitlement_id, &stored));
        max_fen = stored.gross_fen;
    }
    TRY(case_fill_amount(page->w, page_options_of(page)->case_practice, &shown.actor,
                         &shown.subject, amount_fen, max_fen, say));
    TRY(page_audit(page, "case.amount", "case", shown.subject.id, say));
    return page_see(page, doc_format(page->doc, "/cases/%" PRId64 "?done=saved", shown.subject.id));
}

enum err page_case_note(struct page *page)
{
    struct shown shown;
    TRY(read_case(page, &shown));
    struct str words = page_field(page, "words");
    if (!words.ptr || str_trim(words).size == 0 || words.size > WORDS_SIZE_MAX)
        page_field_error(page, "words", "请写 1 至 600 个字");
    if (page->error_count > 0)
        return refuse(page, &shown);
    bool tells = str_equal(page_field(page, "tell"), STR("1"));
    TRY(case_note_add(page->w, &shown.subject, tells ? CASE_HOLDER : CASE_OFFICE, words));
    return page_see(page, doc_format(page->doc, "/cases/%" PRId64 "?done=saved", shown.subject.id));
}

enum err page_case_back(struct page *page)
{
    struct shown shown;
    TRY(read_case(page, &shown));
    TRY(case_take_back(page->w, page_options_of(page)->case_practice, &shown.subject));
    TRY(page_audit(page, "case.taken_back", "case", shown.subject.id, STR("")));
    page_tasks_changed(page);
    doc_add_id(page->doc, "id", shown.subject.id);
    doc_add_text_z(page->doc, "state", case_states[shown.subject.state].key);
    return page_see(page, doc_format(page->doc, "/cases/%" PRId64 "?done=saved", shown.subject.id));
}
