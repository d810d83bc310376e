/* SPDX-License-Identifier: MIT */
/* What the resolver asks for, tells and refuses. */
#include "base/mem.h"
#include "scenario.h"

#include <criterion/criterion.h>

static struct pb_arena arena;
static struct pl_resolver *r;
static struct pb_json doc;

static const struct pl_manifest *manifest(const char *json)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_manifest *m = PB_ARENA_NEW(&arena, struct pl_manifest);
    pb_json_free(&doc);
    cr_assert_eq(pb_json_parse(&doc, pb_str(json), "test", &err), 0, "%s", err.msg);
    cr_assert_eq(pl_manifest_from_json(&arena, doc.root, m, &err), 0, "%s", err.msg);
    return m;
}

static void begin(const char *root, const struct pl_lock *old,
                  const struct pl_resolve_options *options)
{
    static const struct pl_resolve_options plain;
    r = pl_resolver_new(manifest(root), old, options ? options : &plain);
}

static void end(void)
{
    pl_resolver_free(r);
    r = NULL;
    pb_json_free(&doc);
    doc = (struct pb_json){0};
    pb_arena_release(&arena);
}

TestSuite(resolver, .fini = end);

/* One version, 1.0.0, with these members besides. */
static void feed(const char *name, const char *members)
{
    struct pb_buf text = PB_BUF_INIT(1 << 16);
    struct pb_err err = PB_ERR_INIT;
    size_t n;
    pb_buf_printf(&text,
                  "{\"name\":\"%s\",\"dist-tags\":{\"latest\":\"1.0.0\"},\"versions\":{\"1.0.0\":"
                  "{\"name\":\"%s\",\"version\":\"1.0.0\",\"dist\":{\"tarball\":"
                  "\"https://registry.example/%s-1.0.0.tgz\"}%s%s}}}",
                  name, name, name, *members ? "," : "", members);
    char *bytes = pb_buf_take(&text, &n);
    struct pl_packument *p = pl_packument_new(bytes, n, &err);
    cr_assert_not_null(p, "%s", err.msg);
    pl_resolver_feed(r, pb_str(name), p, NULL);
}

static void feed_text(const char *name, const char *packument)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_packument *p = pl_packument_new(pb_strdup(packument), strlen(packument), &err);
    cr_assert_not_null(p, "%s", err.msg);
    pl_resolver_feed(r, pb_str(name), p, NULL);
}

/* All names asked for since the last call, in order, with spaces between. */
static const char *asked(void)
{
    struct pb_str name;
    char *all = pb_arena_printf(&arena, "%s", "");
    while (pl_resolver_next_wanted(r, &name))
        all = pb_arena_printf(&arena, "%s%s" PB_FMT, all, *all ? " " : "", PB_ARG(name));
    return all;
}

static enum pl_resolve_state step(struct pb_err *err)
{
    *err = PB_ERR_INIT;
    return pl_resolver_step(r, err);
}

static void expect_done(void)
{
    struct pb_err err;
    cr_assert_eq(step(&err), PL_RESOLVE_DONE, "%s", err.msg);
}

Test(resolver, asks_for_all_direct_dependencies_at_once)
{
    struct pb_err err;
    begin("{\"dependencies\":{\"a\":\"1\",\"b\":\"1\"},\"devDependencies\":{\"c\":\"1\"}}", NULL,
          NULL);
    cr_assert_eq(step(&err), PL_RESOLVE_WAITING);
    cr_expect_str_eq(asked(), "a b c");
}

Test(resolver, asks_ahead_of_placement_as_soon_as_an_answer_comes)
{
    struct pb_err err;
    begin("{\"dependencies\":{\"a\":\"1\",\"z\":\"1\"}}", NULL, NULL);
    cr_assert_eq(step(&err), PL_RESOLVE_WAITING);
    (void)asked();
    /* z comes late in npm's order and a is not here: yet what z needs is asked for. */
    feed("z", "\"dependencies\":{\"deep\":\"1\"},\"peerDependencies\":{\"peer\":\"1\"}");
    cr_expect_str_eq(asked(), "peer deep");
    feed("deep", "\"optionalDependencies\":{\"deeper\":\"1\"}");
    cr_expect_str_eq(asked(), "deeper");
}

Test(resolver, follows_only_peers_of_an_optional_peer)
{
    struct pb_err err;
    begin("{\"dependencies\":{\"a\":\"1\"}}", NULL, NULL);
    cr_assert_eq(step(&err), PL_RESOLVE_WAITING);
    (void)asked();
    feed("a", "\"peerDependencies\":{\"p\":\"1\"},\"peerDependenciesMeta\":{\"p\":{\"optional\":"
              "true}}");
    cr_expect_str_eq(asked(), "p");
    feed("p", "\"dependencies\":{\"not-needed\":\"1\"},\"peerDependencies\":{\"q\":\"1\"}");
    cr_expect_str_eq(asked(), "q");
}

Test(resolver, does_not_follow_peers_that_the_project_settles_itself)
{
    struct pb_err err;
    begin("{\"dependencies\":{\"plugin\":\"1\",\"tool\":\"1\"}}", NULL, NULL);
    cr_assert_eq(step(&err), PL_RESOLVE_WAITING);
    cr_expect_str_eq(asked(), "plugin tool");
    feed("plugin", "\"peerDependencies\":{\"tool\":\"1 || 2\"}");
    /* 2.0.0 would suit the plugin, and needs something, but the project says 1. */
    feed_text("tool", "{\"name\":\"tool\",\"dist-tags\":{\"latest\":\"2.0.0\"},\"versions\":{"
                      "\"1.0.0\":{\"name\":\"tool\",\"version\":\"1.0.0\"},"
                      "\"2.0.0\":{\"name\":\"tool\",\"version\":\"2.0.0\","
                      "\"peerDependencies\":{\"not-needed\":\"1\"}}}}");
    expect_done();
    cr_expect_str_eq(asked(), "");
}

Test(resolver, asks_for_what_a_peer_depends_on_only_when_it_is_placed)
{
    struct pb_err err;
    begin("{\"dependencies\":{\"a\":\"1\"}}", NULL, NULL);
    cr_assert_eq(step(&err), PL_RESOLVE_WAITING);
    (void)asked();
    feed("a", "\"peerDependencies\":{\"p\":\"1\"}");
    cr_expect_str_eq(asked(), "p");
    feed("p", "\"dependencies\":{\"deep\":\"1\"}");
    cr_expect_str_eq(asked(), "");
    cr_assert_eq(step(&err), PL_RESOLVE_WAITING);
    cr_expect_str_eq(asked(), "deep");
    feed("deep", "");
    expect_done();
}

Test(resolver, reports_picks_for_this_platform_only)
{
    struct pb_err err;
    const struct pl_manifest *pick;
    begin("{\"dependencies\":{\"a\":\"1\"},\"optionalDependencies\":{\"other\":\"1\"}}", NULL,
          NULL);
    cr_assert_eq(step(&err), PL_RESOLVE_WAITING);
    feed("a", "");
    feed("other", "\"os\":[\"no-such-system\"]");
    cr_assert(pl_resolver_next_pick(r, &pick));
    cr_expect(pb_str_is(pick->name, "a"));
    cr_expect_not(pl_resolver_next_pick(r, &pick));
    expect_done();
    struct pl_lock lock;
    cr_assert_eq(pl_resolver_lock(r, &lock, &err), 0);
    /* The lock is for all platforms. */
    cr_expect_not_null(pl_lock_find(&lock, PB_LIT("node_modules/other")));
    pl_lock_release(&lock);
}

static const char locked[] =
    "{\"lockfileVersion\":3,\"packages\":{\"\":{\"dependencies\":{\"a\":\"1\"}},"
    "\"node_modules/a\":{\"version\":\"1.0.5\",\"resolved\":\"https://registry.example/a.tgz\","
    "\"dependencies\":{\"b\":\">=0\"}},\"node_modules/b\":{\"version\":\"0.5.0\"},"
    "\"node_modules/gone\":{\"version\":\"1.0.0\"}}}";

Test(resolver, asks_for_nothing_when_the_lock_satisfies_and_drops_what_nobody_wants)
{
    struct pl_lock old, lock;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_lock_parse(pb_str(locked), "lock", &old, &err), 0);
    begin("{\"dependencies\":{\"a\":\"1\"}}", &old, NULL);
    expect_done();
    cr_expect_str_eq(asked(), "");
    cr_assert_eq(pl_resolver_lock(r, &lock, &err), 0);
    cr_assert_eq(lock.n, 3);
    cr_expect(pb_str_is(lock.entries[1].manifest.version, "1.0.5"));
    cr_expect(pb_str_is(lock.entries[2].manifest.version, "0.5.0"));
    pl_lock_release(&lock);
    pl_resolver_free(r);
    r = NULL;
    pl_lock_release(&old);
}

/* `locked` with an override of today, or one of yesterday. */
static const struct {
    const char *what, *root, *lock, *wrong; /* wrong: in the message; NULL: it fits */
    bool resolutions_may_lack;
} fits[] = {
    {"nothing changed", "{\"dependencies\":{\"a\":\"1\"}}", locked, NULL, false},
    {"an override that it meets",
     "{\"dependencies\":{\"a\":\"1\"},\"overrides\":{\"b\":\"0.5.0\"}}", locked, NULL, false},
    {"a new override", "{\"dependencies\":{\"a\":\"1\"},\"overrides\":{\"b\":\"0.6.0\"}}", locked,
     "node_modules/a asks for b@0.6.0 (overrides, resolutions), the lockfile has 0.5.0", false},
    {"a new resolution", "{\"dependencies\":{\"a\":\"1\"},\"resolutions\":{\"b\":\"0.6.0\"}}",
     locked, "asks for b@0.6.0", false},
    {"a lock made without resolutions",
     "{\"dependencies\":{\"a\":\"1\"},\"resolutions\":{\"b\":\"0.6.0\"}}", locked, NULL, true},
    {"an override that is gone", "{\"dependencies\":{\"a\":\"1\"}}",
     "{\"lockfileVersion\":3,\"packages\":{\"\":{\"dependencies\":{\"a\":\"1\"}},"
     "\"node_modules/a\":{\"version\":\"1.0.5\",\"dependencies\":{\"b\":\"^1\"}},"
     "\"node_modules/b\":{\"version\":\"0.5.0\"}}}",
     "node_modules/a asks for b@^1, the lockfile has 0.5.0", true},
    {"a package taken out by hand", "{\"dependencies\":{\"a\":\"1\"}}",
     "{\"lockfileVersion\":3,\"packages\":{\"\":{\"dependencies\":{\"a\":\"1\"}},"
     "\"node_modules/a\":{\"version\":\"1.0.5\",\"dependencies\":{\"b\":\"^1\"}}}}",
     "the lockfile has none", false},
    {"conflicts among peers, and inside of a bundle, are npm's to accept",
     "{\"dependencies\":{\"a\":\"1\"}}",
     "{\"lockfileVersion\":3,\"packages\":{\"\":{\"dependencies\":{\"a\":\"1\"}},"
     "\"node_modules/a\":{\"version\":\"1.0.5\",\"peerDependencies\":{\"b\":\"^1\"},"
     "\"bundleDependencies\":[\"c\"],\"dependencies\":{\"c\":\"2\"}},"
     "\"node_modules/a/node_modules/c\":{\"version\":\"1.0.0\",\"inBundle\":true,"
     "\"dependencies\":{\"d\":\"1\"}},\"node_modules/b\":{\"version\":\"0.5.0\"}}}",
     NULL, false},
};

Test(resolver, tells_whether_a_lock_still_fits)
{
    for (size_t i = 0; i < sizeof fits / sizeof *fits; i++) {
        struct pl_lock old;
        struct pb_err err = PB_ERR_INIT;
        const struct pl_resolve_options options = {.resolutions_may_lack =
                                                       fits[i].resolutions_may_lack};
        cr_assert_eq(pl_lock_parse(pb_str(fits[i].lock), "lock", &old, &err), 0, "%s", err.msg);
        begin(fits[i].root, &old, &options);
        int rc = pl_resolver_check_lock(r, &err);
        cr_expect_eq(rc == 0, !fits[i].wrong, "%s: %s", fits[i].what, err.msg);
        if (fits[i].wrong)
            cr_expect_not_null(strstr(err.msg, fits[i].wrong), "%s: %s", fits[i].what, err.msg);
        pl_resolver_free(r);
        r = NULL;
        pl_lock_release(&old);
    }
}

Test(resolver, asks_only_for_what_the_lock_does_not_have)
{
    struct pl_lock old;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_lock_parse(pb_str(locked), "lock", &old, &err), 0);
    begin("{\"dependencies\":{\"a\":\"1\",\"new\":\"1\"}}", &old, NULL);
    cr_assert_eq(step(&err), PL_RESOLVE_WAITING);
    cr_expect_str_eq(asked(), "new");
    feed("new", "\"dependencies\":{\"b\":\"^0.5.0\"}");
    expect_done();
    cr_expect_str_eq(asked(), "");
    pl_resolver_free(r);
    r = NULL;
    pl_lock_release(&old);
}

Test(resolver, named_updates_are_asked_for_although_the_lock_satisfies)
{
    struct pl_lock old, lock;
    struct pb_err err = PB_ERR_INIT;
    struct pb_str b = PB_LIT("b");
    struct pl_resolve_options options = {.update = {&b, 1}};
    cr_assert_eq(pl_lock_parse(pb_str(locked), "lock", &old, &err), 0);
    begin("{\"dependencies\":{\"a\":\"1\"}}", &old, &options);
    cr_assert_eq(step(&err), PL_RESOLVE_WAITING);
    cr_expect_str_eq(asked(), "b");
    feed("b", "");
    expect_done();
    cr_assert_eq(pl_resolver_lock(r, &lock, &err), 0);
    cr_expect(pb_str_is(pl_lock_find(&lock, PB_LIT("node_modules/b"))->manifest.version, "1.0.0"));
    pl_lock_release(&lock);
    pl_resolver_free(r);
    r = NULL;
    pl_lock_release(&old);
}

Test(resolver, warns_once_of_a_deprecated_package)
{
    struct pb_err err;
    begin("{\"dependencies\":{\"a\":\"1\",\"alias\":\"npm:a@1\"}}", NULL, NULL);
    cr_assert_eq(step(&err), PL_RESOLVE_WAITING);
    feed("a", "\"deprecated\":\"use b\"");
    expect_done();
    struct pb_str warnings = pl_resolver_warnings(r);
    cr_expect(pb_str_is(warnings, "a@1.0.0 is deprecated: use b\n"), PB_FMT, PB_ARG(warnings));
}

Test(resolver, explains_a_peer_conflict)
{
    struct pb_err err;
    begin("{\"dependencies\":{\"lib\":\"1\",\"react\":\"1\"}}", NULL, NULL);
    cr_assert_eq(step(&err), PL_RESOLVE_WAITING);
    feed("lib", "\"peerDependencies\":{\"react\":\"^17\"}");
    feed("react", "");
    cr_assert_eq(step(&err), PL_RESOLVE_FAILED);
    const char *const parts[] = {"ERESOLVE", "react@\"^17\"", "lib", "--legacy-peer-deps"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        cr_expect_not_null(strstr(err.msg, parts[i]), "no %s in: %s", parts[i], err.msg);
    cr_expect_eq(step(&err), PL_RESOLVE_FAILED, "the failure stays");
}

Test(resolver, names_who_wants_what_is_missing)
{
    struct pb_err err, missing = PB_ERR_INIT;
    begin("{\"dependencies\":{\"a\":\"1\"}}", NULL, NULL);
    cr_assert_eq(step(&err), PL_RESOLVE_WAITING);
    feed("a", "\"dependencies\":{\"gone\":\"1\"}");
    (void)pb_err_set(&missing, PB_E_NOT_FOUND, "404 for gone");
    pl_resolver_feed(r, PB_LIT("gone"), NULL, &missing);
    cr_assert_eq(step(&err), PL_RESOLVE_FAILED);
    cr_expect_eq(err.code, PB_E_NOT_FOUND);
    cr_expect_not_null(strstr(err.msg, "node_modules/a"), "%s", err.msg);
}

Test(resolver, does_not_follow_conflicts_without_end)
{
    struct pb_err err;
    begin("{\"dependencies\":{\"a\":\"1\"}}", NULL, NULL);
    cr_assert_eq(step(&err), PL_RESOLVE_WAITING);
    /* Each wants the other under names that are never the same package: a in a in a ... */
    feed("a", "\"dependencies\":{\"b\":\"npm:a@1\",\"a\":\"npm:b@1\"}");
    feed("b", "\"dependencies\":{\"b\":\"npm:b@1\",\"a\":\"npm:a@1\"}");
    enum pl_resolve_state state = step(&err);
    cr_expect(state == PL_RESOLVE_DONE || err.code == PB_E_LIMIT, "%s", err.msg);
}

static const struct {
    const char *what, *root;
    enum pb_code code;
} refused[] = {
    {"name that leaves node_modules", "{\"dependencies\":{\"../x\":\"1\"}}", PB_E_BAD_INPUT},
    {"name of a tool folder", "{\"dependencies\":{\".bin\":\"1\"}}", PB_E_BAD_INPUT},
    {"folder outside the project", "{\"dependencies\":{\"a\":\"file:../a\"}}", PB_E_UNSUPPORTED},
    {"unknown folder", "{\"dependencies\":{\"a\":\"file:./a\"}}", PB_E_UNSUPPORTED},
    {"rule against a direct dependency",
     "{\"dependencies\":{\"a\":\"1\"},\"overrides\":{\"a\":\"2\"}}", PB_E_CONFLICT},
    {"rule for no name", "{\"overrides\":{\"../x\":\"2\"}}", PB_E_BAD_INPUT},
};

Test(resolver, refuses)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct pb_err err;
        begin(refused[i].root, NULL, NULL);
        cr_expect_eq(step(&err), PL_RESOLVE_FAILED, "%s", refused[i].what);
        cr_expect_eq(err.code, refused[i].code, "%s: %s", refused[i].what, err.msg);
        pl_resolver_free(r);
        r = NULL;
    }
}

Test(resolver, workspaces_need_names_of_their_own_and_stay_inside)
{
    struct pb_err err = PB_ERR_INIT;
    begin("{\"workspaces\":[\"packages/*\"]}", NULL, NULL);
    const struct pl_manifest *m = manifest("{\"name\":\"w\"}");
    cr_expect_eq(pl_resolver_add_workspace(r, PB_LIT("packages/a"), m, &err), 0);
    cr_expect_eq(pl_resolver_add_workspace(r, PB_LIT("packages/b"), m, &err), -1);
    cr_expect_not_null(strstr(err.msg, "packages/a"), "%s", err.msg);
    err = PB_ERR_INIT;
    cr_expect_eq(pl_resolver_add_workspace(r, PB_LIT("../c"), m, &err), -1);
}

Test(resolver, lock_can_leave_registry_urls_out)
{
    struct pb_err err;
    struct pl_lock lock;
    struct pl_resolve_options options = {.omit_registry_resolved = true, .indent = "\t"};
    begin("{\"name\":\"x\",\"dependencies\":{\"a\":\"1\"}}", NULL, &options);
    cr_assert_eq(step(&err), PL_RESOLVE_WAITING);
    feed("a", "");
    expect_done();
    cr_assert_eq(pl_resolver_lock(r, &lock, &err), 0);
    cr_expect_eq(lock.entries[1].resolved.n, 0);
    cr_expect_str_eq(lock.indent, "\t");
    pl_lock_release(&lock);
}
