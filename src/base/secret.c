#include "base/secret.h"

#include "base/hash.h"
#include "base/rand.h"

#include <errno.h>
#include <fcntl.h>
#include <gcrypt.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    KEY_SIZE = 16,
    MASTER_SIZE = 32,
    NONCE_SIZE = 12,
    TAG_SIZE = 16,
    PLACE_SIZE_MAX = 256,
    KEY_FILE_SIZE_MAX = 64 * 1024,
    POOL_MAX = 64, /* handles kept for reuse: more threads at once open and close their own */
};

/* Handles that are ready to use: setting a key costs more than sealing a field. */
struct pool {
    pthread_mutex_t lock;
    void *handles[POOL_MAX];
    int count;
};

struct seal_key {
    uint8_t bytes[KEY_SIZE];
    bool known;
    struct pool *ciphers;
};

struct secrets {
    struct seal_key keys[SECRET_KEY_MAX + 1]; /* by key number; 0 is never used */
    int32_t newest;
    uint8_t index_key[MASTER_SIZE];
    bool index_known;
    struct pool *macs;
};

static pthread_once_t start_once = PTHREAD_ONCE_INIT;

static void start_gcrypt(void)
{
    check(gcry_check_version(GCRYPT_VERSION) != NULL);
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

static struct pool *pool_new(void)
{
    struct pool *pool = calloc(1, sizeof *pool);
    if (pool)
        pthread_mutex_init(&pool->lock, NULL);
    return pool;
}

static void *pool_take(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    void *handle = pool->count > 0 ? pool->handles[--pool->count] : NULL;
    pthread_mutex_unlock(&pool->lock);
    return handle;
}

/* False when the pool is full: the caller closes the handle. */
static bool pool_give(struct pool *pool, void *handle)
{
    pthread_mutex_lock(&pool->lock);
    bool kept = pool->count < POOL_MAX;
    if (kept)
        pool->handles[pool->count++] = handle;
    pthread_mutex_unlock(&pool->lock);
    return kept;
}

static void pool_free(struct pool *pool, void (*close_handle)(void *handle))
{
    if (!pool)
        return;
    while (pool->count > 0)
        close_handle(pool->handles[--pool->count]);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

static void close_cipher(void *handle)
{
    gcry_cipher_close(handle);
}

static void close_mac(void *handle)
{
    gcry_mac_close(handle);
}

void secrets_free(struct secrets *secrets)
{
    if (!secrets)
        return;
    for (int32_t i = 0; i <= SECRET_KEY_MAX; i++)
        pool_free(secrets->keys[i].ciphers, close_cipher);
    pool_free(secrets->macs, close_mac);
    explicit_bzero(secrets, sizeof *secrets);
    free(secrets);
}

int32_t secrets_newest_key(const struct secrets *secrets)
{
    return secrets->newest;
}

/* ---- the key file ---- */

static bool hex_to_bytes(struct str hex, uint8_t *bytes, size_t size)
{
    if (hex.size != 2 * size)
        return false;
    for (size_t i = 0; i < 2 * size; i++) {
        const char *digits = "0123456789abcdef";
        const char *found = hex.ptr[i] ? strchr(digits, hex.ptr[i]) : NULL;
        if (!found)
            return false;
        uint8_t digit = (uint8_t)(found - digits);
        bytes[i / 2] = (uint8_t)(i % 2 ? bytes[i / 2] << 4 | digit : digit);
    }
    return true;
}

/* A sealing key is not the file's number itself, so that later uses get keys of their own. */
static enum err derive_key(const uint8_t master[MASTER_SIZE], const char *purpose,
                           uint8_t ret_key[KEY_SIZE])
{
    uint8_t digest[HASH_SIZE];
    gcry_mac_hd_t mac;
    if (gcry_mac_open(&mac, GCRY_MAC_HMAC_SM3, 0, NULL))
        return ERR_SECRET;
    size_t size = sizeof digest;
    bool ok = !gcry_mac_setkey(mac, master, MASTER_SIZE) &&
              !gcry_mac_write(mac, purpose, strlen(purpose)) && !gcry_mac_read(mac, digest, &size);
    gcry_mac_close(mac);
    if (ok)
        memcpy(ret_key, digest, KEY_SIZE);
    explicit_bzero(digest, sizeof digest);
    return ok ? ERR_OK : ERR_SECRET;
}

static bool read_seal_key(struct secrets *secrets, struct str number_text, struct str hex)
{
    int64_t number;
    uint8_t master[MASTER_SIZE];
    if (!str_to_i64(number_text, &number) || number < 1 || number > SECRET_KEY_MAX)
        return false;
    struct seal_key *key = &secrets->keys[number];
    if (key->known || !hex_to_bytes(hex, master, MASTER_SIZE))
        return false;
    key->ciphers = pool_new();
    key->known = key->ciphers && derive_key(master, "baigong seal", key->bytes) == ERR_OK;
    explicit_bzero(master, sizeof master);
    if (key->known && number > secrets->newest)
        secrets->newest = (int32_t)number;
    return key->known;
}

static bool read_key_line(struct secrets *secrets, struct str line)
{
    struct str word, number, hex;
    struct str rest = line;
    if (!str_split(&rest, ' ', &word))
        return false;
    if (str_equal_text(word, "index")) {
        if (secrets->index_known || !rest.ptr)
            return false;
        secrets->index_known = hex_to_bytes(rest, secrets->index_key, MASTER_SIZE);
        return secrets->index_known;
    }
    if (!str_equal_text(word, "key") || !str_split(&rest, ' ', &number) || !rest.ptr)
        return false;
    hex = rest;
    return read_seal_key(secrets, number, hex);
}

static enum err read_key_text(struct secrets *secrets, struct str text, struct fault *fault)
{
    struct str line;
    for (int line_number = 1; str_split(&text, '\n', &line); line_number++) {
        line = str_trim(line);
        if (line.size == 0 || line.ptr[0] == '#')
            continue;
        if (!read_key_line(secrets, line))
            return fault_set(fault, ERR_SECRET, "key file, line %d: not a key line, or a key twice",
                             line_number);
    }
    if (secrets->newest == 0 || !secrets->index_known)
        return fault_set(fault, ERR_SECRET, "the key file lacks %s",
                         secrets->newest == 0 ? "a sealing key" : "the index key");
    return ERR_OK;
}

enum err secrets_from_text(struct str text, struct secrets **ret_secrets, struct fault *fault)
{
    pthread_once(&start_once, start_gcrypt);
    struct secrets *secrets = calloc(1, sizeof *secrets);
    struct pool *macs = pool_new();
    if (!secrets || !macs) {
        free(secrets);
        pool_free(macs, close_mac);
        return fault_set(fault, ERR_MEMORY, "no memory for the key ring");
    }
    secrets->macs = macs;
    enum err err = read_key_text(secrets, text, fault);
    if (err != ERR_OK) {
        secrets_free(secrets);
        return err;
    }
    *ret_secrets = secrets;
    return ERR_OK;
}

static enum err check_key_file(int file, const char *path, struct fault *fault)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return fault_set(fault, ERR_IO, "key file %s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return fault_set(fault, ERR_SECRET, "key file %s is not a regular file", path);
    if (status.st_mode & 077) {
        fault_set(fault, ERR_SECRET, "key file %s is open to others (mode %03o)", path,
                  (unsigned)status.st_mode & 0777);
        if (fault)
            fault_hint(fault, "Close it with: chmod 600 %s", path);
        return ERR_SECRET;
    }
    if (status.st_uid != geteuid() && status.st_uid != 0)
        return fault_set(fault, ERR_SECRET, "key file %s belongs to another user", path);
    if (status.st_size > KEY_FILE_SIZE_MAX)
        return fault_set(fault, ERR_SECRET, "key file %s is larger than a key file can be", path);
    return ERR_OK;
}

/* Reads all of a file into bytes; the size read, or -1. */
static ssize_t read_all(int file, char *bytes, size_t size)
{
    size_t used_size = 0;
    while (used_size < size) {
        ssize_t got = read(file, bytes + used_size, size - used_size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        used_size += (size_t)got;
    }
    return (ssize_t)used_size;
}

/* Opens, checks and reads a key file into text (KEY_FILE_SIZE_MAX bytes). */
static enum err read_key_file(const char *path, char *text, size_t *ret_size, struct fault *fault)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) {
        enum err code = errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
        return fault_set(fault, code, "key file %s: %s", path, strerror(errno));
    }
    enum err err = check_key_file(file, path, fault);
    if (err == ERR_OK) {
        ssize_t got = read_all(file, text, KEY_FILE_SIZE_MAX);
        if (got < 0)
            err = fault_set(fault, ERR_IO, "key file %s: %s", path, strerror(errno));
        else
            *ret_size = (size_t)got;
    }
    close(file);
    return err;
}

enum err secrets_load(const char *path, struct secrets **ret_secrets, struct fault *fault)
{
    char *text = malloc(KEY_FILE_SIZE_MAX);
    if (!text)
        return fault_set(fault, ERR_MEMORY, "no memory for the key file");
    size_t size = 0;
    enum err err = read_key_file(path, text, &size, fault);
    if (err == ERR_OK)
        err = secrets_from_text((struct str){text, size}, ret_secrets, fault);
    explicit_bzero(text, size);
    free(text);
    return err;
}

static bool write_all(int file, struct str bytes)
{
    while (bytes.size > 0) {
        ssize_t wrote = write(file, bytes.ptr, bytes.size);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return false;
        bytes = str_sub(bytes, (size_t)wrote, bytes.size);
    }
    return fsync(file) == 0;
}

static void sync_folder_of(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1,
             slash ? path : ".");
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return;
    fsync(file);
    close(file);
}

enum placing { PLACE_NEW, PLACE_OVER };

/* Writes the text beside path and puts it in place in one step. */
static enum err place_key_file(const char *path, struct str text, enum placing placing,
                               struct fault *fault)
{
    char beside[4096];
    int length = snprintf(beside, sizeof beside, "%s.%d.new", path, (int)getpid());
    if (length < 0 || (size_t)length >= sizeof beside)
        return fault_set(fault, ERR_INPUT, "the path of the key file is too long");
    unlink(beside);
    int file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return fault_set(fault, ERR_IO, "key file %s: %s", beside, strerror(errno));
    bool written = write_all(file, text);
    int write_error = errno;
    close(file);
    if (!written) {
        unlink(beside);
        return fault_set(fault, ERR_IO, "key file %s: %s", beside, strerror(write_error));
    }
    /* link refuses to replace: the keys another process has just made must win. */
    int placed = placing == PLACE_NEW ? link(beside, path) : rename(beside, path);
    int place_error = errno;
    unlink(beside);
    if (placed != 0 && !(placing == PLACE_NEW && place_error == EEXIST))
        return fault_set(fault, ERR_IO, "key file %s: %s", path, strerror(place_error));
    sync_folder_of(path);
    return ERR_OK;
}

/* Appends "PREFIX <64 fresh hex digits>\n"; returns the new size, 0 on failure. */
static size_t append_key_line(char *text, size_t size, const char *prefix)
{
    uint8_t bytes[MASTER_SIZE];
    char hex[2 * MASTER_SIZE + 1];
    if (rand_secure(bytes, sizeof bytes) != ERR_OK)
        return 0;
    int length = snprintf(text + size, KEY_FILE_SIZE_MAX - size, "%s %s\n", prefix,
                          hash_hex(bytes, sizeof bytes, hex));
    explicit_bzero(bytes, sizeof bytes);
    explicit_bzero(hex, sizeof hex);
    return length > 0 && (size_t)length < KEY_FILE_SIZE_MAX - size ? size + (size_t)length : 0;
}

static enum err create_key_file(const char *path, struct fault *fault)
{
    static const char head[] = "# Keys of this city's personal data. Back this file up, apart from "
                               "the database;\n# without it sealed values cannot be read.\n";
    char *text = malloc(KEY_FILE_SIZE_MAX);
    if (!text)
        return fault_set(fault, ERR_MEMORY, "no memory for the key file");
    memcpy(text, head, sizeof head - 1);
    size_t size = append_key_line(text, sizeof head - 1, "index");
    size = size ? append_key_line(text, size, "key 1") : 0;
    enum err err = size ? place_key_file(path, (struct str){text, size}, PLACE_NEW, fault)
                        : fault_set(fault, ERR_SECRET, "the machine gives no random bytes");
    explicit_bzero(text, KEY_FILE_SIZE_MAX);
    free(text);
    return err;
}

enum err secrets_load_or_create(const char *path, struct secrets **ret_secrets,
                                struct fault *fault)
{
    enum err err = secrets_load(path, ret_secrets, fault);
    if (err != ERR_NOT_FOUND)
        return err;
    TRY(create_key_file(path, fault));
    if (fault)
        fault_clear(fault);
    return secrets_load(path, ret_secrets, fault);
}

enum err secrets_add_key(const char *path, struct fault *fault)
{
    struct secrets *secrets;
    TRY(secrets_load(path, &secrets, fault));
    int32_t number = secrets->newest + 1;
    secrets_free(secrets);
    if (number > SECRET_KEY_MAX)
        return fault_set(fault, ERR_LIMIT, "the key file holds %d keys already", SECRET_KEY_MAX);
    char *text = malloc(KEY_FILE_SIZE_MAX);
    if (!text)
        return fault_set(fault, ERR_MEMORY, "no memory for the key file");
    char prefix[16];
    snprintf(prefix, sizeof prefix, "key %d", number);
    size_t size = 0;
    enum err err = read_key_file(path, text, &size, fault);
    if (err == ERR_OK) {
        if (size > 0 && size < KEY_FILE_SIZE_MAX && text[size - 1] != '\n')
            text[size++] = '\n';
        size = append_key_line(text, size, prefix);
        err = size ? place_key_file(path, (struct str){text, size}, PLACE_OVER, fault)
                   : fault_set(fault, ERR_SECRET, "no room or no randomness for another key");
    }
    explicit_bzero(text, KEY_FILE_SIZE_MAX);
    free(text);
    return err;
}

/* ---- nonces ---- */

/* A nonce must never come twice under one key. The machine's randomness is drawn in portions, which
 * a forked child must not share with its parent: it throws its portion away. */
enum { PORTION_SIZE = NONCE_SIZE * 256 };
static _Thread_local uint8_t portion[PORTION_SIZE];
static _Thread_local size_t portion_left_size;
static _Thread_local unsigned portion_generation;
static unsigned fork_generation;
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

static void after_fork_in_child(void)
{
    fork_generation++;
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, after_fork_in_child);
}

static enum err next_nonce(uint8_t nonce[NONCE_SIZE])
{
    pthread_once(&fork_once, watch_forks);
    if (portion_left_size < NONCE_SIZE || portion_generation != fork_generation) {
        TRY(rand_secure(portion, sizeof portion));
        portion_left_size = sizeof portion;
        portion_generation = fork_generation;
    }
    portion_left_size -= NONCE_SIZE;
    memcpy(nonce, portion + portion_left_size, NONCE_SIZE);
    return ERR_OK;
}

/* ---- sealing ---- */

static gcry_cipher_hd_t cipher_take(const struct seal_key *key)
{
    gcry_cipher_hd_t cipher = pool_take(key->ciphers);
    if (cipher)
        return cipher;
    if (gcry_cipher_open(&cipher, GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_GCM, 0))
        return NULL;
    if (gcry_cipher_setkey(cipher, key->bytes, KEY_SIZE)) {
        gcry_cipher_close(cipher);
        return NULL;
    }
    return cipher;
}

static void cipher_give(const struct seal_key *key, gcry_cipher_hd_t cipher)
{
    if (!pool_give(key->ciphers, cipher))
        gcry_cipher_close(cipher);
}

/* "table\0column\0row": a value opens only where it was sealed. */
static size_t write_place(struct secret_place place, char bytes[PLACE_SIZE_MAX])
{
    char digits[24];
    size_t first = sizeof digits;
    uint64_t rest = place.row_id < 0 ? 0 - (uint64_t)place.row_id : (uint64_t)place.row_id;
    do {
        digits[--first] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (place.row_id < 0)
        digits[--first] = '-';
    size_t table_size = strlen(place.table) + 1, column_size = strlen(place.column) + 1;
    size_t digits_size = sizeof digits - first;
    check(table_size + column_size + digits_size <= PLACE_SIZE_MAX);
    memcpy(bytes, place.table, table_size);
    memcpy(bytes + table_size, place.column, column_size);
    memcpy(bytes + table_size + column_size, digits + first, digits_size);
    return table_size + column_size + digits_size;
}

static bool prepare(gcry_cipher_hd_t cipher, const void *nonce, struct secret_place place)
{
    char bytes[PLACE_SIZE_MAX];
    size_t size = write_place(place, bytes);
    return !gcry_cipher_reset(cipher) && !gcry_cipher_setiv(cipher, nonce, NONCE_SIZE) &&
           !gcry_cipher_authenticate(cipher, bytes, size);
}

enum err secret_seal(const struct secrets *secrets, struct arena *arena, struct secret_place place,
                     struct str clear, struct str *ret_sealed)
{
    if (clear.size > SECRET_CLEAR_SIZE_MAX)
        return ERR_LIMIT;
    size_t sealed_size = clear.size + SECRET_OVERHEAD_SIZE;
    uint8_t *sealed = arena_alloc(arena, sealed_size);
    if (!sealed)
        return ERR_MEMORY;
    uint8_t *nonce = sealed + 1, *body = nonce + NONCE_SIZE, *tag = body + clear.size;
    sealed[0] = (uint8_t)secrets->newest;
    TRY(next_nonce(nonce));
    const struct seal_key *key = &secrets->keys[secrets->newest];
    gcry_cipher_hd_t cipher = cipher_take(key);
    if (!cipher)
        return ERR_SECRET;
    bool ok = prepare(cipher, nonce, place);
    if (clear.size > 0) /* an empty value is its tag alone */
        ok = ok && !gcry_cipher_encrypt(cipher, body, clear.size, clear.ptr, clear.size);
    ok = ok && !gcry_cipher_gettag(cipher, tag, TAG_SIZE);
    cipher_give(key, cipher);
    if (!ok)
        return ERR_SECRET;
    *ret_sealed = (struct str){(const char *)sealed, sealed_size};
    return ERR_OK;
}

enum err secret_open(const struct secrets *secrets, struct arena *arena, struct secret_place place,
                     struct str sealed, struct str *ret_clear)
{
    if (sealed.size < SECRET_OVERHEAD_SIZE ||
        sealed.size > SECRET_CLEAR_SIZE_MAX + SECRET_OVERHEAD_SIZE)
        return ERR_SECRET;
    const struct seal_key *key = &secrets->keys[(uint8_t)sealed.ptr[0]];
    if (!key->known)
        return ERR_SECRET;
    size_t clear_size = sealed.size - SECRET_OVERHEAD_SIZE;
    const char *nonce = sealed.ptr + 1, *body = nonce + NONCE_SIZE, *tag = body + clear_size;
    char *clear = arena_alloc(arena, clear_size + 1);
    gcry_cipher_hd_t cipher = clear ? cipher_take(key) : NULL;
    if (!cipher)
        return clear ? ERR_SECRET : ERR_MEMORY;
    bool ok = prepare(cipher, nonce, place);
    if (clear_size > 0)
        ok = ok && !gcry_cipher_decrypt(cipher, clear, clear_size, body, clear_size);
    ok = ok && !gcry_cipher_checktag(cipher, tag, TAG_SIZE);
    cipher_give(key, cipher);
    if (!ok) {
        explicit_bzero(clear, clear_size);
        return ERR_SECRET;
    }
    *ret_clear = (struct str){clear, clear_size};
    return ERR_OK;
}

enum err secret_index(const struct secrets *secrets, const char *kind, struct str clear,
                      uint8_t ret_index[SECRET_INDEX_SIZE])
{
    gcry_mac_hd_t mac = pool_take(secrets->macs);
    if (mac) {
        gcry_mac_reset(mac);
    } else {
        if (gcry_mac_open(&mac, GCRY_MAC_HMAC_SM3, 0, NULL))
            return ERR_SECRET;
        if (gcry_mac_setkey(mac, secrets->index_key, MASTER_SIZE)) {
            gcry_mac_close(mac);
            return ERR_SECRET;
        }
    }
    uint8_t digest[HASH_SIZE];
    size_t size = sizeof digest;
    bool ok = !gcry_mac_write(mac, kind, strlen(kind) + 1) && /* with the zero that ends it */
              (clear.size == 0 || !gcry_mac_write(mac, clear.ptr, clear.size)) &&
              !gcry_mac_read(mac, digest, &size);
    if (!pool_give(secrets->macs, mac))
        gcry_mac_close(mac);
    if (!ok)
        return ERR_SECRET;
    memcpy(ret_index, digest, SECRET_INDEX_SIZE);
    return ERR_OK;
}
