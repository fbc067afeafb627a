/* The invariants of ledger.h, each by reading what it is about in full. */
#include "domain/ledger/ledger.h"

#include "domain/ledger/ledger_line.h"
#include "ledger_batch_sql.h"

const struct ledger_words ledger_invariant_words[LEDGER_INVARIANT_COUNT] = {
    [LEDGER_SUM_OF_POSTING] = {"sum_of_posting", "每笔记账借贷相抵", "entries sum to zero"},
    [LEDGER_SUM_OF_LINE] = {"sum_of_line", "每个预算项各科目相抵", "accounts sum to zero"},
    [LEDGER_BELOW_ZERO] = {"below_zero", "预留和支付不超预算", "spent is within the budget"},
    [LEDGER_DOUBLE_KEY] = {"double_key", "一笔只记一次", "one posting a key"},
    [LEDGER_DOUBLE_PAYMENT] = {"double_payment", "一笔只付一次", "a claim is paid once"},
    [LEDGER_TOTAL_OF_LINE] = {"total_of_line", "预算项合计等于明细", "line totals are rebuilt"},
    [LEDGER_TOTAL_OF_DAY] = {"total_of_day", "每日合计等于明细", "day totals are rebuilt"},
    [LEDGER_TOTAL_OF_BATCH] = {"total_of_batch", "批次合计等于明细", "batch totals are rebuilt"},
    [LEDGER_CLAIMS_OF_LINE] = {"claims_of_line", "科目余额等于各笔之和", "accounts equal claims"},
};

static const enum ledger_account account_of_state[LEDGER_CLAIM_STATE_COUNT] = {
    LEDGER_ACCOUNT_NONE,
#define STATE(name, account, label, label_en) LEDGER_ACCOUNT_##account,
#include "domain/ledger/ledger.def"
};

/* ---- counts of broken rows that a statement gives */

static const struct {
    enum ledger_invariant invariant;
    const struct stmt *stmt;
} counted[] = {
    {LEDGER_SUM_OF_POSTING, &ledger_audit_postings_stmt},
    {LEDGER_SUM_OF_POSTING, &ledger_audit_entries_stmt},
    {LEDGER_BELOW_ZERO, &ledger_audit_below_zero_stmt},
    {LEDGER_DOUBLE_KEY, &ledger_audit_keys_stmt},
    {LEDGER_TOTAL_OF_DAY, &ledger_audit_days_stmt},
    {LEDGER_TOTAL_OF_BATCH, &ledger_audit_batches_stmt},
    {LEDGER_DOUBLE_PAYMENT, &ledger_audit_payments_stmt},
};

static void note(struct ledger_audit *audit, enum ledger_invariant invariant, int64_t count,
                 int64_t first_id)
{
    if (count > 0 && audit->broken_counts[invariant] == 0)
        audit->first_broken_ids[invariant] = first_id;
    audit->broken_counts[invariant] += count;
    audit->broken_count += count;
}

static enum err count_broken(struct work *w, struct ledger_audit *audit)
{
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) {
        struct stmt_value out[2];
        TRY(stmt_one(w, counted[i].stmt, NULL, out));
        note(audit, counted[i].invariant, out[0].number, out[1].absent ? 0 : out[1].number);
    }
    return ERR_OK;
}

/* ---- lines against their entries and claims */

struct line_check {
    struct ledger_line line;
    struct ledger_balance entries, claims;
};

struct line_checks {
    struct line_check *rows; /* by id */
    int32_t count;
    int64_t without_line_count;
};

static enum err read_lines(struct work *w, struct line_checks *checks)
{
    struct ledger_line *lines;
    TRY(ledger_lines(w, &(struct ledger_line_filter){0}, &lines, &checks->count));
    checks->rows = ARENA_NEW_ARRAY(w->arena, struct line_check, (size_t)checks->count);
    if (!checks->rows)
        return fail(w, ERR_MEMORY, "no memory for %d lines", checks->count);
    for (int32_t i = 0; i < checks->count; i++)
        checks->rows[i].line = lines[i];
    return ERR_OK;
}

static struct line_check *check_of(struct line_checks *checks, int64_t line_id)
{
    for (int32_t i = 0; i < checks->count; i++)
        if (checks->rows[i].line.id == line_id)
            return &checks->rows[i];
    checks->without_line_count++;
    return NULL;
}

static enum err add_entries(struct work *w, struct line_checks *checks)
{
    struct cursor cursor;
    TRY(ledger_audit_line_sums(w, &cursor));
    for (;;) {
        struct ledger_audit_line_sums_out row;
        bool more;
        TRY(ledger_audit_line_sums_next(&cursor, &row, &more));
        if (!more)
            return ERR_OK;
        struct line_check *line = check_of(checks, row.line_id);
        if (line && row.account > 0 && row.account < LEDGER_ACCOUNT_COUNT)
            line->entries.accounts_fen[row.account] += row.amount_fen;
    }
}

static enum err add_claims(struct work *w, struct line_checks *checks)
{
    struct cursor cursor;
    TRY(ledger_audit_claims(w, &cursor));
    for (;;) {
        struct ledger_audit_claims_out row;
        bool more;
        TRY(ledger_audit_claims_next(&cursor, &row, &more));
        if (!more)
            return ERR_OK;
        struct line_check *line = check_of(checks, row.line_id);
        if (line && row.state > 0 && row.state < LEDGER_CLAIM_STATE_COUNT)
            line->claims.accounts_fen[account_of_state[row.state]] += row.amount_fen;
    }
}

static void compare_line(struct ledger_audit *audit, const struct line_check *check)
{
    static const enum ledger_account of_claims[] = {LEDGER_ACCOUNT_RESERVED, LEDGER_ACCOUNT_TRANSIT,
                                                    LEDGER_ACCOUNT_PAID, LEDGER_ACCOUNT_RETURNED};
    const int64_t *accounts = check->line.balance.accounts_fen;
    int64_t sum_fen = 0;
    bool same_as_entries = true, same_as_claims = true;
    for (int32_t a = 1; a < LEDGER_ACCOUNT_COUNT; a++) {
        sum_fen += accounts[a];
        same_as_entries &= accounts[a] == check->entries.accounts_fen[a];
    }
    for (size_t i = 0; i < sizeof of_claims / sizeof of_claims[0]; i++)
        same_as_claims &= accounts[of_claims[i]] == check->claims.accounts_fen[of_claims[i]];
    note(audit, LEDGER_SUM_OF_LINE, sum_fen != 0, check->line.id);
    note(audit, LEDGER_TOTAL_OF_LINE, !same_as_entries, check->line.id);
    note(audit, LEDGER_CLAIMS_OF_LINE, !same_as_claims, check->line.id);
}

static enum err compare_lines(struct work *w, struct ledger_audit *audit)
{
    struct line_checks checks = {0};
    TRY(read_lines(w, &checks));
    TRY(add_entries(w, &checks));
    TRY(add_claims(w, &checks));
    note(audit, LEDGER_TOTAL_OF_LINE, checks.without_line_count, 0);
    for (int32_t i = 0; i < checks.count; i++)
        compare_line(audit, &checks.rows[i]);
    return ERR_OK;
}

enum err ledger_audit(struct work *w, struct ledger_audit *ret_audit)
{
    struct ledger_audit audit = {0};
    struct ledger_audit_counts_out counts;
    TRY(ledger_audit_counts(w, &counts));
    audit.posting_count = counts.posting_count;
    audit.entry_count = counts.entry_count;
    audit.claim_count = counts.claim_count;
    audit.line_count = counts.line_count;
    TRY(count_broken(w, &audit));
    TRY(compare_lines(w, &audit));
    *ret_audit = audit;
    return ERR_OK;
}
