/* page_components.h — the components of web/component beside their parameters and examples.
 *
 * web/component/examples.json has one entry for each template: what it is for, its parameters, and
 * examples with what their HTML must hold.
 *
 * Memory   everything lives in the arena given
 * Errors   ERR_JSON, ERR_VIEW, ERR_MEMORY
 */
#ifndef BAIGONG_PAGE_COMPONENTS_H
#define BAIGONG_PAGE_COMPONENTS_H

#include "base/json.h"
#include "http/view.h"

/* The list of entries. */
enum err components_read(struct arena *arena, const struct json_value **ret_entries,
                         struct fault *fault);

/* The HTML of an example. */
enum err component_show(struct arena *arena, const struct view_set *views, const char *name,
                        const struct json_value *example, struct str *ret_html,
                        struct fault *fault);

#endif
