#include "port/jwt.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

enum jwt_algorithm { RS256, PS256, ES256, ALGORITHM_COUNT };

static const struct {
    const char *name, *key_type;
} algorithms[ALGORITHM_COUNT] = {{"RS256", "RSA"}, {"PS256", "RSA"}, {"ES256", "EC"}};

enum { EC_HALF_SIZE = 32, EC_DER_SIZE_MAX = 80, RSA_BITS_MIN = 2048 };

/* ---- base 64 */

void jwt_add_base64(struct text_buf *out, struct str bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t held = 0;
    int bit_count = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        held = (held << 8) | (uint8_t)bytes.ptr[i];
        for (bit_count += 8; bit_count >= 6; bit_count -= 6)
            text_add_byte(out, digits[held >> (bit_count - 6) & 63]);
    }
    if (bit_count > 0)
        text_add_byte(out, digits[held << (6 - bit_count) & 63]);
}

static int32_t digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool jwt_from_base64(struct arena *arena, struct str text, struct str *ret_bytes)
{
    char *bytes = arena_alloc(arena, text.size + 1);
    uint32_t held = 0;
    int bit_count = 0;
    size_t size = 0;
    if (!bytes || text.size % 4 == 1)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        int32_t digit = digit_of(text.ptr[i]);
        if (digit < 0)
            return false;
        held = (held << 6) | (uint32_t)digit;
        if ((bit_count += 6) >= 8)
            bytes[size++] = (char)(held >> (bit_count -= 8) & 0xFF);
    }
    if ((held & ((1u << bit_count) - 1)) != 0)
        return false; /* one text for one value */
    *ret_bytes = (struct str){bytes, size};
    return true;
}

/* ---- keys */

static EVP_PKEY *key_from(OSSL_PARAM_BLD *build, const char *type)
{
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;
    if (params && context && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    return key;
}

static EVP_PKEY *rsa_key(struct arena *arena, const struct json_value *jwk)
{
    struct str n, e;
    if (!jwt_from_base64(arena, json_member_text(jwk, "n"), &n) ||
        !jwt_from_base64(arena, json_member_text(jwk, "e"), &e) || n.size > 1024 || e.size > 8)
        return NULL;
    BIGNUM *modulus = BN_bin2bn((const unsigned char *)n.ptr, (int)n.size, NULL);
    BIGNUM *exponent = BN_bin2bn((const unsigned char *)e.ptr, (int)e.size, NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (modulus && exponent && build && BN_num_bits(modulus) >= RSA_BITS_MIN &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
        key = key_from(build, "RSA");
    OSSL_PARAM_BLD_free(build);
    BN_free(modulus);
    BN_free(exponent);
    return key;
}

static EVP_PKEY *ec_key(struct arena *arena, const struct json_value *jwk)
{
    struct str x, y;
    unsigned char point[1 + 2 * EC_HALF_SIZE] = {4};
    if (!str_equal(json_member_text(jwk, "crv"), STR("P-256")) ||
        !jwt_from_base64(arena, json_member_text(jwk, "x"), &x) ||
        !jwt_from_base64(arena, json_member_text(jwk, "y"), &y) || x.size != EC_HALF_SIZE ||
        y.size != EC_HALF_SIZE)
        return NULL;
    memcpy(point + 1, x.ptr, x.size);
    memcpy(point + 1 + EC_HALF_SIZE, y.ptr, y.size);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (build &&
        OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point) == 1)
        key = key_from(build, "EC");
    OSSL_PARAM_BLD_free(build);
    return key;
}

/* The key that the head names; without a name, the only one of the type. */
static const struct json_value *find_key(const struct json_value *keys, struct str id,
                                         const char *type)
{
    const struct json_value *list = json_member(keys, "keys");
    const struct json_value *found = NULL;
    for (const struct json_value *jwk = list ? list->first : NULL; jwk; jwk = jwk->next) {
        struct str use = json_member_text(jwk, "use");
        if (!str_equal_text(json_member_text(jwk, "kty"), type) ||
            (use.ptr && !str_equal(use, STR("sig"))))
            continue;
        if (id.ptr && str_equal(json_member_text(jwk, "kid"), id))
            return jwk;
        if (!id.ptr && found)
            return NULL;
        found = jwk;
    }
    return id.ptr ? NULL : found;
}

/* ---- signatures */

/* Two numbers side by side become the DER that OpenSSL reads. */
static size_t der_of(struct str pair, unsigned char *der)
{
    if (pair.size != 2 * EC_HALF_SIZE)
        return 0;
    const unsigned char *bytes = (const unsigned char *)pair.ptr;
    ECDSA_SIG *signature = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(bytes, EC_HALF_SIZE, NULL);
    BIGNUM *s = BN_bin2bn(bytes + EC_HALF_SIZE, EC_HALF_SIZE, NULL);
    if (!signature || !r || !s || ECDSA_SIG_set0(signature, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(signature);
        return 0;
    }
    unsigned char *end = der;
    int size = i2d_ECDSA_SIG(signature, &end);
    ECDSA_SIG_free(signature);
    return size > 0 ? (size_t)size : 0;
}

static bool is_signed(enum jwt_algorithm algorithm, EVP_PKEY *key, struct str text,
                      struct str signature)
{
    unsigned char der[EC_DER_SIZE_MAX];
    const unsigned char *bytes = (const unsigned char *)signature.ptr;
    size_t size = signature.size;
    if (algorithm == ES256) {
        size = der_of(signature, der);
        bytes = der;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key_context = NULL;
    bool fits = size > 0 && context &&
                EVP_DigestVerifyInit(context, &key_context, EVP_sha256(), NULL, key) == 1;
    if (fits && algorithm == PS256)
        fits = EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST) == 1;
    fits = fits && EVP_DigestVerify(context, bytes, size, (const unsigned char *)text.ptr,
                                    text.size) == 1;
    EVP_MD_CTX_free(context);
    return fits;
}

/* ---- tokens */

static enum err refuse(struct fault *fault, const char *why)
{
    return fault_set(fault, ERR_TOKEN, "登录凭证不能用：%s", why);
}

static bool read_part(struct arena *arena, struct str part, const struct json_value **ret_value)
{
    struct str text;
    return jwt_from_base64(arena, part, &text) &&
           json_parse(arena, text, JWT_SIZE_MAX, ret_value, NULL) == ERR_OK &&
           (*ret_value)->kind == JSON_KIND_OBJECT;
}

static bool read_algorithm(struct str name, enum jwt_algorithm *ret_algorithm)
{
    for (int i = 0; i < ALGORITHM_COUNT; i++)
        if (str_equal_text(name, algorithms[i].name)) {
            *ret_algorithm = (enum jwt_algorithm)i;
            return true;
        }
    return false;
}

enum err jwt_read(struct arena *arena, struct str token, const struct json_value *keys,
                  const struct json_value **ret_claims, struct fault *fault)
{
    struct str rest = token, head_part, claim_part, signature_part, signature;
    const struct json_value *head, *claims;
    enum jwt_algorithm algorithm;
    if (token.size > JWT_SIZE_MAX || !str_split(&rest, '.', &head_part) ||
        !str_split(&rest, '.', &claim_part) || !str_split(&rest, '.', &signature_part) ||
        head_part.size + claim_part.size + signature_part.size + 2 != token.size)
        return refuse(fault, "不是三段");
    if (!read_part(arena, head_part, &head) || !read_part(arena, claim_part, &claims) ||
        !jwt_from_base64(arena, signature_part, &signature))
        return refuse(fault, "读不懂");
    if (!read_algorithm(json_member_text(head, "alg"), &algorithm) || json_member(head, "crit"))
        return refuse(fault, "签名算法不认识");
    const struct json_value *jwk =
        find_key(keys, json_member_text(head, "kid"), algorithms[algorithm].key_type);
    EVP_PKEY *key = !jwk                 ? NULL
                    : algorithm == ES256 ? ec_key(arena, jwk)
                                         : rsa_key(arena, jwk);
    if (!key)
        return refuse(fault, "没有它的公钥");
    struct str text = {token.ptr, head_part.size + 1 + claim_part.size};
    bool fits = is_signed(algorithm, key, text, signature);
    EVP_PKEY_free(key);
    if (!fits)
        return refuse(fault, "签名不对");
    *ret_claims = claims;
    return ERR_OK;
}
