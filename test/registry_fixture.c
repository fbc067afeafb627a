#include "registry_fixture.h"

#include "base/identity.h"
#include "base/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NAME(text)                                                                                 \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
#define ALWAYS INT32_MIN, INT32_MAX

static const struct catalogue_entry divisions[] = {
    {370800, NAME("济宁市"), {0}, ALWAYS},
    {370811, NAME("任城区"), {0}, ALWAYS},
    {370812, NAME("兖州区"), {0}, ALWAYS},
};
static const int32_t divisions_by_name[] = {1, 2, 0};
static const struct catalogue_entry occupations[] = {
    {6180101, NAME("车工"), NAME("6-18-01-01"), ALWAYS},
    {6180201, NAME("焊工"), NAME("6-18-02-01"), ALWAYS},
    {6990101, NAME("停用工"), NAME("6-99-01-01"), INT32_MIN, 18627},
};
static const int32_t occupations_by_name[] = {2, 1, 0};
static const int32_t one_by_name[] = {0};
static const struct catalogue_entry industries[] = {{1, NAME("高端装备"), {0}, ALWAYS}};
static const struct catalogue_entry honours[] = {{1, NAME("城市工匠"), {0}, ALWAYS}};
static const struct catalogue_entry projects[] = {{1, NAME("订单式培养"), {0}, ALWAYS}};
static const struct catalogue_entry groups[] = {{1, NAME("退役军人"), {0}, ALWAYS}};

static const struct catalogue catalogues[] = {
    {"division", "区划", divisions, 3, divisions_by_name},
    {"occupation", "职业", occupations, 3, occupations_by_name},
    {"industry", "行业", industries, 1, one_by_name},
    {"honour", "称号", honours, 1, one_by_name},
    {"project", "项目", projects, 1, one_by_name},
    {"group", "群体", groups, 1, one_by_name},
};

const struct vocab *registry_fixture_vocab(void)
{
    static struct vocab vocab;
    registry_vocab(catalogues, sizeof catalogues / sizeof catalogues[0], NULL, 0, &vocab);
    return &vocab;
}

const char *registry_fixture_identity(int32_t number, char buffer[19])
{
    char digits[32];
    snprintf(digits, sizeof digits, "37081119900102%03d", number % 1000);
    snprintf(buffer, 19, "%.17s%c", digits, identity_check_character(digits));
    return buffer;
}

const char *registry_fixture_credit_code(int32_t number, char buffer[19])
{
    char code[32];
    snprintf(code, sizeof code, "91370811MA3%05d", number % 100000);
    code[16] = identity_organisation_check_character(code + 8);
    code[17] = '\0';
    snprintf(buffer, 19, "%.17s%c", code, identity_credit_check_character(code));
    return buffer;
}

const struct secrets *registry_fixture_secrets(void)
{
    static struct secrets *secrets;
    static const char text[] =
        "key 1 000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f\n"
        "index 101112131415161718191a1b1c1d1e1f101112131415161718191a1b1c1d1e1f\n";
    struct fault fault = {0};
    if (!secrets && secrets_from_text(str_from(text), &secrets, &fault) != ERR_OK)
        check_failed(fault.message, __FILE__, __LINE__);
    return secrets;
}

static char folder[64];

static void remove_folder(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0)
        fputs("the folder of the test could not be removed\n", stderr);
}

const char *registry_fixture_path(const char *name, char path[256])
{
    if (!folder[0]) {
        snprintf(folder, sizeof folder, "/tmp/baigong-registry-XXXXXX");
        check(mkdtemp(folder));
        atexit(remove_folder);
    }
    snprintf(path, 256, "%s/%s", folder, name);
    return path;
}

const char *registry_fixture_write(const char *name, const char *text)
{
    static char path[256];
    FILE *file = fopen(registry_fixture_path(name, path), "w");
    check(file);
    fputs(text, file);
    check(fclose(file) == 0);
    return path;
}

const char *registry_fixture_read(const char *path, char *buffer, size_t buffer_size)
{
    FILE *file = fopen(path, "r");
    size_t size = file ? fread(buffer, 1, buffer_size - 1, file) : 0;
    if (file)
        fclose(file);
    buffer[size] = '\0';
    return buffer;
}
