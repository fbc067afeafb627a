/* page_import.h — the long halves of an import in the browser: the check and the import itself.
 *
 * Memory   in the arena given; a job's in its own
 * Errors   ERR_IMPORT, ERR_SHEET, ERR_ENCODING with what is wrong with the file; those of upload.h
 * Limits   those of upload.h
 */
#ifndef BAIGONG_PAGE_IMPORT_H
#define BAIGONG_PAGE_IMPORT_H

#include "page/page_job.h"
#include "page/upload.h"

/* The first rows of a file as JSON for page_upload.report. ERR_IMPORT, ERR_SHEET, ERR_ENCODING with
 * what is wrong, and of which other record the titles are. */
enum err page_import_preview(struct work_env *env, const struct page_options *options,
                             struct arena *arena, const struct upload *upload, struct str content,
                             struct str *ret_report, struct fault *fault);

page_job_work page_import_check_job, page_import_run_job; /* subject_id: the upload */

#endif
