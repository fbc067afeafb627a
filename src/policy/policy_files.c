#include "policy/policy_files.h"

#include "policy/policy_limits.h"
#include "policy/reading.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static enum err read_stream(struct arena *arena, FILE *file, const char *path, size_t size,
                            struct str *ret_text, struct fault *fault)
{
    char *bytes = arena_alloc(arena, size + 1);
    if (!bytes)
        return fault_set(fault, ERR_MEMORY, "out of memory while reading %s", path);
    size_t got = fread(bytes, 1, size, file);
    if (ferror(file) || got != size)
        return fault_set(fault, ERR_IO, "%s could not be read: %s", path, strerror(errno));
    *ret_text = (struct str){bytes, size};
    return ERR_OK;
}

static enum err read_document(struct arena *arena, const char *path, size_t size,
                              struct policy_source *ret_source, struct fault *fault)
{
    if (size > POLICY_DOCUMENT_SIZE_MAX)
        return fault_set(fault, ERR_POLICY_LIMIT, "%s has %zu bytes; a document has at most %d",
                         path, size, (int)POLICY_DOCUMENT_SIZE_MAX);
    FILE *file = fopen(path, "rbe");
    if (!file)
        return fault_set(fault, ERR_IO, "%s could not be opened: %s", path, strerror(errno));
    ret_source->path = str_copy(arena, str_from(path));
    enum err err = read_stream(arena, file, path, size, &ret_source->text, fault);
    fclose(file);
    if (err == ERR_OK && !ret_source->path.ptr)
        err = fault_set(fault, ERR_MEMORY, "out of memory while reading %s", path);
    return err;
}

static bool is_document(const FTSENT *entry)
{
    struct str name = str_from(entry->fts_name);
    return entry->fts_info == FTS_F && str_ends(name, STR(".md")) &&
           !str_equal_text(name, "README.md");
}

/* What is being prepared is read only when it is named. */
static bool is_drafts(const FTSENT *entry)
{
    return entry->fts_info == FTS_D && entry->fts_level > FTS_ROOTLEVEL &&
           str_equal_text(str_from(entry->fts_name), "draft");
}

static int compare_sources(const void *a, const void *b)
{
    const struct policy_source *x = a, *y = b;
    return str_compare(x->path, y->path);
}

static enum err read_folder(struct arena *arena, FTS *tree, struct policy_source *sources,
                            int32_t *count, struct fault *fault)
{
    FTSENT *entry;
    while ((entry = fts_read(tree)) != NULL) {
        if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR)
            return fault_set(fault, ERR_IO, "%s could not be read: %s", entry->fts_path,
                             strerror(entry->fts_errno));
        if (is_drafts(entry))
            fts_set(tree, entry, FTS_SKIP);
        if (!is_document(entry))
            continue;
        if (*count == POLICY_DOCUMENTS_MAX)
            return fault_set(fault, ERR_POLICY_LIMIT, "there are more than %d documents",
                             (int)POLICY_DOCUMENTS_MAX);
        TRY(read_document(arena, entry->fts_path, (size_t)entry->fts_statp->st_size,
                          &sources[*count], fault));
        ++*count;
    }
    return ERR_OK;
}

/* All documents at a path behind the `count` that are there. */
static enum err read_path(struct arena *arena, const char *path, struct policy_source *sources,
                          int32_t *count, struct fault *fault)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return fault_set(fault, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s", path,
                         strerror(errno));
    if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode))
        return fault_set(fault, ERR_IO, "%s is no file", path);
    int32_t before = *count;
    if (!S_ISDIR(status.st_mode)) {
        if (*count == POLICY_DOCUMENTS_MAX)
            return fault_set(fault, ERR_POLICY_LIMIT, "there are more than %d documents",
                             (int)POLICY_DOCUMENTS_MAX);
        TRY(read_document(arena, path, (size_t)status.st_size, &sources[*count], fault));
        ++*count;
        return ERR_OK;
    }
    char *start = arena_copy(arena, path, strlen(path));
    char *roots[] = {start, NULL};
    FTS *tree = start ? fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL) : NULL;
    if (!tree)
        return fault_set(fault, ERR_IO, "%s: %s", path, strerror(errno));
    enum err err = read_folder(arena, tree, sources, count, fault);
    fts_close(tree);
    TRY(err);
    if (*count == before)
        return fault_set(fault, ERR_NOT_FOUND, "there is no policy document (.md) in %s", path);
    qsort(sources + before, (size_t)(*count - before), sizeof *sources, compare_sources);
    return ERR_OK;
}

static enum err take_room(struct arena *arena, struct policy_source **ret_sources,
                          struct fault *fault)
{
    *ret_sources = ARENA_NEW_ARRAY(arena, struct policy_source, POLICY_DOCUMENTS_MAX);
    return *ret_sources ? ERR_OK
                        : fault_set(fault, ERR_MEMORY, "out of memory while reading documents");
}

enum err policy_sources_read(struct arena *arena, const char *path,
                             struct policy_source **ret_sources, int32_t *ret_source_count,
                             struct fault *fault)
{
    struct policy_source *sources;
    int32_t count = 0;
    TRY(take_room(arena, &sources, fault));
    TRY(read_path(arena, path, sources, &count, fault));
    *ret_sources = sources;
    *ret_source_count = count;
    return ERR_OK;
}

static bool has_path(const struct policy_source *sources, int32_t count, struct str path)
{
    for (int32_t i = 0; i < count; i++)
        if (str_equal(sources[i].path, path))
            return true;
    return false;
}

static int32_t numbered(const struct policy_source *sources, int32_t count, struct str number)
{
    for (int32_t i = 0; i < count; i++)
        if (str_equal(front_matter_number(sources[i].text), number))
            return i;
    return -1;
}

/* Documents to look for imports in: beside those that were named, and the library. */
struct shelf {
    struct policy_source *sources;
    int32_t count;
};

/* A folder that cannot be read has nothing to lend: the import is then reported as missing. */
static enum err fill_shelf(struct arena *arena, const struct policy_source *named,
                           int32_t named_count, const char *library, struct shelf *shelf,
                           struct fault *fault)
{
    struct fault ignored = {0};
    TRY(take_room(arena, &shelf->sources, fault));
    struct str last = {0};
    for (int32_t i = 0; i < named_count; i++) {
        size_t size = named[i].path.size;
        while (size > 0 && named[i].path.ptr[size - 1] != '/')
            size--;
        struct str folder = size > 0 ? str_sub(named[i].path, 0, size) : STR("./");
        if (last.ptr && str_equal(folder, last))
            continue;
        last = folder;
        const char *path = arena_copy(arena, folder.ptr, folder.size);
        if (!path)
            return fault_set(fault, ERR_MEMORY, "out of memory while reading documents");
        (void)read_path(arena, path, shelf->sources, &shelf->count, &ignored);
    }
    if (library)
        (void)read_path(arena, library, shelf->sources, &shelf->count, &ignored);
    return ERR_OK;
}

static bool wants_import(const struct policy_source *sources, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        struct str rest = sources[i].text, number;
        while (front_matter_import(&rest, &number))
            if (numbered(sources, count, number) < 0)
                return true;
    }
    return false;
}

static void add_imports(struct policy_source *sources, int32_t *count, const struct shelf *shelf)
{
    for (int32_t i = 0; i < *count; i++) { /* what is added is looked through too */
        struct str rest = sources[i].text, number;
        while (front_matter_import(&rest, &number)) {
            int32_t at = numbered(sources, *count, number) >= 0
                             ? -1
                             : numbered(shelf->sources, shelf->count, number);
            if (at >= 0 && *count < POLICY_DOCUMENTS_MAX)
                sources[(*count)++] = shelf->sources[at];
        }
    }
}

enum err policy_sources_read_named(struct arena *arena, const char *const *paths,
                                   int32_t path_count, const char *library,
                                   struct policy_source **ret_sources, int32_t *ret_source_count,
                                   int32_t *ret_named_count, struct fault *fault)
{
    struct policy_source *sources;
    int32_t count = 0;
    TRY(take_room(arena, &sources, fault));
    for (int32_t i = 0; i < path_count; i++) {
        int32_t end = count, kept = count;
        TRY(read_path(arena, paths[i], sources, &end, fault));
        for (int32_t k = count; k < end; k++)
            if (!has_path(sources, kept, sources[k].path))
                sources[kept++] = sources[k];
        count = kept;
    }
    *ret_named_count = count;
    if (wants_import(sources, count)) {
        struct shelf shelf = {0};
        TRY(fill_shelf(arena, sources, count, library, &shelf, fault));
        add_imports(sources, &count, &shelf);
    }
    *ret_sources = sources;
    *ret_source_count = count;
    return ERR_OK;
}
