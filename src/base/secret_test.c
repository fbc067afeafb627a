#include "unit.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/secret.h"

#include <fcntl.h>
#include <gcrypt.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define HEX_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEX_B "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

static const struct secret_place PLACE = {"person", "identity", 42};

static struct secrets *given_secrets(const char *text)
{
    struct secrets *secrets = NULL;
    EXPECT_OK(secrets_from_text(str_from(text), &secrets, NULL));
    return secrets;
}

TEST(libgcrypt__computes_the_sm4_gcm_example_of_rfc_8998)
{
    static const uint8_t key[16] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF,
                                    0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10};
    static const uint8_t nonce[12] = {0x00, 0x00, 0x12, 0x34, 0x56, 0x78,
                                      0x00, 0x00, 0x00, 0x00, 0xAB, 0xCD};
    static const uint8_t data[20] = {0xFE, 0xED, 0xFA, 0xCE, 0xDE, 0xAD, 0xBE, 0xEF, 0xFE, 0xED,
                                     0xFA, 0xCE, 0xDE, 0xAD, 0xBE, 0xEF, 0xAB, 0xAD, 0xDA, 0xD2};
    static const uint8_t fill[8] = {0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA};
    uint8_t clear[64], cipher_text[64], tag[16];
    char hex[129];
    for (int i = 0; i < 64; i++)
        clear[i] = fill[i / 8];
    struct secrets *secrets = given_secrets("index " HEX_A "\nkey 1 " HEX_B "\n");
    gcry_cipher_hd_t cipher;
    assert_int_equal(0, gcry_cipher_open(&cipher, GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_GCM, 0));
    assert_int_equal(0, gcry_cipher_setkey(cipher, key, sizeof key));
    assert_int_equal(0, gcry_cipher_setiv(cipher, nonce, sizeof nonce));
    assert_int_equal(0, gcry_cipher_authenticate(cipher, data, sizeof data));
    assert_int_equal(0, gcry_cipher_encrypt(cipher, cipher_text, 64, clear, 64));
    assert_int_equal(0, gcry_cipher_gettag(cipher, tag, sizeof tag));
    assert_string_equal("17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
                        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d",
                        hash_hex(cipher_text, 64, hex));
    assert_string_equal("83de3541e4c2b58177e065a9bf7b62ec", hash_hex(tag, 16, hex));
    gcry_cipher_close(cipher);
    secrets_free(secrets);
}

TEST(secret_open__gives_back_what_was_sealed_and_only_in_its_place)
{
    struct secrets *secrets = given_secrets("index " HEX_A "\nkey 1 " HEX_B "\n");
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct str sealed, again, clear;
    EXPECT_OK(secret_seal(secrets, &arena, PLACE, STR("371001198010082394"), &sealed));
    EXPECT_OK(secret_seal(secrets, &arena, PLACE, STR("371001198010082394"), &again));
    EXPECT_INT(18 + SECRET_OVERHEAD_SIZE, sealed.size);
    EXPECT(!str_equal(sealed, again));
    EXPECT_OK(secret_open(secrets, &arena, PLACE, sealed, &clear));
    EXPECT_STR("371001198010082394", clear);

    struct secret_place elsewhere[] = {
        {"person", "identity", 43}, {"person", "phone", 42}, {"persons", "identity", 42}};
    for (size_t i = 0; i < 3; i++)
        EXPECT_ERR(ERR_SECRET, secret_open(secrets, &arena, elsewhere[i], sealed, &clear));
    EXPECT_OK(secret_seal(secrets, &arena, PLACE, STR(""), &sealed));
    EXPECT_OK(secret_open(secrets, &arena, PLACE, sealed, &clear));
    EXPECT_INT(0, clear.size);
    arena_done(&arena);
    secrets_free(secrets);
}

TEST(secret_open__refuses_a_value_with_any_bit_changed)
{
    struct secrets *secrets = given_secrets("index " HEX_A "\nkey 1 " HEX_B "\n");
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct str sealed, clear = STR("untouched");
    EXPECT_OK(secret_seal(secrets, &arena, PLACE, STR("13800138000"), &sealed));
    char *bytes = (char *)str_copy(&arena, sealed).ptr;
    for (size_t bit = 0; bit < sealed.size * 8; bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
        EXPECT_ERR(ERR_SECRET, secret_open(secrets, &arena, PLACE,
                                           (struct str){bytes, sealed.size}, &clear));
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
    }
    for (size_t size = 0; size < sealed.size; size++)
        EXPECT_ERR(ERR_SECRET,
                   secret_open(secrets, &arena, PLACE, (struct str){bytes, size}, &clear));
    EXPECT_STR("untouched", clear);
    arena_done(&arena);
    secrets_free(secrets);
}

TEST(secrets__keep_opening_with_old_keys_after_a_new_one)
{
    struct secrets *before = given_secrets("index " HEX_A "\nkey 1 " HEX_B "\n");
    struct secrets *after = given_secrets("# two\nindex " HEX_A "\nkey 1 " HEX_B "\nkey 2 " HEX_A);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct str old, new, clear;
    EXPECT_OK(secret_seal(before, &arena, PLACE, STR("旧"), &old));
    EXPECT_OK(secret_seal(after, &arena, PLACE, STR("新"), &new));
    EXPECT_OK(secret_open(after, &arena, PLACE, old, &clear));
    EXPECT_STR("旧", clear);
    EXPECT_ERR(ERR_SECRET, secret_open(before, &arena, PLACE, new, &clear));
    EXPECT_INT(2, secrets_newest_key(after));
    uint8_t a[SECRET_INDEX_SIZE], b[SECRET_INDEX_SIZE];
    EXPECT_OK(secret_index(before, "phone", STR("13800138000"), a));
    EXPECT_OK(secret_index(after, "phone", STR("13800138000"), b));
    EXPECT(memcmp(a, b, sizeof a) == 0);
    EXPECT_OK(secret_index(after, "bank", STR("13800138000"), b));
    EXPECT(memcmp(a, b, sizeof a) != 0);
    arena_done(&arena);
    secrets_free(before);
    secrets_free(after);
}

TEST(secret_index__is_hmac_sm3_of_kind_and_value)
{
    uint8_t key[32];
    for (size_t i = 0; i < sizeof key; i++) /* the bytes of HEX_A */
        key[i] = (uint8_t)(i % 16 * 0x11);
    static const char message[] = "phone\0" "13800138000";
    uint8_t expected[32], index[SECRET_INDEX_SIZE];
    struct secrets *secrets = given_secrets("index " HEX_A "\nkey 1 " HEX_B "\n");
    EXPECT(HMAC(EVP_sm3(), key, sizeof key, (const uint8_t *)message, sizeof message - 1, expected,
                NULL) != NULL);
    for (int i = 0; i < 2; i++) { /* with a fresh and with a used handle */
        EXPECT_OK(secret_index(secrets, "phone", STR("13800138000"), index));
        EXPECT(memcmp(expected, index, sizeof index) == 0);
    }
    secrets_free(secrets);
}

TEST(secrets_from_text__refuses_broken_key_files)
{
    static const char *const texts[] = {
        "", "index " HEX_A "\n", "key 1 " HEX_A "\n", "index " HEX_A "\nkey 0 " HEX_A "\n",
        "index " HEX_A "\nkey 256 " HEX_A "\n", "index " HEX_A "\nkey 1 " HEX_A "0\n",
        "index " HEX_A "\nkey 1 " HEX_A "\nkey 1 " HEX_A "\n", "index " HEX_A "\nkey 1\n",
        "index " HEX_A "\nkey 1 XX112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
        "index\nkey 1 " HEX_A "\n", "index " HEX_A "\nkeys 1 " HEX_A "\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct secrets *secrets = NULL;
        EXPECT_ERR(ERR_SECRET, secrets_from_text(str_from(texts[i]), &secrets, NULL));
        EXPECT(!secrets);
    }
}

TEST(secrets_load_or_create__makes_a_closed_file_once_and_adds_keys)
{
    char folder[] = "/tmp/baigong-secret-XXXXXX";
    EXPECT(mkdtemp(folder) != NULL);
    char path[64];
    snprintf(path, sizeof path, "%s/keys", folder);
    struct fault fault = {0};
    struct secrets *first, *second, *third = NULL;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    EXPECT_ERR(ERR_NOT_FOUND, secrets_load(path, &first, &fault));
    EXPECT_OK(secrets_load_or_create(path, &first, &fault));
    struct stat status;
    EXPECT_INT(0, stat(path, &status));
    EXPECT_INT(0600, status.st_mode & 0777);
    struct str sealed, clear;
    EXPECT_OK(secret_seal(first, &arena, PLACE, STR("张三"), &sealed));
    EXPECT_OK(secrets_add_key(path, &fault));
    EXPECT_OK(secrets_load_or_create(path, &second, &fault));
    EXPECT_INT(2, secrets_newest_key(second));
    EXPECT_OK(secret_open(second, &arena, PLACE, sealed, &clear));
    EXPECT_STR("张三", clear);
    EXPECT_INT(0, chmod(path, 0640));
    EXPECT_ERR(ERR_SECRET, secrets_load(path, &third, &fault));
    EXPECT(strstr(fault.hint, "chmod 600") != NULL);
    EXPECT(!third);
    unlink(path);
    rmdir(folder);
    arena_done(&arena);
    secrets_free(first);
    secrets_free(second);
}

TEST(secret_seal__gives_a_forked_child_other_nonces)
{
    struct secrets *secrets = given_secrets("index " HEX_A "\nkey 1 " HEX_B "\n");
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct str sealed;
    char from_child[64];
    int ends[2];
    EXPECT_OK(secret_seal(secrets, &arena, PLACE, STR("x"), &sealed));
    EXPECT_INT(0, pipe(ends));
    pid_t child = fork();
    EXPECT_OK(secret_seal(secrets, &arena, PLACE, STR("x"), &sealed));
    if (child == 0)
        _exit(write(ends[1], sealed.ptr, sealed.size) != (ssize_t)sealed.size);
    EXPECT_INT(sealed.size, read(ends[0], from_child, sizeof from_child));
    EXPECT(memcmp(sealed.ptr + 1, from_child + 1, 12) != 0);
    waitpid(child, NULL, 0);
    close(ends[0]);
    close(ends[1]);
    arena_done(&arena);
    secrets_free(secrets);
}

TEST(secret_seal__costs_microseconds)
{
    struct secrets *secrets = given_secrets("index " HEX_A "\nkey 1 " HEX_B "\n");
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct str sealed, clear;
    uint8_t index[SECRET_INDEX_SIZE];
    enum { ROUNDS = 2000 };
    struct arena_mark mark = arena_mark(&arena);
    int64_t start_ns = clock_monotonic_ns();
    for (int i = 0; i < ROUNDS; i++) {
        EXPECT_OK(secret_seal(secrets, &arena, PLACE, STR("371001198010082394"), &sealed));
        EXPECT_OK(secret_open(secrets, &arena, PLACE, sealed, &clear));
        EXPECT_OK(secret_index(secrets, "identity", STR("371001198010082394"), index));
        arena_rewind(&arena, mark);
    }
    int64_t each_ns = (clock_monotonic_ns() - start_ns) / ROUNDS;
    print_message("seal, open and index: %lld ns together\n", (long long)each_ns);
    EXPECT(each_ns < 200000); /* a slow or sanitized machine; the figure above is the measure */
    arena_done(&arena);
    secrets_free(secrets);
}
