#include "http/doc.h"

#include "base/record.h"
#include "unit.h"

static struct arena arena;

static struct str as_json(const struct doc *doc)
{
    struct text_buf *out = text_new(&arena);
    struct json json;
    json_init(&json, out);
    doc_to_json(doc, &json);
    return text_str(out);
}

TEST(doc__has_a_face_for_programs_and_one_for_people)
{
    arena_init(&arena, 1 << 20);
    struct doc *doc = doc_new(&arena);
    doc_add_id(doc, "id", 912174212847862793);
    doc_add_money(doc, "amount_fen", -5);
    doc_add_day(doc, "from", 19000);
    doc_add_code(doc, "level", 5, STR("技师"));
    doc_add_code(doc, "unknown", ABSENT_I32, STR(""));
    doc_page_z(doc, "href", "/persons/1");
    doc_add_instant(doc, "at", INT64_C(1772416800123));
    EXPECT_STR("{\"id\":\"912174212847862793\",\"amount_fen\":\"-0.05\",\"from\":\"2022-01-08\","
               "\"level\":5,\"unknown\":null,\"at\":\"2026-03-02T10:00:00.123+08:00\"}",
               as_json(doc));
    EXPECT_STR("技师", doc_member(doc, STR("level"))->words);
    EXPECT_STR("-0.05", doc_member(doc, STR("amount_fen"))->words);
    EXPECT_STR("2026-03-02 10:00", doc_member(doc, STR("at"))->words);
    EXPECT(doc_member(doc, STR("nothing")) == NULL);
    arena_done(&arena);
}

TEST(doc__fails_as_a_whole_when_memory_is_out)
{
    arena_init(&arena, 64 * 1024);
    struct doc *doc = doc_new(&arena);
    for (int i = 0; i < 100000; i++)
        doc_add_text_z(doc, "x", "y");
    EXPECT(doc_failed(doc));
    EXPECT(doc_failed(NULL));
    doc_add_money(NULL, "x", 5); /* nothing to add to: nothing happens */
    arena_done(&arena);
}
