/* secret.h — personal values at rest: sealed with SM4-GCM, found again by a keyed digest.
 *
 * A sealed value is
 *
 *   1 byte key number | 12 bytes nonce | ciphertext | 16 bytes tag
 *
 * with table, column and row as associated data, so that a value copied to another row does not
 * open. Equal values are found by secret_index: HMAC-SM3 under a key of its own that never changes,
 * while sealing keys may be added; the newest seals, all open.
 *
 * The key file is text, one key a line ("key 1 <64 hex digits>", "index <64 hex digits>"), readable
 * by its owner alone. Losing it is losing the values: its backup is the operator's duty.
 *
 * Memory   a key ring is allocated and freed by this module; keys are wiped. It may be shared
 *          between threads.
 * Errors   ERR_SECRET for a wrong key file and for a value that does not open; ERR_IO; ERR_MEMORY
 * Limits   SECRET_CLEAR_SIZE_MAX bytes a value, SECRET_KEY_MAX keys
 */
#ifndef BAIGONG_SECRET_H
#define BAIGONG_SECRET_H

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

#include <stdint.h>

struct secrets;

enum {
    SECRET_CLEAR_SIZE_MAX = 1 << 20, /* a piece of an uploaded file; values have tens of bytes */
    SECRET_OVERHEAD_SIZE = 1 + 12 + 16,
    SECRET_INDEX_SIZE = 16,
    SECRET_KEY_MAX = 255,
};

/* Reads a key file. It must belong to the user of the process and be closed to everyone else. */
enum err secrets_load(const char *path, struct secrets **ret_secrets, struct fault *fault);

/* The same; makes the file with fresh keys first when there is none. Safe when two processes start
 * together: one makes it, both read it. */
enum err secrets_load_or_create(const char *path, struct secrets **ret_secrets,
                                struct fault *fault);

/* Adds a fresh sealing key to the file. Processes that run keep sealing with the old one. */
enum err secrets_add_key(const char *path, struct fault *fault);

/* The text of a key file, for tests with known keys. */
enum err secrets_from_text(struct str text, struct secrets **ret_secrets, struct fault *fault);

void secrets_free(struct secrets *secrets); /* accepts NULL */

int32_t secrets_newest_key(const struct secrets *secrets);

struct secret_place {
    const char *table;
    const char *column;
    int64_t row_id;
};

/* The sealed value is clear.size + SECRET_OVERHEAD_SIZE bytes in the arena. */
enum err secret_seal(const struct secrets *secrets, struct arena *arena, struct secret_place place,
                     struct str clear, struct str *ret_sealed);

/* The clear value, zero-terminated, in the arena. Clear reads are the caller's to record. */
enum err secret_open(const struct secrets *secrets, struct arena *arena, struct secret_place place,
                     struct str sealed, struct str *ret_clear);

/* The same value of the same kind ("identity", "phone", "bank") always gives the same index. */
enum err secret_index(const struct secrets *secrets, const char *kind, struct str clear,
                      uint8_t ret_index[SECRET_INDEX_SIZE]);

#endif
