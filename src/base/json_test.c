#include "unit.h"

#include "base/day.h"
#include "base/json.h"

static struct arena arena;

static struct json given_json(void)
{
    struct json json;
    arena_done(&arena);
    arena_init(&arena, 1 << 20);
    json_init(&json, text_new(&arena));
    return json;
}

TEST(json__writes_objects_arrays_and_every_kind_of_value)
{
    struct json json = given_json();
    json_object_begin(&json);
    json_add_text(&json, "name", STR("王\"某\\某\n\x01"));
    json_add_number(&json, "count", -5);
    json_add_id(&json, "id", INT64_MAX);
    json_add_money(&json, "amount", -100050);
    json_add_day(&json, "day", 19226);
    json_add_day(&json, "until", INT32_MAX);
    json_add_month(&json, "month", 2022 * 12);
    json_add_bool(&json, "paid", true);
    json_add_text(&json, "absent", (struct str){NULL, 0});
    json_key(&json, "rows");
    json_array_begin(&json);
    json_number(&json, 1);
    json_array_begin(&json);
    json_array_end(&json);
    json_object_begin(&json);
    json_object_end(&json);
    json_array_end(&json);
    json_object_end(&json);
    EXPECT_STR(
        "{\"name\":\"王\\\"某\\\\某\\n\\u0001\",\"count\":-5,\"id\":\"9223372036854775807\","
        "\"amount\":\"-1000.50\",\"day\":\"2022-08-22\",\"until\":null,\"month\":\"2022-01\","
        "\"paid\":true,\"absent\":null,\"rows\":[1,[],{}]}",
        text_str(json.out));
}

TEST(json_text__writes_utf_8_whatever_it_is_given)
{
    struct json json = given_json();
    json_text(&json, STR("a\xFFz\xE4\xBD"));
    EXPECT_STR("\"a\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\"", text_str(json.out));
}

static const struct json_value *value_of(const char *text)
{
    const struct json_value *value = NULL;
    struct fault fault = {0};
    enum err err = json_parse(&arena, str_from(text), 10000, &value, &fault);
    if (err != ERR_OK)
        fail_msg("%s: %s", text, fault.message);
    return value;
}

TEST(json_parse__reads_what_the_writer_wrote)
{
    static const char text[] = "{\"a\":[1,-2,true,null,\"王\\n\"],\"b\":{\"c\":{}},\"d\":[]}";
    struct json json = given_json();
    const struct json_value *value = value_of(text);
    EXPECT_INT(3, value->count);
    EXPECT_INT(5, json_member(value, "a")->count);
    EXPECT(!json_member(value, "x"));
    json_value_write(&json, value);
    EXPECT_STR(text, text_str(json.out));
    EXPECT_INT(7, json_member_number(value_of("{\"n\":7,\"t\":\"x\"}"), "n", 0));
    EXPECT_INT(9, json_member_number(value_of("{\"n\":7,\"t\":\"x\"}"), "t", 9));
    EXPECT_STR("x", json_member_text(value_of("{\"n\":7,\"t\":\"x\"}"), "t"));
    EXPECT(!json_member_text(value_of("{\"n\":7}"), "n").ptr);
}

TEST(json_parse__refuses_everything_that_is_not_strict)
{
    given_json();
    static const char *const texts[] = {
        "", "{", "[1,]", "{\"a\":1,\"a\":2}", "[1] 2", "[1.5]", "[1e3]", "{a:1}", "['a']", "[01]",
        "[99999999999999999999]", "[\"\xFF\"]", "nul", "// x\n1", "[\"\\ud800\"]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct json_value *value = NULL;
        struct fault fault = {0};
        if (json_parse(&arena, str_from(texts[i]), 10000, &value, &fault) != ERR_JSON)
            fail_msg("accepted %s", texts[i]);
        EXPECT(!value && fault.message[0]);
    }
}

TEST(json_parse__keeps_its_limits)
{
    given_json();
    const struct json_value *value = NULL;
    char nested[2 * JSON_DEPTH_MAX + 3] = "";
    memset(nested, '[', JSON_DEPTH_MAX);
    memset(nested + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    EXPECT_OK(json_parse(&arena, str_from(nested), 10000, &value, NULL));
    memset(nested, '[', JSON_DEPTH_MAX + 1);
    memset(nested + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    EXPECT_ERR(ERR_LIMIT, json_parse(&arena, str_from(nested), 10000, &value, NULL));
    EXPECT_OK(json_parse(&arena, STR("[\"[[[\\\"\"]"), 9, &value, NULL));
    EXPECT_ERR(ERR_LIMIT, json_parse(&arena, STR("[\"[[[\\\"\"]"), 8, &value, NULL));
}
