#include "base/hash.h"

#include "base/err.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>

/* Fetched once: looking a digest up by name costs more than digesting a short text. */
static EVP_MD *sm3, *sha256;
static pthread_once_t fetch_once = PTHREAD_ONCE_INIT;

static void fetch_digests(void)
{
    sm3 = EVP_MD_fetch(NULL, "SM3", NULL);
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    check(sm3 != NULL);
    check(sha256 != NULL);
}

void hash_sm3(struct str bytes, uint8_t ret_digest[HASH_SIZE])
{
    pthread_once(&fetch_once, fetch_digests);
    check(EVP_Digest(bytes.ptr, bytes.size, ret_digest, NULL, sm3, NULL) == 1);
}

void hash_sha256(struct str bytes, uint8_t ret_digest[HASH_SIZE])
{
    pthread_once(&fetch_once, fetch_digests);
    check(EVP_Digest(bytes.ptr, bytes.size, ret_digest, NULL, sha256, NULL) == 1);
}

const char *hash_hex(const uint8_t *bytes, size_t size, char *buffer)
{
    for (size_t i = 0; i < size; i++) {
        buffer[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        buffer[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    buffer[2 * size] = '\0';
    return buffer;
}

__extension__ typedef unsigned __int128 wide;

/* Multiplies to 128 bits and folds both halves: mixes 16 bytes in one multiplication. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t read_word(const char *at, size_t size)
{
    uint64_t word = 0;
    memcpy(&word, at, size < 8 ? size : 8);
    return word;
}

static const uint64_t SECRET_A = 0xA0761D6478BD642F, SECRET_B = 0xE7037ED1A0B428DB;

uint64_t hash_64(struct str bytes)
{
    uint64_t hash = SECRET_B ^ bytes.size;
    for (; bytes.size > 16; bytes = str_sub(bytes, 16, bytes.size))
        hash = fold(read_word(bytes.ptr, 8) ^ SECRET_A, read_word(bytes.ptr + 8, 8) ^ hash);
    uint64_t first = bytes.size ? read_word(bytes.ptr, bytes.size) : 0;
    uint64_t second = bytes.size > 8 ? read_word(bytes.ptr + 8, bytes.size - 8) : 0;
    return fold(SECRET_A, fold(first ^ SECRET_A, second ^ hash) ^ SECRET_B);
}

uint64_t hash_64_number(uint64_t number)
{
    return fold(number ^ SECRET_A, SECRET_B);
}
