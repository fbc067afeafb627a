#include "domain/incentive/incentive_enact.h"

#include "domain/incentive/incentive_draft.h"
#include "incentive_draft_sql.h"
#include "policy/front_matter.h"
#include "policy/policy_files.h"
#include "policy/policy_limits.h"

#include <string.h>

/* What was enacted, and the documents in force on a day. */

static int32_t numbered(const struct policy_source *sources, int32_t count, struct str number)
{
    for (int32_t i = 0; i < count; i++)
        if (str_equal(front_matter_number(sources[i].text), number))
            return i;
    return -1;
}

enum err enact_lay_over(struct arena *arena, const struct policy_source *base, int32_t base_count,
                        const struct policy_source *own, struct policy_source **ret_sources,
                        int32_t *ret_source_count, int32_t *ret_index, struct fault *fault)
{
    if (base_count >= POLICY_DOCUMENTS_MAX)
        return fault_set(fault, ERR_POLICY_LIMIT, "more than %d documents", POLICY_DOCUMENTS_MAX);
    struct policy_source *all =
        ARENA_NEW_ARRAY(arena, struct policy_source, (size_t)base_count + 1);
    if (!all)
        return fault_set(fault, ERR_MEMORY, "no memory for the documents");
    if (base_count > 0)
        memcpy(all, base, (size_t)base_count * sizeof *all);
    int32_t index = numbered(base, base_count, front_matter_number(own->text));
    if (index < 0) {
        index = base_count++;
        all[index].path = own->path;
    }
    all[index].text = own->text;
    *ret_sources = all;
    *ret_source_count = base_count;
    *ret_index = index;
    return ERR_OK;
}

enum err enactment_version(struct work *w, int32_t day, int64_t *ret_version)
{
    struct enactment_counted_out out;
    TRY(enactment_counted(w, &(struct enactment_counted_in){.day = day}, &out));
    *ret_version = out.row_count;
    return ERR_OK;
}

enum err enactment_sources(struct work *w, struct arena *arena, const struct policy_source *base,
                           int32_t base_count, int32_t day, struct policy_source **ret_sources,
                           int32_t *ret_source_count)
{
    struct policy_source *sources =
        ARENA_NEW_ARRAY(arena, struct policy_source, (size_t)base_count + 1);
    if (!sources)
        return fail(w, ERR_MEMORY, "no memory for the documents in force");
    if (base_count > 0)
        memcpy(sources, base, (size_t)base_count * sizeof *sources);
    struct cursor cursor;
    TRY(enactment_bodies(w, &(struct enactment_bodies_in){.day = day}, &cursor));
    for (;;) {
        struct enactment_bodies_out row;
        bool more;
        TRY(enactment_bodies_next(&cursor, &row, &more));
        if (!more)
            break;
        struct policy_source own = {str_copy(arena, row.path), str_copy(arena, row.body)};
        if (!own.path.ptr || !own.text.ptr)
            return fail(w, ERR_MEMORY, "no memory for the documents in force");
        int32_t index;
        TRY(enact_lay_over(arena, sources, base_count, &own, &sources, &base_count, &index,
                           &w->fault));
    }
    *ret_sources = sources;
    *ret_source_count = base_count;
    return ERR_OK;
}

struct in_force {
    struct arena *arena;
    const struct policy_source *base;
    int32_t base_count;
    int32_t day;
    struct policy_source *sources;
    int32_t source_count;
    int64_t version;
};

static enum err in_force_step(struct work *w, void *context)
{
    struct in_force *f = context;
    TRY(enactment_version(w, f->day, &f->version));
    return enactment_sources(w, f->arena, f->base, f->base_count, f->day, &f->sources,
                             &f->source_count);
}

enum err incentive_policy_in_force(struct work_env *env, struct arena *arena,
                                   const struct vocab *vocab, const char *path, int32_t day,
                                   struct incentive_policy *ret_policy, int64_t *ret_version,
                                   struct findings *ret_findings, struct fault *fault)
{
    struct policy_source *base;
    struct in_force f = {.arena = arena, .day = day};
    TRY(policy_sources_read(arena, path, &base, &f.base_count, fault));
    f.base = base;
    TRY(work_run(env, WORK_READ, in_force_step, &f, fault));
    struct incentive_policy read = {.sources = f.sources, .source_count = f.source_count};
    *ret_policy = read; /* findings point into the sources, also when the policy has errors */
    TRY(policy_read(arena, vocab, read.sources, read.source_count, &read.policy, ret_findings,
                    fault));
    TRY(program_compile(arena, read.policy, &read.program, fault));
    *ret_policy = read;
    *ret_version = f.version;
    return ERR_OK;
}

enum err enactment_list(struct work *w, struct str number, struct enactment **ret_rows,
                        int32_t *ret_row_count)
{
    struct enactment *rows = ARENA_NEW_ARRAY(w->arena, struct enactment, DRAFT_ROWS_MAX);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for the enacted documents");
    struct enactment_of_number_in in = {.number = number, .row_count_max = DRAFT_ROWS_MAX};
    struct cursor cursor;
    TRY(enactment_of_number(w, &in, &cursor));
    int32_t count = 0;
    for (;;) {
        struct enactment_of_number_out row;
        bool more;
        TRY(enactment_of_number_next(&cursor, &row, &more));
        if (!more)
            break;
        rows[count++] = (struct enactment){
            .id = row.id, .kind = (enum draft_kind)row.kind, .from_day = row.from_day,
            .enacted_ms = row.enacted_ms, .draft_id = row.draft_id,
            .author_name = str_copy(w->arena, row.author_name),
            .approver_name = str_copy(w->arena, row.approver_name),
            .reason = str_copy(w->arena, row.reason),
        };
    }
    *ret_rows = rows;
    *ret_row_count = count;
    return ERR_OK;
}

enum err enactment_text(struct work *w, int64_t id, struct str *ret_number, struct str *ret_body)
{
    struct enactment_body_out row;
    TRY(enactment_body(w, &(struct enactment_body_in){.id = id}, &row));
    *ret_number = row.number;
    *ret_body = row.body;
    return ERR_OK;
}
