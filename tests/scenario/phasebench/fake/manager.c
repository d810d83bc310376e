/* SPDX-License-Identifier: MIT */
/*
 * A package manager for tests of phasebench: it really resolves, downloads, keeps a store and fills
 * node_modules for the direct dependencies of ./package.json, and misbehaves as $FAKE_MODE says.
 *
 *   fake_manager install|resolve|add PACKAGE --registry=URL [--trace=FILE]    store: $FAKE_STORE
 *
 * Lockfile fake.lock: one line "name version tarball-url" per package.
 */
#include "fake.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/mem.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PACKAGES_MAX 4096

struct package {
    char *name, *version, *tarball, *script;
};

static struct package packages[PACKAGES_MAX];
static size_t package_count;
static const char *registry, *store;

static void write_file(const char *path, struct pb_str text)
{
    if (pb_write_file(AT_FDCWD, path, text, 0644, NULL) != 0) die(path);
}

/* Mode "hidden_metadata": a metadata cache that nobody knows of. */
static bool read_metadata(const char *name, const char *url, struct pb_buf *body)
{
    bool caches = mode("hidden_metadata");
    if (caches && pb_read_file(AT_FDCWD, hidden(name), body, NULL) == 0) return true;
    pb_buf_clear(body);
    if (get(url, body) != 200) return false;
    if (caches) write_file(hidden(name), pb_buf_str(body));
    return true;
}

static void resolve(const char *name)
{
    char url[1024];
    struct pb_json doc;
    PB_AUTO_BUF struct pb_buf body = PB_BUF_INIT(RESPONSE_MAX_BYTES);
    snprintf(url, sizeof url, "%s%s", registry, name);
    if (mode("asks_twice")) {
        (void)get(url, &body);
        pb_buf_clear(&body);
    }
    if (!read_metadata(name, url, &body) || pb_json_parse(&doc, pb_buf_str(&body), name, NULL) != 0)
        die("no metadata");
    const char *version = pb_json_cstr(pb_json_get(doc.root, "dist-tags"), "latest");
    const cJSON *manifest =
        version ? pb_json_get(pb_json_get(doc.root, "versions"), version) : NULL;
    const char *tarball = pb_json_cstr(pb_json_get(manifest, "dist"), "tarball");
    if (!tarball || package_count == PACKAGES_MAX) die("no tarball in the metadata");
    const char *script = pb_json_cstr(pb_json_get(manifest, "scripts"), "postinstall");
    packages[package_count++] = (struct package){
        pb_strdup(name), pb_strdup(version), pb_strdup(tarball), script ? pb_strdup(script) : NULL};
    pb_json_free(&doc);
}

static void resolve_project(void)
{
    static const char *const kinds[] = {"dependencies", "devDependencies"};
    struct pb_json doc;
    const cJSON *dependency;
    if (pb_json_load(&doc, AT_FDCWD, "package.json", 1 << 20, NULL) != 0) die("no package.json");
    for (size_t i = 0; i < 2; i++)
        cJSON_ArrayForEach (dependency, pb_json_get(doc.root, kinds[i]))
            resolve(dependency->string);
    if (mode("extra")) resolve("delta"); /* that nobody depends on */
    pb_json_free(&doc);
}

static void forget_packages(void)
{
    for (size_t i = 0; i < package_count; i++) {
        free(packages[i].name);
        free(packages[i].version);
        free(packages[i].tarball);
        free(packages[i].script);
    }
    package_count = 0;
}

static bool read_lock(const char *path)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1 << 20);
    char name[256], version[128], tarball[512];
    if (pb_read_file(AT_FDCWD, path, &text, NULL) != 0) return false;
    struct pb_str rest = pb_buf_str(&text), line;
    while (pb_str_split(&rest, '\n', &line)) {
        PB_AUTO_BUF struct pb_buf row = PB_BUF_INIT(4096);
        pb_buf_add_str(&row, line);
        if (line.n == 0 || sscanf(row.p, "%255s %127s %511s", name, version, tarball) != 3)
            continue;
        packages[package_count++] =
            (struct package){pb_strdup(name), pb_strdup(version), pb_strdup(tarball), NULL};
    }
    return true;
}

/* Another place where the lockfile may be found: a memo of its own, or a copy in the project. */
static const char *memo(void)
{
    return mode("lock_memo") ? hidden("memo.lock") : mode("lock_copy") ? ".fake/memo.lock" : NULL;
}

static void resolve_unless_known(void)
{
    if (memo() && read_lock(memo())) return;
    resolve_project();
    if (mode("first_costs") && !pb_exists(AT_FDCWD, hidden("begun"))) {
        forget_packages();
        resolve_project();
        write_file(hidden("begun"), PB_LIT("x"));
    }
}

static void write_lock(void)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1 << 20);
    if (mode("no_lock")) return;
    for (size_t i = 0; i < package_count; i++)
        pb_buf_printf(&text, "%s %s %s\n", packages[i].name, packages[i].version,
                      packages[i].tarball);
    write_file(mode("wrong_lock") ? "other.lock" : "fake.lock", pb_buf_str(&text));
    if (mode("lock_memo")) write_file(memo(), pb_buf_str(&text));
}

/* Scoped names become flat file names. */
static void store_path(const struct package *p, char *out, size_t n)
{
    snprintf(out, n, "%s/%s@%s.tgz", store, p->name, p->version);
    for (char *c = out + strlen(store) + 1; *c; c++)
        if (*c == '/') *c = '+';
}

static void fetch(const struct package *p)
{
    char path[4096];
    PB_AUTO_BUF struct pb_buf body = PB_BUF_INIT(RESPONSE_MAX_BYTES);
    const char *mirror = p == &packages[0] ? getenv("FAKE_MIRROR") : NULL;
    store_path(p, path, sizeof path);
    if (pb_exists(AT_FDCWD, path) && !mode("warm_downloads")) return;
    for (int times = mode("fetch_twice") ? 2 : 1; times > 0; times--) {
        pb_buf_clear(&body);
        char url[1024];
        snprintf(url, sizeof url, "%s%s", mirror ? mirror : "",
                 p->tarball + (mirror ? strlen(registry) : 0));
        if (get(url, &body) != 200) die("no tarball");
    }
    write_file(path, pb_buf_str(&body));
}

static void place(const struct package *p)
{
    char folder[1024], file[1100], text[1024];
    snprintf(folder, sizeof folder, "node_modules/%s", p->name);
    snprintf(file, sizeof file, "%s/package.json", folder);
    int random = mode("random_tree") ? (int)(getpid() % 100000) : 0;
    if (random)
        snprintf(text, sizeof text, "{\"name\":\"%s\",\"version\":\"%s-%d\"}\n", p->name,
                 p->version, random);
    else
        snprintf(text, sizeof text, "{\"name\":\"%s\",\"version\":\"%s\"}\n", p->name, p->version);
    if (pb_mkdir_p(AT_FDCWD, folder, NULL) != 0) die(folder);
    write_file(file, pb_str(text));
}

static void run_script(const struct package *p)
{
    PB_AUTO_FREE char *here = pb_real_path(".", NULL);
    if (!here || setenv("INIT_CWD", here, 1) != 0 || system(p->script) != 0) die(p->script);
}

static void install(void)
{
    if (mode("hidden_store")) store = pb_strdup(hidden("store")); /* that nobody declared */
    if (mode("elsewhere") && chdir(hidden("host")) != 0) die("host");
    bool locked = read_lock("fake.lock");
    if (!locked && getenv("CI")) die("CI: the lockfile is frozen, and there is none");
    if (!locked) resolve_unless_known();
    if (pb_mkdir_p(AT_FDCWD, store, NULL) != 0) die(store);
    for (size_t i = 0; i < package_count; i++) {
        int64_t began_ns = pb_now_ns();
        fetch(&packages[i]);
        span_async("download", (int)i, began_ns);
        if (mode("incomplete") && i + 1 == package_count) continue;
        began_ns = pb_now_ns();
        place(&packages[i]);
        span("place", packages[i].name, began_ns);
        if (mode("runs_scripts") && packages[i].script) run_script(&packages[i]);
    }
    if (!locked || mode("changed_lock")) write_lock();
    if (mode("changed_lock")) {
        FILE *lock = fopen("fake.lock", "a");
        if (!lock || fprintf(lock, "\n") < 0 || fclose(lock) != 0) die("fake.lock");
    }
}

static void add(const char *name)
{
    struct pb_json doc;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1 << 20);
    if (pb_json_load(&doc, AT_FDCWD, "package.json", 1 << 20, NULL) != 0) die("no package.json");
    cJSON *dependencies = cJSON_GetObjectItemCaseSensitive(doc.root, "dependencies");
    if (!dependencies) dependencies = cJSON_AddObjectToObject(doc.root, "dependencies");
    cJSON_AddStringToObject(dependencies, name, "*");
    pb_json_print(doc.root, &text);
    pb_json_free(&doc);
    write_file("package.json", pb_buf_str(&text));
    resolve(name);
    fetch(&packages[0]);
    place(&packages[0]);
    if (unlink("fake.lock") != 0) die("fake.lock");
    forget_packages();
    resolve_project();
    write_lock();
}

/* Both of two arms are told of the same folder; only one of them has it. */
static void dawdle(void)
{
    const char *slow = getenv("FAKE_SLOW_STORE");
    if (slow && strstr(store, slow)) nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("fake 1.2.3");
        return 0;
    }
    store = getenv("FAKE_STORE");
    for (int i = 2; i < argc; i++) {
        if (strncmp(argv[i], "--registry=", 11) == 0) registry = argv[i] + 11;
        if (strncmp(argv[i], "--trace=", 8) == 0) spans_begin(argv[i] + 8);
    }
    if (argc < 3 || !store || !registry) die("usage");
    if (pb_mkdir_p(AT_FDCWD, store, NULL) != 0) die(store);
    misbehave(registry);
    dawdle();
    if (strcmp(argv[1], "install") == 0 || mode("resolve_installs")) {
        install();
    } else if (strcmp(argv[1], "resolve") == 0) {
        resolve_unless_known();
        write_lock();
    } else if (strcmp(argv[1], "add") == 0) {
        add(argv[2]);
    } else {
        die("usage");
    }
    spans_end();
    return 0;
}
