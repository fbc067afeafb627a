#include "policy/policy_files.h"

#include "policy/policy_limits.h"

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

enum err policy_sources_read(struct arena *arena, const char *path,
                             struct policy_source **ret_sources, int32_t *ret_source_count,
                             struct fault *fault)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return fault_set(fault, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s", path,
                         strerror(errno));
    struct policy_source *sources =
        ARENA_NEW_ARRAY(arena, struct policy_source, POLICY_DOCUMENTS_MAX);
    if (!sources)
        return fault_set(fault, ERR_MEMORY, "out of memory while reading %s", path);
    int32_t count = 0;
    if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode))
        return fault_set(fault, ERR_IO, "%s is no file", path);
    if (!S_ISDIR(status.st_mode)) {
        TRY(read_document(arena, path, (size_t)status.st_size, &sources[0], fault));
        count = 1;
    } else {
        char *start = arena_copy(arena, path, strlen(path));
        char *roots[] = {start, NULL};
        FTS *tree = start ? fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL) : NULL;
        if (!tree)
            return fault_set(fault, ERR_IO, "%s: %s", path, strerror(errno));
        enum err err = read_folder(arena, tree, sources, &count, fault);
        fts_close(tree);
        TRY(err);
        qsort(sources, (size_t)count, sizeof *sources, compare_sources);
    }
    if (count == 0)
        return fault_set(fault, ERR_NOT_FOUND, "there is no policy document (.md) in %s", path);
    *ret_sources = sources;
    *ret_source_count = count;
    return ERR_OK;
}
