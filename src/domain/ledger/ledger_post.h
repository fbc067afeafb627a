/* ledger_post.h — the writer of postings (inside the room only): entries, totals of lines and days,
 * events, in one go.
 *
 * Lines are locked first (on PostgreSQL by their rows, on SQLite by being the one writer), in the
 * order of their ids, so that two writers never wait for each other in a circle. What a set holds
 * is what the store held when it was locked, moved by what was posted since.
 *
 * Memory   in w->arena
 */
#ifndef BAIGONG_LEDGER_POST_H
#define BAIGONG_LEDGER_POST_H

#include "domain/ledger/ledger.h"
#include "ledger_sql.h"

struct ledger_posting_given {
    enum ledger_move move;
    struct str subject; /* of the posting's key: claim and round; the move's name comes before */
    struct ledger_line *line; /* of a locked set */
    int64_t amount_fen;
    int64_t claim_id, case_id, batch_id;
    int64_t person_id;    /* of the event; 0: none */
    struct str claim_key; /* of the event's detail */
    struct str article, words;
};

struct ledger_lines_locked {
    struct ledger_line *lines; /* by id */
    int32_t line_count;
};

/* Locks the lines (each id once or more often, in any order) and checks clock and year: unless
 * their years are open ERR_LEDGER_YEAR. */
enum err ledger_lock(struct work *w, const int64_t *line_ids, int32_t count,
                     struct ledger_lines_locked *ret_set);
struct ledger_line *ledger_locked_line(const struct ledger_lines_locked *set, int64_t line_id);

/* Writes the postings; a line that would fall below zero is a wrong program or, where another took
 * the money, ERR_LEDGER_SHORT. */
enum err ledger_post(struct work *w, const struct ledger_posting_given *rows, int32_t count);

/* The posting of a claim's move, with the claim's round and attempt in its key. */
struct ledger_posting_given ledger_claim_posting(struct work *w, enum ledger_move move,
                                                 const struct ledger_claim_by_id_out *row,
                                                 struct ledger_line *line, struct str words);

enum ledger_account ledger_move_from(enum ledger_move move);
enum ledger_account ledger_move_to(enum ledger_move move);

/* The instant of a posting on the line: not before its newest one. */
int64_t ledger_line_now(const struct work *w, const struct ledger_line *line);

#endif
