/* bind.h — a compiled policy at one moment (internal): dates and parameters become numbers, and
 * most conditions become a range test of one cell. */
#ifndef BAIGONG_BIND_H
#define BAIGONG_BIND_H

#include "policy/vector.h"

/* Fills the binding at an index for its moment; those before it are made. bounds has room for
 * program->op_count. Unwinds to w->out_of_memory when memory is out. */
void binding_make(struct worker *w, struct binding *bindings, int32_t index);
void binding_done(struct binding *binding);

#endif
