/* policy_fuzz.c — any text is read without a crash; what is read without errors prints in both
 * spellings to texts that are read again and print the same. */
#include "policy/policy.h"

#include "policy_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct policy *read_text(struct arena *arena, struct str text)
{
    struct policy_source source = {STR("fuzz.md"), text};
    struct policy *policy = NULL;
    struct findings findings;
    struct fault fault;
    enum err err = policy_read(arena, &policy_words, &source, 1, &policy, &findings, &fault);
    struct text_buf buf;
    text_init(&buf, arena);
    for (int32_t i = 0; err != ERR_OK && i < findings.row_count; i++)
        finding_print(&buf, &source, &findings.rows[i], i % 2 ? SPELLING_EN : SPELLING_ZH);
    return err == ERR_OK ? policy : NULL;
}

static struct str print(struct arena *arena, const struct policy *policy,
                        enum policy_spelling spelling)
{
    struct text_buf buf;
    text_init(&buf, arena);
    policy_print_document(&buf, policy, 0, spelling);
    return text_str(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    const struct policy *once = read_text(&arena, (struct str){(const char *)data, size});
    if (once) {
        struct str en = print(&arena, once, SPELLING_EN);
        const struct policy *twice = read_text(&arena, en);
        check(twice != NULL);
        struct str zh = print(&arena, twice, SPELLING_ZH);
        const struct policy *thrice = read_text(&arena, zh);
        check(thrice != NULL);
        check(str_equal(en, print(&arena, thrice, SPELLING_EN)));
    }
    arena_done(&arena);
    return 0;
}
