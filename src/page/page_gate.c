#include "base/day.h"
#include "base/money.h"
#include "domain/gate/gate.h"
#include "domain/incentive/incentive.h"
#include "domain/registry/registry_name.h"
#include "page/app.h"
#include "page/page_line.h"
#include "page/page_list.h"

#include <inttypes.h>

/* The supervisor's desk of the fraud gate: what is held, why, who is connected with it, and how
 * often each rule was right. */

enum { REASON_CHARACTERS_MIN = 4, REASON_CHARACTERS_MAX = 400, ROWS_A_PAGE = 50 };

static const struct {
    const char *name, *words, *css;
} claim_states[] = {
    [GATE_PASSED] = {"passed", "通过", "done"},
    [GATE_HELD] = {"held", "停下来看", "soon"},
    [GATE_STOPPED] = {"stopped", "不付", "unmet"},
    [GATE_WITHDRAWN] = {"withdrawn", "已撤回", "wait"},
};
static const struct {
    const char *name, *words, *css;
} finding_states[] = {
    [GATE_OPEN] = {"open", "待看", "soon"},
    [GATE_CLEARED] = {"cleared", "放行", "done"},
    [GATE_CONFIRMED] = {"confirmed", "确认有问题", "unmet"},
    [GATE_LAPSED] = {"lapsed", "已消失", "wait"},
};

static struct str path_of(struct page *page, int32_t table, int64_t id)
{
    return doc_format(
        page->doc, table == REGISTRY_person ? "/persons/%" PRId64 : "/organisations/%" PRId64, id);
}

static enum err name_of(struct page *page, int32_t table, int64_t id, struct str *ret_name)
{
    *ret_name = STR("");
    return table < 0 ? ERR_OK : registry_name(page->w, table, id, id, ret_name);
}

/* ---- what is held */

enum { CLAIM, RULE, WHO, DAY, AMOUNT, PLACE, COLUMN_COUNT };

static const struct page_column columns[COLUMN_COUNT] = {
    [CLAIM] = {"claim", "案件", COLUMN_CODE, false, ORDER_OWN_DOWN},
    [RULE] = {"rule", "项目", COLUMN_WIDE, false, ORDER_NONE},
    [WHO] = {"holder", "申领人", COLUMN_PLAIN, false, ORDER_NONE},
    [DAY] = {"day", "申领日", COLUMN_PLAIN, false, ORDER_NONE},
    [AMOUNT] = {"amount", "金额（元）", COLUMN_NUMBER, false, ORDER_NONE},
    [PLACE] = {"division", "区划", COLUMN_PLAIN, false, ORDER_NONE},
};

static enum err add_claim_row(struct page *page, struct page_list *list, struct doc *json,
                              const struct gate_claim_line *line)
{
    struct str name;
    TRY(name_of(page, line->holder_table, line->holder_id, &name));
    if (json) {
        struct doc *row = doc_add_object(json, NULL);
        doc_add_id(row, "claim_id", line->claim_id);
        doc_add_text(row, "rule", line->rule);
        doc_add_id(row, "holder_id", line->holder_id);
        doc_add_day(row, "claimed_day", line->claimed_day);
        if (line->amount_fen != ABSENT_I64)
            doc_add_money(row, "amount", line->amount_fen);
        return ERR_OK;
    }
    struct page_cell cells[COLUMN_COUNT] = {0};
    cells[CLAIM] =
        (struct page_cell){doc_format(page->doc, "%" PRId64, line->claim_id),
                           doc_format(page->doc, "/gate/claims/%" PRId64, line->claim_id), NULL};
    cells[RULE].words = line->rule;
    cells[WHO] = (struct page_cell){name, path_of(page, line->holder_table, line->holder_id), NULL};
    cells[DAY].words = str_from(day_text_in(page->w->arena, line->claimed_day));
    if (line->amount_fen != ABSENT_I64)
        cells[AMOUNT].words = page_list_money(list, line->amount_fen);
    cells[PLACE].words = page_place_words(page, line->division);
    return page_list_row(list, cells);
}

static enum err add_claims(struct page *page, struct page_list *list, int32_t division_min,
                           int32_t division_max, int32_t *ret_count, struct str *ret_next)
{
    struct gate_claim_line *lines;
    int32_t count, total = 0;
    int64_t before = page_number(page, "after", 1, INT64_MAX, INT64_MAX);
    struct doc *json = page->is_api ? doc_add_list(page->doc, "claims") : NULL;
    do {
        TRY(gate_held(page->w, division_min, division_max, before, ROWS_A_PAGE, &lines, &count));
        for (int32_t i = 0; i < count; i++, total++)
            TRY(add_claim_row(page, list, json, &lines[i]));
        if (count > 0)
            before = lines[count - 1].claim_id;
    } while (page_list_is_file(list) && count == ROWS_A_PAGE && total < GATE_COUNTED_MAX);
    *ret_count = total;
    *ret_next = count == ROWS_A_PAGE ? doc_format(page->doc, "%" PRId64, before) : (struct str){0};
    return ERR_OK;
}

enum err page_gate_held(struct page *page)
{
    int32_t count, chosen, division_min, division_max;
    int64_t total;
    struct page_list *list;
    struct str next;
    page_division_range(page, &chosen, &division_min, &division_max);
    TRY(page_list_open(page, columns, COLUMN_COUNT, &list));
    enum err err = add_claims(page, list, division_min, division_max, &count, &next);
    if (err != ERR_OK) {
        page_list_cancel(list);
        return err;
    }
    TRY(gate_held_count(page->w, division_min, division_max, &total));
    page_add_division_filter(page, chosen);
    page_pager(page, count, total, next);
    doc_page_bool(page->doc, "has_claims", count > 0);
    doc_add_number(page->doc, "held_count", total);
    page_title(page, page_say(page, "停下来看的案件"));
    return page_list_close(list, "停下来看的案件");
}

/* ---- how often a rule was right */

enum { NAME, ARTICLE, OPEN, CLEARED, CONFIRMED, PRECISION, RULE_COLUMN_COUNT };

static const struct page_column rule_columns[RULE_COLUMN_COUNT] = {
    [NAME] = {"rule", "规则", COLUMN_WIDE, false, ORDER_NONE},
    [ARTICLE] = {"article", "条款", COLUMN_PLAIN, false, ORDER_NONE},
    [OPEN] = {"open", "待看", COLUMN_NUMBER, false, ORDER_NONE},
    [CLEARED] = {"cleared", "放行", COLUMN_NUMBER, false, ORDER_NONE},
    [CONFIRMED] = {"confirmed", "确认", COLUMN_NUMBER, false, ORDER_NONE},
    [PRECISION] = {"precision", "准确率", COLUMN_NUMBER, false, ORDER_NONE},
};

static enum err add_rule_row(struct page *page, struct page_list *list, struct doc *json,
                             const struct policy *policy, const struct gate_precision *row)
{
    const struct statement *statement = &policy->statements[row->statement];
    int64_t decided = row->cleared_count + row->confirmed_count;
    if (json) {
        struct doc *object = doc_add_object(json, NULL);
        doc_add_text(object, "rule", statement->name);
        doc_add_number(object, "open_count", row->open_count);
        doc_add_number(object, "cleared_count", row->cleared_count);
        doc_add_number(object, "confirmed_count", row->confirmed_count);
        return ERR_OK;
    }
    struct page_cell cells[RULE_COLUMN_COUNT] = {0};
    cells[NAME].words = statement->name;
    cells[ARTICLE].words = policy->articles[statement->article].heading;
    cells[OPEN].words = doc_format(page->doc, "%" PRId64, row->open_count);
    cells[CLEARED].words = doc_format(page->doc, "%" PRId64, row->cleared_count);
    cells[CONFIRMED].words = doc_format(page->doc, "%" PRId64, row->confirmed_count);
    if (decided > 0)
        cells[PRECISION].words =
            doc_format(page->doc, "%" PRId64 "%%", row->confirmed_count * 100 / decided);
    return page_list_row(list, cells);
}

enum err page_gate_rules(struct page *page)
{
    const struct policy *policy = page_options_of(page)->policy->policy;
    struct gate_rules rules;
    struct gate_precision *rows;
    struct page_list *list;
    TRY(gate_rules_of(policy, &rules, &page->w->fault));
    TRY(gate_precision(page->w, &rules, &rows));
    TRY(page_list_open_whole(page, rule_columns, RULE_COLUMN_COUNT, &list));
    struct doc *json = page->is_api ? doc_add_list(page->doc, "rules") : NULL;
    enum err err = ERR_OK;
    for (int32_t i = 0; i < rules.duty_count && err == ERR_OK; i++)
        err = add_rule_row(page, list, json, policy, &rows[i]);
    if (err != ERR_OK) {
        page_list_cancel(list);
        return err;
    }
    page_title(page, page_say(page, "拨付前核查的规则"));
    return page_list_close(list, "核查规则");
}

/* ---- one claim */

/* Places around the middle, in steps of a twelfth: what fits beside each other. */
enum { NODES_MAX = 12, MIDDLE_X = 320, MIDDLE_Y = 180 };
static const struct {
    int32_t x, y;
} node_places[NODES_MAX] = {{320, 28}, {500, 90}, {560, 180}, {500, 270}, {320, 332}, {140, 270},
                            {80, 180}, {140, 90}, {420, 58},  {420, 302}, {220, 302}, {220, 58}};

struct drawing {
    struct doc *nodes;
    int64_t holder_id; /* stands in the middle */
    int64_t ids[NODES_MAX];
    int32_t count;
};

static void add_node(struct page *page, struct drawing *drawing, const struct gate_evidence *row,
                     struct str name, struct str link)
{
    if (!drawing->nodes || row->table < 0 || row->record_id == drawing->holder_id ||
        drawing->count == NODES_MAX)
        return;
    for (int32_t i = 0; i < drawing->count; i++)
        if (drawing->ids[i] == row->record_id)
            return;
    int32_t x = node_places[drawing->count].x, y = node_places[drawing->count].y;
    drawing->ids[drawing->count++] = row->record_id;
    struct doc *node = doc_add_object(drawing->nodes, NULL);
    doc_page_text(node, "x", doc_format(page->doc, "%d", (int)x));
    doc_page_text(node, "y", doc_format(page->doc, "%d", (int)y));
    doc_page_text(node, "label_y",
                  doc_format(page->doc, "%d", (int)(y + (y < MIDDLE_Y ? -14 : 26))));
    doc_page_bool(node, "is_body", row->table == REGISTRY_organisation);
    doc_page_text(node, "name", name);
    doc_page_text(node, "link", link);
}

static struct str span_words(struct page *page, const struct gate_evidence *row)
{
    struct text_buf words;
    text_init(&words, page->w->arena);
    if (row->from_day != ABSENT_I32)
        text_add_z(&words, day_text_in(page->w->arena, row->from_day));
    if (row->to_day != ABSENT_I32)
        text_format(&words, " — %s", day_text_in(page->w->arena, row->to_day));
    return text_str(&words);
}

static enum err add_evidence(struct page *page, struct doc *of, struct drawing *drawing,
                             int64_t finding_id)
{
    struct gate_evidence *rows;
    int32_t count;
    TRY(gate_evidence(page->w, finding_id, &rows, &count));
    struct doc *list = doc_add_list(of, "evidence");
    doc_page_bool(of, "has_evidence", count > 0);
    for (int32_t i = 0; i < count; i++) {
        const struct gate_link_desc *link = &gate_links[rows[i].link];
        struct str name;
        TRY(name_of(page, rows[i].table, rows[i].record_id, &name));
        struct str words = str_from(page->lang == PAGE_EN ? link->label_en : link->label);
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text_z(row, "link", link->name);
        doc_page_text(row, "link_words", words);
        if (rows[i].table >= 0) {
            doc_add_text_z(row, "record", registry_records[rows[i].table].name);
            doc_add_id(row, "record_id", rows[i].record_id);
            doc_add_text(row, "name", name);
            doc_page_text(row, "path", path_of(page, rows[i].table, rows[i].record_id));
        }
        if (rows[i].other_claim) {
            doc_add_id(row, "other_claim_id", rows[i].other_claim);
            doc_page_text(row, "claim_path",
                          doc_format(page->doc, "/gate/claims/%" PRId64, rows[i].other_claim));
        }
        doc_page_text(row, "span", span_words(page, &rows[i]));
        if (rows[i].amount_fen != ABSENT_I64)
            doc_add_money(row, "fact_amount", rows[i].amount_fen);
        if (rows[i].division != ABSENT_I32 && rows[i].division > 0)
            doc_page_text(row, "place", page_place_words(page, rows[i].division));
        add_node(page, drawing, &rows[i], name, words);
    }
    return ERR_OK;
}

static enum err add_outcomes(struct page *page, struct doc *of, int64_t finding_id)
{
    struct gate_outcome *rows;
    int32_t count;
    TRY(gate_outcomes(page->w, finding_id, &rows, &count));
    struct doc *list = doc_add_list(of, "outcomes");
    for (int32_t i = 0; i < count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_instant(row, "decided", rows[i].at_ms);
        doc_add_text(row, "actor", rows[i].actor);
        doc_add_text(row, "reason", rows[i].reason);
        doc_page_text(row, "words", page_say(page, finding_states[rows[i].outcome].words));
    }
    return ERR_OK;
}

static enum err add_findings(struct page *page, int64_t claim_id, int64_t holder_id)
{
    struct gate_finding *findings;
    int32_t count;
    struct drawing drawing = {.nodes = doc_page_list(page->doc, "nodes"), .holder_id = holder_id};
    TRY(gate_findings(page->w, claim_id, &findings, &count));
    struct doc *list = doc_add_list(page->doc, "findings");
    for (int32_t i = 0; i < count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        bool is_open = findings[i].state == GATE_OPEN;
        doc_add_id(row, "id", findings[i].id);
        doc_add_text(row, "rule", findings[i].rule);
        doc_add_text(row, "said", findings[i].said);
        doc_add_text(row, "measure", findings[i].measure);
        doc_add_text(row, "advice", findings[i].advice);
        doc_add_text(row, "document", findings[i].document);
        doc_add_text(row, "article", findings[i].article);
        doc_add_text_z(row, "state", finding_states[findings[i].state].name);
        doc_page_text(row, "state_words", page_say(page, finding_states[findings[i].state].words));
        doc_page_z(row, "state_css", finding_states[findings[i].state].css);
        doc_page_bool(row, "may_decide", is_open && page_may(page, PERM_GATE_DECIDE));
        doc_add_instant(row, "found", findings[i].found_ms);
        TRY(add_evidence(page, row, &drawing, findings[i].id));
        TRY(add_outcomes(page, row, findings[i].id));
    }
    doc_page_bool(page->doc, "has_nodes", drawing.count > 0);
    return ERR_OK;
}

static enum err show(struct page *page, int64_t claim_id)
{
    struct gate_claim_line line;
    struct str name;
    TRY(gate_claim_read(page->w, claim_id, &line));
    TRY(page_see_division(page, line.division));
    TRY(name_of(page, line.holder_table, line.holder_id, &name));
    doc_add_id(page->doc, "claim_id", claim_id);
    doc_add_text(page->doc, "rule", line.rule);
    doc_add_text(page->doc, "holder", name);
    doc_add_id(page->doc, "holder_id", line.holder_id);
    doc_page_text(page->doc, "holder_path", path_of(page, line.holder_table, line.holder_id));
    doc_add_day(page->doc, "claimed_day", line.claimed_day);
    if (line.amount_fen != ABSENT_I64)
        doc_add_money(page->doc, "amount", line.amount_fen);
    doc_add_text_z(page->doc, "state", claim_states[line.state].name);
    doc_page_text(page->doc, "state_words", page_say(page, claim_states[line.state].words));
    doc_page_z(page->doc, "state_css", claim_states[line.state].css);
    doc_page_text(page->doc, "typed_reason", page_field(page, "reason"));
    page_title(page,
               doc_format(page->doc,
                          page->lang == PAGE_EN ? "Held before payment: %.*s" : "拨付前核查：%.*s",
                          STR_ARG(name)));
    return add_findings(page, claim_id, line.holder_id);
}

enum err page_gate_claim(struct page *page)
{
    int64_t claim_id;
    TRY(page_id(page, "id", &claim_id));
    return show(page, claim_id);
}

/* ---- deciding */

static enum err decide(struct page *page, enum gate_finding_state outcome)
{
    int64_t claim_id, finding_id;
    struct gate_claim_line line;
    struct gate_finding *findings;
    enum gate_claim_state state;
    int32_t count;
    bool is_of_claim = false;
    TRY(page_id(page, "id", &claim_id));
    TRY(page_id(page, "finding", &finding_id));
    TRY(gate_claim_read(page->w, claim_id, &line));
    TRY(page_see_division(page, line.division));
    TRY(gate_findings(page->w, claim_id, &findings, &count));
    for (int32_t i = 0; i < count; i++)
        is_of_claim |= findings[i].id == finding_id;
    if (!is_of_claim)
        return fail(page->w, ERR_NOT_FOUND, "这件案件没有这一条");
    struct str reason = page_field(page, "reason");
    size_t characters = reason.ptr ? str_character_count(reason) : 0;
    if (characters < REASON_CHARACTERS_MIN || characters > REASON_CHARACTERS_MAX) {
        page_field_error(page, "reason", "请写明理由，4 至 400 个字");
        enum err err = page_refuse_form(page);
        TRY(show(page, claim_id));
        return err;
    }
    TRY(gate_decide(page->w, finding_id, outcome, reason, &state));
    TRY(page_audit(page, outcome == GATE_CLEARED ? "gate.cleared" : "gate.confirmed", "claim",
                   claim_id, reason));
    doc_add_text_z(page->doc, "state", claim_states[state].name);
    return page_see(page, doc_format(page->doc, "/gate/claims/%" PRId64, claim_id));
}

enum err page_gate_clear(struct page *page)
{
    return decide(page, GATE_CLEARED);
}

enum err page_gate_confirm(struct page *page)
{
    return decide(page, GATE_CONFIRMED);
}
