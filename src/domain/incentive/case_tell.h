/* case_tell.h — whoever a case is about is told what became of it: letters and messages that follow
 * the moves of case.def.
 *
 *   asked       letter of the question, message         noticed   message
 *   finance     letter of the grant                     paid      message
 *   refused     letter with the reason, message         returned  message
 *   recovering  letter of the recovery, message
 *
 * A follower of the event log (store/outbox.h): each move is told of once, whatever is run again. A
 * letter quotes the article and the conditions under which the entitlement was found.
 *
 * Memory   in the arena of the unit of work
 * Errors   store errors; a case whose reasons cannot be shown any more is told of without them
 */
#ifndef BAIGONG_CASE_TELL_H
#define BAIGONG_CASE_TELL_H

#include "domain/incentive/case.h"
#include "domain/news/news_book.h"
#include "store/event.h"

struct case_telling {
    const struct vocab *vocab;
    const struct news_book *book;
    const struct case_practice *practice;
};

/* Some events of the log; *ret_event_count 0: nothing is left. */
enum err case_tell_some(struct work_env *env, const struct case_telling *telling,
                        int32_t *ret_event_count, struct fault *fault);

#endif
