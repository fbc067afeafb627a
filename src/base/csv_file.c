#include "base/csv_file.h"

#include <errno.h>
#include <string.h>

enum err csv_file_open(const char *path, struct fault *fault, struct csv_file *ret_file)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return fault_set(fault, ERR_IO, "%s: %s", path, strerror(errno));
    struct csv_reader *reader;
    enum err err = csv_reader_new(byte_source_file(file), NULL, fault, &reader);
    if (err != ERR_OK) {
        fclose(file);
        return err;
    }
    *ret_file = (struct csv_file){file, reader};
    return ERR_OK;
}

void csv_file_close(struct csv_file *file)
{
    csv_reader_free(file->reader);
    if (file->file)
        fclose(file->file);
    *file = (struct csv_file){NULL, NULL};
}
