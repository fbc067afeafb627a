/* news_objection.h — objections of anyone to a public notice, followed by a receipt code.
 *
 *   OPEN -uphold, with reasons-> UPHELD     -reject, with reasons-> REJECTED
 *
 * Whoever objects gets a code, shown once, and nothing else: the bureau's answer is read with it.
 * Name, contact and text are sealed and private to the bureau. An objection is decided by another
 * than the maker of the notice. A notice does not end while one is open.
 *
 * Events: objection.received, objection.upheld, objection.rejected; subject_id the objection,
 * detail {"notice":"…","position":N,"case":"…"} (case "0": none).
 *
 * Memory   results live in w->arena
 * Errors   ERR_NOT_FOUND; ERR_NEWS_STATE when the notice takes no objections (any more), or it is
 *          decided already; ERR_NEWS_OWN; ERR_LIMIT; ERR_SECRET; store errors
 * Limits   OBJECTION_OPEN_MAX of one notice, OBJECTION_TEXT_SIZE_MAX
 */
#ifndef BAIGONG_NEWS_OBJECTION_H
#define BAIGONG_NEWS_OBJECTION_H

#include "store/work.h"

enum {
    OBJECTION_OPEN_MAX = 2000, /* of one notice: an officer reads each */
    OBJECTION_TEXT_SIZE_MAX = 16 * 1024,
    OBJECTION_ROWS_MAX = 100,
    OBJECTION_CODE_SIZE = 15, /* XXXX-XXXX-XXXX and a zero */
};

enum objection_state {
    OBJECTION_OPEN = 1,
    OBJECTION_UPHELD,
    OBJECTION_REJECTED,
    OBJECTION_STATE_COUNT
};

struct objection {
    int64_t id, notice_id;
    int32_t position; /* line of the notice; 0: the notice as a whole */
    int32_t division;
    int64_t case_id;
    struct str name, contact, text; /* private; name and contact may be empty */
    enum objection_state state;
    int64_t received_ms, decided_ms;
    int32_t due_day; /* DAY_MAX: nothing is promised */
    struct str decided_by, answer;
};

/* Of objection: notice_id, position, name, contact, text, due_day. The code is 60 random bits. */
enum err news_objection_add(struct work *w, const struct objection *objection,
                            char ret_code[OBJECTION_CODE_SIZE], int64_t *ret_id);
enum err news_objection_read(struct work *w, int64_t id, struct objection *ret_objection);
/* Letter case, spaces and hyphens of the code do not matter; ERR_NOT_FOUND. */
enum err news_objection_by_code(struct work *w, struct str code, struct objection *ret_objection);

/* Open ones of the divisions, the one to be answered first at the top, after a key. */
enum err news_objection_waiting(struct work *w, int32_t division_min, int32_t division_max,
                                int32_t after_due_day, int64_t after_id, int32_t row_count_max,
                                struct objection **ret_objections, int32_t *ret_count);
enum err news_objection_waiting_count(struct work *w, int32_t division_min, int32_t division_max,
                                      int64_t *ret_count, int32_t *ret_due_day);
/* Of one notice, oldest first. */
enum err news_objection_of_notice(struct work *w, int64_t notice_id, int64_t after_id,
                                  int32_t row_count_max, struct objection **ret_objections,
                                  int32_t *ret_count);
enum err news_objection_open_count(struct work *w, int64_t notice_id, int64_t *ret_count);

/* state: UPHELD or REJECTED. */
enum err news_objection_decide(struct work *w, int64_t id, enum objection_state state,
                               struct str answer);

const char *news_objection_state_name(enum objection_state state);
const char *news_objection_state_words(enum objection_state state);

#endif
