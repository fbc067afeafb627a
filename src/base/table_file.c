#include "base/table_file.h"

#include "base/tabular.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct table_file {
    struct arena *arena;
    struct table_writer *writer;
    struct table_column columns[TABLE_FILE_COLUMNS_MAX];
    char folder[64];
    char path[96];
};

static const enum table_column_kind kinds[] = {
    [TABLE_FILE_TEXT] = TABLE_TEXT,
    [TABLE_FILE_NUMBER] = TABLE_NUMBER,
    [TABLE_FILE_DAY] = TABLE_DAY,
};

static void remove_files(struct table_file *file)
{
    (void)unlink(file->path);
    (void)rmdir(file->folder);
}

enum err table_file_open(struct arena *arena, enum table_file_format format,
                         const struct table_file_column *columns, int32_t column_count,
                         struct fault *fault, struct table_file **ret_file)
{
    check(column_count <= TABLE_FILE_COLUMNS_MAX);
    struct table_file *file = ARENA_NEW(arena, struct table_file);
    if (!file)
        return fault_set(fault, ERR_MEMORY, "no memory for the file");
    file->arena = arena;
    for (int32_t i = 0; i < column_count; i++)
        file->columns[i] =
            (struct table_column){.title = columns[i].title, .kind = kinds[columns[i].kind]};
    snprintf(file->folder, sizeof file->folder, "/tmp/baigong-table-XXXXXX");
    if (!mkdtemp(file->folder))
        return fault_set(fault, ERR_IO, "no folder for the file could be made");
    snprintf(file->path, sizeof file->path, "%s/table", file->folder);
    enum err err =
        table_writer_open(file->path, format == TABLE_FILE_XLSX ? TABLE_XLSX : TABLE_CSV,
                          file->columns, column_count, fault, &file->writer);
    if (err != ERR_OK) {
        remove_files(file);
        return err;
    }
    *ret_file = file;
    return ERR_OK;
}

enum err table_file_row(struct table_file *file, const struct str *cells, struct fault *fault)
{
    return table_writer_row(file->writer, cells, fault);
}

static enum err read_whole(struct table_file *file, struct fault *fault, struct str *ret_bytes)
{
    FILE *stream = fopen(file->path, "rb");
    struct stat info;
    if (!stream)
        return fault_set(fault, ERR_IO, "the file could not be read back");
    char *bytes = NULL;
    bool is_read = fstat(fileno(stream), &info) == 0;
    if (is_read)
        bytes = arena_alloc(file->arena, (size_t)info.st_size + 1);
    if (bytes)
        is_read = fread(bytes, 1, (size_t)info.st_size, stream) == (size_t)info.st_size;
    fclose(stream);
    if (!is_read)
        return fault_set(fault, ERR_IO, "the file could not be read back");
    if (!bytes)
        return fault_set(fault, ERR_MEMORY, "no memory for the file");
    *ret_bytes = (struct str){bytes, (size_t)info.st_size};
    return ERR_OK;
}

enum err table_file_close(struct table_file *file, struct fault *fault, struct str *ret_bytes)
{
    enum err err = table_writer_close(file->writer, fault);
    if (err == ERR_OK)
        err = read_whole(file, fault, ret_bytes);
    remove_files(file);
    return err;
}

void table_file_cancel(struct table_file *file)
{
    if (!file)
        return;
    table_writer_cancel(file->writer);
    remove_files(file);
}
