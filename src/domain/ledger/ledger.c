#include "domain/ledger/ledger.h"

#include "base/checked.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/json.h"
#include "base/money.h"
#include "domain/ledger/ledger_line.h"
#include "domain/ledger/ledger_post.h"
#include "store/event.h"

#include <inttypes.h>
#include <limits.h>

/* ---- which line pays */

struct line_place {
    int64_t id;
    int32_t division;
    struct str earmark;
};

struct line_list { /* of a fund and year, kept over a call */
    struct str fund;
    int32_t year;
    struct line_place *places;
    int32_t place_count;
};

enum { LISTS_MAX = 32, PLACES_MAX = 2000 };

struct line_lists {
    struct line_list rows[LISTS_MAX];
    int32_t count;
};

static enum err read_places(struct work *w, struct line_list *list)
{
    list->places = ARENA_NEW_ARRAY(w->arena, struct line_place, PLACES_MAX);
    if (!list->places)
        return fail(w, ERR_MEMORY, "no memory for the lines of a fund");
    struct ledger_line_of_fund_in in = {list->fund, list->year};
    struct cursor cursor;
    TRY(ledger_line_of_fund(w, &in, &cursor));
    bool more = true;
    while (list->place_count < PLACES_MAX) {
        struct ledger_line_of_fund_out row;
        TRY(ledger_line_of_fund_next(&cursor, &row, &more));
        if (!more)
            break;
        list->places[list->place_count++] =
            (struct line_place){row.id, row.division, str_copy(w->arena, row.earmark)};
    }
    cursor_close(&cursor);
    return ERR_OK;
}

static enum err list_of(struct work *w, struct line_lists *lists, struct str fund, int32_t year,
                        struct line_list **ret_list)
{
    for (int32_t i = lists->count - 1; i >= 0; i--)
        if (lists->rows[i].year == year && str_equal(lists->rows[i].fund, fund)) {
            *ret_list = &lists->rows[i];
            return ERR_OK;
        }
    if (lists->count == LISTS_MAX)
        return fail(w, ERR_LIMIT, "一次最多涉及%d项资金", LISTS_MAX);
    struct line_list *list = &lists->rows[lists->count];
    *list = (struct line_list){.fund = fund, .year = year};
    TRY(read_places(w, list));
    lists->count++;
    *ret_list = list;
    return ERR_OK;
}

/* How far a line's division lies above the claim's: 0 its own, 1 its prefecture, 2 its province, 3
 * the whole city's line; -1 elsewhere. */
static int32_t distance(int32_t line_division, int32_t division)
{
    if (line_division == division)
        return 0;
    if (line_division == LEDGER_DIVISION_ANY)
        return 3;
    if (line_division % 100 == 0 && line_division / 100 == division / 100)
        return 1;
    return line_division % 10000 == 0 && line_division / 10000 == division / 10000 ? 2 : -1;
}

/* A line for the purpose alone comes before one for anything, then the nearer one. */
static enum err find_line(struct work *w, struct line_lists *lists,
                          const struct ledger_claim *claim, int64_t *ret_line_id)
{
    struct line_list *list = NULL;
    TRY(list_of(w, lists, claim->fund, claim->year, &list));
    int32_t best = INT32_MAX;
    int64_t best_id = 0;
    for (int32_t i = 0; i < list->place_count; i++) {
        const struct line_place *place = &list->places[i];
        int32_t far = distance(place->division, claim->division);
        if (far < 0 || (place->earmark.size > 0 && !str_equal(place->earmark, claim->earmark)))
            continue;
        int32_t rank = far + (place->earmark.size > 0 ? 0 : 10);
        if (rank < best) {
            best = rank;
            best_id = place->id;
        }
    }
    if (best_id == 0) {
        fail(w, ERR_LEDGER_YEAR, "“%.*s”%d年度没有可用的预算项", STR_ARG(claim->fund), claim->year);
        return fault_hint(&w->fault, "请财务先在资金页下达这一年度的预算。");
    }
    *ret_line_id = best_id;
    return ERR_OK;
}

/* ---- reserving */

struct asked { /* one claim of a call */
    const struct ledger_claim *claim;
    ledger_claim_row row; /* that is there already; id 0: none */
    int64_t line_id;
    struct ledger_line *line; /* of a claim to be reserved; NULL: answered already */
    int64_t grant_fen;
};

static enum err check_claim(struct work *w, const struct ledger_claim *claim)
{
    if (claim->key.size == 0 || claim->key.size > LEDGER_KEY_SIZE_MAX)
        return fail(w, ERR_INPUT, "a key has 1 to %d bytes", LEDGER_KEY_SIZE_MAX);
    if (claim->amount_fen <= 0 || claim->amount_fen > LEDGER_AMOUNT_MAX_FEN)
        return fail(w, ERR_OVERFLOW, "金额%s超出范围", money_text_in(w->arena, claim->amount_fen));
    if (claim->payee_record != LEDGER_PERSON && claim->payee_record != LEDGER_ORGANISATION)
        return fail(w, ERR_INPUT, "a payee is a person or an organisation");
    return ERR_OK;
}

static bool same_content(const struct ledger_claim *claim, const ledger_claim_row *row)
{
    return str_equal(claim->fund, row->fund) && claim->year == row->year &&
           claim->division == row->division && claim->amount_fen == row->asked_fen &&
           str_equal(claim->article, row->article) && claim->case_id == row->case_id &&
           (int32_t)claim->payee_record == row->payee_record && claim->payee_id == row->payee_id;
}

/* Finds keys given twice in a call, by the claim that was first. */
struct key_table {
    int32_t *slots; /* index + 1 */
    uint32_t mask;
};

static bool key_table_init(struct work *w, struct key_table *table, int32_t count)
{
    uint32_t size = 16;
    while (size < (uint32_t)count * 2)
        size *= 2;
    *table = (struct key_table){ARENA_NEW_ARRAY(w->arena, int32_t, size), size - 1};
    return table->slots != NULL;
}

static bool key_table_add(struct key_table *table, const struct ledger_claim *claims, int32_t index)
{
    uint32_t at = (uint32_t)hash_64(claims[index].key) & table->mask;
    for (; table->slots[at] != 0; at = (at + 1) & table->mask)
        if (str_equal(claims[table->slots[at] - 1].key, claims[index].key))
            return false;
    table->slots[at] = index + 1;
    return true;
}

static struct ledger_answer answer_of_row(const ledger_claim_row *row)
{
    bool waits = row->state == LEDGER_CLAIM_QUEUED;
    return (struct ledger_answer){
        .outcome = waits ? LEDGER_OK_QUEUED : LEDGER_OK_ALREADY,
        .claim_id = row->id,
        .amount_fen = waits ? 0 : row->amount_fen,
        .missing_fen = waits ? row->asked_fen : 0,
        .state = (enum ledger_claim_state)row->state,
    };
}

static int32_t key_table_find(const struct key_table *table, const struct ledger_claim *claims,
                              struct str key)
{
    uint32_t at = (uint32_t)hash_64(key) & table->mask;
    for (; table->slots[at] != 0; at = (at + 1) & table->mask)
        if (str_equal(claims[table->slots[at] - 1].key, key))
            return table->slots[at] - 1;
    return -1;
}

static enum err read_known(struct work *w, struct str keys, int32_t count, struct asked *rows,
                           const struct ledger_claim *claims, const struct key_table *table)
{
    struct ledger_claim_by_keys_in in = {keys};
    ledger_claim_row *known;
    int32_t known_count;
    TRY(ledger_claims_read(w, &ledger_claim_by_keys_stmt, &in, count, &known, &known_count));
    for (int32_t i = 0; i < known_count; i++) {
        int32_t index = key_table_find(table, claims, known[i].key);
        if (index >= 0)
            rows[index].row = known[i];
    }
    return ERR_OK;
}

/* Looks what is there of each. */
static enum err look_up(struct work *w, const struct ledger_claim *claims, int32_t count,
                        struct asked *rows)
{
    struct key_table table;
    struct text_buf keys;
    struct json json;
    text_init(&keys, w->arena);
    json_init(&json, &keys);
    json_array_begin(&json);
    if (!key_table_init(w, &table, count))
        return fail(w, ERR_MEMORY, "no memory for %d claims", count);
    for (int32_t i = 0; i < count; i++) {
        TRY(check_claim(w, &claims[i]));
        rows[i].claim = &claims[i];
        if (!key_table_add(&table, claims, i))
            return fail(w, ERR_LEDGER_KEY, "“%.*s”在同一次里给了两回", STR_ARG(claims[i].key));
        json_text(&json, claims[i].key);
    }
    json_array_end(&json);
    if (keys.failed)
        return fail(w, ERR_MEMORY, "no memory for %d claims", count);
    return read_known(w, text_str(&keys), count, rows, claims, &table);
}

/* Who gets how much of the line's money, in the order of the call. */
static void grant_in_order(struct asked *rows, int32_t count, struct ledger_line *line)
{
    int64_t left_fen = line->balance.accounts_fen[LEDGER_ACCOUNT_AVAILABLE];
    for (int32_t i = 0; i < count; i++) {
        if (rows[i].line != line || rows[i].claim->amount_fen > left_fen)
            continue;
        rows[i].grant_fen = rows[i].claim->amount_fen;
        left_fen -= rows[i].grant_fen;
    }
}

/* All alike, when there is not enough for all. */
static enum err grant_shares(struct work *w, struct asked *rows, int32_t count,
                             struct ledger_line *line)
{
    int64_t *weights = ARENA_NEW_ARRAY(w->arena, int64_t, (size_t)count);
    int64_t *shares = ARENA_NEW_ARRAY(w->arena, int64_t, (size_t)count);
    int64_t total_fen = 0;
    if (!weights || !shares)
        return fail(w, ERR_MEMORY, "no memory for %d shares", count);
    for (int32_t i = 0; i < count; i++) {
        weights[i] = rows[i].line == line ? rows[i].claim->amount_fen : 0;
        if (!checked_add(total_fen, weights[i], &total_fen))
            return fail(w, ERR_OVERFLOW, "金额合计超出范围");
    }
    int64_t available_fen = line->balance.accounts_fen[LEDGER_ACCOUNT_AVAILABLE];
    if (total_fen <= available_fen || !money_share(available_fen, weights, count, shares)) {
        grant_in_order(rows, count, line);
        return ERR_OK;
    }
    for (int32_t i = 0; i < count; i++)
        if (rows[i].line == line)
            rows[i].grant_fen = shares[i];
    return ERR_OK;
}

static struct ledger_claim_insert_in row_to_insert(struct work *w, const struct asked *asked,
                                                   enum ledger_claim_state state)
{
    const struct ledger_claim *claim = asked->claim;
    return (struct ledger_claim_insert_in){
        .id = asked->row.id,
        .key = claim->key,
        .line_id = asked->line->id,
        .fund_id = asked->line->fund_id,
        .year = claim->year,
        .division = claim->division,
        .asked_fen = claim->amount_fen,
        .amount_fen = asked->grant_fen > 0 ? asked->grant_fen : claim->amount_fen,
        .article = claim->article,
        .case_id = claim->case_id,
        .payee_record = (int32_t)claim->payee_record,
        .payee_id = claim->payee_id,
        .expires_day = claim->expires_day,
        .state = (int32_t)state,
        .round = asked->row.round,
        .reason = STR(""),
        .created_ms = w->now_ms,
        .changed_ms = w->now_ms,
    };
}

static enum err write_again(struct work *w, const struct ledger_claim_insert_in *row)
{
    struct ledger_claim_again_in in = {
        .id = row->id,
        .line_id = row->line_id,
        .fund_id = row->fund_id,
        .year = row->year,
        .division = row->division,
        .asked_fen = row->asked_fen,
        .amount_fen = row->amount_fen,
        .article = row->article,
        .case_id = row->case_id,
        .payee_record = row->payee_record,
        .payee_id = row->payee_id,
        .expires_day = row->expires_day,
        .state = row->state,
        .round = row->round,
        .changed_ms = row->changed_ms,
    };
    return ledger_claim_again(w, &in, NULL);
}

/* Writes a claim (first those that are new, in one stream) and says what came of it. */
static enum err write_claim(struct work *w, struct bulk *bulk, struct asked *asked,
                            const struct ledger_shortage_rule *rule,
                            struct ledger_posting_given *posting, struct ledger_answer *answer)
{
    bool waits = asked->grant_fen == 0 && rule->shortage == LEDGER_SHORT_QUEUE;
    *answer = (struct ledger_answer){.outcome = LEDGER_SHORT,
                                     .missing_fen = asked->claim->amount_fen - asked->grant_fen};
    if (asked->grant_fen == 0 && !waits)
        return ERR_OK;
    bool is_new = asked->row.id == 0;
    if (is_new)
        asked->row = (ledger_claim_row){.id = id_next(w->ids)};
    asked->row.round++;
    enum ledger_claim_state state = waits ? LEDGER_CLAIM_QUEUED : LEDGER_CLAIM_RESERVED;
    struct ledger_claim_insert_in in = row_to_insert(w, asked, state);
    TRY(is_new ? stmt_struct_bulk_row(bulk, &in) : write_again(w, &in));
    answer->outcome = waits ? LEDGER_OK_QUEUED : LEDGER_OK_RESERVED;
    answer->claim_id = in.id;
    answer->amount_fen = asked->grant_fen;
    answer->state = state;
    if (waits)
        return ERR_OK;
    ledger_claim_row row = {.id = in.id,
                            .key = in.key,
                            .round = in.round,
                            .attempt = asked->row.attempt,
                            .amount_fen = in.amount_fen,
                            .case_id = in.case_id,
                            .payee_record = in.payee_record,
                            .payee_id = in.payee_id,
                            .article = in.article};
    *posting = ledger_claim_posting(w, LEDGER_MOVE_RESERVE, &row, asked->line, STR(""));
    return ERR_OK;
}

static enum err write_claims(struct work *w, struct asked *rows, int32_t count,
                             const struct ledger_shortage_rule *rule, struct ledger_answer *answers)
{
    struct ledger_posting_given *postings =
        ARENA_NEW_ARRAY(w->arena, struct ledger_posting_given, (size_t)count);
    if (!postings)
        return fail(w, ERR_MEMORY, "no memory for %d postings", count);
    struct bulk *bulk;
    TRY(stmt_bulk_begin(w, &ledger_claim_insert_stmt, &bulk));
    int32_t posting_count = 0;
    enum err err = ERR_OK;
    for (int32_t i = 0; i < count && err == ERR_OK; i++) {
        if (!rows[i].line)
            continue;
        err = write_claim(w, bulk, &rows[i], rule, &postings[posting_count], &answers[i]);
        posting_count += err == ERR_OK && answers[i].outcome == LEDGER_OK_RESERVED;
    }
    enum err ended = stmt_bulk_end(bulk, NULL);
    TRY(err);
    TRY(ended);
    return ledger_post(w, postings, posting_count);
}

/* Finds the lines of what is new, locks them and shares their money out. */
static enum err grant(struct work *w, struct asked *rows, int32_t count,
                      const struct ledger_shortage_rule *rule)
{
    int64_t *line_ids = ARENA_NEW_ARRAY(w->arena, int64_t, (size_t)count);
    struct line_lists *lists = ARENA_NEW(w->arena, struct line_lists);
    if (!line_ids || !lists)
        return fail(w, ERR_MEMORY, "no memory for %d claims", count);
    int32_t line_count = 0;
    for (int32_t i = 0; i < count; i++)
        if (rows[i].line_id != 0) {
            TRY(find_line(w, lists, rows[i].claim, &rows[i].line_id));
            line_ids[line_count++] = rows[i].line_id;
        }
    struct ledger_lines_locked set;
    TRY(ledger_lock(w, line_ids, line_count, &set));
    for (int32_t i = 0; i < count; i++)
        if (rows[i].line_id != 0)
            rows[i].line = ledger_locked_line(&set, rows[i].line_id);
    for (int32_t i = 0; i < set.line_count; i++) {
        if (rule->shortage == LEDGER_SHORT_SHARE)
            TRY(grant_shares(w, rows, count, &set.lines[i]));
        else
            grant_in_order(rows, count, &set.lines[i]);
    }
    return ERR_OK;
}

enum err ledger_reserve(struct work *w, const struct ledger_claim *claims, int32_t count,
                        const struct ledger_shortage_rule *rule, struct ledger_answer *ret_answers)
{
    if (count > LEDGER_CLAIMS_MAX)
        return fail(w, ERR_LIMIT, "一次最多预留%d笔", LEDGER_CLAIMS_MAX);
    struct asked *rows = ARENA_NEW_ARRAY(w->arena, struct asked, (size_t)count + 1);
    struct ledger_answer *answers =
        ARENA_NEW_ARRAY(w->arena, struct ledger_answer, (size_t)count + 1);
    if (!rows || !answers)
        return fail(w, ERR_MEMORY, "no memory for %d claims", count);
    TRY(look_up(w, claims, count, rows));
    for (int32_t i = 0; i < count; i++) {
        bool is_new = rows[i].row.id == 0 || rows[i].row.state == LEDGER_CLAIM_VOIDED;
        rows[i].line_id = is_new ? 1 : 0; /* found below */
        if (is_new)
            continue;
        if (!same_content(&claims[i], &rows[i].row))
            return fail(w, ERR_LEDGER_KEY, "“%.*s”已经以另外的内容登记", STR_ARG(claims[i].key));
        answers[i] = answer_of_row(&rows[i].row);
    }
    TRY(grant(w, rows, count, rule));
    TRY(write_claims(w, rows, count, rule, answers));
    for (int32_t i = 0; i < count; i++)
        ret_answers[i] = answers[i];
    return ERR_OK;
}

/* ---- giving back */

/* From where a claim may be taken back, and the move of its money. */
static const struct way_back {
    enum ledger_claim_state from;
    enum ledger_move move;
} ways_back[] = {
    {LEDGER_CLAIM_QUEUED, LEDGER_MOVE_NONE},
    {LEDGER_CLAIM_RESERVED, LEDGER_MOVE_VOID},
    {LEDGER_CLAIM_RETURNED, LEDGER_MOVE_RELEASE},
};

static enum err move_claim(struct work *w, const ledger_claim_row *row, enum ledger_claim_state to,
                           struct str reason)
{
    struct ledger_claim_move_in in = {.id = row->id,
                                      .from_state = row->state,
                                      .to_state = (int32_t)to,
                                      .round = row->round,
                                      .attempt = row->attempt,
                                      .batch_id = row->batch_id,
                                      .reason = reason,
                                      .changed_ms = w->now_ms};
    int64_t changed_count;
    TRY(ledger_claim_move(w, &in, &changed_count));
    return changed_count == 1
               ? ERR_OK
               : fail(w, ERR_STORE_CONFLICT, "claim %" PRId64 " was moved meanwhile", row->id);
}

static enum err take_back(struct work *w, const ledger_claim_row *row, enum ledger_move move,
                          struct str reason)
{
    TRY(move_claim(w, row, LEDGER_CLAIM_VOIDED, reason));
    if (move == LEDGER_MOVE_NONE)
        return ERR_OK;
    struct ledger_lines_locked set;
    TRY(ledger_lock(w, &row->line_id, 1, &set));
    struct ledger_posting_given posting = ledger_claim_posting(w, move, row, &set.lines[0], reason);
    return ledger_post(w, &posting, 1);
}

enum err ledger_void(struct work *w, struct str key, struct str reason)
{
    struct ledger_claim_by_key_in in = {key};
    ledger_claim_row row;
    TRY(stmt_struct_one(w, &ledger_claim_by_key_stmt, &in, &row));
    if (row.state == LEDGER_CLAIM_VOIDED)
        return ERR_OK;
    for (size_t i = 0; i < sizeof ways_back / sizeof ways_back[0]; i++)
        if ((int32_t)ways_back[i].from == row.state)
            return take_back(w, &row, ways_back[i].move, reason);
    return fail(w, ERR_LEDGER_STATE, "这一笔%s，不能撤销", ledger_claim_words[row.state].label);
}

enum err ledger_expire(struct work *w, int32_t count_max, int32_t *ret_expired_count)
{
    struct ledger_claim_expired_in in = {LEDGER_CLAIM_RESERVED, w->today_day, count_max};
    ledger_claim_row *rows;
    int32_t count;
    TRY(ledger_claims_read(w, &ledger_claim_expired_stmt, &in, count_max, &rows, &count));
    int64_t *line_ids = ARENA_NEW_ARRAY(w->arena, int64_t, (size_t)count);
    struct ledger_posting_given *postings =
        ARENA_NEW_ARRAY(w->arena, struct ledger_posting_given, (size_t)count);
    if (!line_ids || !postings)
        return fail(w, ERR_MEMORY, "no memory for %d claims", count);
    for (int32_t i = 0; i < count; i++)
        line_ids[i] = rows[i].line_id;
    struct ledger_lines_locked set;
    TRY(ledger_lock(w, line_ids, count, &set));
    for (int32_t i = 0; i < count; i++) {
        TRY(move_claim(w, &rows[i], LEDGER_CLAIM_VOIDED, STR("预留到期")));
        postings[i] = ledger_claim_posting(w, LEDGER_MOVE_EXPIRE, &rows[i],
                                           ledger_locked_line(&set, rows[i].line_id), STR(""));
    }
    TRY(ledger_post(w, postings, count));
    *ret_expired_count = count;
    return ERR_OK;
}

/* ---- the queue */

static enum err run_queue_of_line(struct work *w, int64_t line_id, int32_t count_max,
                                  int32_t *ret_count)
{
    struct ledger_claim_waiting_in in = {line_id, LEDGER_CLAIM_QUEUED, 0, count_max};
    ledger_claim_row *rows;
    int32_t count;
    TRY(ledger_claims_read(w, &ledger_claim_waiting_stmt, &in, count_max, &rows, &count));
    struct ledger_lines_locked set;
    TRY(ledger_lock(w, &line_id, 1, &set));
    struct ledger_posting_given *postings =
        ARENA_NEW_ARRAY(w->arena, struct ledger_posting_given, (size_t)count);
    if (!postings)
        return fail(w, ERR_MEMORY, "no memory for %d claims", count);
    int64_t left_fen = set.lines[0].balance.accounts_fen[LEDGER_ACCOUNT_AVAILABLE];
    int32_t reserved_count = 0;
    for (int32_t i = 0; i < count && rows[i].amount_fen <= left_fen; i++) {
        left_fen -= rows[i].amount_fen;
        TRY(move_claim(w, &rows[i], LEDGER_CLAIM_RESERVED, STR("")));
        postings[reserved_count++] =
            ledger_claim_posting(w, LEDGER_MOVE_RESERVE, &rows[i], &set.lines[0], STR("排队到位"));
    }
    TRY(ledger_post(w, postings, reserved_count));
    *ret_count = reserved_count;
    return ERR_OK;
}

enum err ledger_queue_run(struct work *w, int32_t count_max, int32_t *ret_reserved_count)
{
    int64_t *line_ids = ARENA_NEW_ARRAY(w->arena, int64_t, LEDGER_LINES_MAX);
    if (!line_ids)
        return fail(w, ERR_MEMORY, "no memory for the lines with a queue");
    struct cursor cursor;
    TRY(ledger_claim_queues(w, &cursor));
    int32_t line_count = 0;
    bool more = true;
    while (line_count < LEDGER_LINES_MAX) {
        struct ledger_claim_queues_out row;
        TRY(ledger_claim_queues_next(&cursor, &row, &more));
        if (!more)
            break;
        line_ids[line_count++] = row.line_id;
    }
    cursor_close(&cursor);
    int32_t reserved_count = 0;
    for (int32_t i = 0; i < line_count && reserved_count < count_max; i++) {
        struct ledger_line line;
        TRY(ledger_line_read(w, line_ids[i], &line));
        if (!line.year_is_open)
            continue;
        int32_t count = 0;
        TRY(run_queue_of_line(w, line_ids[i], count_max - reserved_count, &count));
        reserved_count += count;
    }
    *ret_reserved_count = reserved_count;
    return ERR_OK;
}

/* ---- reading */

enum err ledger_state_of(struct work *w, struct str key, struct ledger_state *ret_state)
{
    struct ledger_claim_by_key_in in = {key};
    ledger_claim_row row;
    TRY(stmt_struct_one(w, &ledger_claim_by_key_stmt, &in, &row));
    return ledger_state_of_row(w, &row, ret_state);
}

enum err ledger_claim_read(struct work *w, int64_t claim_id, struct ledger_state *ret_state)
{
    ledger_claim_row row;
    TRY(ledger_claim_by_id(w, &(struct ledger_claim_by_id_in){claim_id}, &row));
    return ledger_state_of_row(w, &row, ret_state);
}

enum err ledger_claims_of(struct work *w, enum ledger_party payee_record, int64_t payee_id,
                          int64_t before_id, int32_t row_count_max, struct ledger_state **ret_rows,
                          int32_t *ret_row_count)
{
    struct ledger_claim_of_payee_in in = {(int32_t)payee_record, payee_id,
                                          before_id > 0 ? before_id : INT64_MAX, row_count_max};
    ledger_claim_row *rows;
    int32_t count;
    TRY(ledger_claims_read(w, &ledger_claim_of_payee_stmt, &in, row_count_max, &rows, &count));
    struct ledger_state *states = ARENA_NEW_ARRAY(w->arena, struct ledger_state, (size_t)count);
    if (!states)
        return fail(w, ERR_MEMORY, "no memory for %d claims", count);
    for (int32_t i = 0; i < count; i++)
        TRY(ledger_state_of_row(w, &rows[i], &states[i]));
    *ret_rows = states;
    *ret_row_count = count;
    return ERR_OK;
}
