/* SPDX-License-Identifier: MIT */
/*
 * A package manager for tests of phasebench: it really resolves, downloads, keeps a store and fills
 * node_modules for the direct dependencies of ./package.json, and misbehaves as $FAKE_MODE says.
 *
 *   fake_manager install|resolve|add PACKAGE --registry=URL      store: $FAKE_STORE
 *
 * Lockfile fake.lock: one line "name version tarball-url" per package.
 */
#include "base/buf.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/mem.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RESPONSE_MAX_BYTES (64u << 20)
#define PACKAGES_MAX 4096

struct package {
    char *name, *version, *tarball;
};

static struct package packages[PACKAGES_MAX];
static size_t package_count;
static const char *registry, *store;

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "fake_manager: %s\n", what);
    exit(1);
}

static bool mode(const char *name)
{
    const char *value = getenv("FAKE_MODE");
    return value && strcmp(value, name) == 0;
}

static int connect_to(const char *url, const char **path)
{
    char host[64];
    unsigned port;
    int at = 0;
    if (sscanf(url, "http://%63[0-9.]:%u%n", host, &port, &at) != 2)
        die("registry is not on loopback");
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (inet_pton(AF_INET, host, &to.sin_addr) != 1 || fd < 0 ||
        connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        die("cannot connect to the registry");
    *path = url + at;
    return fd;
}

/* The body in `out`; returns the status. HTTP/1.0, so that the end of the connection ends the body.
 */
static int get(const char *url, struct pb_buf *out)
{
    const char *path;
    PB_AUTO_FD int fd = connect_to(url, &path);
    PB_AUTO_BUF struct pb_buf request = PB_BUF_INIT(4096);
    pb_buf_printf(&request, "GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n", path);
    if (pb_write_all(fd, request.p, request.n, NULL) != 0 || pb_read_fd(fd, out, NULL) != 0)
        die("request failed");
    ptrdiff_t end = pb_str_search(pb_buf_str(out), PB_LIT("\r\n\r\n"));
    int status = 0;
    if (end < 0 || sscanf(out->p, "HTTP/1.%*d %d", &status) != 1) die("no HTTP answer");
    out->n -= (size_t)end + 4;
    memmove(out->p, out->p + end + 4, out->n + 1);
    return status;
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
    if (get(url, &body) != 200 || pb_json_parse(&doc, pb_buf_str(&body), name, NULL) != 0)
        die("no metadata");
    const char *version = pb_json_cstr(pb_json_get(doc.root, "dist-tags"), "latest");
    const cJSON *manifest =
        version ? pb_json_get(pb_json_get(doc.root, "versions"), version) : NULL;
    const char *tarball = pb_json_cstr(pb_json_get(manifest, "dist"), "tarball");
    if (!tarball || package_count == PACKAGES_MAX) die("no tarball in the metadata");
    packages[package_count++] =
        (struct package){pb_strdup(name), pb_strdup(version), pb_strdup(tarball)};
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
    pb_json_free(&doc);
}

static void forget_packages(void)
{
    for (size_t i = 0; i < package_count; i++) {
        free(packages[i].name);
        free(packages[i].version);
        free(packages[i].tarball);
    }
    package_count = 0;
}

static bool read_lock(void)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1 << 20);
    char name[256], version[128], tarball[512];
    if (pb_read_file(AT_FDCWD, "fake.lock", &text, NULL) != 0) return false;
    struct pb_str rest = pb_buf_str(&text), line;
    while (pb_str_split(&rest, '\n', &line)) {
        PB_AUTO_BUF struct pb_buf row = PB_BUF_INIT(4096);
        pb_buf_add_str(&row, line);
        if (line.n == 0 || sscanf(row.p, "%255s %127s %511s", name, version, tarball) != 3)
            continue;
        packages[package_count++] =
            (struct package){pb_strdup(name), pb_strdup(version), pb_strdup(tarball)};
    }
    return true;
}

static void write_file(const char *path, struct pb_str text)
{
    if (pb_write_file(AT_FDCWD, path, text, 0644, NULL) != 0) die(path);
}

static void write_lock(void)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1 << 20);
    if (mode("no_lock")) return;
    for (size_t i = 0; i < package_count; i++)
        pb_buf_printf(&text, "%s %s %s\n", packages[i].name, packages[i].version,
                      packages[i].tarball);
    write_file(mode("wrong_lock") ? "other.lock" : "fake.lock", pb_buf_str(&text));
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
    store_path(p, path, sizeof path);
    if (pb_exists(AT_FDCWD, path) && !mode("warm_downloads")) return;
    for (int times = mode("fetch_twice") ? 2 : 1; times > 0; times--) {
        pb_buf_clear(&body);
        if (get(p->tarball, &body) != 200) die("no tarball");
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

static void install(void)
{
    const char *hidden = getenv("FAKE_HIDDEN"); /* a cache in a place nobody declared */
    if (hidden) store = hidden;
    bool locked = read_lock();
    if (!locked) resolve_project();
    if (pb_mkdir_p(AT_FDCWD, store, NULL) != 0) die(store);
    for (size_t i = 0; i < package_count; i++) {
        fetch(&packages[i]);
        if (mode("incomplete") && i + 1 == package_count) continue;
        place(&packages[i]);
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

static void leave_stray(void)
{
    if (fork() != 0) return;
    setsid();
    for (;;)
        pause();
}

/* Asks another host, by number and by name; that it fails does not matter. */
static void leave_registry(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(443)};
    struct addrinfo *found = NULL;
    PB_AUTO_FD int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || inet_pton(AF_INET, "203.0.113.7", &to.sin_addr) != 1) die("no socket");
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) die("another host answers");
    if (getaddrinfo("registry.example", "443", NULL, &found) == 0) freeaddrinfo(found);
}

static int cpus_allowed(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : -1;
}

static void misbehave(void)
{
    struct timespec second = {1, 0};
    if (mode("crash")) {
        signal(SIGSEGV, SIG_DFL); /* a sanitizer would make an exit code of it */
        raise(SIGSEGV);
    }
    if (mode("exit_7")) {
        fprintf(stderr, "the reason is said last\n");
        exit(7);
    }
    if (mode("slow")) nanosleep(&second, NULL);
    const char *sleep_ms = getenv("FAKE_SLEEP_MS");
    if (sleep_ms) {
        struct timespec pause = {0, strtol(sleep_ms, NULL, 10) % 1000 * 1000000};
        nanosleep(&pause, NULL);
    }
    while (mode("hang"))
        pause();
    if (mode("shows_cpus")) {
        fprintf(stderr, "may use %d processor(s)\n", cpus_allowed());
        exit(7);
    }
    if (mode("stray")) leave_stray();
    if (mode("leaves")) leave_registry();
    if (mode("miss")) {
        char url[1024];
        PB_AUTO_BUF struct pb_buf body = PB_BUF_INIT(RESPONSE_MAX_BYTES);
        snprintf(url, sizeof url, "%sno-such-package-anywhere", registry);
        get(url, &body);
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("fake 1.2.3");
        return 0;
    }
    store = getenv("FAKE_STORE");
    for (int i = 2; i < argc; i++)
        if (strncmp(argv[i], "--registry=", 11) == 0) registry = argv[i] + 11;
    if (argc < 3 || !store || !registry) die("usage");
    if (pb_mkdir_p(AT_FDCWD, store, NULL) != 0) die(store);
    misbehave();
    if (strcmp(argv[1], "install") == 0 || mode("resolve_installs")) {
        install();
    } else if (strcmp(argv[1], "resolve") == 0) {
        resolve_project();
        write_lock();
    } else if (strcmp(argv[1], "add") == 0) {
        add(argv[2]);
    } else {
        die("usage");
    }
    return 0;
}
