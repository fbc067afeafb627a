#include "policy/settle.h"

#include "base/day.h"
#include "policy/budget.h"
#include "policy/quota.h"
#include "policy/scalar.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_CAPACITY_MIN = 64, GROUP_CAPACITY_MIN = 64, PARTS_MAX = 4096 };

bool statement_decides(const struct statement *statement)
{
    return statement_group(statement->kind) == GROUP_DECIDES;
}

static bool reserve(struct decision_list *list, int64_t more_count, bool keep_evidence)
{
    int64_t wanted = list->row_count + more_count;
    if (wanted <= list->row_capacity)
        return true;
    int64_t capacity = list->row_capacity * 2 > wanted ? list->row_capacity * 2 : wanted;
    capacity = capacity > LIST_CAPACITY_MIN ? capacity : LIST_CAPACITY_MIN;
    struct decision *rows = realloc(list->rows, (size_t)capacity * sizeof *rows);
    if (!rows)
        return false;
    list->rows = rows;
    if (keep_evidence || list->evidence) {
        struct evidence *found = realloc(list->evidence, (size_t)capacity * sizeof *found);
        if (!found)
            return false;
        list->evidence = found;
    }
    list->row_capacity = capacity;
    return true;
}

bool decision_list_add(struct decision_list *list, const struct decision *decision,
                       const struct evidence *evidence)
{
    if (!reserve(list, 1, evidence != NULL))
        return false;
    if (evidence)
        list->evidence[list->row_count] = *evidence;
    list->rows[list->row_count++] = *decision;
    return true;
}

void decision_list_done(struct decision_list *list)
{
    if (!list)
        return;
    free(list->rows);
    free(list->evidence);
    *list = (struct decision_list){0};
}

/* ---- clauses ---- */

/* One run in a clause. */
struct settler_turn {
    int32_t run;
    int32_t turn;    /* place of its rule in the clause */
    int32_t table;   /* of its subjects */
    int64_t cap_fen; /* of a cap that reads no row */
};

struct settler_clause {
    const struct settlement_clause *clause;
    int32_t index;     /* decision.cut_by */
    int32_t base_year; /* years count from it */
    bool waits;        /* a quota can reach one of its rules */
    bool cap_varies;   /* the cap reads rows */
    struct settler_turn *turns; /* by turn, then run */
    int32_t turn_count;
};

static int32_t in_force_year(const struct policy *policy, int32_t statement)
{
    return day_year(policy->documents[policy->statements[statement].document].in_force_day);
}

static bool has_quota(const struct quota *quota)
{
    return quota->present && !quota->about && quota->limit;
}

static bool reads_rows(const struct expr *expr)
{
    bool reads = expr->kind == EXPR_FIELD || expr->kind == EXPR_DEFINE ||
                 expr->kind == EXPR_AGGREGATE;
    for (int32_t i = 0; i < expr->child_count && !reads; i++)
        reads = reads_rows(expr->children[i]);
    return reads;
}

static bool clause_names(const struct settlement_clause *clause, int32_t statement)
{
    bool names = false;
    for (int32_t i = 0; i < clause->rule_count && !names; i++)
        names = clause->rules[i] == statement;
    return names;
}

static bool set_turns(const struct settler *settler, struct settler_clause *c)
{
    const struct policy *policy = settler->policy;
    int32_t count = 0;
    for (int32_t r = 0; r < settler->run_count; r++)
        for (int32_t turn = 0; turn < c->clause->rule_count; turn++)
            count += c->clause->rules[turn] == settler->runs[r].statement;
    if (count == 0)
        return true;
    c->turns = calloc((size_t)count, sizeof *c->turns);
    c->cap_varies = c->clause->amount && reads_rows(c->clause->amount);
    for (int32_t turn = 0; c->turns && turn < c->clause->rule_count; turn++) {
        for (int32_t r = 0; r < settler->run_count; r++) {
            const struct rule_run *run = &settler->runs[r];
            if (run->statement != c->clause->rules[turn])
                continue;
            int32_t table = policy->statements[run->statement].as.rule->subject;
            struct settler_turn made = {r, turn, table, ABSENT_I64};
            if (c->clause->amount && !c->cap_varies)
                made.cap_fen = reference_value(policy, settler->world, c->clause->amount, table,
                                               -1, &run->period.moment);
            c->turns[c->turn_count++] = made;
        }
    }
    return c->turns != NULL;
}

static bool clause_waits(const struct policy *policy, const struct settlement_clause *clause,
                         const uint8_t *rule_waits)
{
    bool waits = clause->kind == SETTLEMENT_QUOTA || clause->spans_subjects;
    for (int32_t i = 0; i < clause->rule_count && !waits; i++)
        waits = rule_waits[clause->rules[i]] ||
                has_quota(&policy->statements[clause->rules[i]].as.rule->quota);
    return waits;
}

/* A clause waits when one of its rules has a quota, or stands in a clause that waits. */
static bool set_waiting(struct settler *settler)
{
    uint8_t *rule_waits = calloc((size_t)settler->policy->statement_count + 1, 1);
    if (!rule_waits)
        return false;
    for (bool changed = true; changed;) {
        changed = false;
        for (int32_t i = 0; i < settler->clause_count; i++) {
            struct settler_clause *c = &settler->clauses[i];
            /* A clause that stacks changes nothing. Without a run one has nothing to wait with;
             * rules come with those they are settled with. */
            bool may_wait = c->turn_count > 0 && c->clause->kind != SETTLEMENT_STACK;
            if (c->waits || !may_wait || !clause_waits(settler->policy, c->clause, rule_waits))
                continue;
            c->waits = changed = true;
            for (int32_t k = 0; k < c->clause->rule_count; k++)
                rule_waits[c->clause->rules[k]] = 1;
        }
    }
    free(rule_waits);
    return true;
}

enum err settler_make(struct settler *settler, const struct policy *policy,
                      const struct world *world, const struct rule_run *runs, int32_t run_count,
                      struct fault *fault)
{
    *settler = (struct settler){.policy = policy, .world = world, .runs = runs,
                                .run_count = run_count};
    int32_t count = 0;
    FOR_GROUP(policy, GROUP_SETTLES, s)
        count += policy->statements[s].as.settlement->clause_count;
    settler->clauses = calloc((size_t)count + 1, sizeof *settler->clauses);
    settler->shortages = calloc(1, sizeof *settler->shortages);
    bool done = settler->clauses && settler->shortages;
    FOR_GROUP(policy, GROUP_SETTLES, s) {
        const struct settlement *settlement = policy->statements[s].as.settlement;
        for (int32_t i = 0; i < settlement->clause_count && done; i++) {
            struct settler_clause *c = &settler->clauses[settler->clause_count];
            c->clause = &settlement->clauses[i];
            c->index = settler->clause_count++;
            c->base_year = in_force_year(policy, s);
            done = set_turns(settler, c);
        }
    }
    if (done && set_waiting(settler))
        return ERR_OK;
    settler_done(settler);
    return fault_set(fault, ERR_MEMORY, "no memory for the settlement");
}

void settler_done(struct settler *settler)
{
    for (int32_t i = 0; settler->clauses && i < settler->clause_count; i++)
        free(settler->clauses[i].turns);
    free(settler->clauses);
    if (settler->shortages)
        free(settler->shortages->rows);
    free(settler->shortages);
    settler->clauses = NULL;
    settler->shortages = NULL;
    settler->clause_count = 0;
}

bool settler_has_quotas(const struct settler *settler)
{
    bool has = false;
    for (int32_t r = 0; r < settler->run_count && !has; r++)
        has = settler_waits_for_quota(settler, settler->runs[r].statement);
    return has;
}

bool settler_has_quota(const struct settler *settler, int32_t statement)
{
    bool has = has_quota(&settler->policy->statements[statement].as.rule->quota);
    for (int32_t i = 0; i < settler->clause_count && !has; i++) {
        const struct settlement_clause *clause = settler->clauses[i].clause;
        has = clause->kind == SETTLEMENT_QUOTA && clause->rules[0] == statement;
    }
    return has;
}

bool settler_waits_for_quota(const struct settler *settler, int32_t statement)
{
    bool waits = has_quota(&settler->policy->statements[statement].as.rule->quota) ||
                 (!settler->without_budgets && rule_has_budget(settler->policy, statement));
    for (int32_t i = 0; i < settler->clause_count && !waits; i++)
        waits = settler->clauses[i].waits && clause_names(settler->clauses[i].clause, statement);
    return waits;
}

/* ---- groups: one subject's decisions of the rules of a clause, window by window ---- */

struct settle_member {
    struct decision *decision;
    const struct settler_turn *turn;
    int64_t key; /* of the clause; 0 without keys */
    int32_t window;
};

/* Where the next subject of one run stands. */
struct head {
    struct decision *at, *end;
    const struct settler_turn *turn;
    int32_t window_day, window; /* of the last decision: most have the same day */
};

struct settling {
    const struct settler *settler;
    const struct settler_clause *c;
    struct settle_scratch *scratch;
};

/* An open amount counts by its ceiling. Without one it has no sum: it can only exclude and be
 * excluded. */
static bool is_member(const struct settling *s, const struct decision *decision)
{
    bool needs_sum = s->c->clause->kind != SETTLEMENT_EXCLUSIVE &&
                     !(s->c->clause->kind == SETTLEMENT_CLAW_BACK && !s->c->clause->amount);
    return decision->lane == LANE_GRANTED &&
           (!needs_sum || decision_rank_fen(decision) != AMOUNT_IS_OPEN);
}

/* One decision says nothing of the others: a clause looks at each, contested or not. */
static bool looks_at_each(const struct settlement_clause *clause)
{
    return clause->kind == SETTLEMENT_CAP || clause->kind == SETTLEMENT_CLAW_BACK;
}

static bool member_is_before(const struct settle_member *a, const struct settle_member *b)
{
    if (a->key != b->key)
        return a->key < b->key;
    return a->window != b->window ? a->window < b->window : a->turn->turn < b->turn->turn;
}

static bool make_room(struct settle_scratch *scratch, int64_t count)
{
    if (count < scratch->capacity)
        return true;
    int64_t capacity = count ? count * 2 : GROUP_CAPACITY_MIN;
    struct settle_member *grown = realloc(scratch->members, (size_t)capacity * sizeof *grown);
    if (!grown) {
        scratch->out_of_memory = true;
        return false;
    }
    scratch->members = grown;
    scratch->capacity = capacity;
    return true;
}

/* Keeps the members ordered by key, window and turn; equal ones stay in the order they come. */
static bool add_member(struct settle_scratch *scratch, int64_t count,
                       const struct settle_member *member)
{
    if (!make_room(scratch, count))
        return false;
    int64_t at = count;
    for (; at > 0 && member_is_before(member, &scratch->members[at - 1]); at--)
        scratch->members[at] = scratch->members[at - 1];
    scratch->members[at] = *member;
    return true;
}

/* Sum of the members of one rule from first on; *ret_end is behind them. */
static int64_t turn_sum(const struct settling *s, int64_t first, int64_t end, int64_t *ret_end)
{
    const struct settle_member *members = s->scratch->members;
    int64_t sum_fen = 0;
    int64_t i = first;
    for (; i < end && members[i].turn->turn == members[first].turn->turn; i++)
        s->scratch->overflowed |=
            __builtin_add_overflow(sum_fen, decision_rank_fen(members[i].decision), &sum_fen);
    *ret_end = i;
    return sum_fen;
}

/* What is left of an open amount is a lower ceiling. */
static void cut(const struct settling *s, struct decision *decision, int64_t left_fen)
{
    if (decision->amount_fen == AMOUNT_IS_OPEN && left_fen > 0)
        decision->gross_fen = left_fen;
    else
        decision->amount_fen = left_fen;
    decision->cut_by = (int16_t)s->c->index;
}

/* The rule with the highest sum keeps it; of equal ones the rule named first. */
static void settle_higher_of(const struct settling *s, int64_t first, int64_t end)
{
    const struct settle_member *members = s->scratch->members;
    int32_t best_turn = members[first].turn->turn;
    int64_t best_fen = INT64_MIN;
    for (int64_t i = first, next; i < end; i = next) {
        int64_t sum_fen = turn_sum(s, i, end, &next);
        if (sum_fen > best_fen) {
            best_fen = sum_fen;
            best_turn = members[i].turn->turn;
        }
    }
    for (int64_t i = first; i < end; i++)
        if (members[i].turn->turn != best_turn)
            cut(s, members[i].decision, 0);
}

static int64_t cap_of(const struct settling *s, const struct settle_member *member)
{
    if (!s->c->cap_varies)
        return member->turn->cap_fen;
    const struct rule_run *run = &s->settler->runs[member->turn->run];
    return reference_value(s->settler->policy, s->settler->world, s->c->clause->amount,
                           member->turn->table, member->decision->subject_row,
                           &run->period.moment);
}

static void settle_cap(const struct settling *s, int64_t first, int64_t end)
{
    const struct settle_member *members = s->scratch->members;
    int64_t cap_fen = cap_of(s, &members[first]);
    int64_t room_fen = cap_fen;
    for (int64_t i = first; i < end && cap_fen != ABSENT_I64; i++) {
        struct decision *decision = members[i].decision;
        if (decision_rank_fen(decision) > room_fen)
            cut(s, decision, room_fen > 0 ? room_fen : 0);
        room_fen -= decision_rank_fen(decision);
    }
}

/* A title has no money from the start; money cut to nothing by an earlier clause excludes none. */
static bool excludes(const struct decision *decision)
{
    return decision->gross_fen == 0 || decision->amount_fen != 0;
}

static void settle_exclusive(const struct settling *s, int64_t first, int64_t end)
{
    const struct settle_member *members = s->scratch->members;
    int32_t turn = -1;
    for (int64_t i = first; i < end; i++) {
        struct decision *decision = members[i].decision;
        if (turn < 0 && excludes(decision))
            turn = members[i].turn->turn;
        else if (turn >= 0 && members[i].turn->turn != turn && decision->amount_fen != 0)
            cut(s, decision, 0);
    }
}

static void settle_difference(const struct settling *s, int64_t first, int64_t end)
{
    const struct settle_member *members = s->scratch->members;
    int64_t had_fen = 0; /* by the other rules */
    for (int64_t i = first; i < end; i++)
        if (members[i].turn->turn > 0)
            s->scratch->overflowed |=
                __builtin_add_overflow(had_fen, decision_rank_fen(members[i].decision), &had_fen);
    for (int64_t i = first; i < end && members[i].turn->turn == 0 && had_fen > 0; i++) {
        int64_t fen = decision_rank_fen(members[i].decision);
        int64_t left_fen = fen > had_fen ? fen - had_fen : 0;
        cut(s, members[i].decision, left_fen);
        had_fen -= fen - left_fen;
    }
}

__extension__ typedef __int128 wide;

/* Rounded down to the fen, for the citizen; a rate above one is all. */
static int64_t rate_of(int64_t fen, int64_t rate)
{
    wide part = (wide)fen * rate / RATE_ONE;
    return part < fen ? (int64_t)part : fen;
}

/* What is taken back of a payment; no more than there is. */
static int64_t claw_of(const struct settling *s, const struct settle_member *member, int64_t fen)
{
    const struct expr *amount = s->c->clause->amount;
    int64_t value = amount ? cap_of(s, member) : fen;
    if (value == ABSENT_I64)
        return 0;
    int64_t claw_fen =
        amount && amount->type.kind == TYPE_RATE ? rate_of(fen, value) : value;
    return claw_fen < fen ? claw_fen : fen;
}

/* The key is the condition, read on the day asked for: what is not known takes nothing back. */
static void settle_claw_back(const struct settling *s, int64_t first, int64_t end)
{
    const struct settle_member *members = s->scratch->members;
    for (int64_t i = first; i < end && members[first].key == 1; i++) {
        int64_t fen = decision_rank_fen(members[i].decision);
        int64_t claw_fen = fen == AMOUNT_IS_OPEN ? fen : claw_of(s, &members[i], fen);
        if (claw_fen != 0)
            cut(s, members[i].decision, fen == AMOUNT_IS_OPEN ? 0 : fen - claw_fen);
    }
}

static void settle_group(const struct settling *s, int64_t first, int64_t end)
{
    switch (s->c->clause->kind) {
    case SETTLEMENT_CAP:
        settle_cap(s, first, end);
        break;
    case SETTLEMENT_HIGHER_OF:
        settle_higher_of(s, first, end);
        break;
    case SETTLEMENT_EXCLUSIVE:
        settle_exclusive(s, first, end);
        break;
    case SETTLEMENT_DIFFERENCE:
        settle_difference(s, first, end);
        break;
    case SETTLEMENT_CLAW_BACK:
        settle_claw_back(s, first, end);
        break;
    case SETTLEMENT_STACK:
    case SETTLEMENT_QUOTA:
        break;
    }
}

static bool is_same_group(const struct settling *s, const struct settle_member *a,
                          const struct settle_member *b)
{
    bool known = !s->c->clause->keys || a->key != ABSENT_I64;
    return known && a->key == b->key && a->window == b->window;
}

static void settle_groups(const struct settling *s, int64_t count)
{
    const struct settle_member *members = s->scratch->members;
    for (int64_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count; end++)
            if (!is_same_group(s, &members[first], &members[end]))
                break;
        settle_group(s, first, end);
    }
}

static int64_t key_of(const struct settling *s, const struct settler_turn *turn,
                      const struct decision *decision)
{
    if (!s->c->clause->keys)
        return 0;
    const struct policy *policy = s->settler->policy;
    const struct rule_run *run = &s->settler->runs[turn->run];
    const struct rule *rule = policy->statements[run->statement].as.rule;
    struct reference_moment moment = run->period.moment;
    if (s->c->clause->kind == SETTLEMENT_CLAW_BACK)
        moment.as_of_day = s->settler->as_of_day; /* also behind the period that was paid */
    return reference_value(policy, s->settler->world, s->c->clause->keys[turn->turn],
                           rule->each >= 0 ? rule->each : rule->subject, decision->basis_row,
                           &moment);
}

static int32_t window_of(const struct settling *s, struct head *head, int32_t day)
{
    if (day != head->window_day) {
        const struct settlement_clause *clause = s->c->clause;
        head->window_day = day;
        head->window =
            calendar_period(clause->period, clause->period_years, s->c->base_year, day).key;
    }
    return head->window;
}

/* The members of one subject; false when memory is out. */
static bool settle_subject(const struct settling *s, struct head *heads, int32_t head_count,
                           int32_t subject_row)
{
    int64_t count = 0;
    for (int32_t h = 0; h < head_count; h++) {
        struct head *head = &heads[h];
        for (; head->at < head->end && head->at->subject_row == subject_row; head->at++) {
            if (!is_member(s, head->at))
                continue;
            struct settle_member member = {head->at, head->turn,
                                           key_of(s, head->turn, head->at),
                                           window_of(s, head, head->at->day)};
            if (!add_member(s->scratch, count, &member))
                return false;
            count++;
        }
    }
    settle_groups(s, count);
    return true;
}

/* A rule that stands alone is cut by a cap or taken back only. */
static void pass_over(struct head *head, int32_t subject_row)
{
    while (head->at < head->end && head->at->subject_row == subject_row)
        head->at++;
}

/* Subjects of a block that a clause may change; most have one decision, and that within the cap.
 * A mark counts decisions, or for a cap its shares, rounded up for each decision: whoever is beyond
 * the cap is found, in whatever window. */
enum { CONTESTED_ROWS_MAX = 1 << 14, SHARES = 249, SHARES_MAX = UINT8_MAX };

struct contested {
    int32_t first_row; /* of the marks */
    uint8_t marks[CONTESTED_ROWS_MAX];
};

static bool is_contested(uint8_t mark)
{
    return mark >= SHARES;
}

/* The least of the caps known; ABSENT_I64: none. */
static int64_t least_cap(const struct head *heads, int32_t head_count)
{
    int64_t least_fen = ABSENT_I64;
    for (int32_t h = 0; h < head_count; h++) {
        int64_t cap_fen = heads[h].turn->cap_fen;
        if (cap_fen != ABSENT_I64 && (least_fen == ABSENT_I64 || cap_fen < least_fen))
            least_fen = cap_fen;
    }
    return least_fen;
}

static void add_to_mark(uint8_t *mark, unsigned taken)
{
    unsigned sum = *mark + taken;
    *mark = (uint8_t)(sum < SHARES_MAX ? sum : SHARES_MAX);
}

static void mark_shares(const struct head *heads, int32_t head_count, int64_t cap_fen,
                        struct contested *marked)
{
    double share = cap_fen > 0 ? SHARES / (double)cap_fen : 0;
    for (int32_t h = 0; h < head_count && cap_fen != ABSENT_I64; h++)
        for (const struct decision *at = heads[h].at; at < heads[h].end; at++) {
            int64_t fen = decision_rank_fen(at);
            unsigned taken = fen > cap_fen ? SHARES
                             : fen > 0     ? (unsigned)((double)fen * share) + 1
                                           : 0;
            add_to_mark(&marked->marks[at->subject_row - marked->first_row], taken);
        }
}

static void mark_each(const struct head *heads, int32_t head_count, struct contested *marked)
{
    for (int32_t h = 0; h < head_count; h++)
        for (const struct decision *at = heads[h].at; at < heads[h].end; at++)
            add_to_mark(&marked->marks[at->subject_row - marked->first_row], (SHARES + 1) / 2);
}

/* False when the subjects lie too far apart for marks: all of them are gone through then. */
static bool mark_contested(const struct settling *s, const struct head *heads, int32_t head_count,
                           struct contested *ret)
{
    int32_t first_row = INT32_MAX;
    int32_t last_row = 0;
    for (int32_t h = 0; h < head_count; h++) {
        int32_t first = heads[h].at->subject_row, last = heads[h].end[-1].subject_row;
        first_row = first < first_row ? first : first_row;
        last_row = last > last_row ? last : last_row;
    }
    if (s->c->clause->kind == SETTLEMENT_CLAW_BACK)
        return false;
    uint32_t row_count = (uint32_t)last_row - (uint32_t)first_row + 1;
    bool caps = s->c->clause->kind == SETTLEMENT_CAP;
    if (row_count > CONTESTED_ROWS_MAX || (caps && s->c->cap_varies))
        return false;
    ret->first_row = first_row;
    memset(ret->marks, 0, row_count);
    if (caps)
        mark_shares(heads, head_count, least_cap(heads, head_count), ret);
    else
        mark_each(heads, head_count, ret);
    return true;
}

static void skip_uncontested(struct head *head, const struct contested *contested)
{
    while (contested && head->at < head->end &&
           !is_contested(contested->marks[head->at->subject_row - contested->first_row]))
        head->at++;
}

/* Goes through all runs of the clause at once, subject after subject. */
static void settle_heads(const struct settling *s, struct head *heads, int32_t head_count)
{
    struct contested marked;
    const struct contested *contested =
        mark_contested(s, heads, head_count, &marked) ? &marked : NULL;
    for (;;) {
        for (int32_t h = 0; h < head_count; h++)
            skip_uncontested(&heads[h], contested);
        int32_t subject_row = INT32_MAX;
        struct head *only = NULL; /* the one run that has the subject */
        for (int32_t h = 0; h < head_count; h++) {
            int32_t next = heads[h].at < heads[h].end ? heads[h].at->subject_row : INT32_MAX;
            only = next < subject_row ? &heads[h] : next == subject_row ? NULL : only;
            subject_row = next < subject_row ? next : subject_row;
        }
        if (subject_row == INT32_MAX)
            return;
        if (only && !looks_at_each(s->c->clause))
            pass_over(only, subject_row);
        else if (!settle_subject(s, heads, head_count, subject_row))
            return;
    }
}

static void settle_clause_part(const struct settling *s, int32_t table, int32_t part)
{
    struct head few[16];
    int32_t turn_count = s->c->turn_count;
    struct head *heads = turn_count <= (int32_t)(sizeof few / sizeof *few)
                             ? few
                             : malloc((size_t)turn_count * sizeof *heads);
    if (!heads) {
        s->scratch->out_of_memory = true;
        return;
    }
    int32_t head_count = 0;
    for (int32_t i = 0; i < turn_count; i++) {
        const struct settler_turn *turn = &s->c->turns[i];
        const struct rule_run *run = &s->settler->runs[turn->run];
        if (turn->table != table || part >= run->part_count || run->parts[part].row_count == 0)
            continue;
        struct decision *rows = run->parts[part].rows;
        heads[head_count++] =
            (struct head){rows, rows + run->parts[part].row_count, turn, ABSENT_I32, 0};
    }
    if (head_count > 0)
        settle_heads(s, heads, head_count);
    if (heads != few)
        free(heads);
}

static bool is_group(const struct settler_clause *c)
{
    return c->clause->kind != SETTLEMENT_STACK && c->clause->kind != SETTLEMENT_QUOTA;
}

void settle_part(const struct settler *settler, enum settle_which which, int32_t table,
                 int32_t part, struct settle_scratch *scratch)
{
    for (int32_t i = 0; i < settler->clause_count; i++) {
        const struct settler_clause *c = &settler->clauses[i];
        struct settling settling = {settler, c, scratch};
        if (is_group(c) && !c->clause->spans_subjects && (which == SETTLE_GROUPS || !c->waits))
            settle_clause_part(&settling, table, part);
    }
}

/* All parts of the runs of a clause, table after table. */
static void settle_clause(const struct settling *s)
{
    for (int32_t i = 0; i < s->c->turn_count; i++) {
        const struct settler_turn *turn = &s->c->turns[i];
        bool is_first = true;
        for (int32_t other = 0; other < i && is_first; other++)
            is_first = s->c->turns[other].table != turn->table;
        int32_t part_count = is_first ? s->settler->runs[turn->run].part_count : 0;
        for (int32_t part = 0; part < part_count; part++)
            settle_clause_part(s, turn->table, part);
    }
}

static int compare_members(const void *left, const void *right)
{
    const struct settle_member *a = left;
    const struct settle_member *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    if (a->window != b->window)
        return a->window < b->window ? -1 : 1;
    if (a->turn->turn != b->turn->turn)
        return a->turn->turn < b->turn->turn ? -1 : 1;
    const struct decision *x = a->decision, *y = b->decision;
    if (x->period != y->period)
        return x->period < y->period ? -1 : 1;
    if (x->subject_row != y->subject_row)
        return x->subject_row < y->subject_row ? -1 : 1;
    return (x->basis_row > y->basis_row) - (x->basis_row < y->basis_row);
}

/* All decisions of the clause at once: of one rule, the older record comes first. */
static void settle_over_subjects(const struct settling *s)
{
    int64_t count = 0;
    for (int32_t i = 0; i < s->c->turn_count; i++) {
        const struct settler_turn *turn = &s->c->turns[i];
        const struct rule_run *run = &s->settler->runs[turn->run];
        struct head head = {.turn = turn, .window_day = ABSENT_I32};
        for (int32_t part = 0; part < run->part_count; part++)
            for (int64_t r = 0; r < run->parts[part].row_count; r++) {
                struct decision *decision = &run->parts[part].rows[r];
                if (!is_member(s, decision))
                    continue;
                if (!make_room(s->scratch, count))
                    return;
                s->scratch->members[count++] =
                    (struct settle_member){decision, turn, key_of(s, turn, decision),
                                           window_of(s, &head, decision->day)};
            }
    }
    if (count > 0)
        qsort(s->scratch->members, (size_t)count, sizeof *s->scratch->members, compare_members);
    settle_groups(s, count);
}

void settle_quotas(const struct settler *settler, struct settle_scratch *scratch)
{
    const struct policy *policy = settler->policy;
    bool done = true;
    int32_t last = -1;
    for (int32_t r = 0; r < settler->run_count && done; r++) {
        int32_t statement = settler->runs[r].statement;
        const struct quota *quota = &policy->statements[statement].as.rule->quota;
        if (statement != last && has_quota(quota))
            done = quota_apply(settler, statement, quota, -1, in_force_year(policy, statement));
        last = statement;
    }
    for (int32_t i = 0; i < settler->clause_count && done; i++) {
        const struct settler_clause *c = &settler->clauses[i];
        struct settling settling = {settler, c, scratch};
        if (c->clause->kind == SETTLEMENT_QUOTA && has_quota(&c->clause->quota))
            done = quota_apply(settler, c->clause->rules[0], &c->clause->quota, c->index,
                               in_force_year(policy, c->clause->rules[0]));
        else if (is_group(c) && c->clause->spans_subjects)
            settle_over_subjects(&settling);
        else if (is_group(c) && c->waits)
            settle_clause(&settling);
    }
    if (done && !settler->without_budgets)
        done = budgets_apply(settler);
    scratch->out_of_memory |= !done;
}

void settle_scratch_done(struct settle_scratch *scratch)
{
    free(scratch->members);
    *scratch = (struct settle_scratch){0};
}

/* ---- lists that stand whole ---- */

/* Runs of an ordered list, as parts that point into it. */
static bool split_runs(const struct policy *policy, int32_t as_of_day,
                       const struct decision_list *list, struct rule_run **ret_runs,
                       struct decision_list **ret_parts, int32_t *ret_count)
{
    int32_t count = 0;
    for (int64_t i = 0; i < list->row_count; i++)
        count += i == 0 || list->rows[i].statement != list->rows[i - 1].statement ||
                 list->rows[i].period != list->rows[i - 1].period;
    struct rule_run *runs = calloc((size_t)count + 1, sizeof *runs);
    struct decision_list *parts = calloc((size_t)count + 1, sizeof *parts);
    *ret_runs = runs;
    *ret_parts = parts;
    *ret_count = count;
    if (!runs || !parts)
        return false;
    int64_t at = 0;
    for (int32_t r = 0; r < count; r++) {
        const struct decision *first = &list->rows[at];
        runs[r] = (struct rule_run){
            .statement = first->statement,
            .period = rule_period_of(policy, first->statement, first->period, as_of_day),
            .parts = &parts[r], .part_count = 1};
        parts[r].rows = list->rows + at;
        parts[r].evidence = list->evidence ? list->evidence + at : NULL;
        while (at < list->row_count && list->rows[at].statement == first->statement &&
               list->rows[at].period == first->period) {
            parts[r].row_count++;
            at++;
        }
    }
    return true;
}

static enum err finish_whole(const struct settler *settler, bool keep_evidence,
                             struct eval_result **ret_result, struct fault *fault)
{
    struct result_maker maker;
    TRY(result_maker_make(&maker, settler, keep_evidence, fault));
    struct total_sums sums;
    bool done = total_sums_make(&sums, &maker);
    for (int32_t t = 0; t < settler->world->vocab->record_count && done; t++)
        done = result_fill_part(&maker, t, 0, 0, settler->world->tables[t].row_count, &sums);
    if (done)
        result_add_sums(&maker, &sums);
    total_sums_done(&sums);
    enum err err = done ? result_maker_finish(&maker, ret_result, fault)
                        : fault_set(fault, ERR_MEMORY, "no memory for the totals");
    result_maker_done(&maker);
    return err;
}

static enum err settle_whole(const struct settler *settler, bool keep_evidence,
                             struct eval_result **ret_result, struct fault *fault)
{
    struct settle_scratch scratch = {0};
    for (int32_t t = 0; t < settler->world->vocab->record_count; t++)
        settle_part(settler, SETTLE_CERTAIN, t, 0, &scratch);
    settle_quotas(settler, &scratch);
    enum err err = ERR_OK;
    if (scratch.out_of_memory)
        err = fault_set(fault, ERR_MEMORY, "no memory for the settlement");
    else if (scratch.overflowed)
        err = fault_set(fault, ERR_OVERFLOW, "a sum of amounts is out of range");
    settle_scratch_done(&scratch);
    return err == ERR_OK ? finish_whole(settler, keep_evidence, ret_result, fault) : err;
}

enum err settle_placed(const struct policy *policy, const struct world *world,
                       const struct eval_request *request, struct decision_list *list,
                       quota_place *is_placed, void *context, struct eval_result **ret_result,
                       struct fault *fault)
{
    struct rule_run *runs;
    struct decision_list *parts;
    int32_t run_count;
    struct settler settler = {0};
    enum err err = split_runs(policy, request->as_of_day, list, &runs, &parts, &run_count)
                       ? settler_make(&settler, policy, world, runs, run_count, fault)
                       : fault_set(fault, ERR_MEMORY, "no memory for the settlement");
    settler.is_placed = is_placed;
    settler.context = context;
    settler.without_budgets = request->without_budgets;
    settler.as_of_day = request->as_of_day;
    settler.rules = request->rules;
    if (err == ERR_OK)
        err = settle_whole(&settler, list->evidence, ret_result, fault);
    settler_done(&settler);
    free(runs);
    free(parts);
    return err;
}

enum err settle_candidates(const struct policy *policy, const struct world *world,
                           const struct eval_request *request, struct decision_list *list,
                           struct eval_result **ret_result, struct fault *fault)
{
    return settle_placed(policy, world, request, list, NULL, NULL, ret_result, fault);
}
