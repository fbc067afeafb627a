#include "domain/registry/import_preview.h"
#include "page/app.h"
#include "page/page_import.h"

#include <inttypes.h>
#include <string.h>

enum { BATCH_ROWS = 2000 }; /* other writers get their turn between batches, and steps are seen */

static struct import_options options_of(const struct page_options *options,
                                        const struct upload *upload,
                                        const struct upload_folder *folder)
{
    struct import_options import = {
        .table = upload->table,
        .divisions = options->divisions,
        .path = folder->file_path,
        .batch_row_count = BATCH_ROWS,
    };
    if (upload->division != 0)
        guard_divisions_below(upload->division, &import.division_min, &import.division_max);
    return import;
}

/* ---- the first rows */

static void write_preview(struct json *json, const struct import_preview *preview)
{
    json_key(json, "columns");
    json_array_begin(json);
    for (int32_t i = 0; i < preview->column_count; i++) {
        json_object_begin(json);
        json_add_text(json, "title", preview->columns[i].title);
        json_add_text_z(json, "label", preview->columns[i].label ? preview->columns[i].label : "");
        json_object_end(json);
    }
    json_array_end(json);
    json_key(json, "rows");
    json_array_begin(json);
    for (int32_t r = 0; r < preview->row_count; r++) {
        const struct import_preview_row *row = &preview->rows[r];
        json_object_begin(json);
        json_add_number(json, "number", row->row_number);
        json_add_text_z(json, "problem", row->problem ? row->problem : "");
        json_key(json, "cells");
        json_array_begin(json);
        for (int32_t i = 0; i < preview->column_count; i++)
            json_text(json, row->cells[i]);
        json_array_end(json);
        json_object_end(json);
    }
    json_array_end(json);
}

static enum err name_other_kind(struct arena *arena, const struct upload *upload,
                                const char *path, struct fault *fault)
{
    int32_t guess = import_guess(arena, path);
    if (guess < 0 || guess == upload->table)
        return fault->code;
    return fault_hint(fault, "这份文件的列名像是“%s”，请核对选择的记录种类。",
                      registry_records[guess].label_zh);
}

enum err page_import_preview(struct work_env *env, const struct page_options *options,
                             struct arena *arena, const struct upload *upload, struct str content,
                             struct str *ret_report, struct fault *fault)
{
    struct upload_folder folder;
    struct import_preview preview;
    TRY(upload_folder_open(arena, upload, content, &folder, fault));
    struct import_options import = options_of(options, upload, &folder);
    enum err err = import_preview(env, arena, options->vocab, &import, &preview, fault);
    if (err == ERR_IMPORT)
        err = name_other_kind(arena, upload, folder.file_path, fault);
    upload_folder_remove(&folder);
    TRY(err);
    struct text_buf report;
    struct json json;
    text_init(&report, arena);
    json_init(&json, &report);
    json_object_begin(&json);
    write_preview(&json, &preview);
    json_object_end(&json);
    if (report.failed)
        return fault_set(fault, ERR_MEMORY, "no memory for the preview");
    *ret_report = text_str(&report);
    return ERR_OK;
}

/* ---- the jobs */

struct import_job {
    struct page_job *job;
    struct upload upload;
    struct str content, errors;
    struct import_result result;
    bool is_import;
};

static enum err load_step(struct work *w, void *context)
{
    struct import_job *run = context;
    struct arena *arena = &run->job->arena;
    TRY(upload_read(w, run->job->subject_id, &run->upload));
    run->upload.file_name = str_copy(arena, run->upload.file_name);
    run->upload.report = str_copy(arena, run->upload.report);
    run->upload.message = STR("");
    return upload_get(w, arena, run->upload.id, UPLOAD_SENT, &run->content);
}

static struct str counts_words(struct arena *arena, enum page_lang lang,
                               const struct import_counts *counts)
{
    const char *format =
        lang == PAGE_EN ? "%" PRId64 " rows: %" PRId64 " new, %" PRId64 " corrected, %" PRId64
                          " known already, %" PRId64 " refused"
                        : "%" PRId64 " 行：新增 %" PRId64 "，更正 %" PRId64 "，已有 %" PRId64
                          "，不合格 %" PRId64;
    return str_from(text_in(arena, format, counts->row_count, counts->added_count,
                            counts->corrected_count, counts->same_count, counts->refused_count));
}

static void tell_progress(void *context, const struct import_counts *counts, int32_t permille)
{
    struct import_job *run = context;
    struct arena_mark mark = arena_mark(&run->job->arena);
    page_job_progress(run->job, counts_words(&run->job->arena, run->job->lang, counts), permille);
    arena_rewind(&run->job->arena, mark);
}

/* The first problems join the first rows that the report has already. */
static enum err add_problems(struct import_job *run, struct fault *fault)
{
    struct arena *arena = &run->job->arena;
    const struct json_value *before;
    TRY(json_parse(arena, run->upload.report, (size_t)1 << 20, &before, fault));
    struct text_buf report;
    struct json json;
    text_init(&report, arena);
    json_init(&json, &report);
    json_object_begin(&json);
    static const char *const kept[] = {"columns", "rows"};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        json_key(&json, kept[i]);
        const struct json_value *value = json_member(before, kept[i]);
        if (value)
            json_value_write(&json, value);
        else
            json_nothing(&json);
    }
    json_add_text(&json, "unknown", run->result.unknown_titles);
    json_key(&json, "problems");
    json_array_begin(&json);
    for (int32_t i = 0; i < run->result.problem_count; i++) {
        json_object_begin(&json);
        json_add_text_z(&json, "cell", run->result.problems[i].cell);
        json_add_text_z(&json, "reason", run->result.problems[i].reason);
        json_add_text_z(&json, "remedy", run->result.problems[i].remedy);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_object_end(&json);
    if (report.failed)
        return fault_set(fault, ERR_MEMORY, "no memory for the report");
    run->upload.report = text_str(&report);
    return ERR_OK;
}

static enum err finish_step(struct work *w, void *context)
{
    struct import_job *run = context;
    if (run->errors.ptr)
        TRY(upload_put(w, run->upload.id, UPLOAD_REFUSED, run->errors));
    if (run->upload.state == UPLOAD_DONE) {
        TRY(upload_drop(w, run->upload.id, UPLOAD_SENT));
        struct str words = counts_words(w->arena, PAGE_ZH, &run->upload.counts);
        struct audit audit = {
            .action = STR("import.finished"),
            .record = str_from(registry_records[run->upload.table].name),
            .subject_id = run->upload.id,
            .client = STR(""),
            .detail = str_from(text_in(w->arena, "%.*s: %.*s", STR_ARG(run->upload.file_name),
                                       STR_ARG(words)))};
        TRY(guard_audit(w, &audit));
    }
    return upload_finish(w, &run->upload);
}

static enum err import_content(struct import_job *run, struct fault *fault)
{
    const struct page_options *options = &run->job->options;
    struct arena *arena = &run->job->arena;
    struct upload_folder folder;
    TRY(upload_folder_open(arena, &run->upload, run->content, &folder, fault));
    struct import_options import = options_of(options, &run->upload, &folder);
    import.error_path = folder.error_path;
    import.dry_run = !run->is_import;
    import.mode = run->is_import && run->upload.counts.refused_count > 0 ? IMPORT_KEEP_GOOD
                                                                         : IMPORT_ALL_OR_NOTHING;
    import.progress = tell_progress;
    import.progress_context = run;
    enum err err = import_file(&run->job->env, arena, options->vocab, &import, &run->result, fault);
    if (err == ERR_OK || err == ERR_IMPORT) {
        enum err read = upload_folder_errors(arena, &folder, &run->errors, fault);
        err = read != ERR_OK ? read : err;
    }
    upload_folder_remove(&folder);
    return err;
}

/* What a failure leaves: a file that cannot be read is done with; one whose facts changed between
 * check and import is shown again as it is now. */
static void settle(struct import_job *run, enum err err, const struct fault *fault)
{
    struct upload *upload = &run->upload;
    bool is_counted = run->result.counts.row_count > 0;
    if (is_counted)
        upload->counts = run->result.counts;
    upload->state = err == ERR_OK && run->is_import    ? UPLOAD_DONE
                    : err == ERR_OK                    ? UPLOAD_CHECKED
                    : err == ERR_IMPORT && is_counted  ? UPLOAD_CHECKED
                    : err_kind(err) == ERR_KIND_BROKEN ? UPLOAD_CHECKED
                                                       : UPLOAD_BROKEN;
    if (err != ERR_OK)
        upload->message = str_from(text_in(&run->job->arena, "%s。%s", fault->message,
                                           fault->hint));
}

static enum err run_import(struct page_job *job, bool is_import, struct str *ret_message,
                           struct fault *fault)
{
    struct import_job *run = ARENA_NEW(&job->arena, struct import_job);
    if (!run)
        return fault_set(fault, ERR_MEMORY, "no memory for the import");
    run->job = job;
    run->is_import = is_import;
    TRY(work_run(&job->env, WORK_READ, load_step, run, fault));
    enum err err = import_content(run, fault);
    settle(run, err, fault);
    if (run->result.counts.row_count > 0 && add_problems(run, fault) != ERR_OK)
        run->upload.report = STR("");
    TRY(work_run(&job->env, WORK_WRITE, finish_step, run, NULL));
    *ret_message = counts_words(&job->arena, job->lang, &run->upload.counts);
    return err == ERR_IMPORT ? ERR_OK : err;
}

enum err page_import_check_job(struct page_job *job, struct str *ret_message, struct fault *fault)
{
    return run_import(job, false, ret_message, fault);
}

enum err page_import_run_job(struct page_job *job, struct str *ret_message, struct fault *fault)
{
    return run_import(job, true, ret_message, fault);
}
