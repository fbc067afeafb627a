/* column_file.h — a sealed world as one file that is mapped: the column snapshot.
 *
 *   head        magic, byte order, version, hash of the records' descriptions, size of the file
 *   two marks   what the file stands for; the one with the larger number counts, so that a mark can
 *               be moved in place and a torn write leaves the other
 *   directory   row counts of the tables; width, flags and checksum of each segment
 *   segments    the arrays of the world one after another, each beginning on a page
 *
 * Where a segment stands follows from the row counts and widths: nothing in the file can make two
 * of them overlap. Opening reads every byte once and compares the checksums, on several threads:
 * five million people take a few tenths of a second, and no page is found damaged in the middle of
 * a sweep. Row numbers and offsets are compared with their tables as well. The pages are read-only
 * and shared by all processes; only those that a sweep reads stay in memory.
 *
 * Memory   a world that was opened owns the mapping; world_free ends it
 * Errors   ERR_NOT_FOUND: no file; ERR_SNAPSHOT with the reason: damaged, cut off, of another
 *          version or of other records; ERR_IO; ERR_MEMORY; ERR_STORE_FULL
 * Limits   those of column.h
 */
#ifndef BAIGONG_COLUMN_FILE_H
#define BAIGONG_COLUMN_FILE_H

#include "policy/column.h"

enum { COLUMN_FILE_IDENTITY_SIZE = 16, COLUMN_FILE_THREADS_MAX = 8 };

/* What a file stands for. The engine keeps it, the registry knows what it means. */
struct column_file_mark {
    uint8_t database[COLUMN_FILE_IDENTITY_SIZE];
    int64_t event_id;        /* all that events up to this one tell is in the columns */
    int64_t anchor_event_id; /* the newest event there was: without it this is another database */
    int64_t known_at_ms;
    int64_t made_ms;
};

/* Writes a file next to path and puts it in the place of path when all of it is on the disk. Mode
 * 0600. One writer at a time: the caller holds a lock. */
enum err column_file_write(const char *path, const struct world *world,
                           const struct column_file_mark *mark, struct fault *fault);

/* Moves the mark of a file in place. One writer at a time. */
enum err column_file_move(const char *path, const struct column_file_mark *mark,
                          struct fault *fault);

enum column_file_check { COLUMN_FILE_VERIFY, COLUMN_FILE_TRUST }; /* trust: written just now */

enum err column_file_open(const char *path, const struct vocab *vocab,
                          enum column_file_check how, int32_t thread_count,
                          struct column_file_mark *ret_mark, struct world **ret_world,
                          struct fault *fault);

/* What stands in the head, without looking at the segments. */
struct column_file_state {
    struct column_file_mark mark;
    int64_t file_size, row_count;
};
enum err column_file_look(const char *path, const struct vocab *vocab,
                          struct column_file_state *ret_state, struct fault *fault);

#endif
