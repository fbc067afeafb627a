/* front_matter.h — what the head of a document says, found without reading the document.
 *
 * Memory   texts point into the document
 * Errors   none: an absent str when the head does not say it
 */
#ifndef BAIGONG_FRONT_MATTER_H
#define BAIGONG_FRONT_MATTER_H

#include "base/text.h"

struct str front_matter_number(struct str text); /* 文号 */
struct str front_matter_title(struct str text);  /* 标题 */

/* Writes the document with this last day (失效) in its head. */
void front_matter_end(struct text_buf *buf, struct str text, struct str day);

#endif
