/* import.c — putting the batches of a pipe, in one transaction or in many.
 *
 * Invariant of KEEP_GOOD: the row of import_run, the facts of the rows it counts and the error
 * file's first error_size bytes tell the same story; the file is flushed before the commit. */
#include "domain/registry/import.h"

#include "base/byte_source.h"
#include "base/hash.h"
#include "base/id.h"
#include "base/secret.h"
#include "domain/registry/import_errors.h"
#include "domain/registry/import_pipe.h"
#include "registry_sql.h"
#include "store/work.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Employers, issuers and persons come many times in a file. Ids that were found are kept while a
 * batch lasts, the last one of each place. */
struct known_key {
    struct str key; /* in the batch's arena */
    int64_t id;
};
enum { KNOWN_KEYS = 4096 };

struct import {
    struct work_env *env;
    struct arena *arena;
    const struct import_options *options;
    struct import_context context;
    struct import_header header;
    struct import_pipe *pipe;
    struct import_batch *batch;
    struct known_key known[KNOWN_KEYS];
    struct import_result result;
    struct import_result before; /* as at the last commit: what a repeated step starts from */
    struct import_errors errors;
    int64_t run_id; /* 0: not written yet */
    uint8_t fingerprint[HASH_SIZE];
    bool completed; /* a dry run or an all-or-nothing run came to the end of the file */
};

static void show_problems(struct import *import, const struct import_row *row)
{
    struct import_result *result = &import->result;
    for (int32_t p = 0; p < row->problems->count; p++) {
        if (result->problem_count == IMPORT_SHOWN_PROBLEMS_MAX)
            return;
        struct import_problem *shown = &result->problems[result->problem_count++];
        import_problem_cell(&import->header, row, &row->problems->rows[p], shown->cell);
        memcpy(shown->reason, row->problems->rows[p].reason, sizeof shown->reason);
        memcpy(shown->remedy, row->problems->rows[p].remedy, sizeof shown->remedy);
    }
}

/* ---- one row ---- */

/* The field that says where a root stands, -1 for records without one. */
static int32_t division_field(int32_t table)
{
    return table == REGISTRY_person         ? (int32_t)FIELD_person_division
           : table == REGISTRY_organisation ? (int32_t)FIELD_organisation_division
                                            : -1;
}

/* A row that cannot be put for a reason found in the store. The row itself is not changed, so that
 * the step may be run again. */
static enum err refuse(struct work *w, struct import_row *row, int32_t field, const char *remedy,
                       const char *reason)
{
    row->problems = ARENA_NEW(w->arena, struct fact_problems);
    if (!row->problems)
        return fail(w, ERR_MEMORY, "no memory for a row of the import");
    fact_problem_add(row->problems, field, remedy, "%s", reason);
    return ERR_OK;
}

static struct known_key *known_key(struct import *import, struct str key)
{
    return &import->known[hash_64(key) % KNOWN_KEYS];
}

static enum err find_person(struct work *w, struct import *import, struct str index,
                            int64_t *ret_id)
{
    struct known_key *known = known_key(import, index);
    if (!known->key.ptr || !str_equal(known->key, index)) {
        struct person_by_identity_index_in in = {.identity_index = index};
        struct person_by_identity_index_out out;
        TRY(person_by_identity_index(w, &in, &out));
        *known = (struct known_key){index, out.id};
    }
    *ret_id = known->id;
    return ERR_OK;
}

static enum err find_organisation(struct work *w, struct import *import, struct str credit_code,
                                  int64_t *ret_id)
{
    struct known_key *known = known_key(import, credit_code);
    if (!known->key.ptr || !str_equal(known->key, credit_code)) {
        int64_t id;
        TRY(fact_organisation_by_credit_code(w, credit_code, &id));
        *known = (struct known_key){credit_code, id};
    }
    *ret_id = known->id;
    return ERR_OK;
}

static enum err find_carrier(struct work *w, int64_t organisation_id, struct str name,
                             int64_t *ret_id)
{
    struct fact *carriers;
    int32_t count;
    TRY(fact_read_current(w, REGISTRY_carrier, organisation_id, &carriers, &count));
    for (int32_t i = 0; i < count; i++) {
        const struct carrier *carrier = carriers[i].record;
        if (str_equal(carrier->name, name)) {
            *ret_id = carrier->head.id;
            return ERR_OK;
        }
    }
    return ERR_NOT_FOUND;
}

static enum err find_owner(struct work *w, struct import *import, struct import_row *row,
                           int64_t *ret_id)
{
    switch (registry_owner(row->fact.table)) {
    case REGISTRY_person:
        return find_person(w, import, row->owner_key, ret_id);
    case REGISTRY_organisation:
        return find_organisation(w, import, row->owner_key, ret_id);
    case REGISTRY_carrier: {
        int64_t organisation_id;
        TRY(find_organisation(w, import, row->owner_key, &organisation_id));
        return find_carrier(w, organisation_id, row->owner_carrier, ret_id);
    }
    default:
        *ret_id = 0;
        return ERR_OK;
    }
}

/* A credit code is public, so the reason names it; an identity number is not. */
static enum err refuse_organisation(struct work *w, struct import_row *row, int32_t field,
                                    struct str credit_code)
{
    char reason[PROBLEM_TEXT_SIZE];
    const char *label = field >= 0 ? registry_records[row->fact.table].fields[field].label_zh
                                   : registry_records[REGISTRY_organisation].label_zh;
    snprintf(reason, sizeof reason, "登记中没有代码为%.*s的%s", STR_ARG(credit_code), label);
    return refuse(w, row, field, "请先导入这个单位（organisation），或核对18位代码。", reason);
}

static enum err resolve_owner(struct work *w, struct import *import, struct import_row *row)
{
    struct record_head *head = row->fact.record;
    enum err err = find_owner(w, import, row, &head->owner_id);
    if (err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    if (registry_owner(row->fact.table) == REGISTRY_person)
        return refuse(w, row, -1, "请先导入人员（person），或核对证件号码。",
                      "登记中没有这个证件号码的人");
    if (registry_owner(row->fact.table) == REGISTRY_carrier)
        return refuse(w, row, -1, "请先导入载体（carrier），或核对单位代码和载体名称。",
                      "登记中没有这个载体");
    return refuse_organisation(w, row, -1, row->owner_key);
}

static enum err resolve_reference(struct work *w, struct import *import, struct import_row *row,
                                  int32_t i, struct str key)
{
    const struct field_desc *field = &registry_records[row->fact.table].fields[i];
    bool is_person = registry_ref_table(field) == REGISTRY_person;
    int64_t id = 0;
    enum err err =
        is_person ? find_person(w, import, key, &id) : find_organisation(w, import, key, &id);
    if (err == ERR_OK)
        registry_set_number(field, row->fact.record, id);
    if (err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    if (is_person)
        return refuse(w, row, i, "请先导入人员（person），或核对证件号码。",
                      "登记中没有这个证件号码的人");
    return refuse_organisation(w, row, i, key);
}

static enum err resolve_references(struct work *w, struct import *import, struct import_row *row)
{
    const struct record_desc *desc = &registry_records[row->fact.table];
    int32_t position = 0;
    for (int32_t i = 0; i < desc->field_count && !row->problems; i++) {
        if (desc->fields[i].type != FIELD_REF)
            continue;
        struct str key = row->reference_keys[position++];
        if (key.ptr)
            TRY(resolve_reference(w, import, row, i, key));
    }
    return ERR_OK;
}

/* ---- whose rows they are ---- */

static int64_t division_of(const struct fact *fact)
{
    int32_t field = division_field(fact->table);
    return registry_number(&registry_records[fact->table].fields[field], fact->record);
}

static bool lies_inside(const struct import *import, int64_t division)
{
    return division >= import->options->division_min && division <= import->options->division_max;
}

/* The division of the person or organisation that a row tells of, ABSENT_I64 when it is not known
 * yet. */
static enum err known_division(struct work *w, struct import *import, const struct import_row *row,
                               int64_t *ret_division)
{
    const struct record_head *head = row->fact.record;
    int32_t table = row->fact.table;
    int64_t id = head->owner_id;
    struct fact fact;
    *ret_division = ABSENT_I64;
    if (registry_owner(table) < 0 && division_field(table) < 0)
        return ERR_OK; /* nobody's: whoever may import may tell it */
    if (registry_owner(table) < 0) {
        struct fact given = row->fact;
        bool is_found;
        TRY(fact_find(w, &given, &fact, &is_found));
        if (is_found)
            *ret_division = division_of(&fact);
        return ERR_OK;
    }
    table = registry_owner(table);
    if (table == REGISTRY_carrier)
        TRY(find_organisation(w, import, row->owner_key, &id));
    if (table == REGISTRY_carrier)
        table = REGISTRY_organisation;
    TRY(fact_read(w, table, id, id, &fact));
    *ret_division = division_of(&fact);
    return ERR_OK;
}

/* Whoever sends a file for a division tells nothing of others. */
static enum err check_scope(struct work *w, struct import *import, struct import_row *row)
{
    if (import->options->division_min == 0 && import->options->division_max == 0)
        return ERR_OK;
    int32_t field = division_field(row->fact.table);
    bool is_told = field >= 0 && (row->fact.given & 1u << field) != 0;
    int64_t told = is_told ? division_of(&row->fact) : ABSENT_I64;
    int64_t known;
    TRY(known_division(w, import, row, &known));
    if ((known == ABSENT_I64 || lies_inside(import, known)) &&
        (told == ABSENT_I64 || lies_inside(import, told)))
        return ERR_OK;
    return refuse(w, row, is_told ? field : -1, "请交给所在区县导入，或核对区划。",
                  "不在您负责的区划内");
}

/* Finds the rows of the store that a row names. */
static enum err resolve(struct work *w, struct import *import, struct import_row *row)
{
    struct arena_mark mark = arena_mark(w->arena);
    TRY(resolve_owner(w, import, row));
    if (!row->problems)
        TRY(check_scope(w, import, row));
    if (!row->problems)
        TRY(resolve_references(w, import, row));
    if (!row->problems)
        arena_rewind(w->arena, mark);
    return ERR_OK;
}

static enum err put_row(struct work *w, struct import_row *row, enum fact_outcome *ret_outcome)
{
    enum err err = fact_put(w, &row->fact, ret_outcome);
    if (err != ERR_FACT_HELD)
        return err;
    struct fault fault = w->fault;
    fault_clear(&w->fault);
    return refuse(w, row, -1, fault.hint, fault.message);
}

/* Putting changes a row, and the step may be run again. */
static enum err copy_row(struct work *w, const struct import_row *given, struct import_row *ret_row)
{
    *ret_row = *given;
    if (given->problems)
        return ERR_OK;
    ret_row->fact.record =
        arena_copy(w->arena, given->fact.record, registry_records[given->fact.table].struct_size);
    return ret_row->fact.record ? ERR_OK : fail(w, ERR_MEMORY, "no memory for a row of the import");
}

static enum err count_row(struct work *w, struct import *import, const struct import_row *row,
                          enum fact_outcome outcome)
{
    struct import_counts *counts = &import->result.counts;
    counts->row_count++;
    if (row->problems) {
        counts->refused_count++;
        show_problems(import, row);
        return import_errors_row(&import->errors, w->arena, &import->header, row, &w->fault);
    }
    counts->added_count += outcome == FACT_ADDED;
    counts->corrected_count += outcome == FACT_CORRECTED;
    counts->same_count += outcome == FACT_SAME;
    return ERR_OK;
}

static enum err take_row(struct work *w, struct import *import, const struct import_row *given)
{
    struct import_row row;
    enum fact_outcome outcome = FACT_SAME;
    TRY(copy_row(w, given, &row));
    if (!row.problems)
        TRY(resolve(w, import, &row));
    if (!row.problems)
        TRY(put_row(w, &row, &outcome));
    return count_row(w, import, &row, outcome);
}

static enum err take_rows(struct work *w, struct import *import, const struct import_row *rows,
                          int32_t row_count)
{
    for (int32_t i = 0; i < row_count; i++) {
        struct arena_mark mark = arena_mark(w->arena);
        TRY(take_row(w, import, &rows[i]));
        arena_rewind(w->arena, mark);
    }
    return ERR_OK;
}

/* New rows first, all together, then the others one by one: a row that comes twice in the file is
 * added and then corrected, as when rows are put one after another. */
static enum err take_rows_together(struct work *w, struct import *import,
                                   const struct import_row *given, int32_t row_count)
{
    struct import_row *rows = ARENA_NEW_ARRAY(w->arena, struct import_row, (size_t)row_count);
    struct fact **facts = ARENA_NEW_ARRAY(w->arena, struct fact *, (size_t)row_count);
    bool *are_added = ARENA_NEW_ARRAY(w->arena, bool, (size_t)row_count);
    if (!rows || !facts || !are_added)
        return fail(w, ERR_MEMORY, "no memory for a batch of the import");
    int32_t fact_count = 0;
    for (int32_t i = 0; i < row_count; i++) {
        TRY(copy_row(w, &given[i], &rows[i]));
        if (!rows[i].problems)
            TRY(resolve(w, import, &rows[i]));
        if (!rows[i].problems)
            facts[fact_count++] = &rows[i].fact;
    }
    TRY(fact_add_new(w, facts, fact_count, are_added));
    int32_t fact_index = 0;
    for (int32_t i = 0; i < row_count; i++) {
        enum fact_outcome outcome = FACT_ADDED;
        struct arena_mark mark = arena_mark(w->arena);
        if (!rows[i].problems && !are_added[fact_index++])
            TRY(put_row(w, &rows[i], &outcome));
        TRY(count_row(w, import, &rows[i], outcome));
        arena_rewind(w->arena, mark);
    }
    return ERR_OK;
}

enum { TOGETHER_ROWS = 4096 }; /* some 2 MB of copies */

static enum err take_batch(struct work *w, struct import *import)
{
    const struct import_batch *batch = import->batch;
    memset(import->known, 0, sizeof import->known);
    if (!fact_is_known_citywide(import->options->table))
        return take_rows(w, import, batch->rows, batch->row_count);
    for (int32_t at = 0; at < batch->row_count; at += TOGETHER_ROWS) {
        struct arena_mark mark = arena_mark(w->arena);
        int32_t rest = batch->row_count - at;
        TRY(take_rows_together(w, import, batch->rows + at,
                               rest < TOGETHER_ROWS ? rest : TOGETHER_ROWS));
        arena_rewind(w->arena, mark);
    }
    return ERR_OK;
}

static void tell_progress(const struct import *import)
{
    if (import->options->progress)
        import->options->progress(import->options->progress_context, &import->result.counts,
                                  import->batch->permille);
}

/* ---- the file in one transaction ---- */

static enum err open_pipe(struct import *import, int64_t skip_row_count, struct fault *fault)
{
    const struct import_options *options = import->options;
    struct import_pipe_options pipe = {
        .path = options->path,
        .table = options->table,
        .batch_row_count = options->batch_row_count ? options->batch_row_count : IMPORT_BATCH_ROWS,
        .skip_row_count = skip_row_count,
    };
    return import_pipe_open(import->arena, &pipe, &import->context, &import->pipe, &import->header,
                            fault);
}

static enum err start_over(struct work *w, struct import *import)
{
    import_pipe_close(import->pipe);
    import->pipe = NULL;
    import->result = import->before;
    TRY(import_errors_go_back(&import->errors, 0, &w->fault));
    return open_pipe(import, 0, &w->fault);
}

static enum err whole_step(struct work *w, void *context)
{
    struct import *import = context;
    TRY(start_over(w, import));
    for (;;) {
        TRY(import_pipe_next(import->pipe, &import->batch, &w->fault));
        if (!import->batch)
            break;
        TRY(take_batch(w, import));
        tell_progress(import);
    }
    import->completed = true;
    int64_t refused_count = import->result.counts.refused_count;
    if (refused_count > 0 && !import->options->dry_run) {
        fail(w, ERR_IMPORT, "%" PRId64 "行中有%" PRId64 "行不合要求，没有导入任何数据",
             import->result.counts.row_count, refused_count);
        return fault_hint(&w->fault,
                          "请按错误文件改正后重新导入；只要导入合格的行，请加 --keep-good。");
    }
    /* An error is what makes work_run undo a dry run. */
    return import->options->dry_run ? fail(w, ERR_IMPORT, "试运行，未作改动") : ERR_OK;
}

static enum err run_whole(struct import *import, struct fault *fault)
{
    enum err err = work_run(import->env, WORK_WRITE, whole_step, import, fault);
    if (err == ERR_IMPORT && import->completed && import->options->dry_run) {
        if (fault)
            fault_clear(fault);
        return ERR_OK;
    }
    return err;
}

/* ---- the file in many transactions ---- */

/* A digest of size, time, beginning and end: it tells a changed file without reading all of it. */
static enum err take_fingerprint(struct import *import, struct fault *fault)
{
    enum { EDGE_SIZE = 256 * 1024 };
    struct arena_mark mark = arena_mark(import->arena);
    char *bytes = arena_alloc(import->arena, 2 * EDGE_SIZE + 2 * sizeof(int64_t));
    if (!bytes)
        return fault_set(fault, ERR_MEMORY, "no memory for the import");
    int fd = open(import->options->path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        enum err err = byte_fault(fault, errno, "读取文件");
        if (fd >= 0)
            close(fd);
        return err;
    }
    int64_t numbers[2] = {status.st_size,
                          (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec};
    memcpy(bytes, numbers, sizeof numbers);
    size_t size = sizeof numbers;
    ssize_t got = pread(fd, bytes + size, EDGE_SIZE, 0);
    size += got > 0 ? (size_t)got : 0;
    off_t tail = status.st_size > EDGE_SIZE ? status.st_size - EDGE_SIZE : 0;
    got = pread(fd, bytes + size, EDGE_SIZE, tail);
    size += got > 0 ? (size_t)got : 0;
    close(fd);
    hash_sm3((struct str){bytes, size}, import->fingerprint);
    arena_rewind(import->arena, mark);
    return ERR_OK;
}

static enum err find_run_step(struct work *w, void *context)
{
    struct import *import = context;
    struct import_run_open_in in = {
        .fingerprint = {(const char *)import->fingerprint, HASH_SIZE},
        .record = str_from(registry_records[import->options->table].name),
    };
    struct import_run_open_out run;
    import->context.today_day = w->today_day;
    if (import->options->dry_run || import->options->mode != IMPORT_KEEP_GOOD)
        return ERR_OK;
    enum err err = import_run_open(w, &in, &run);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    import->run_id = run.id;
    import->errors.size = run.error_size;
    import->before.counts = (struct import_counts){
        run.row_count, run.added_count, run.corrected_count, run.same_count, run.refused_count};
    import->before.resumed_row_count = run.row_count;
    return ERR_OK;
}

static enum err write_position(struct work *w, struct import *import, int64_t finished_ms)
{
    const struct import_counts *counts = &import->result.counts;
    struct import_run_advance_in in = {
        .id = import->run_id,
        .finished_ms = finished_ms,
        .row_count = counts->row_count,
        .added_count = counts->added_count,
        .corrected_count = counts->corrected_count,
        .same_count = counts->same_count,
        .refused_count = counts->refused_count,
        .error_size = import->errors.size,
    };
    return import_run_advance(w, &in, NULL);
}

static enum err begin_run(struct work *w, void *context)
{
    struct import *import = context;
    struct import_run_insert_in in = {
        .id = id_next(w->ids),
        .record = str_from(registry_records[import->options->table].name),
        .fingerprint = {(const char *)import->fingerprint, HASH_SIZE},
        .source = import->context.source,
        .started_ms = w->now_ms,
    };
    import->run_id = in.id;
    return import_run_insert(w, &in, NULL);
}

static enum err finish_run(struct work *w, void *context)
{
    return write_position(w, context, w->now_ms);
}

struct batch_start {
    struct import *import;
    int64_t error_size;
};

static enum err batch_step(struct work *w, void *context)
{
    struct batch_start *start = context;
    struct import *import = start->import;
    import->result = import->before;
    TRY(import_errors_go_back(&import->errors, start->error_size, &w->fault));
    TRY(take_batch(w, import));
    TRY(import_errors_sync(&import->errors, &w->fault));
    return write_position(w, import, REGISTRY_NEVER_MS);
}

static enum err run_batches(struct import *import, struct fault *fault)
{
    import->result = import->before;
    TRY(open_pipe(import, import->before.counts.row_count, fault));
    if (import->run_id == 0)
        TRY(work_run(import->env, WORK_WRITE, begin_run, import, fault));
    for (;;) {
        TRY(import_pipe_next(import->pipe, &import->batch, fault));
        if (!import->batch)
            break;
        struct batch_start start = {import, import->errors.size};
        TRY(work_run(import->env, WORK_WRITE, batch_step, &start, fault));
        import->before = import->result;
        tell_progress(import);
    }
    return work_run(import->env, WORK_WRITE, finish_run, import, fault);
}

/* ---- the file ---- */

static struct str file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return str_from(slash ? slash + 1 : path);
}

static void name_unknown_titles(struct import *import)
{
    struct text_buf titles;
    text_init(&titles, import->arena);
    for (int32_t i = 0; i < import->header.column_count; i++) {
        const struct import_column *column = &import->header.columns[i];
        if (column->kind != IMPORT_UNKNOWN || column->title.size == 0)
            continue;
        text_add_z(&titles, titles.size ? "、" : "");
        text_add(&titles, column->title);
    }
    import->result.unknown_titles = text_str(&titles);
}

enum err import_file(struct work_env *env, struct arena *arena, const struct vocab *vocab,
                     const struct import_options *options, struct import_result *ret_result,
                     struct fault *fault)
{
    struct import *import = ARENA_NEW(arena, struct import);
    if (!import)
        return fault_set(fault, ERR_MEMORY, "no memory for the import");
    import->env = env;
    import->arena = arena;
    import->options = options;
    import->context = (struct import_context){
        .vocab = vocab,
        .divisions = options->divisions,
        .secrets = env->secrets,
        .ids = env->ids,
        .source = file_name(options->path),
    };
    TRY(take_fingerprint(import, fault));
    TRY(work_run(env, WORK_READ, find_run_step, import, fault));
    int64_t known_error_size = import->errors.size;
    TRY(import_errors_open(&import->errors, arena, options->error_path, known_error_size, fault));
    if (import->errors.size < known_error_size)
        import->before = (struct import_result){0}; /* the facts are known; the errors are not */
    bool whole = options->dry_run || options->mode == IMPORT_ALL_OR_NOTHING;
    enum err err = whole ? run_whole(import, fault) : run_batches(import, fault);
    import_pipe_close(import->pipe);
    bool is_complete = err == ERR_OK || err == ERR_IMPORT;
    enum err closed =
        import_errors_close(&import->errors, is_complete, err == ERR_OK ? fault : NULL);
    err = err == ERR_OK ? closed : err;
    if (err == ERR_OK || err == ERR_IMPORT) {
        name_unknown_titles(import);
        *ret_result = import->result;
    }
    return err;
}
