/* box.h — whether conditions can hold at all (internal to the front end).
 *
 * A condition is a set of boxes: ranges and sets of values of fields, joined by and, or, not. What
 * is no box (a collection, a register, a computed value) is compared as a whole: it may be true or
 * not, but not both at once. A definition on the same row stands for its own condition.
 *
 * Limits   BOX_STEPS_MAX branches a question; beyond them the answer is "can hold"
 */
#ifndef BAIGONG_BOX_H
#define BAIGONG_BOX_H

#include "policy/reading.h"

enum { BOX_CONDITIONS_MAX = 4 };

struct box_question {
    struct reading *reading;
    const struct document *document; /* a rule's: days in its period lie in force. NULL: not said */
    /* All on one row, or on a row and its owners; NULL holds always. */
    const struct expr *conditions[BOX_CONDITIONS_MAX];
    bool negated; /* asks whether conditions[0] can be false */
    /* NULL, or where one who meets them is described, as far as ranges and sets of values go: "性别
     * 女, 学历 本科". Nothing is added when no condition says anything. */
    struct text_buf *ret_person;
};

/* Whether two expressions on one row are the same value, whatever the facts are. */
bool expr_same(const struct expr *a, const struct expr *b);

/* False when no record whatever meets all conditions. */
bool box_can_hold(const struct box_question *question);

/* Parts of a condition that are compared as a whole; ret_first is one of them. */
int32_t box_whole_count(const struct expr *condition, const struct expr **ret_first);

#endif
