#include "domain/insight/whatif_compare.h"

#include "base/day.h"
#include "domain/registry/registry.h"

#include <stdlib.h>
#include <string.h>

bool whatif_changes(const struct whatif_change *change)
{
    return change->won_count || change->lost_count || change->more_count || change->less_count ||
           change->draft_open != change->base_open || change->draft_fen != change->base_fen;
}

bool whatif_is_granted(const struct decision *decision)
{
    return decision && decision->lane == LANE_GRANTED;
}

int64_t whatif_known_fen(const struct decision *decision)
{
    bool is_known = whatif_is_granted(decision) && decision->amount_fen != AMOUNT_IS_OPEN;
    return is_known ? decision->amount_fen : 0;
}

static bool is_open(const struct decision *decision)
{
    return whatif_is_granted(decision) && decision->amount_fen == AMOUNT_IS_OPEN;
}

bool whatif_differs(const struct decision *base, const struct decision *draft)
{
    return whatif_is_granted(base) != whatif_is_granted(draft) ||
           whatif_known_fen(base) != whatif_known_fen(draft) || is_open(base) != is_open(draft);
}

/* ---- groups ---- */

static struct whatif_group *group_at(struct comparison *c, enum whatif_by by, int64_t key)
{
    struct whatif_report *report = c->report;
    uint64_t at = ((uint64_t)key * 0x9E3779B97F4A7C15u) >> 52; /* the top 12 bits: GROUP_SLOTS */
    int32_t *slots = c->group_slots[by];
    for (; slots[at]; at = (at + 1) % GROUP_SLOTS) {
        if (report->groups[by][slots[at] - 1].key == key)
            return &report->groups[by][slots[at] - 1];
    }
    int32_t count = report->group_counts[by];
    if (count == c->group_capacity[by]) {
        int32_t capacity = count ? count * 2 : 32;
        struct whatif_group *grown =
            count < GROUPS_MAX ? ARENA_NEW_ARRAY(c->arena, struct whatif_group, (size_t)capacity)
                               : NULL;
        c->failed = c->failed || !grown;
        if (!grown)
            return NULL;
        if (count)
            memcpy(grown, report->groups[by], (size_t)count * sizeof *grown);
        report->groups[by] = grown;
        c->group_capacity[by] = capacity;
    }
    slots[at] = ++report->group_counts[by];
    report->groups[by][count] = (struct whatif_group){.key = key, .name = STR("")};
    return &report->groups[by][count];
}

static const struct statement *statement_of(const struct side *side)
{
    return &side->policy->policy->statements[side->statement];
}

/* Words and funds come from the draft where it has the rule. */
static const struct side *speaking_side(const struct comparison *c)
{
    return c->draft.statement >= 0 ? &c->draft : &c->base;
}

int64_t whatif_division(const struct comparison *c, int32_t table, int32_t row)
{
    for (int32_t owner; (owner = vocab_owner(c->vocab, table)) >= 0; table = owner)
        row = c->world->tables[table].owner_rows[row];
    int32_t field = vocab_field(c->vocab, table, STR("division"));
    return field < 0 ? ABSENT_I64
                     : column_value(&c->world->tables[table].columns[field], row);
}

/* Highest step of a person's certificates, 0 when there is none. */
static int64_t level_of(const struct comparison *c, int32_t person_row)
{
    const struct table_columns *certificates = &c->world->tables[REGISTRY_certificate];
    int32_t field = vocab_field(c->vocab, REGISTRY_certificate, STR("level"));
    int64_t highest = 0;
    for (int32_t row = certificates->first_row[person_row];
         row < certificates->first_row[person_row + 1]; row++) {
        int64_t level = column_value(&certificates->columns[field], row);
        if (level != ABSENT_I64 && level > highest)
            highest = level;
    }
    return highest;
}

static void add_to(struct whatif_change *change, const struct decision *base,
                   const struct decision *draft)
{
    bool base_granted = whatif_is_granted(base), draft_granted = whatif_is_granted(draft);
    int64_t base_fen = whatif_known_fen(base), draft_fen = whatif_known_fen(draft);
    change->base_fen += base_fen;
    change->draft_fen += draft_fen;
    change->base_open += is_open(base);
    change->draft_open += is_open(draft);
    change->won_count += !base_granted && draft_granted;
    change->lost_count += base_granted && !draft_granted;
    change->more_count += base_granted && draft_granted && draft_fen > base_fen;
    change->less_count += base_granted && draft_granted && draft_fen < base_fen;
}

static void add_group(struct comparison *c, enum whatif_by by, int64_t key,
                      const struct decision *base, const struct decision *draft)
{
    struct whatif_group *group = group_at(c, by, key);
    if (group)
        add_to(&group->change, base, draft);
}

/* ---- subjects and cases ---- */

static int64_t case_weight(int64_t difference_fen, bool lane_changed)
{
    return llabs(difference_fen) * 2 + lane_changed;
}

/* Keeps the cases that change most; on a tie the one that came first. difference_fen stands in
 * draft_fen until whatif_explain_cases writes the sums. */
static void keep_case(struct comparison *c, const struct whatif_case *case_, int32_t row)
{
    struct whatif_report *report = c->report;
    int64_t weight = case_weight(case_->draft_fen, case_->draft_granted);
    int32_t at = report->case_count;
    while (at > 0 && case_weight(report->cases[at - 1].draft_fen,
                                 report->cases[at - 1].draft_granted) < weight)
        at--;
    if (at == WHATIF_CASES_MAX)
        return;
    int32_t moved = report->case_count - at;
    if (report->case_count == WHATIF_CASES_MAX)
        moved--;
    else
        report->case_count++;
    memmove(&report->cases[at + 1], &report->cases[at], (size_t)moved * sizeof *case_);
    memmove(&c->candidates[at + 1], &c->candidates[at], (size_t)moved * sizeof *c->candidates);
    report->cases[at] = *case_;
    c->candidates[at] = (struct whatif_candidate){c->base.statement, c->draft.statement, row};
}

static void add_difference(struct comparison *c, int32_t row, const struct decision *base,
                           const struct decision *draft)
{
    struct subject_sum *sum = &c->rule_sums[row];
    if (!sum->touched)
        c->touched_rows[c->touched_count++] = row;
    sum->touched = true;
    sum->difference_fen += whatif_known_fen(draft) - whatif_known_fen(base);
    sum->won |= !whatif_is_granted(base) && whatif_is_granted(draft);
    sum->lost |= whatif_is_granted(base) && !whatif_is_granted(draft);
}

/* A subject's decisions of a rule are one case, however many months they are. */
static void end_rule(struct comparison *c)
{
    const struct statement *statement = statement_of(speaking_side(c));
    int32_t table = statement->as.rule->subject;
    if (c->touched_count > 0 && !c->all_sums[table]) {
        c->all_sums[table] = ARENA_NEW_ARRAY(c->scratch, struct subject_sum,
                                             (size_t)c->world->tables[table].row_count);
        c->failed = c->failed || !c->all_sums[table];
    }
    for (int32_t i = 0; i < c->touched_count && !c->failed; i++) {
        int32_t row = c->touched_rows[i];
        struct subject_sum *sum = &c->rule_sums[row], *all = &c->all_sums[table][row];
        struct whatif_case candidate = {
            .rule = statement->name, .table = table,
            .subject_id = c->world->tables[table].row_ids[row],
            .draft_fen = sum->difference_fen, .draft_granted = sum->won || sum->lost,
        };
        keep_case(c, &candidate, row);
        all->touched = true;
        all->difference_fen += sum->difference_fen;
        all->won |= sum->won;
        all->lost |= sum->lost;
        *sum = (struct subject_sum){0};
    }
    c->touched_count = 0;
}

/* Yuan at which the bands of differences begin: fine where most people are. */
static const int64_t band_edges_yuan[] = {-10000, -5000, -1000, 0, 1000, 5000, 10000};

static void make_bands(struct whatif_subjects *subjects)
{
    int64_t low_fen = INT64_MIN;
    for (size_t i = 0; i < sizeof band_edges_yuan / sizeof *band_edges_yuan; i++) {
        int64_t edge_fen = band_edges_yuan[i] * 100;
        subjects->bands[subjects->band_count++] = (struct whatif_band){low_fen, edge_fen, 0};
        if (edge_fen == 0) /* no difference of the sum: something open, or a right */
            subjects->bands[subjects->band_count++] = (struct whatif_band){0, 0, 0};
        low_fen = edge_fen == 0 ? 1 : edge_fen;
    }
    subjects->bands[subjects->band_count++] = (struct whatif_band){low_fen, INT64_MAX, 0};
}

static void count_subject(struct whatif_subjects *subjects, const struct subject_sum *sum)
{
    subjects->changed_count++;
    subjects->won_count += sum->won;
    subjects->lost_count += sum->lost;
    subjects->more_count += sum->difference_fen > 0;
    subjects->less_count += sum->difference_fen < 0;
    if (sum->difference_fen > 0)
        subjects->more_fen += sum->difference_fen;
    else
        subjects->less_fen -= sum->difference_fen;
    for (int32_t b = 0; b < subjects->band_count; b++) {
        struct whatif_band *band = &subjects->bands[b];
        bool is_equal_band = band->low_fen == 0 && band->high_fen == 0;
        bool lies_in = is_equal_band ? sum->difference_fen == 0
                                     : band->low_fen <= sum->difference_fen &&
                                           sum->difference_fen < band->high_fen;
        if (lies_in) {
            band->count++;
            return;
        }
    }
}

static void count_subjects(struct comparison *c)
{
    struct whatif_report *report = c->report;
    report->subjects = ARENA_NEW_ARRAY(c->arena, struct whatif_subjects,
                                       (size_t)c->vocab->record_count);
    c->failed = c->failed || !report->subjects;
    for (int32_t table = 0; table < c->vocab->record_count && !c->failed; table++) {
        if (!c->all_sums[table])
            continue;
        struct whatif_subjects *subjects = &report->subjects[report->subjects_count++];
        subjects->table = table;
        make_bands(subjects);
        for (int32_t row = 0; row < c->world->tables[table].row_count; row++)
            if (c->all_sums[table][row].touched)
                count_subject(subjects, &c->all_sums[table][row]);
    }
}

/* ---- one key ---- */

/* Rights without money that stay as they are add nothing to any sum. */
static void compare_key(struct comparison *c, const struct decision *base,
                        const struct decision *draft, struct whatif_change *rule)
{
    bool differs = whatif_differs(base, draft);
    if (!differs && whatif_known_fen(base) == 0)
        return;
    const struct decision *any = draft ? draft : base;
    const struct rule *speaking = statement_of(speaking_side(c))->as.rule;
    int32_t table = speaking->subject;
    struct whatif_change key = {0};
    add_to(&key, base, draft);
    rule->won_count += key.won_count;
    rule->lost_count += key.lost_count;
    rule->more_count += key.more_count;
    rule->less_count += key.less_count;
    if (differs)
        add_difference(c, any->subject_row, base, draft);
    add_group(c, WHATIF_BY_PERIOD, any->period, base, draft);
    add_group(c, WHATIF_BY_DIVISION, whatif_division(c, table, any->subject_row), base, draft);
    if (table == REGISTRY_person)
        add_group(c, WHATIF_BY_LEVEL, level_of(c, any->subject_row), base, draft);
}

/* ---- one rule: both sides' decisions stand in the order of period, subject and basis ---- */

static int compare_decisions(const struct decision *a, const struct decision *b)
{
    if (a->period != b->period)
        return a->period < b->period ? -1 : 1;
    if (a->subject_row != b->subject_row)
        return a->subject_row < b->subject_row ? -1 : 1;
    return a->basis_row < b->basis_row ? -1 : a->basis_row > b->basis_row;
}

static const struct decision *peek(const struct side *side)
{
    return side->next < side->end ? &side->result->decisions[side->next] : NULL;
}

static int64_t first_of(const struct eval_result *result, int32_t statement)
{
    int64_t low = 0, high = result->decision_count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (result->decisions[middle].statement < statement)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void whatif_range(const struct eval_result *result, int32_t statement, int64_t *ret_first,
                  int64_t *ret_end)
{
    *ret_first = statement < 0 ? 0 : first_of(result, statement);
    *ret_end = statement < 0 ? 0 : first_of(result, statement + 1);
}

const struct rule_total *whatif_total(const struct eval_result *result, int32_t statement)
{
    for (int32_t i = 0; i < result->total_count; i++)
        if (result->totals[i].statement == statement)
            return &result->totals[i];
    return NULL;
}

static void open_rule(struct side *side, int32_t statement)
{
    side->statement = statement;
    whatif_range(side->result, statement, &side->next, &side->end);
}

static void add_totals(const struct comparison *c, struct whatif_change *change)
{
    const struct rule_total *base = whatif_total(c->base.result, c->base.statement);
    const struct rule_total *draft = whatif_total(c->draft.result, c->draft.statement);
    change->base_fen += base ? base->amount_fen : 0;
    change->base_open += base ? base->open_count : 0;
    change->draft_fen += draft ? draft->amount_fen : 0;
    change->draft_open += draft ? draft->open_count : 0;
}

static void add_change(struct whatif_change *sum, const struct whatif_change *change)
{
    sum->base_fen += change->base_fen;
    sum->draft_fen += change->draft_fen;
    sum->base_open += change->base_open;
    sum->draft_open += change->draft_open;
    sum->won_count += change->won_count;
    sum->lost_count += change->lost_count;
    sum->more_count += change->more_count;
    sum->less_count += change->less_count;
}

/* The group of a fund; one name is one fund in both policies. */
static struct whatif_group *fund_group(struct comparison *c, const struct side *side)
{
    int32_t fund = statement_of(side)->as.rule->fund;
    struct str name = fund >= 0 ? side->policy->policy->statements[fund].name : STR("");
    for (int32_t i = 0; i < c->report->group_counts[WHATIF_BY_FUND]; i++)
        if (str_equal(c->report->groups[WHATIF_BY_FUND][i].name, name))
            return &c->report->groups[WHATIF_BY_FUND][i];
    struct whatif_group *group =
        group_at(c, WHATIF_BY_FUND, c->report->group_counts[WHATIF_BY_FUND]);
    if (group)
        group->name = name;
    return group;
}

static void compare_rule(struct comparison *c, int32_t base_statement, int32_t draft_statement)
{
    open_rule(&c->base, base_statement);
    open_rule(&c->draft, draft_statement);
    const struct side *side = speaking_side(c);
    const struct statement *statement = statement_of(side);
    struct whatif_group *rule =
        group_at(c, WHATIF_BY_RULE, c->report->group_counts[WHATIF_BY_RULE]);
    if (!rule)
        return;
    rule->name = statement->name;
    rule->article = side->policy->policy->articles[statement->article].heading;
    add_totals(c, &rule->change);
    while (peek(&c->base) || peek(&c->draft)) {
        const struct decision *base = peek(&c->base), *draft = peek(&c->draft);
        int order = !base ? 1 : !draft ? -1 : compare_decisions(base, draft);
        compare_key(c, order <= 0 ? base : NULL, order >= 0 ? draft : NULL, &rule->change);
        c->base.next += order <= 0;
        c->draft.next += order >= 0;
    }
    end_rule(c);
    struct whatif_change change = c->report->groups[WHATIF_BY_RULE]
                                      [c->report->group_counts[WHATIF_BY_RULE] - 1].change;
    add_change(&c->report->total, &change);
    struct whatif_group *fund = fund_group(c, side);
    if (fund)
        add_change(&fund->change, &change);
}

int32_t whatif_counterpart(const struct policy *from, int32_t statement, const struct policy *to)
{
    const struct statement *wanted = &from->statements[statement];
    for (int32_t i = 0; i < to->statement_count; i++) {
        const struct statement *other = &to->statements[i];
        if (other->kind == wanted->kind && str_equal(other->name, wanted->name) &&
            str_equal(to->documents[other->document].number,
                      from->documents[wanted->document].number))
            return i;
    }
    return -1;
}

static void compare_all(struct comparison *c)
{
    const struct policy *base = c->base.policy->policy, *draft = c->draft.policy->policy;
    for (int32_t i = 0; i < c->base.result->total_count && !c->failed; i++) {
        int32_t statement = c->base.result->totals[i].statement;
        compare_rule(c, statement, whatif_counterpart(base, statement, draft));
    }
    for (int32_t i = 0; i < c->draft.result->total_count && !c->failed; i++) {
        int32_t statement = c->draft.result->totals[i].statement;
        if (whatif_counterpart(draft, statement, base) < 0)
            compare_rule(c, -1, statement);
    }
}

/* ---- words of the groups ---- */

static struct str period_words(struct arena *arena, int64_t period, bool zh)
{
    enum { YEARS_END = 10000 }; /* months count from year 0: 2023-01 is 24276 */
    if (period == 0)
        return zh ? STR("一次性") : STR("once");
    char text[DAY_TEXT_SIZE];
    if (period < YEARS_END)
        return str_from(text_in(arena, zh ? "%d年" : "%d", (int)period));
    return str_from(text_in(arena, "%s", month_text((int32_t)period, text)));
}

/* The names of catalogue divisions carry those around them: 山东省济宁市任城区. */
struct str whatif_division_name(const struct vocab *vocab, struct arena *arena, int64_t code,
                                enum policy_spelling spelling)
{
    if (code == ABSENT_I64)
        return spelling == SPELLING_ZH ? STR("未填") : STR("not given");
    const struct catalogue *divisions =
        &vocab->catalogues[vocab_catalogue(vocab, STR("division"))];
    const struct catalogue_entry *entry = catalogue_by_code(divisions, code);
    if (!entry)
        return str_from(text_in(arena, "%d", (int)code));
    int64_t around = code % 100 ? code / 100 * 100 : code % 10000 ? code / 10000 * 10000 : 0;
    const struct catalogue_entry *outer = around ? catalogue_by_code(divisions, around) : NULL;
    if (outer && str_starts(entry->name, outer->name) && entry->name.size > outer->name.size)
        return str_sub(entry->name, outer->name.size, entry->name.size - outer->name.size);
    return entry->name;
}

static struct str group_words(const struct comparison *c, enum whatif_by by,
                              const struct whatif_group *group)
{
    bool zh = c->request->spelling == SPELLING_ZH;
    struct type level = {TYPE_ENUM, vocab_enum(c->vocab, STR("skill_level"))};
    if (by == WHATIF_BY_FUND)
        return group->name.size ? group->name : zh ? STR("不付款") : STR("pays nothing");
    if (by == WHATIF_BY_PERIOD)
        return period_words(c->arena, group->key, zh);
    if (by == WHATIF_BY_DIVISION)
        return whatif_division_name(c->vocab, c->arena, group->key, c->request->spelling);
    if (group->key == 0)
        return zh ? STR("无等级") : STR("no level");
    struct text_buf buf;
    text_init(&buf, c->arena);
    policy_print_value(&buf, c->draft.policy->policy, level, group->key, c->request->spelling);
    return text_str(&buf);
}

static int compare_groups(const void *left, const void *right)
{
    const struct whatif_group *a = left, *b = right;
    return a->key < b->key ? -1 : a->key > b->key;
}

static void finish_groups(struct comparison *c)
{
    struct whatif_report *report = c->report;
    for (int by = WHATIF_BY_FUND; by < WHATIF_BY_COUNT; by++) {
        for (int32_t i = 0; i < report->group_counts[by]; i++)
            report->groups[by][i].name =
                group_words(c, (enum whatif_by)by, &report->groups[by][i]);
        if (by >= WHATIF_BY_PERIOD && report->group_counts[by] > 1)
            qsort(report->groups[by], (size_t)report->group_counts[by],
                  sizeof *report->groups[by], compare_groups);
    }
}

static bool take_scratch(struct comparison *c)
{
    size_t row_count = 0;
    for (int side = 0; side < 2; side++) {
        const struct policy *policy = (side ? &c->draft : &c->base)->policy->policy;
        const struct eval_result *result = (side ? &c->draft : &c->base)->result;
        for (int32_t i = 0; i < result->total_count; i++) {
            int32_t table = policy->statements[result->totals[i].statement].as.rule->subject;
            size_t count = (size_t)c->world->tables[table].row_count;
            row_count = count > row_count ? count : row_count;
        }
    }
    c->rule_sums = ARENA_NEW_ARRAY(c->scratch, struct subject_sum, row_count);
    c->touched_rows = ARENA_NEW_ARRAY(c->scratch, int32_t, row_count);
    c->all_sums =
        ARENA_NEW_ARRAY(c->scratch, struct subject_sum *, (size_t)c->vocab->record_count);
    bool done = c->rule_sums && c->touched_rows && c->all_sums;
    for (int by = 0; by < WHATIF_BY_COUNT && done; by++) {
        c->group_slots[by] = ARENA_NEW_ARRAY(c->scratch, int32_t, GROUP_SLOTS);
        done = c->group_slots[by] != NULL;
    }
    return done;
}

enum err whatif_compare(struct comparison *c, struct fault *fault)
{
    if (!take_scratch(c))
        return fault_set(fault, ERR_MEMORY, "no memory for the comparison");
    compare_all(c);
    count_subjects(c);
    finish_groups(c);
    return c->failed ? fault_set(fault, ERR_MEMORY, "no memory for the comparison") : ERR_OK;
}
