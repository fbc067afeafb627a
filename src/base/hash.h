/* hash.h — digests (SM3, SHA-256) and a fast hash for tables in memory.
 *
 * hash_64 is not for protection: it has no key and may change between releases, so its values are
 * never stored.
 *
 * Errors   none: a machine whose OpenSSL lacks these digests is a broken installation (check)
 * Units    digests in HASH_SIZE bytes
 */
#ifndef BAIGONG_HASH_H
#define BAIGONG_HASH_H

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

enum { HASH_SIZE = 32, HASH_HEX_SIZE = 2 * HASH_SIZE + 1 };

void hash_sm3(struct str bytes, uint8_t ret_digest[HASH_SIZE]);
void hash_sha256(struct str bytes, uint8_t ret_digest[HASH_SIZE]);

/* Lower-case hexadecimal digits of size bytes with a terminating zero; returns the buffer, which
 * holds 2 * size + 1 bytes. */
const char *hash_hex(const uint8_t *bytes, size_t size, char *buffer);

uint64_t hash_64(struct str bytes);
uint64_t hash_64_number(uint64_t number);

#endif
