/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const struct {
    struct pb_str text;
    const char *message;
} malformed[] = {
    {PB_LIT_INIT(""), "t.json:1:1: JSON ends too early"},
    {PB_LIT_INIT("{\n  \"a\": 1,\n  \"b\": x\n}"), "t.json:3:8: malformed JSON"},
    {PB_LIT_INIT("[1, 2"), "t.json:1:6: JSON ends too early"},
    {PB_LIT_INIT("{} x"), "t.json:1:4: malformed JSON"},
    {PB_LIT_INIT("{\"a\"\0:1}"), "t.json: not JSON: contains a zero byte"},
};

Test(json, errors_name_file_line_and_column)
{
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        struct pb_json doc;
        struct pb_err err = PB_ERR_INIT;
        cr_expect_eq(pb_json_parse(&doc, malformed[i].text, "t.json", &err), -1);
        cr_expect_eq(err.code, PB_E_BAD_INPUT);
        cr_expect_str_eq(err.msg, malformed[i].message, "row %zu: %s", i, err.msg);
        pb_json_free(&doc);
    }
}

static struct pb_json parse(const char *text)
{
    struct pb_json doc;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_json_parse(&doc, pb_str(text), "t.json", &err), 0, "%s", err.msg);
    return doc;
}

Test(json, skips_a_byte_order_mark_and_refuses_deep_nesting)
{
    struct pb_json doc = parse("\xef\xbb\xbf{\"a\": 1}\n");
    cr_assert_eq(pb_json_num(doc.root, "a", 0), 1);
    pb_json_free(&doc);

    static char deep[100000];
    memset(deep, '[', sizeof deep);
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_json_parse(&doc, pb_strn(deep, sizeof deep), "deep", &err), -1);
    pb_json_free(&doc);
}

Test(json, finds_the_line_of_every_node)
{
    struct pb_json doc = parse("\n{ \"a\": \"x\\\"}\\\\\",\n"
                               "  \"b\": [1,\n"
                               "    {\"c\": null, \"d\":\n"
                               "       true}, [ ], { },\n"
                               "    -2.5e3],\n"
                               "  \"e\"\n"
                               "    : \"last\"\n"
                               "}\n");
    const cJSON *b = pb_json_get(doc.root, "b");
    cr_expect_eq(pb_json_line(&doc, doc.root), 2);
    cr_expect_eq(pb_json_line(&doc, pb_json_get(doc.root, "a")), 2);
    cr_expect_eq(pb_json_line(&doc, b), 3);
    cr_expect_eq(pb_json_line(&doc, cJSON_GetArrayItem(b, 0)), 3);
    cr_expect_eq(pb_json_line(&doc, pb_json_get(cJSON_GetArrayItem(b, 1), "c")), 4);
    cr_expect_eq(pb_json_line(&doc, pb_json_get(cJSON_GetArrayItem(b, 1), "d")), 4);
    cr_expect_eq(pb_json_line(&doc, cJSON_GetArrayItem(b, 2)), 5);
    cr_expect_eq(pb_json_line(&doc, cJSON_GetArrayItem(b, 3)), 5);
    cr_expect_eq(pb_json_line(&doc, cJSON_GetArrayItem(b, 4)), 6);
    cr_expect_eq(pb_json_line(&doc, pb_json_get(doc.root, "e")), 7);
    cJSON stranger = {0};
    cr_expect_eq(pb_json_line(&doc, &stranger), 0);
    cr_expect_eq(pb_json_line(&doc, NULL), 0);
    pb_json_free(&doc);
}

Test(json, errors_about_a_node_carry_its_line)
{
    struct pb_json doc = parse("{\n \"a\": 1,\n \"bad\": 2 }");
    struct pb_err err = PB_ERR_INIT;
    static const char *const keys[] = {"a", NULL};
    cr_assert_eq(pb_json_only_keys(&doc, doc.root, keys, &err), -1);
    cr_assert_str_eq(err.msg, "t.json:3: unknown key \"bad\"");
    pb_err_clear(&err);
    static const char *const more_keys[] = {"bad", "a", NULL};
    cr_assert_eq(pb_json_only_keys(&doc, doc.root, more_keys, &err), 0);
    cr_assert_eq(pb_json_err(&doc, NULL, &err, "no %s", "node"), -1);
    cr_assert_str_eq(err.msg, "t.json: no node");
    pb_json_free(&doc);
}

Test(json, typed_look_ups_fall_back)
{
    struct pb_json doc = parse("{\"s\": \"text\", \"n\": 1.5, \"b\": true, \"d\": 1, \"d\": 2}");
    cr_expect_str_eq(pb_json_cstr(doc.root, "s"), "text");
    cr_expect_null(pb_json_cstr(doc.root, "n"));
    cr_expect_null(pb_json_cstr(doc.root, "S"));
    cr_expect_eq(pb_json_num(doc.root, "n", 7), 1.5);
    cr_expect_eq(pb_json_num(doc.root, "s", 7), 7);
    cr_expect_eq(pb_json_bool(doc.root, "b", false), true);
    cr_expect_eq(pb_json_bool(doc.root, "n", true), true);
    cr_expect_eq(pb_json_num(doc.root, "d", 0), 2); /* the last one wins, as in JavaScript */
    cr_expect_null(pb_json_get(NULL, "a"));
    cr_expect_null(pb_json_get(pb_json_get(doc.root, "s"), "a"));
    pb_json_free(&doc);
    pb_json_free(&doc);
}

Test(json, prints_values_back)
{
    struct pb_json doc = parse("{ \"a\" : [ 1, 2.5, \"\\u00fc/\" ], \"b\": { } }");
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1000);
    pb_json_print(doc.root, &out);
    cr_assert_str_eq(out.p, "{\"a\":[1,2.5,\"\xc3\xbc/\"],\"b\":{}}");
    pb_json_free(&doc);
}

Test(json, loads_files_up_to_a_size)
{
    struct pb_json doc;
    struct pb_err err = PB_ERR_INIT;
    char path[] = "pb-json-XXXXXX";
    PB_AUTO_FD int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, "{\"a\":1}", 7), 7);
    cr_expect_eq(pb_json_load(&doc, AT_FDCWD, path, 7, &err), 0, "%s", err.msg);
    cr_expect_eq(pb_json_num(doc.root, "a", 0), 1);
    pb_json_free(&doc);
    cr_expect_eq(pb_json_load(&doc, AT_FDCWD, path, 6, &err), -1);
    cr_expect_eq(err.code, PB_E_LIMIT);
    pb_json_free(&doc);
    cr_assert_eq(unlink(path), 0);
    pb_err_clear(&err);
    cr_expect_eq(pb_json_load(&doc, AT_FDCWD, path, 7, &err), -1);
    cr_expect_eq(err.code, PB_E_NOT_FOUND);
    pb_json_free(&doc);
}
