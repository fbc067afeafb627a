/* view.h — Mustache templates: read once at start, shown many times.
 *
 * {{name}} escaped, {{{name}}} and {{&name}} raw, {{#name}}…{{/name}}, {{^name}}…{{/name}},
 * {{>partial}}, {{!comment}}, {{a.b}}, {{.}}, {{=<% %>=}} — as npm mustache shows them, but that
 * the indentation of a partial's line is not passed on to the partial's other lines: HTML does not
 * see it. One word is ours: {{#t}}文字{{/t}} is looked up in the language's catalogue when the
 * template is read, so that a page costs nothing to translate.
 *
 * Memory   a view set lives in the arena given; sources must live as long
 * Errors   ERR_VIEW with template, line and what is wrong; ERR_NOT_FOUND for a name
 * Limits   VIEW_DEPTH_MAX sections and partials within each other
 */
#ifndef BAIGONG_VIEW_H
#define BAIGONG_VIEW_H

#include "base/embedded.h"
#include "http/doc.h"

enum { VIEW_DEPTH_MAX = 32 }; /* partials that name themselves end here */

/* The words of a language for a text of a template; the text itself when it has none. */
typedef struct str view_translate(void *context, struct str text);

struct view_set;

/* translate may be NULL. Partials may stand anywhere in the list; one that is not there is an
 * error. */
enum err view_set_new(struct arena *arena, const struct embedded_file *sources,
                      int32_t source_count, view_translate *translate, void *context,
                      struct view_set **ret_views, struct fault *fault);

bool view_exists(const struct view_set *views, const char *name);

enum err view_show(const struct view_set *views, const char *name, const struct doc *doc,
                   struct text_buf *out, struct fault *fault);

#endif
