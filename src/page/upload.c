#include "page/upload.h"

#include "base/byte_source.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/secret.h"
#include "upload_sql.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- contents */

enum { PIECE_SIZE = SECRET_CLEAR_SIZE_MAX, OLD_ROWS_MAX = 20 };

/* The place of a piece: no piece opens in another's. */
static struct secret_place place_of(int64_t id, enum upload_part part, int32_t number)
{
    return (struct secret_place){part == UPLOAD_SENT ? "upload_sent" : "upload_refused", "content",
                                 id + number};
}

enum err upload_put(struct work *w, int64_t id, enum upload_part part, struct str content)
{
    TRY(upload_drop(w, id, part));
    size_t at = 0;
    for (int32_t number = 0; at < content.size || number == 0; number++) {
        struct arena_mark mark = arena_mark(w->arena);
        size_t size = content.size - at < PIECE_SIZE ? content.size - at : PIECE_SIZE;
        struct upload_part_insert_in in = {.upload_id = id, .kind = part, .number = number};
        enum err err = secret_seal(w->secrets, w->arena, place_of(id, part, number),
                                   (struct str){content.ptr + at, size}, &in.content);
        if (err != ERR_OK)
            return fail(w, err, "上传的文件加密失败");
        TRY(upload_part_insert(w, &in, NULL));
        arena_rewind(w->arena, mark);
        at += size;
    }
    return ERR_OK;
}

enum err upload_get(struct work *w, struct arena *arena, int64_t id, enum upload_part part,
                    struct str *ret_content)
{
    struct text_buf *content = text_new(arena);
    if (!content)
        return fail(w, ERR_MEMORY, "no memory for an uploaded file");
    for (int32_t number = 0;; number++) {
        struct arena_mark mark = arena_mark(w->arena);
        struct upload_part_read_in in = {id, part, number};
        struct upload_part_read_out out;
        struct str clear;
        enum err err = upload_part_read(w, &in, &out);
        if (err == ERR_NOT_FOUND && number > 0)
            break;
        TRY(err);
        err = secret_open(w->secrets, w->arena, place_of(id, part, number), out.content, &clear);
        if (err != ERR_OK)
            return fail(w, err, "上传的文件解密失败");
        text_add(content, clear);
        arena_rewind(w->arena, mark);
    }
    fault_clear(&w->fault);
    if (content->failed)
        return fail(w, ERR_MEMORY, "no memory for an uploaded file");
    *ret_content = text_str(content);
    return ERR_OK;
}

enum err upload_drop(struct work *w, int64_t id, enum upload_part part)
{
    struct upload_parts_delete_in in = {id, part};
    return upload_parts_delete(w, &in, NULL);
}

enum err upload_remove(struct work *w, int64_t id)
{
    TRY(upload_drop(w, id, UPLOAD_SENT));
    TRY(upload_drop(w, id, UPLOAD_REFUSED));
    struct upload_delete_in in = {id};
    return upload_delete(w, &in, NULL);
}

/* ---- rows */

static enum err remove_old(struct work *w)
{
    struct upload_before_in in = {w->now_ms - UPLOAD_KEPT_MS, OLD_ROWS_MAX};
    struct cursor cursor;
    int64_t ids[OLD_ROWS_MAX];
    int32_t count = 0;
    bool more = true;
    TRY(upload_before(w, &in, &cursor));
    while (more && count < OLD_ROWS_MAX) {
        struct upload_before_out out;
        TRY(upload_before_next(&cursor, &out, &more));
        if (more)
            ids[count++] = out.id;
    }
    cursor_close(&cursor);
    for (int32_t i = 0; i < count; i++)
        TRY(upload_remove(w, ids[i]));
    return ERR_OK;
}

enum err upload_add(struct work *w, struct upload *upload, struct str content)
{
    TRY(remove_old(w));
    upload->id = id_next(w->ids);
    upload->created_ms = w->now_ms;
    struct upload_insert_in in = {
        .id = upload->id,
        .account_id = upload->account_id,
        .record = str_from(registry_records[upload->table].name),
        .file_name = upload->file_name,
        .file_size = (int64_t)content.size,
        .division = upload->division,
        .created_ms = w->now_ms,
        .report = upload->report.ptr ? upload->report : STR(""),
    };
    TRY(upload_insert(w, &in, NULL));
    return upload_put(w, upload->id, UPLOAD_SENT, content);
}

enum err upload_read(struct work *w, int64_t id, struct upload *ret_upload)
{
    struct upload_by_id_in in = {id};
    struct upload_by_id_out row;
    TRY(upload_by_id(w, &in, &row));
    *ret_upload = (struct upload){
        .id = id,
        .account_id = row.account_id,
        .job_id = row.job_id,
        .table = registry_table_by_name(row.record),
        .file_name = row.file_name,
        .file_size = row.file_size,
        .division = row.division,
        .state = (enum upload_state)row.state,
        .created_ms = row.created_ms,
        .changed_ms = row.changed_ms,
        .counts = {row.row_count, row.added_count, row.corrected_count, row.same_count,
                   row.refused_count},
        .message = row.message,
        .report = row.report,
    };
    return ret_upload->table >= 0 ? ERR_OK : fail(w, ERR_NOT_FOUND, "没有这种记录");
}

static struct upload upload_of(struct work *w, int64_t account_id,
                               const struct upload_of_account_out *row)
{
    return (struct upload){
        .id = row->id,
        .account_id = account_id,
        .table = registry_table_by_name(row->record),
        .file_name = str_copy(w->arena, row->file_name),
        .state = (enum upload_state)row->state,
        .created_ms = row->created_ms,
        .counts = {row->row_count, row->added_count, row->corrected_count, row->same_count,
                   row->refused_count},
    };
}

_Static_assert(sizeof(struct upload_of_account_in) == sizeof(struct upload_of_account_oldest_in) &&
                   sizeof(struct upload_of_account_out) ==
                       sizeof(struct upload_of_account_oldest_out),
               "both orders have the same fields");

enum err upload_list(struct work *w, const struct upload_filter *filter,
                     struct upload **ret_uploads, int32_t *ret_count)
{
    struct upload *uploads =
        ARENA_NEW_ARRAY(w->arena, struct upload, (size_t)filter->row_count_max);
    if (!uploads)
        return fail(w, ERR_MEMORY, "no memory for the list of imports");
    struct upload_of_account_in in = {
        filter->account_id,
        filter->table >= 0 ? str_from(registry_records[filter->table].name) : STR(""),
        filter->after_id, filter->row_count_max};
    const struct stmt *stmt =
        filter->is_oldest_first ? &upload_of_account_oldest_stmt : &upload_of_account_stmt;
    struct cursor cursor;
    struct upload_of_account_out row;
    int32_t count = 0;
    bool more = true;
    TRY(stmt_struct_open(w, stmt, &in, &cursor));
    for (;;) {
        TRY(cursor_struct_next(&cursor, &row, &more));
        if (!more)
            break;
        uploads[count++] = upload_of(w, filter->account_id, &row);
    }
    *ret_uploads = uploads;
    *ret_count = count;
    return ERR_OK;
}

enum err upload_move(struct work *w, int64_t id, enum upload_state from, enum upload_state to)
{
    struct upload_change_state_in in = {id, (int32_t)from, (int32_t)to, w->now_ms};
    int64_t changed_count;
    TRY(upload_change_state(w, &in, &changed_count));
    if (changed_count == 1)
        return ERR_OK;
    fail(w, ERR_STORE_CONFLICT, "这份文件已在处理或已处理完");
    return fault_hint(&w->fault, "请回到导入页看它现在的状态。");
}

enum err upload_begin_job(struct work *w, int64_t id, int64_t job_id)
{
    struct upload_set_job_in in = {id, job_id};
    return upload_set_job(w, &in, NULL);
}

enum err upload_finish(struct work *w, const struct upload *upload)
{
    struct upload_set_result_in in = {
        .id = upload->id,
        .state = (int32_t)upload->state,
        .changed_ms = w->now_ms,
        .row_count = upload->counts.row_count,
        .added_count = upload->counts.added_count,
        .corrected_count = upload->counts.corrected_count,
        .same_count = upload->counts.same_count,
        .refused_count = upload->counts.refused_count,
        .message = upload->message.ptr ? upload->message : STR(""),
        .report = upload->report.ptr ? upload->report : STR(""),
    };
    return upload_set_result(w, &in, NULL);
}

/* ---- the folder */

#define FOLDER_NAME "baigong-import-"
enum { FOLDER_NEW_S = 60 };

/* The name as sent, so that the facts tell their source; without what a folder minds. */
static const char *safe_name(struct arena *arena, struct str name)
{
    struct text_buf safe;
    text_init(&safe, arena);
    struct str rest = name;
    while (rest.size > 0 && safe.size < UPLOAD_NAME_SIZE_MAX - 4) {
        uint32_t character = str_next_character(&rest);
        bool is_plain = character >= ' ' && character != '/' && character != 0x7F &&
                        character != 0xFFFFFFFF && !(character == '.' && safe.size == 0);
        text_add_character(&safe, is_plain ? character : '_');
    }
    if (safe.size == 0)
        text_add_z(&safe, "file");
    return str_z(arena, text_str(&safe));
}

/* A day of the past that stays: an import that was broken off finds its file again by it. */
static void stamp(int fd, int64_t created_ms)
{
    struct timespec at = {.tv_sec = created_ms / 1000, .tv_nsec = created_ms % 1000 * 1000000};
    struct timespec times[2] = {at, at};
    (void)futimens(fd, times);
}

static enum err write_all(int fd, struct str content, struct fault *fault)
{
    size_t at = 0;
    while (at < content.size) {
        ssize_t size = write(fd, content.ptr + at, content.size - at);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return byte_fault(fault, errno, "写临时文件");
        at += (size_t)size;
    }
    return ERR_OK;
}

/* The content stands in memory without a name of its own; the folder has a link to it. */
static enum err put_content(struct upload_folder *folder, const struct upload *upload,
                            struct str content, struct fault *fault)
{
    char place[64];
    folder->content_fd = memfd_create("baigong-import", MFD_CLOEXEC);
    if (folder->content_fd < 0)
        return byte_fault(fault, errno, "写临时文件");
    TRY(write_all(folder->content_fd, content, fault));
    stamp(folder->content_fd, upload->created_ms);
    snprintf(place, sizeof place, "/proc/self/fd/%d", folder->content_fd);
    if (symlink(place, folder->file_path) != 0)
        return byte_fault(fault, errno, "写临时文件");
    return ERR_OK;
}

static void empty_folder(const char *path)
{
    DIR *dir = opendir(path);
    for (struct dirent *entry = dir ? readdir(dir) : NULL; entry; entry = readdir(dir))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    if (dir)
        closedir(dir);
    (void)rmdir(path);
}

static int hold_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static const char *folder_of_folders(void)
{
    const char *temporary = getenv("TMPDIR");
    return temporary && temporary[0] ? temporary : "/tmp";
}

/* Another's folder cannot be entered, one at work is held: neither is touched. A folder made this
 * minute may not be held yet. */
void upload_folders_clear(void)
{
    char path[sizeof ((struct upload_folder *)0)->path];
    struct stat status;
    DIR *dir = opendir(folder_of_folders());
    for (struct dirent *entry = dir ? readdir(dir) : NULL; entry; entry = readdir(dir)) {
        if (strncmp(entry->d_name, FOLDER_NAME, sizeof FOLDER_NAME - 1) != 0)
            continue;
        int size = snprintf(path, sizeof path, "%s/%s", folder_of_folders(), entry->d_name);
        if (size < 0 || (size_t)size >= sizeof path)
            continue;
        int fd = hold_folder(path);
        bool is_left = fd >= 0 && fstat(fd, &status) == 0 && status.st_uid == geteuid() &&
                       status.st_mtime < clock_now_ms() / 1000 - FOLDER_NEW_S;
        if (is_left)
            empty_folder(path);
        if (fd >= 0)
            close(fd);
    }
    if (dir)
        closedir(dir);
}

enum err upload_folder_open(struct arena *arena, const struct upload *upload, struct str content,
                            struct upload_folder *ret_folder, struct fault *fault)
{
    struct upload_folder folder = {.content_fd = -1, .hold_fd = -1};
    upload_folders_clear();
    int size = snprintf(folder.path, sizeof folder.path, "%s/" FOLDER_NAME "XXXXXX",
                        folder_of_folders());
    if (size < 0 || (size_t)size >= sizeof folder.path || !mkdtemp(folder.path))
        return byte_fault(fault, errno, "建临时文件夹");
    folder.hold_fd = hold_folder(folder.path);
    bool is_xlsx = content.size > 2 && memcmp(content.ptr, "PK", 2) == 0;
    const char *name = safe_name(arena, upload->file_name);
    folder.file_path = text_in(arena, "%s/%s", folder.path, name ? name : "file");
    folder.error_path = text_in(arena, "%s/.refused.%s", folder.path, is_xlsx ? "xlsx" : "csv");
    enum err err = put_content(&folder, upload, content, fault);
    if (err != ERR_OK) {
        upload_folder_remove(&folder);
        return err;
    }
    *ret_folder = folder;
    return ERR_OK;
}

enum err upload_folder_errors(struct arena *arena, const struct upload_folder *folder,
                              struct str *ret_content, struct fault *fault)
{
    struct stat status;
    int fd = open(folder->error_path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        *ret_content = (struct str){0};
        return ERR_OK;
    }
    if (fd < 0 || fstat(fd, &status) != 0) {
        enum err err = byte_fault(fault, errno, "读取不合格的行");
        if (fd >= 0)
            close(fd);
        return err;
    }
    size_t size = (size_t)status.st_size, at = 0;
    char *bytes = arena_alloc(arena, size + 1);
    while (bytes && at < size) {
        ssize_t got = read(fd, bytes + at, size - at);
        if (got <= 0)
            break;
        at += (size_t)got;
    }
    close(fd);
    if (!bytes)
        return fault_set(fault, ERR_MEMORY, "no memory for the refused rows");
    if (at < size)
        return fault_set(fault, ERR_IO, "不合格的行没有读完");
    *ret_content = (struct str){bytes, size};
    return ERR_OK;
}

void upload_folder_remove(struct upload_folder *folder)
{
    empty_folder(folder->path);
    if (folder->content_fd >= 0)
        close(folder->content_fd);
    if (folder->hold_fd >= 0)
        close(folder->hold_fd);
    folder->content_fd = folder->hold_fd = -1;
}
