/* upload.h — a file that somebody sent for import: kept sealed until it is done with.
 *
 *   (sent) -> CHECKING -checked-> CHECKED -confirmed-> IMPORTING -> DONE
 *                      -unreadable-> BROKEN             -facts changed since-> CHECKED
 *
 * The file itself goes when the import is done or given up; the refused rows stay for
 * UPLOAD_KEPT_MS. Imports work on files, so a job unseals the content into memory that has no name
 * on any disk and dies with the process; a folder of its own, which only this user can enter, has a
 * link to it and takes the refused rows. The folder goes with the job; one that a crash left is
 * cleared by the next import or the next start.
 *
 * Memory   results live in w->arena; a content in the arena given
 * Errors   ERR_NOT_FOUND; ERR_STORE_CONFLICT when the state is another by now; ERR_SECRET, ERR_IO
 * Limits   UPLOAD_SIZE_MAX
 */
#ifndef BAIGONG_UPLOAD_H
#define BAIGONG_UPLOAD_H

#include "domain/registry/import.h"

enum {
    UPLOAD_MIB_MAX = 32, /* some 300,000 rows; larger files go through the command line */
    UPLOAD_NAME_SIZE_MAX = 120,
};
#define UPLOAD_SIZE_MAX ((size_t)UPLOAD_MIB_MAX << 20)
#define UPLOAD_KEPT_MS ((int64_t)7 * 24 * 60 * 60 * 1000)

enum upload_state {
    UPLOAD_CHECKING = 1,
    UPLOAD_CHECKED,
    UPLOAD_IMPORTING,
    UPLOAD_DONE,
    UPLOAD_BROKEN,
    UPLOAD_STATE_COUNT
};

enum upload_part { UPLOAD_SENT = 1, UPLOAD_REFUSED };

struct upload {
    int64_t id;
    int64_t account_id, job_id;
    int32_t table;
    struct str file_name;
    int64_t file_size;
    int32_t division;
    enum upload_state state;
    int64_t created_ms, changed_ms;
    struct import_counts counts;
    struct str message, report;
};

/* Sets id. Also takes away what is older than UPLOAD_KEPT_MS. */
enum err upload_add(struct work *w, struct upload *upload, struct str content);
enum err upload_read(struct work *w, int64_t id, struct upload *ret_upload);
/* Of one account: newest first before an id (INT64_MAX: from the newest on), or oldest first after
 * one (0). Without message and report. */
struct upload_filter {
    int64_t account_id;
    int32_t table; /* -1: of any record */
    bool is_oldest_first;
    int64_t after_id;
    int32_t row_count_max;
};
enum err upload_list(struct work *w, const struct upload_filter *filter,
                     struct upload **ret_uploads, int32_t *ret_count);
enum err upload_move(struct work *w, int64_t id, enum upload_state from, enum upload_state to);
enum err upload_begin_job(struct work *w, int64_t id, int64_t job_id);
/* Writes state, counts, message, report. */
enum err upload_finish(struct work *w, const struct upload *upload);
enum err upload_remove(struct work *w, int64_t id);

enum err upload_put(struct work *w, int64_t id, enum upload_part part, struct str content);
/* ERR_NOT_FOUND when there is none. */
enum err upload_get(struct work *w, struct arena *arena, int64_t id, enum upload_part part,
                    struct str *ret_content);
enum err upload_drop(struct work *w, int64_t id, enum upload_part part);

/* A folder for one import. */
struct upload_folder {
    char path[200];
    const char *file_path;  /* where the content stands, under the name as sent */
    const char *error_path; /* for the refused rows, in the same format */
    int content_fd, hold_fd; /* -1: closed; hold_fd: locked as long as somebody works in it */
};
/* Removes what a process that is no longer there left behind. */
void upload_folders_clear(void);
enum err upload_folder_open(struct arena *arena, const struct upload *upload, struct str content,
                            struct upload_folder *ret_folder, struct fault *fault);
/* The refused rows; an absent str when there are none. */
enum err upload_folder_errors(struct arena *arena, const struct upload_folder *folder,
                              struct str *ret_content, struct fault *fault);
void upload_folder_remove(struct upload_folder *folder);

#endif
