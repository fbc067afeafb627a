/* news_notice.h — public notices (公示): who is about to receive what, laid open for so many
 * working days, with names masked and objections heard.
 *
 *   DRAFT -offer-> OFFERED -publish, by another-> PUBLISHED -its days passed-> ENDED
 *     ^----return, by another----'                    `-withdraw, with a reason-> WITHDRAWN
 *
 * Before it is published a second person looks at personal values in its text (news_redact.h)
 * and decides each: masked, or kept with a reason. Names of its lines are masked at that moment
 * and kept so. It does not end while an objection is open. Nothing of its history is ever changed.
 *
 * What follows a notice (cases) reads its events: notice.offered, notice.published, notice.ended,
 * notice.withdrawn, subject_id the notice; and objection.received, objection.upheld,
 * objection.rejected (news_objection.h).
 *
 * Memory   results live in w->arena
 * Errors   ERR_NOT_FOUND; ERR_NEWS_STATE when it is not where this can be done; ERR_NEWS_OWN when
 *          the maker would check; ERR_NEWS_REDACT when personal values are undecided;
 *          ERR_STORE_CONFLICT when somebody changed it meanwhile; ERR_LIMIT; store errors
 * Units    civil days, both ends inclusive; money in fen
 * Limits   NOTICE_LINES_MAX, NOTICE_BODY_SIZE_MAX
 */
#ifndef BAIGONG_NEWS_NOTICE_H
#define BAIGONG_NEWS_NOTICE_H

#include "base/calendar.h"
#include "domain/news/news_redact.h"
#include "store/work.h"

enum {
    NOTICE_LINES_MAX = 20000, /* a batch of one item; more are laid open in several notices */
    NOTICE_BODY_SIZE_MAX = 64 * 1024,
    NOTICE_ROWS_MAX = 100, /* a page */
};

enum notice_state {
    NOTICE_DRAFT = 1,
    NOTICE_OFFERED,
    NOTICE_PUBLISHED,
    NOTICE_ENDED,
    NOTICE_WITHDRAWN,
    NOTICE_STATE_COUNT
};

struct notice {
    int64_t id;
    enum notice_state state;
    int32_t division;
    struct str title, body;             /* body: paragraphs, one a line */
    struct str document, rule, article; /* what it carries out; may be empty */
    struct str issuer, issuer_code;     /* news_book.h knows them by division */
    struct str subject, openness;       /* 主题分类, 公开方式 */
    struct str contact, phone;
    struct str index_number; /* 索引号: CODE/2026-00012; empty before publication */
    int32_t made_day;
    int32_t working_days; /* the span, from the policy document or promise.csv */
    int32_t published_day, last_day, ended_day; /* ABSENT_I32 before */
    int32_t line_count;
    int64_t total_fen;
    int64_t maker_id, made_ms, changed_ms;
    struct str maker, checker, reason;
};

struct notice_line {
    int32_t position;            /* from 1 on */
    int32_t record;              /* REGISTRY_person, REGISTRY_organisation or REGISTRY_carrier */
    int64_t owner_id, holder_id; /* owner_id: the holder's own id for a root */
    struct str name;             /* as shown, masked at publication; empty before */
    struct str unit, item;
    int64_t amount_fen;
    int64_t case_id; /* 0: none */
};

struct notice_move {
    int64_t at_ms;
    struct str move, actor, reason;
};

/* Keeps a notice with its lines as a DRAFT, or OFFERED when notice->state says so. Of notice the
 * fields up to working_days count (index_number and state of publication are set here), of a line
 * all but position and name. */
enum err news_notice_open(struct work *w, const struct notice *notice,
                          const struct notice_line *lines, int32_t line_count, int64_t *ret_id);

enum err news_notice_read(struct work *w, int64_t id, struct notice *ret_notice);
enum err news_notice_lines(struct work *w, int64_t notice_id, int32_t after_position,
                           int32_t row_count_max, struct notice_line **ret_lines,
                           int32_t *ret_count);
enum err news_notice_line(struct work *w, int64_t notice_id, int32_t position,
                          struct notice_line *ret_line);
/* Oldest first. */
enum err news_notice_history(struct work *w, int64_t notice_id, struct notice_move **ret_moves,
                             int32_t *ret_count);
/* The notice that lays a case open: the newest; ERR_NOT_FOUND. */
enum err news_notice_of_case(struct work *w, int64_t case_id, struct notice *ret_notice,
                             int32_t *ret_position);

/* ---- lists: newest first, before a key (INT64_MAX: from the first) */

enum err news_notice_list(struct work *w, enum notice_state state, int32_t division_min,
                          int32_t division_max, int64_t before_id, int32_t row_count_max,
                          struct notice **ret_notices, int32_t *ret_count);
/* What the public sees: published, ended and withdrawn ones, by the day of publication. */
enum err news_notice_public(struct work *w, int32_t before_day, int64_t before_id,
                            int32_t row_count_max, struct notice **ret_notices,
                            int32_t *ret_count);

/* ---- moves; known_ms is the changed_ms that the actor saw */

enum err news_notice_edit(struct work *w, int64_t id, int64_t known_ms, struct str title,
                          struct str body);
enum err news_notice_offer(struct work *w, int64_t id);
enum err news_notice_return(struct work *w, int64_t id, struct str reason);
enum err news_notice_withdraw(struct work *w, int64_t id, struct str reason);

/* Personal values in title, body and lines of a notice, with what was decided of each. */
enum err news_notice_findings(struct work *w, const struct notice *notice,
                              struct redact_finding **ret_findings, int32_t *ret_count);
/* Decides one, by a person other than the maker: masks it wherever it stands in title and body, or
 * keeps it for a reason. found is the value's key in the findings. */
enum err news_notice_mask(struct work *w, int64_t id, struct str found);
enum err news_notice_keep(struct work *w, int64_t id, struct str found, struct str reason);

/* Gives the index number and the days, masks the names; what was not said of the issuer is the
 * office's (NULL: stays as it is). */
struct news_office; /* news_book.h */
enum err news_notice_publish(struct work *w, const struct calendar *calendar,
                             const struct news_office *office, int64_t id);

/* How many are due to end, at most NOTICE_ROWS_MAX: without writing. */
enum err news_notice_due_count(struct work *w, int32_t *ret_count);
/* Ends the published ones whose last day lies before w->today_day and that no open objection
 * holds; at most NOTICE_ROWS_MAX a call. */
enum err news_notice_end_due(struct work *w, int32_t *ret_ended_count);

const char *news_notice_state_name(enum notice_state state);  /* "published" */
const char *news_notice_state_words(enum notice_state state); /* 公示中 */

#endif
