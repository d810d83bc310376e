/* SPDX-License-Identifier: MIT */
#include "mock_registry.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_PACKAGES 256
#define MAX_METADATA_BYTES (4u << 20)
#define HANG_STEP_NS (20 * PB_NS_PER_MS)

enum fault { FAULT_OFF, FAULT_404, FAULT_500, FAULT_CUT, FAULT_HANG, FAULT_WRONG, FAULT_FLAKY };
static const char *const fault_names[] = {"off", "404", "500", "cut", "hang", "wrong", "flaky"};

struct mock_registry {
    pthread_mutex_t mutex;
    struct pb_arena arena;
    struct mock_package packages[MAX_PACKAGES];
    size_t package_count;
    struct pb_map faults; /* subject -> enum fault */
    struct mock_counts counts;
    struct MHD_Daemon *daemon;
    atomic_bool stopping;
    char url[64];
};

/* Both with the mutex held. */
static enum fault fault_of(struct mock_registry *r, struct pb_str subject)
{
    enum fault fault = (enum fault)(uintptr_t)pb_map_get(&r->faults, subject);
    if (fault == FAULT_FLAKY) pb_map_put(&r->faults, subject, (void *)(uintptr_t)FAULT_OFF);
    return fault;
}

static bool print_packument(struct mock_registry *r, struct pb_str name, struct pb_buf *out)
{
    const struct mock_package *latest = NULL;
    pb_buf_printf(out, "{\"name\":\"" PB_FMT "\",\"versions\":{", PB_ARG(name));
    for (size_t i = 0; i < r->package_count; i++) {
        const struct mock_package *p = &r->packages[i];
        if (!pb_str_eq(p->name, name)) continue;
        pb_buf_printf(out, "%s\"" PB_FMT "\":{", latest ? "," : "", PB_ARG(p->version));
        mock_package_print_members(p, out);
        pb_buf_printf(out, ",\"dist\":{\"tarball\":\"%s", r->url);
        mock_package_print_path(p, out);
        pb_buf_add_char(out, '"');
        if (!p->has_no_hash) pb_buf_printf(out, ",\"integrity\":\"%s\"", p->integrity);
        pb_buf_add_cstr(out, "}}");
        latest = p;
    }
    if (!latest) return false;
    pb_buf_printf(out, "},\"dist-tags\":{\"latest\":\"" PB_FMT "\"}}", PB_ARG(latest->version));
    return true;
}

static const struct mock_package *find_tarball(struct mock_registry *r, struct pb_str path)
{
    for (size_t i = 0; i < r->package_count; i++) {
        PB_AUTO_BUF struct pb_buf own = PB_BUF_INIT(1024);
        mock_package_print_path(&r->packages[i], &own);
        if (pb_str_eq(pb_buf_str(&own), path)) return &r->packages[i];
    }
    return NULL;
}

struct answer {
    struct pb_buf body;
    unsigned status;
    bool cut, hang;
};

static void look_up(struct mock_registry *r, struct pb_str path, struct answer *answer)
{
    char subject[512];
    const struct mock_package *tarball = find_tarball(r, path);
    if (tarball) {
        r->counts.tarballs++;
        pb_buf_add_str(&answer->body, tarball->tarball);
        snprintf(subject, sizeof subject, PB_FMT "@" PB_FMT, PB_ARG(tarball->name),
                 PB_ARG(tarball->version));
    } else {
        r->counts.metadata++;
        snprintf(subject, sizeof subject, PB_FMT, PB_ARG(path));
        if (!print_packument(r, path, &answer->body)) answer->status = MHD_HTTP_NOT_FOUND;
    }
    enum fault fault = fault_of(r, pb_str(subject));
    if (fault == FAULT_404) answer->status = MHD_HTTP_NOT_FOUND;
    if (fault == FAULT_500 || fault == FAULT_FLAKY) answer->status = MHD_HTTP_INTERNAL_SERVER_ERROR;
    if (fault == FAULT_WRONG && answer->body.n > 20) answer->body.p[answer->body.n - 20] ^= 1;
    answer->cut = fault == FAULT_CUT;
    answer->hang = fault == FAULT_HANG;
}

/* Half of what was promised, then the connection breaks. */
static ssize_t read_half(void *cls, uint64_t at, char *out, size_t max)
{
    struct answer *answer = cls;
    size_t half = answer->body.n / 2;
    if (at >= half) return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t n = half - (size_t)at < max ? half - (size_t)at : max;
    memcpy(out, answer->body.p + at, n);
    return (ssize_t)n;
}

static void free_answer(void *cls)
{
    struct answer *answer = cls;
    pb_buf_release(&answer->body);
    free(answer);
}

static enum MHD_Result send_answer(struct MHD_Connection *connection, struct answer *answer)
{
    struct MHD_Response *response;
    if (answer->cut) {
        response =
            MHD_create_response_from_callback(answer->body.n, 4096, read_half, answer, free_answer);
    } else {
        bool is_good = answer->status == MHD_HTTP_OK;
        response = MHD_create_response_from_buffer(is_good ? answer->body.n : 2,
                                                   is_good ? answer->body.p : (char[]){"{}"},
                                                   MHD_RESPMEM_MUST_COPY);
    }
    enum MHD_Result rc = MHD_queue_response(connection, answer->status, response);
    bool owned = answer->cut;
    MHD_destroy_response(response);
    if (!owned) free_answer(answer);
    return rc;
}

/* "@s%2fp" as npm clients write scoped names. */
static void decode(const char *url, char out[512])
{
    size_t n = 0;
    for (const char *p = url + 1; *p && n + 1 < 512; p++) {
        if (p[0] == '%' && p[1] == '2' && (p[2] == 'f' || p[2] == 'F')) {
            out[n++] = '/';
            p += 2;
        } else {
            out[n++] = *p;
        }
    }
    out[n] = '\0';
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    (void)method, (void)version, (void)upload, (void)upload_size, (void)state;
    struct mock_registry *r = cls;
    struct answer *answer = pb_calloc(1, sizeof *answer);
    answer->body = PB_BUF_INIT(MAX_METADATA_BYTES + (64u << 20));
    answer->status = MHD_HTTP_OK;
    char path[512];
    decode(url, path);
    pthread_mutex_lock(&r->mutex);
    look_up(r, pb_str(path), answer);
    pthread_mutex_unlock(&r->mutex);
    while (answer->hang && !atomic_load(&r->stopping))
        pb_sleep_ns(HANG_STEP_NS);
    return send_answer(connection, answer);
}

struct mock_registry *mock_registry_new(struct pb_err *err)
{
    struct mock_registry *r = pb_calloc(1, sizeof *r);
    pthread_mutex_init(&r->mutex, NULL);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    r->daemon =
        MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION, 0, NULL,
                         NULL, handle, r, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END);
    if (!r->daemon) {
        pb_err_set(err, PB_E_SYSTEM, "cannot start the test registry");
        mock_registry_free(r);
        return NULL;
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(r->daemon, MHD_DAEMON_INFO_BIND_PORT);
    snprintf(r->url, sizeof r->url, "http://127.0.0.1:%u/", (unsigned)info->port);
    return r;
}

void mock_registry_stop(struct mock_registry *r)
{
    atomic_store(&r->stopping, true);
    if (r->daemon) MHD_stop_daemon(r->daemon);
    r->daemon = NULL;
}

void mock_registry_free(struct mock_registry *r)
{
    if (!r) return;
    mock_registry_stop(r);
    pb_map_release(&r->faults);
    pb_arena_release(&r->arena);
    pthread_mutex_destroy(&r->mutex);
    free(r);
}

const char *mock_registry_url(const struct mock_registry *r)
{
    return r->url;
}

int mock_registry_add(struct mock_registry *r, struct pb_str line, struct pb_err *err)
{
    pthread_mutex_lock(&r->mutex);
    int rc = -1;
    if (r->package_count == MAX_PACKAGES)
        pb_err_set(err, PB_E_LIMIT, "too many test packages");
    else
        rc = mock_package_parse(&r->arena, line, &r->packages[r->package_count], err);
    if (rc == 0) r->package_count++;
    pthread_mutex_unlock(&r->mutex);
    return rc;
}

int mock_registry_fault(struct mock_registry *r, struct pb_str subject, struct pb_str kind,
                        struct pb_err *err)
{
    for (uintptr_t i = 0; i < sizeof fault_names / sizeof *fault_names; i++) {
        if (!pb_str_is(kind, fault_names[i])) continue;
        pthread_mutex_lock(&r->mutex);
        pb_map_put(&r->faults, pb_arena_str(&r->arena, subject), (void *)i);
        pthread_mutex_unlock(&r->mutex);
        return 0;
    }
    return pb_err_set(err, PB_E_BAD_INPUT, "unknown fault: " PB_FMT, PB_ARG(kind));
}

struct mock_counts mock_registry_counts(struct mock_registry *r)
{
    pthread_mutex_lock(&r->mutex);
    struct mock_counts counts = r->counts;
    pthread_mutex_unlock(&r->mutex);
    return counts;
}
