/* byte_source.h — where bytes come from and where they go, without saying which file it is.
 *
 * Readers of outside formats take a source, writers a sink, so that a file, a pipe, memory and a
 * test that fails half-way all look the same.
 *
 * Memory   sources and sinks own nothing: file, memory and buffer belong to the caller
 * Errors   ERR_IO; ERR_STORE_FULL when the disk is full; ERR_MEMORY from a sink into memory
 * Units    sizes in bytes
 */
#ifndef BAIGONG_BYTE_SOURCE_H
#define BAIGONG_BYTE_SOURCE_H

#include "base/err.h"
#include "base/text.h"

#include <stdio.h>

struct byte_source {
    /* Reads up to capacity bytes; 0 bytes means the end. fault may be NULL. */
    enum err (*read)(void *context, char *buffer, size_t capacity, struct fault *fault,
                     size_t *ret_size);
    void *context;
};

struct byte_sink {
    /* Writes all bytes or fails. fault may be NULL. */
    enum err (*write)(void *context, struct str bytes, struct fault *fault);
    void *context;
};

struct byte_source byte_source_file(FILE *file);
struct byte_source byte_source_fd(const int *fd); /* *fd must stay until the last read */
/* Reads the view and moves its beginning forward; *rest must stay until the last read. */
struct byte_source byte_source_memory(struct str *rest);

struct byte_sink byte_sink_file(FILE *file);
struct byte_sink byte_sink_text(struct text_buf *buf);

/* The error that errno stands for: a full disk is told from other failures, with the way out.
 * what names the thing in words: "写入文件 a.csv". */
enum err byte_fault(struct fault *fault, int error_number, const char *what);

#endif
