/* Invariants:
 * 1. The segments stand in the order of layout_make, each at the next multiple of PAGE_SIZE; the
 *    file ends with the last one's page. Offsets and sizes are never read from the file.
 * 2. Bytes between a segment and its page's end are zero and belong to no checksum. */
#include "policy/column_file.h"

#include "base/checksum.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PAGE_SIZE = 4096,
    VERSION = 1,
    MARK_COUNT = 2,
    READ_SIZE = 256 * 1024, /* stays in the second cache */
    TABLES_MAX = 4096,      /* refuses a nonsense count before anything is computed from it */
};

static const char magic[8] = "BGCOLUMN";
static const uint32_t byte_order = 0x01020304;

struct file_head { /* at 0 */
    char magic[8];
    uint32_t byte_order, version;
    uint64_t words; /* hash of the records' descriptions */
    uint64_t file_size;
    uint32_t table_count, segment_count;
    uint64_t directory_checksum;
    uint64_t checksum; /* of all before it */
};

struct file_mark { /* at PAGE_SIZE and 2 * PAGE_SIZE */
    uint64_t number;
    struct column_file_mark mark;
    uint64_t checksum; /* of all before it */
};

struct file_segment {
    uint32_t width; /* enum column_width; of columns */
    uint32_t has_absent;
    uint64_t checksum;
};

enum { DIRECTORY_OFFSET = (1 + MARK_COUNT) * PAGE_SIZE };

enum part { PART_ROW_IDS = -3, PART_OWNER_ROWS = -2, PART_FIRST_ROW = -1 }; /* else a field */

struct segment {
    int32_t table;
    int32_t part;
    uint64_t offset, size;
    struct file_segment file;
};

struct layout {
    const struct vocab *vocab;
    int32_t *row_counts; /* of each table; the directory begins with them */
    struct segment *segments;
    int32_t segment_count;
    uint64_t directory_size, file_size;
};

/* ---- what stands where ---- */

static uint64_t page_up(uint64_t size)
{
    return (size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
}

static uint64_t mix(uint64_t hash, struct str text)
{
    return (hash ^ checksum_of(text.ptr, text.size)) * 0x9E3779B185EBCA87 + 1;
}

static uint64_t mix_number(uint64_t hash, int64_t number)
{
    return mix(hash, (struct str){(const char *)&number, sizeof number});
}

/* Changes when a record or a code does: columns of other words mean something else. */
static uint64_t words_of(const struct vocab *vocab)
{
    uint64_t hash = 0;
    for (int32_t t = 0; t < vocab->record_count; t++) {
        const struct record_desc *record = &vocab->records[t];
        hash = mix(mix(hash, str_from(record->name)), str_from(record->owner));
        for (int32_t f = 0; f < record->field_count; f++) {
            const struct field_desc *field = &record->fields[f];
            hash = mix(mix(hash, str_from(field->name)), str_from(field->target));
            hash = mix_number(mix_number(hash, field->type), field->need);
        }
    }
    for (int32_t e = 0; e < vocab->enum_count; e++) {
        hash = mix(hash, str_from(vocab->enums[e].name));
        for (int32_t i = 0; i < vocab->enums[e].code_count; i++)
            hash = mix_number(mix(hash, str_from(vocab->enums[e].codes[i].name)),
                              vocab->enums[e].codes[i].code);
    }
    return hash;
}

static int32_t segment_count_of(const struct vocab *vocab)
{
    int32_t count = 0;
    for (int32_t t = 0; t < vocab->record_count; t++) {
        count += vocab_owner(vocab, t) < 0 ? 1 : 3;
        for (int32_t f = 0; f < vocab->records[t].field_count; f++)
            count += column_width_limit(&vocab->records[t].fields[f]) != COLUMN_NONE;
    }
    return count;
}

static void layout_done(struct layout *layout)
{
    free(layout->row_counts);
    free(layout->segments);
}

static void add_segment(struct layout *layout, int32_t table, int32_t part)
{
    layout->segments[layout->segment_count++] = (struct segment){.table = table, .part = part};
}

static enum err layout_init(const struct vocab *vocab, struct layout *layout, struct fault *fault)
{
    *layout = (struct layout){.vocab = vocab};
    int32_t count = segment_count_of(vocab);
    layout->row_counts = calloc((size_t)vocab->record_count + 1, sizeof *layout->row_counts);
    layout->segments = calloc((size_t)count + 1, sizeof *layout->segments);
    if (!layout->row_counts || !layout->segments) {
        layout_done(layout);
        return fault_set(fault, ERR_MEMORY, "no memory for the directory of the column snapshot");
    }
    for (int32_t t = 0; t < vocab->record_count; t++) {
        add_segment(layout, t, PART_ROW_IDS);
        if (vocab_owner(vocab, t) >= 0) {
            add_segment(layout, t, PART_OWNER_ROWS);
            add_segment(layout, t, PART_FIRST_ROW);
        }
        for (int32_t f = 0; f < vocab->records[t].field_count; f++)
            if (column_width_limit(&vocab->records[t].fields[f]) != COLUMN_NONE)
                add_segment(layout, t, f);
    }
    check(layout->segment_count == count);
    layout->directory_size = page_up((uint64_t)vocab->record_count * sizeof(int32_t) +
                                     (uint64_t)count * sizeof(struct file_segment));
    return ERR_OK;
}

/* Sizes and offsets from the row counts and widths. */
static void layout_place(struct layout *layout)
{
    uint64_t offset = DIRECTORY_OFFSET + layout->directory_size;
    for (int32_t i = 0; i < layout->segment_count; i++) {
        struct segment *segment = &layout->segments[i];
        uint64_t rows = (uint64_t)layout->row_counts[segment->table];
        if (segment->part == PART_ROW_IDS)
            segment->size = rows * sizeof(int64_t);
        else if (segment->part == PART_OWNER_ROWS)
            segment->size = rows * sizeof(int32_t);
        else if (segment->part == PART_FIRST_ROW)
            segment->size =
                ((uint64_t)layout->row_counts[vocab_owner(layout->vocab, segment->table)] + 1) *
                sizeof(int32_t);
        else
            segment->size = rows * column_width_size((enum column_width)segment->file.width);
        segment->offset = offset;
        offset += page_up(segment->size);
    }
    layout->file_size = offset;
}

static const struct field_desc *field_of(const struct layout *layout,
                                         const struct segment *segment)
{
    return segment->part < 0 ? NULL
                             : &layout->vocab->records[segment->table].fields[segment->part];
}

/* ---- writing ---- */

static enum err refused(struct fault *fault, const char *path)
{
    enum err err = errno == ENOENT                      ? ERR_NOT_FOUND
                   : errno == ENOSPC || errno == EDQUOT ? ERR_STORE_FULL
                                                        : ERR_IO;
    return fault_set(fault, err, "%s: %s", path, strerror(errno));
}

static bool put(int file, const void *bytes, uint64_t size, uint64_t offset)
{
    const char *at = bytes;
    while (size > 0) {
        ssize_t written = pwrite(file, at, size < (1u << 30) ? size : 1u << 30, (off_t)offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        at += written;
        size -= (uint64_t)written;
        offset += (uint64_t)written;
    }
    return true;
}

static const void *bytes_of(const struct world *world, const struct segment *segment)
{
    const struct table_columns *table = &world->tables[segment->table];
    switch (segment->part) {
    case PART_ROW_IDS:
        return table->row_ids;
    case PART_OWNER_ROWS:
        return table->owner_rows;
    case PART_FIRST_ROW:
        return table->first_row;
    default:
        return table->columns[segment->part].cells;
    }
}

static void describe(struct layout *layout, const struct world *world)
{
    for (int32_t t = 0; t < layout->vocab->record_count; t++)
        layout->row_counts[t] = world->tables[t].row_count;
    for (int32_t i = 0; i < layout->segment_count; i++) {
        struct segment *segment = &layout->segments[i];
        if (segment->part < 0)
            continue;
        const struct column *column = &world->tables[segment->table].columns[segment->part];
        segment->file.width = (uint32_t)column->width;
        segment->file.has_absent = column->has_absent;
    }
    layout_place(layout);
}

static void seal_mark(struct file_mark *mark)
{
    mark->checksum = checksum_of(mark, offsetof(struct file_mark, checksum));
}

static bool put_directory(int file, const struct layout *layout, unsigned char *directory)
{
    size_t at = (size_t)layout->vocab->record_count * sizeof(int32_t);
    memcpy(directory, layout->row_counts, at);
    for (int32_t i = 0; i < layout->segment_count; i++, at += sizeof(struct file_segment))
        memcpy(directory + at, &layout->segments[i].file, sizeof(struct file_segment));
    struct file_head head = {
        .byte_order = byte_order,
        .version = VERSION,
        .words = words_of(layout->vocab),
        .file_size = layout->file_size,
        .table_count = (uint32_t)layout->vocab->record_count,
        .segment_count = (uint32_t)layout->segment_count,
        .directory_checksum = checksum_of(directory, layout->directory_size),
    };
    memcpy(head.magic, magic, sizeof magic);
    head.checksum = checksum_of(&head, offsetof(struct file_head, checksum));
    return put(file, directory, layout->directory_size, DIRECTORY_OFFSET) &&
           put(file, &head, sizeof head, 0);
}

static bool put_all(int file, struct layout *layout, const struct world *world,
                    const struct column_file_mark *mark)
{
    unsigned char *directory = calloc(1, layout->directory_size);
    bool done = directory && ftruncate(file, (off_t)layout->file_size) == 0;
    for (int32_t i = 0; done && i < layout->segment_count; i++) {
        struct segment *segment = &layout->segments[i];
        const void *bytes = bytes_of(world, segment);
        segment->file.checksum = checksum_of(bytes, segment->size);
        done = put(file, bytes, segment->size, segment->offset);
    }
    struct file_mark first;
    memset(&first, 0, sizeof first);
    first.number = 1;
    first.mark = *mark;
    seal_mark(&first);
    done = done && put(file, &first, sizeof first, PAGE_SIZE) &&
           put_directory(file, layout, directory) && fsync(file) == 0;
    free(directory);
    return done;
}

/* The new name is on the disk when its folder is. */
static bool sync_folder_of(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    size_t size = slash ? (size_t)(slash - path) : 1;
    if (size >= sizeof folder)
        return false;
    memcpy(folder, slash ? path : ".", size);
    folder[size] = '\0';
    int file = open(size > 0 ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    return done;
}

static enum err write_part(const char *path, const char *part_path, struct layout *layout,
                           const struct world *world, const struct column_file_mark *mark,
                           struct fault *fault)
{
    unlink(part_path); /* what a killed writer left */
    int file = open(part_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return refused(fault, part_path);
    enum err err = ERR_OK;
    if (!put_all(file, layout, world, mark))
        err = refused(fault, part_path);
    close(file);
    if (err == ERR_OK && (rename(part_path, path) != 0 || !sync_folder_of(path)))
        err = refused(fault, path);
    if (err != ERR_OK)
        unlink(part_path);
    return err;
}

enum err column_file_write(const char *path, const struct world *world,
                           const struct column_file_mark *mark, struct fault *fault)
{
    check(world->sealed);
    char part_path[4096];
    int size = snprintf(part_path, sizeof part_path, "%s.part", path);
    if (size < 0 || (size_t)size >= sizeof part_path)
        return fault_set(fault, ERR_LIMIT, "the path of the column snapshot is too long");
    struct layout layout;
    TRY(layout_init(world->vocab, &layout, fault));
    describe(&layout, world);
    enum err err = write_part(path, part_path, &layout, world, mark, fault);
    layout_done(&layout);
    return err;
}

/* ---- reading ---- */

static bool get(int file, void *bytes, uint64_t size, uint64_t offset)
{
    char *at = bytes;
    while (size > 0) {
        ssize_t got = pread(file, at, size, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        size -= (uint64_t)got;
        offset += (uint64_t)got;
    }
    return true;
}

static enum err damaged(struct fault *fault, const char *path, const char *reason)
{
    return fault_set(fault, ERR_SNAPSHOT, "%s: %s", path, reason);
}

static enum err read_head(int file, const char *path, const struct layout *layout,
                          struct file_head *head, struct fault *fault)
{
    if (!get(file, head, sizeof *head, 0))
        return damaged(fault, path, "the head is cut off");
    if (memcmp(head->magic, magic, sizeof magic) != 0 || head->byte_order != byte_order)
        return damaged(fault, path, "not a column snapshot of this kind of machine");
    if (head->version != VERSION)
        return damaged(fault, path, "of another version of the program");
    if (head->checksum != checksum_of(head, offsetof(struct file_head, checksum)))
        return damaged(fault, path, "the head is damaged");
    if (head->words != words_of(layout->vocab) ||
        head->table_count != (uint32_t)layout->vocab->record_count ||
        head->segment_count != (uint32_t)layout->segment_count)
        return damaged(fault, path, "its records are described otherwise");
    struct stat state;
    if (fstat(file, &state) != 0)
        return refused(fault, path);
    if ((uint64_t)state.st_size != head->file_size)
        return damaged(fault, path, "cut off or overlong");
    return ERR_OK;
}

static bool segment_is_sound(const struct layout *layout, const struct segment *segment)
{
    const struct field_desc *field = field_of(layout, segment);
    if (!field)
        return segment->file.width == 0 && segment->file.has_absent == 0;
    if (field->type == FIELD_REF)
        return segment->file.width == COLUMN_I32;
    return segment->file.width >= COLUMN_I8 && segment->file.has_absent <= 1 &&
           segment->file.width <= (uint32_t)column_width_limit(field);
}

static enum err read_directory(int file, const char *path, const struct file_head *head,
                               struct layout *layout, struct fault *fault)
{
    unsigned char *directory = malloc(layout->directory_size);
    if (!directory)
        return fault_set(fault, ERR_MEMORY, "no memory for the directory of the column snapshot");
    bool whole = get(file, directory, layout->directory_size, DIRECTORY_OFFSET) &&
                 checksum_of(directory, layout->directory_size) == head->directory_checksum;
    if (whole) {
        size_t at = (size_t)layout->vocab->record_count * sizeof(int32_t);
        memcpy(layout->row_counts, directory, at);
        for (int32_t i = 0; i < layout->segment_count; i++, at += sizeof(struct file_segment))
            memcpy(&layout->segments[i].file, directory + at, sizeof(struct file_segment));
    }
    free(directory);
    for (int32_t t = 0; whole && t < layout->vocab->record_count; t++)
        whole = layout->row_counts[t] >= 0 && layout->row_counts[t] < INT32_MAX;
    for (int32_t i = 0; whole && i < layout->segment_count; i++)
        whole = segment_is_sound(layout, &layout->segments[i]);
    if (!whole)
        return damaged(fault, path, "the directory is damaged");
    layout_place(layout);
    if (layout->file_size != head->file_size)
        return damaged(fault, path, "the directory does not fit the size of the file");
    return ERR_OK;
}

/* The newest mark that is whole, and the place of the other. */
static bool read_mark(int file, struct file_mark *newest, uint64_t *ret_other_offset)
{
    bool found = false;
    for (uint64_t i = 1; i <= MARK_COUNT; i++) {
        struct file_mark mark;
        if (!get(file, &mark, sizeof mark, i * PAGE_SIZE))
            return false;
        bool whole = mark.checksum == checksum_of(&mark, offsetof(struct file_mark, checksum));
        if (!whole || (found && mark.number <= newest->number))
            continue;
        *newest = mark;
        *ret_other_offset = (MARK_COUNT + 1 - i) * PAGE_SIZE;
        found = true;
    }
    return found;
}

/* ---- verifying ---- */

struct verify {
    int file;
    const struct layout *layout;
    _Atomic int32_t next;
    atomic_bool damaged;
};

/* Numbers of rows stay within their table, offsets rise and ids of roots do too: whoever follows
 * them stays inside the arrays. `before` is the last value of the piece before. */
struct range {
    int64_t min, max;
    bool rises, absent_is_fine;
};

static struct range range_of(const struct layout *layout, const struct segment *segment)
{
    const struct field_desc *field = field_of(layout, segment);
    int32_t owner = vocab_owner(layout->vocab, segment->table);
    struct range none = {INT64_MIN, INT64_MAX, false, true};
    if (segment->part == PART_ROW_IDS) {
        none.rises = owner < 0;
        return none;
    }
    if (segment->part == PART_OWNER_ROWS)
        return (struct range){0, (int64_t)layout->row_counts[owner] - 1, true, false};
    if (segment->part == PART_FIRST_ROW)
        return (struct range){0, layout->row_counts[segment->table], true, false};
    if (field->type != FIELD_REF)
        return none;
    int32_t target = vocab_table(layout->vocab, str_from(field->target));
    return (struct range){0, (int64_t)layout->row_counts[target] - 1, false, true};
}

static bool rows_are_in_range(const int32_t *rows, size_t count, struct range range,
                              int32_t *before)
{
    bool fine = true;
    for (size_t i = 0; i < count; i++) {
        bool absent = range.absent_is_fine && rows[i] == ABSENT_I32;
        fine &= absent | (rows[i] >= range.min && rows[i] <= range.max);
    }
    for (size_t i = 0; range.rises && i < count; i++) {
        fine &= rows[i] >= *before;
        *before = rows[i];
    }
    return fine;
}

static bool ids_rise(const int64_t *ids, size_t count, int64_t *before)
{
    bool fine = true;
    for (size_t i = 0; i < count; i++) {
        fine &= ids[i] > *before;
        *before = ids[i];
    }
    return fine;
}

static bool segment_is_whole(const struct verify *verify, const struct segment *segment,
                             void *buffer)
{
    struct checksum sum;
    checksum_init(&sum);
    struct range range = range_of(verify->layout, segment);
    bool is_ids = segment->part == PART_ROW_IDS;
    bool is_rows = !is_ids && range.max != INT64_MAX;
    int32_t row_before = 0;
    int64_t id_before = INT64_MIN;
    for (uint64_t done = 0; done < segment->size; done += READ_SIZE) {
        uint64_t size = segment->size - done;
        size = size < READ_SIZE ? size : READ_SIZE;
        if (!get(verify->file, buffer, size, segment->offset + done))
            return false;
        checksum_add(&sum, buffer, size);
        if (is_ids && range.rises && !ids_rise(buffer, size / sizeof(int64_t), &id_before))
            return false;
        if (is_rows && !rows_are_in_range(buffer, size / sizeof(int32_t), range, &row_before))
            return false;
    }
    bool ends = segment->part != PART_FIRST_ROW || row_before == range.max;
    return ends && checksum_end(&sum) == segment->file.checksum;
}

static void *verify_thread(void *context)
{
    struct verify *verify = context;
    void *buffer = malloc(READ_SIZE);
    for (;;) {
        int32_t i = atomic_fetch_add(&verify->next, 1);
        if (i >= verify->layout->segment_count || atomic_load(&verify->damaged))
            break;
        if (!buffer || !segment_is_whole(verify, &verify->layout->segments[i], buffer))
            atomic_store(&verify->damaged, true);
    }
    free(buffer);
    return NULL;
}

static bool verify_all(int file, const struct layout *layout, int32_t thread_count)
{
    struct verify verify = {.file = file, .layout = layout};
    pthread_t threads[COLUMN_FILE_THREADS_MAX];
    int32_t started_count = 0;
    while (started_count < thread_count - 1 && started_count < COLUMN_FILE_THREADS_MAX &&
           pthread_create(&threads[started_count], NULL, verify_thread, &verify) == 0)
        started_count++;
    verify_thread(&verify);
    for (int32_t i = 0; i < started_count; i++)
        pthread_join(threads[i], NULL);
    return !atomic_load(&verify.damaged);
}

/* ---- opening ---- */

static void point_at(struct world *world, const struct layout *layout, char *map)
{
    for (int32_t t = 0; t < layout->vocab->record_count; t++)
        world->tables[t].row_count = world->tables[t].row_capacity = layout->row_counts[t];
    for (int32_t i = 0; i < layout->segment_count; i++) {
        const struct segment *segment = &layout->segments[i];
        struct table_columns *table = &world->tables[segment->table];
        void *bytes = map + segment->offset;
        if (segment->part == PART_ROW_IDS) {
            table->row_ids = bytes;
        } else if (segment->part == PART_OWNER_ROWS) {
            table->owner_rows = bytes;
        } else if (segment->part == PART_FIRST_ROW) {
            table->first_row = bytes;
        } else {
            struct column *column = &table->columns[segment->part];
            column->width = (enum column_width)segment->file.width;
            column->has_absent = segment->file.has_absent != 0;
            column->cells = bytes;
        }
    }
}

static enum err map_world(int file, const char *path, const struct layout *layout,
                          struct world **ret_world, struct fault *fault)
{
    struct world *world;
    TRY(world_new(layout->vocab, &world, fault));
    void *map = mmap(NULL, layout->file_size, PROT_READ, MAP_SHARED, file, 0);
    if (map == MAP_FAILED) {
        world_free(world);
        return refused(fault, path);
    }
    world->map = map;
    world->map_size = layout->file_size;
    point_at(world, layout, map);
    world->sealed = true;
    *ret_world = world;
    return ERR_OK;
}

static enum err open_layout(int file, const char *path, struct layout *layout,
                            struct file_mark *mark, struct fault *fault)
{
    struct file_head head;
    uint64_t other_offset;
    TRY(read_head(file, path, layout, &head, fault));
    if (!read_mark(file, mark, &other_offset))
        return damaged(fault, path, "the mark of what it stands for is damaged");
    return read_directory(file, path, &head, layout, fault);
}

enum err column_file_open(const char *path, const struct vocab *vocab,
                          enum column_file_check how, int32_t thread_count,
                          struct column_file_mark *ret_mark, struct world **ret_world,
                          struct fault *fault)
{
    struct layout layout;
    TRY(layout_init(vocab, &layout, fault));
    int file = open(path, O_RDONLY | O_CLOEXEC);
    enum err err = file < 0 ? refused(fault, path) : ERR_OK;
    struct file_mark mark;
    if (err == ERR_OK)
        err = open_layout(file, path, &layout, &mark, fault);
    if (err == ERR_OK && how == COLUMN_FILE_VERIFY && !verify_all(file, &layout, thread_count))
        err = damaged(fault, path, "a checksum differs: the columns are damaged");
    if (err == ERR_OK)
        err = map_world(file, path, &layout, ret_world, fault);
    if (err == ERR_OK)
        *ret_mark = mark.mark;
    if (file >= 0)
        close(file);
    layout_done(&layout);
    return err;
}

enum err column_file_look(const char *path, const struct vocab *vocab,
                          struct column_file_state *ret_state, struct fault *fault)
{
    struct layout layout;
    TRY(layout_init(vocab, &layout, fault));
    int file = open(path, O_RDONLY | O_CLOEXEC);
    enum err err = file < 0 ? refused(fault, path) : ERR_OK;
    struct file_mark mark;
    if (err == ERR_OK)
        err = open_layout(file, path, &layout, &mark, fault);
    if (err == ERR_OK) {
        *ret_state = (struct column_file_state){.mark = mark.mark,
                                                .file_size = (int64_t)layout.file_size};
        for (int32_t t = 0; t < vocab->record_count; t++)
            ret_state->row_count += layout.row_counts[t];
    }
    if (file >= 0)
        close(file);
    layout_done(&layout);
    return err;
}

enum err column_file_move(const char *path, const struct column_file_mark *mark,
                          struct fault *fault)
{
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return refused(fault, path);
    struct file_mark newest, next;
    uint64_t other_offset;
    enum err err = ERR_OK;
    if (read_mark(file, &newest, &other_offset)) {
        memset(&next, 0, sizeof next);
        next.number = newest.number + 1;
        next.mark = *mark;
        seal_mark(&next);
        if (!put(file, &next, sizeof next, other_offset) || fdatasync(file) != 0)
            err = refused(fault, path);
    } else {
        err = damaged(fault, path, "the mark of what it stands for is damaged");
    }
    close(file);
    return err;
}
