#include "domain/ledger/ledger_post.h"

#include "base/checked.h"
#include "base/id.h"
#include "base/json.h"
#include "base/money.h"
#include "domain/ledger/ledger_line.h"
#include "store/event.h"

#include <inttypes.h>
#include <stdlib.h>

/* What each move does; its name is the first part of a posting's key. */
static const struct move {
    const char *name;
    enum ledger_account from, to;
    const char *event;
} moves[LEDGER_MOVE_COUNT] = {
    {"", LEDGER_ACCOUNT_NONE, LEDGER_ACCOUNT_NONE, ""},
#define MOVE(name, from, to, event, label, label_en)                                               \
    {#name, LEDGER_ACCOUNT_##from, LEDGER_ACCOUNT_##to, event},
#include "domain/ledger/ledger.def"
};

enum ledger_account ledger_move_from(enum ledger_move move)
{
    return moves[move].from;
}

enum ledger_account ledger_move_to(enum ledger_move move)
{
    return moves[move].to;
}

/* ---- locking */

static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int64_t ledger_line_now(const struct work *w, const struct ledger_line *line)
{
    return w->now_ms > line->last_ms ? w->now_ms : line->last_ms;
}

static enum err lock_line(struct work *w, int64_t id, struct ledger_line *ret_line)
{
    struct ledger_line_lock_in in = {.id = id};
    ledger_line_row row;
    struct ledger_line line;
    TRY(stmt_struct_one(w, &ledger_line_lock_stmt, &in, &row));
    TRY(ledger_line_of_row(w, &row, &line));
    if (!line.year_is_open)
        return fail(w, ERR_LEDGER_YEAR, "“%.*s”%d年度已经结账", STR_ARG(line.fund), line.year);
    if (w->now_ms < line.last_ms - LEDGER_SKEW_MS) {
        fail(w, ERR_LEDGER_CLOCK, "服务器的时钟比最近一笔记账早%" PRId64 "秒",
             (line.last_ms - w->now_ms) / 1000);
        return fault_hint(&w->fault, "校准服务器时间后再办。");
    }
    *ret_line = line;
    return ERR_OK;
}

enum err ledger_lock(struct work *w, const int64_t *line_ids, int32_t count,
                     struct ledger_lines_locked *ret_set)
{
    int64_t *ids = ARENA_NEW_ARRAY(w->arena, int64_t, (size_t)count);
    if (!ids)
        return fail(w, ERR_MEMORY, "no memory for %d budget lines", count);
    for (int32_t i = 0; i < count; i++)
        ids[i] = line_ids[i];
    qsort(ids, (size_t)count, sizeof ids[0], compare_ids);
    int32_t distinct_count = 0;
    for (int32_t i = 0; i < count; i++)
        if (i == 0 || ids[i] != ids[i - 1])
            ids[distinct_count++] = ids[i];
    struct ledger_lines_locked set = {
        ARENA_NEW_ARRAY(w->arena, struct ledger_line, (size_t)distinct_count), distinct_count};
    if (!set.lines)
        return fail(w, ERR_MEMORY, "no memory for %d budget lines", count);
    for (int32_t i = 0; i < distinct_count; i++)
        TRY(lock_line(w, ids[i], &set.lines[i]));
    *ret_set = set;
    return ERR_OK;
}

struct ledger_line *ledger_locked_line(const struct ledger_lines_locked *set, int64_t line_id)
{
    for (int32_t i = 0; i < set->line_count; i++)
        if (set->lines[i].id == line_id)
            return &set->lines[i];
    return NULL;
}

/* ---- posting */

struct ledger_posting_given ledger_claim_posting(struct work *w, enum ledger_move move,
                                                 const ledger_claim_row *row,
                                                 struct ledger_line *line, struct str words)
{
    const char *subject =
        text_in(w->arena, "%.*s#%d.%d", STR_ARG(row->key), row->round, row->attempt);
    return (struct ledger_posting_given){
        .move = move,
        .subject = str_from(subject),
        .line = line,
        .amount_fen = row->amount_fen,
        .claim_id = row->id,
        .case_id = row->case_id,
        .batch_id = row->batch_id,
        .person_id = row->payee_record == LEDGER_PERSON ? row->payee_id : 0,
        .claim_key = row->key,
        .article = row->article,
        .words = words,
    };
}

/* Entries of one day, article and account of a line, added up over a call. */
struct day_sum {
    int64_t line_id;
    struct str article;
    enum ledger_account account;
    int64_t amount_fen, entry_count;
};

struct writing {
    struct bulk *postings, *entries;
    struct day_sum *sums;
    int32_t sum_count, sum_capacity;
    struct ledger_line **lines; /* touched, each once */
    struct ledger_balance *changes;
    int64_t *posting_counts;
    int32_t line_count;
};

/* Lines and articles of a call are few; the last one is nearly always the one wanted. */
static struct day_sum *sum_of(struct work *w, struct writing *writing, int64_t line_id,
                              struct str article, enum ledger_account account)
{
    for (int32_t i = writing->sum_count - 1; i >= 0; i--) {
        struct day_sum *sum = &writing->sums[i];
        if (sum->line_id == line_id && sum->account == account && str_equal(sum->article, article))
            return sum;
    }
    if (writing->sum_count == writing->sum_capacity) {
        int32_t capacity = writing->sum_capacity * 2 + 16;
        struct day_sum *grown = ARENA_NEW_ARRAY(w->arena, struct day_sum, (size_t)capacity);
        if (!grown)
            return NULL;
        for (int32_t i = 0; i < writing->sum_count; i++)
            grown[i] = writing->sums[i];
        writing->sums = grown;
        writing->sum_capacity = capacity;
    }
    struct day_sum *sum = &writing->sums[writing->sum_count++];
    *sum = (struct day_sum){line_id, article, account, 0, 0};
    return sum;
}

static int32_t line_index(struct writing *writing, struct ledger_line *line)
{
    for (int32_t i = writing->line_count - 1; i >= 0; i--)
        if (writing->lines[i] == line)
            return i;
    writing->lines[writing->line_count] = line;
    return writing->line_count++;
}

static enum err too_little(struct work *w, const struct ledger_line *line, int64_t amount_fen)
{
    int64_t available_fen = line->balance.accounts_fen[LEDGER_ACCOUNT_AVAILABLE];
    return fail(w, ERR_LEDGER_SHORT, "“%.*s”%d年度这一项可用%s，不够%s", STR_ARG(line->fund),
                line->year, money_text_in(w->arena, available_fen),
                money_text_in(w->arena, amount_fen));
}

/* Moves the amount in the line in memory; invariant 2. */
static enum err move_in_line(struct work *w, const struct ledger_posting_given *row,
                             struct ledger_balance *change)
{
    enum ledger_account from = moves[row->move].from, to = moves[row->move].to;
    int64_t *accounts = row->line->balance.accounts_fen;
    bool may_be_below = from == LEDGER_ACCOUNT_BUDGET || from == LEDGER_ACCOUNT_DEBT;
    if (row->amount_fen <= 0)
        return fail(w, ERR_OVERFLOW, "金额应大于零");
    if (!may_be_below && accounts[from] < row->amount_fen)
        return too_little(w, row->line, row->amount_fen);
    if (!checked_sub(accounts[from], row->amount_fen, &accounts[from]) ||
        !checked_add(accounts[to], row->amount_fen, &accounts[to]))
        return fail(w, ERR_OVERFLOW, "预算合计超出可以表示的范围");
    change->accounts_fen[from] -= row->amount_fen;
    change->accounts_fen[to] += row->amount_fen;
    return ERR_OK;
}

static enum err add_to_day(struct work *w, struct writing *writing, int64_t line_id,
                           struct str article, enum ledger_account account, int64_t amount_fen)
{
    struct day_sum *sum = sum_of(w, writing, line_id, article, account);
    if (!sum)
        return fail(w, ERR_MEMORY, "no memory for the sums of a day");
    sum->amount_fen += amount_fen;
    sum->entry_count++;
    return ERR_OK;
}

static enum err write_posting(struct work *w, struct writing *writing,
                              const struct ledger_posting_given *row)
{
    const struct move *move = &moves[row->move];
    int32_t line = line_index(writing, row->line);
    TRY(move_in_line(w, row, &writing->changes[line]));
    writing->posting_counts[line]++;
    struct ledger_posting_insert_in posting = {
        .id = id_next(w->ids),
        .key = str_from(text_in(w->arena, "%s:%.*s", move->name, STR_ARG(row->subject))),
        .kind = (int32_t)row->move,
        .line_id = row->line->id,
        .claim_id = row->claim_id,
        .case_id = row->case_id,
        .batch_id = row->batch_id,
        .article = row->article,
        .at_ms = ledger_line_now(w, row->line),
        .day = w->today_day,
        .account_id = w->actor.account_id,
        .account_name = w->actor.name.ptr ? w->actor.name : STR(""),
        .words = row->words.ptr ? row->words : STR(""),
    };
    TRY(stmt_struct_bulk_row(writing->postings, &posting));
    struct ledger_entry_insert_in entry = {posting.id, 1, row->line->id, (int32_t)move->from,
                                           -row->amount_fen};
    TRY(stmt_struct_bulk_row(writing->entries, &entry));
    entry.position = 2;
    entry.account = (int32_t)move->to;
    entry.amount_fen = row->amount_fen;
    TRY(stmt_struct_bulk_row(writing->entries, &entry));
    TRY(add_to_day(w, writing, row->line->id, row->article, move->from, -row->amount_fen));
    return add_to_day(w, writing, row->line->id, row->article, move->to, row->amount_fen);
}

static enum err write_lines(struct work *w, const struct writing *writing)
{
    for (int32_t i = 0; i < writing->line_count; i++) {
        struct ledger_line *line = writing->lines[i];
        const int64_t *change = writing->changes[i].accounts_fen;
        struct ledger_line_add_in in = {
            .id = line->id,
#define ACCOUNT(name, column, label, label_en) .column = change[LEDGER_ACCOUNT_##name],
#include "domain/ledger/ledger.def"
            .posting_count = writing->posting_counts[i],
            .last_ms = ledger_line_now(w, line),
        };
        TRY(ledger_line_add(w, &in, NULL));
        line->last_ms = in.last_ms;
        line->posting_count += in.posting_count;
    }
    return ERR_OK;
}

static enum err write_days(struct work *w, const struct writing *writing)
{
    for (int32_t i = 0; i < writing->sum_count; i++) {
        const struct day_sum *sum = &writing->sums[i];
        struct ledger_day_add_in in = {sum->line_id,          w->today_day,    sum->article,
                                       (int32_t)sum->account, sum->amount_fen, sum->entry_count};
        TRY(ledger_day_add(w, &in, NULL));
    }
    return ERR_OK;
}

static enum err write_events(struct work *w, const struct ledger_posting_given *rows, int32_t count)
{
    struct event *events = ARENA_NEW_ARRAY(w->arena, struct event, (size_t)count);
    if (!events)
        return fail(w, ERR_MEMORY, "no memory for %d events", count);
    int32_t event_count = 0;
    for (int32_t i = 0; i < count; i++) {
        if (moves[rows[i].move].event[0] == '\0')
            continue;
        struct text_buf detail;
        text_init(&detail, w->arena);
        struct json json;
        json_init(&json, &detail);
        json_object_begin(&json);
        json_add_text(&json, "key", rows[i].claim_key);
        json_object_end(&json);
        events[event_count++] = (struct event){
            .kind = str_from(moves[rows[i].move].event),
            .person_id = rows[i].person_id,
            .subject_id = rows[i].claim_id,
            .detail = text_str(&detail),
        };
    }
    return event_count > 0 ? event_append_all(w, events, event_count) : ERR_OK;
}

static enum err write_postings(struct work *w, struct writing *writing,
                               const struct ledger_posting_given *rows, int32_t count)
{
    TRY(stmt_bulk_begin(w, &ledger_posting_insert_stmt, &writing->postings));
    TRY(stmt_bulk_begin(w, &ledger_entry_insert_stmt, &writing->entries));
    enum err err = ERR_OK;
    for (int32_t i = 0; i < count && err == ERR_OK; i++)
        err = write_posting(w, writing, &rows[i]);
    enum err postings_ended = stmt_bulk_end(writing->postings, NULL);
    enum err entries_ended = stmt_bulk_end(writing->entries, NULL);
    TRY(err);
    TRY(postings_ended);
    return entries_ended;
}

enum err ledger_post(struct work *w, const struct ledger_posting_given *rows, int32_t count)
{
    if (count == 0)
        return ERR_OK;
    struct writing writing = {
        .lines = ARENA_NEW_ARRAY(w->arena, struct ledger_line *, (size_t)count),
        .changes = ARENA_NEW_ARRAY(w->arena, struct ledger_balance, (size_t)count),
        .posting_counts = ARENA_NEW_ARRAY(w->arena, int64_t, (size_t)count),
    };
    if (!writing.lines || !writing.changes || !writing.posting_counts)
        return fail(w, ERR_MEMORY, "no memory for %d postings", count);
    TRY(write_postings(w, &writing, rows, count));
    TRY(write_lines(w, &writing));
    TRY(write_days(w, &writing));
    return write_events(w, rows, count);
}
