/* SPDX-License-Identifier: MIT */
/* What a client sends: first line the path, then Accept, Accept-Encoding, If-None-Match, Range. */
#include "base/arena.h"
#include "fixtures/registry/routes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { LINES = 5, BODY = 1000 };
    struct pb_arena arena = PB_ARENA_INIT;
    const char *lines[LINES] = {"", "", "", "", ""};
    struct pb_str rest = pb_strn((const char *)data, size), line;
    for (int i = 0; i < LINES && rest.p && pb_str_split(&rest, '\n', &line); i++)
        lines[i] = pb_arena_cstr(&arena, line);
    struct pb_route route = pb_route_request(pb_str(lines[0]), lines[1]);
    PB_INVARIANT(route.class < PB_RESPONSE_CLASSES);
    PB_INVARIANT(route.name.n + route.version.n <= route.path.n);
    (void)pb_accepts_gzip(lines[2]);
    (void)pb_etag_matches(lines[3], "W/\"x\"");
    uint64_t first, count;
    enum pb_range kind = pb_parse_range(lines[4], BODY, &first, &count);
    if (kind == PB_RANGE_PART) PB_INVARIANT(count > 0 && first < BODY && count <= BODY - first);
    pb_arena_release(&arena);
    return 0;
}
