/* SPDX-License-Identifier: MIT */
#include "installer/lockfile/lock.h"

#include <criterion/criterion.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static struct pl_lock lock;

static void release(void)
{
    pl_lock_release(&lock);
}

TestSuite(lock_parse, .fini = release);

static const struct pl_lock_entry *parse_and_find(const char *text, const char *path)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_lock_parse(pb_str(text), "lock", &lock, &err), 0, "%s", err.msg);
    const struct pl_lock_entry *e = pl_lock_find(&lock, pb_str(path));
    cr_assert_not_null(e, "nothing at %s", path);
    return e;
}

static const char full[] =
    "{\n\t\"name\": \"p\", \"version\": \"1.0.0\", \"lockfileVersion\": 3, \"requires\": true,\n"
    "\"packages\": {\"\": {\"name\": \"p\", \"workspaces\": [\"packages/*\"]},\n"
    "\"node_modules/@s/b\": {\"name\": \"real\", \"version\": \"2.0.0\", \"resolved\": "
    "\"https://registry.example/b.tgz\", \"integrity\": \"sha512-x\", \"dev\": true, "
    "\"optional\": true, \"devOptional\": true, \"peer\": true, \"inBundle\": true, "
    "\"extraneous\": true, \"hasInstallScript\": true, \"hasShrinkwrap\": true, "
    "\"deprecated\": \"a \\\"b\\\" \\u00e9\", \"bin\": {\"b\": \"cli.js\"}, "
    "\"dependencies\": {\"c\": \"^1\", \"d\": \"~2\"}, \"peerDependencies\": {\"e\": \"3\"}, "
    "\"peerDependenciesMeta\": {\"e\": {\"optional\": true}, \"f\": {\"optional\": false}}, "
    "\"optionalDependencies\": {\"g\": \"4\"}, \"bundleDependencies\": [\"c\"], "
    "\"os\": [\"linux\", \"!win32\"], \"cpu\": \"x64\", \"libc\": [\"musl\"], "
    "\"engines\": {\"node\": \">=18\"}, \"license\": \"MIT\", \"unknown\": [1, {\"x\": null}]},\n"
    "\"node_modules/w\": {\"resolved\": \"packages/w\", \"link\": true},\n"
    "\"packages/w\": {\"version\": \"1.0.0\", \"devDependencies\": {}}}}\n";

Test(lock_parse, keeps_every_field)
{
    const struct pl_lock_entry *e = parse_and_find(full, "node_modules/@s/b");
    const struct pl_manifest *m = &e->manifest;
    cr_expect(pb_str_is(lock.name, "p") && pb_str_is(lock.version, "1.0.0"));
    cr_expect(lock.lockfile_version == 3 && lock.requires && lock.final_newline);
    cr_expect_str_eq(lock.indent, "\t");
    cr_expect(pb_str_is(e->name, "real") && pb_str_is(m->version, "2.0.0"));
    cr_expect(pb_str_is(e->resolved, "https://registry.example/b.tgz"));
    cr_expect(pb_str_is(e->integrity, "sha512-x"));
    cr_expect(e->dev && e->optional && e->dev_optional && e->peer && e->in_bundle &&
              e->extraneous && !e->link);
    cr_expect(m->has_install_script && m->has_shrinkwrap);
    cr_expect(pb_str_is(m->deprecated, "a \"b\" \xC3\xA9"), PB_FMT, PB_ARG(m->deprecated));
    cr_assert(m->bin.n == 1 && m->dependencies.n == 2 && m->peer_dependencies.n == 1);
    cr_expect(pb_str_is(m->dependencies.items[1].name, "d"));
    cr_expect(pb_str_is(m->dependencies.items[1].spec, "~2"));
    cr_assert_eq(m->peer_optional.n, 1);
    cr_expect(pb_str_is(m->peer_optional.items[0], "e"));
    cr_expect(m->optional_dependencies.n == 1 && m->bundled.n == 1 && m->os.n == 2);
    cr_assert(m->cpu.n == 1 && m->libc.n == 1);
    cr_expect(pb_str_is(m->cpu.items[0], "x64"), "a text stands for a list of one");
    cr_expect(pb_str_is(m->engines_json, "{\"node\": \">=18\"}"));
}

Test(lock_parse, links_lead_to_folders)
{
    const struct pl_lock_entry *e = parse_and_find(full, "node_modules/w");
    cr_expect(e->link && pb_str_is(e->resolved, "packages/w") && pb_str_is(e->name, "w"));
}

Test(lock_parse, takes_places_in_any_order)
{
    const struct pl_lock_entry *e = parse_and_find(
        "{\"packages\":{\"node_modules/b\":{\"version\":\"1.0.0\"},\"node_modules/a\":{},\"\":{}}}",
        "node_modules/b");
    cr_expect_eq(e, &lock.entries[2]);
    cr_expect_eq(lock.entries[0].path.n, 0);
}

Test(lock_parse, finds_the_root_and_misses_what_is_not_there)
{
    cr_expect_eq(parse_and_find(full, ""), &lock.entries[0]);
    cr_expect_null(pl_lock_find(&lock, PB_LIT("node_modules/nope")));
    cr_expect_null(pl_lock_find(&lock, PB_LIT("node_modules/@s/B")));
}

Test(lock_parse, a_project_without_an_entry_gets_an_empty_one)
{
    const struct pl_lock_entry *e =
        parse_and_find("{\"packages\":{\"node_modules/a\":{}}}", "node_modules/a");
    cr_expect_eq(e, &lock.entries[1]);
    cr_expect_eq(lock.entries[0].path.n, 0);
}

static const char version_1[] =
    "{\"name\":\"p\",\"lockfileVersion\":1,\"requires\":true,\"dependencies\":{"
    "\"a\":{\"version\":\"1.0.0\",\"resolved\":\"https://registry.example/a.tgz\","
    "\"integrity\":\"sha512-x\",\"dev\":true,\"requires\":{\"b\":\"^2.0.0\"},"
    "\"dependencies\":{\"b\":{\"version\":\"2.0.0\",\"bundled\":true,\"optional\":true}}},"
    "\"b\":{\"version\":\"npm:other@3.0.0\"},\"l\":{\"version\":\"file:packages/l\"}}}";

Test(lock_parse, version_1_trees_become_places)
{
    const struct pl_lock_entry *b = parse_and_find(version_1, "node_modules/a/node_modules/b");
    cr_expect(b->in_bundle && b->optional && pb_str_is(b->manifest.version, "2.0.0"));
    const struct pl_lock_entry *a = pl_lock_find(&lock, PB_LIT("node_modules/a"));
    cr_assert_not_null(a);
    cr_expect(a->dev && a->manifest.dependencies.n == 1 && pb_str_is(a->integrity, "sha512-x"));
    const struct pl_lock_entry *alias = pl_lock_find(&lock, PB_LIT("node_modules/b"));
    cr_assert_not_null(alias);
    cr_expect(pb_str_is(alias->name, "other") && pb_str_is(alias->manifest.version, "3.0.0"));
    const struct pl_lock_entry *link = pl_lock_find(&lock, PB_LIT("node_modules/l"));
    cr_assert_not_null(link);
    cr_expect(link->link && pb_str_is(link->resolved, "packages/l"));
}

Test(lock_parse, version_2_places_count_not_the_tree_beside_them)
{
    (void)parse_and_find("{\"lockfileVersion\":2,\"dependencies\":{\"x\":{\"version\":\"1.0.0\"}},"
                         "\"packages\":{\"\":{},\"node_modules/a\":{\"version\":\"1.0.0\"}}}",
                         "node_modules/a");
    cr_expect_eq(lock.n, 2);
    cr_expect_eq(lock.lockfile_version, 2);
}

#define ENTRY(path) "{\"packages\":{\"\":{},\"" path "\":{\"version\":\"1.0.0\"}}}"

static const struct {
    const char *what, *text;
} refused[] = {
    {"nothing", ""},
    {"no object", "[]"},
    {"unterminated", "{\"packages\":{\"\":{"},
    {"text after the end", "{\"packages\":{}} x"},
    {"missing comma", "{\"packages\":{\"\":{\"a\":1 \"b\":2}}}"},
    {"bad word", "{\"packages\":{\"\":{\"a\":nope}}}"},
    {"bad escape", "{\"packages\":{\"\":{\"version\":\"\\q\"}}}"},
    {"control character", "{\"packages\":{\"\":{\"version\":\"a\nb\"}}}"},
    {"packages beside the project", ENTRY("../x/node_modules/y")},
    {"parent folder inside", ENTRY("node_modules/a/../../x")},
    {"absolute", ENTRY("/etc/x")},
    {"double slash", ENTRY("node_modules//x")},
    {"no UTF-8", ENTRY("packages/\xFF")},
    {"backslash", ENTRY("node_modules\\\\x")},
    {"tool folder", ENTRY("node_modules/.bin")},
    {"no name", ENTRY("node_modules")},
    {"scope without a name", ENTRY("node_modules/@s")},
    {"scope with parent", ENTRY("node_modules/@s/..")},
    {"hostile name", "{\"packages\":{\"\":{},\"node_modules/a\":{\"name\":\"../../x\"}}}"},
    {"link to no plain folder",
     "{\"packages\":{\"\":{},\"node_modules/a\":{\"link\":true,\"resolved\":\"../x/../y\"}}}"},
    {"same place twice", "{\"packages\":{\"\":{},\"node_modules/a\":{},\"node_modules/a\":{}}}"},
    {"version 1 with a hostile name", "{\"dependencies\":{\"../x\":{\"version\":\"1.0.0\"}}}"},
    {"version 1 with a hostile link",
     "{\"dependencies\":{\"x\":{\"version\":\"file:../x/../y\"}}}"},
};

Test(lock_parse, refuses)
{
    for (size_t i = 0; i < ROWS(refused); i++) {
        struct pb_err err = PB_ERR_INIT;
        cr_expect_eq(pl_lock_parse(pb_str(refused[i].text), "lock", &lock, &err), -1, "%s",
                     refused[i].what);
        cr_expect_eq(err.code, PB_E_BAD_INPUT, "%s: %s", refused[i].what, err.msg);
        pl_lock_release(&lock);
    }
}

Test(lock_parse, nesting_is_bounded)
{
    struct pb_buf text = PB_BUF_INIT(1 << 20);
    struct pb_err err = PB_ERR_INIT;
    pb_buf_add_cstr(&text, "{\"x\":");
    for (int i = 0; i < 100000; i++)
        pb_buf_add_char(&text, '[');
    cr_expect_eq(pl_lock_parse(pb_buf_str(&text), "lock", &lock, &err), -1);
    cr_expect_not_null(strstr(err.msg, "deep"), "%s", err.msg);
    pb_buf_release(&text);
}

Test(lock_parse, errors_say_where)
{
    struct pb_err err = PB_ERR_INIT;
    cr_expect_eq(pl_lock_parse(PB_LIT("{\n  \"a\": ?\n}"), "package-lock.json", &lock, &err), -1);
    cr_expect_not_null(strstr(err.msg, "package-lock.json:2:8"), "%s", err.msg);
}
