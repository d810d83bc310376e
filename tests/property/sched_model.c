/* SPDX-License-Identifier: MIT */
#include "sched_model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t random_state;
uint64_t model_seed;

/* splitmix64: any seed, zero included, gives a full-period sequence. */
uint32_t model_random(uint32_t below)
{
    uint64_t z = (random_state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) >> 16) % below;
}

void model_fail(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fprintf(stderr, "seed %llu: ", (unsigned long long)model_seed);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    exit(1);
}

static bool chance(uint32_t percent)
{
    return model_random(100) < percent;
}

static void plan_package(struct model *m, int i, uint32_t fault_percent)
{
    struct model_pkg *p = &m->pkgs[i];
    snprintf(p->key, sizeof p->key, "sha-%d", i);
    snprintf(p->label, sizeof p->label, "pkg%d@1", i);
    p->expected_bytes = chance(30) ? 0 : model_random(chance(10) ? 4000000 : 5000);
    p->received_bytes = p->expected_bytes ? p->expected_bytes : 1 + model_random(3000);
    p->in_store_at_start = chance(25);
    p->is_extracted_by_other = chance(10);
    p->download_fails = chance(fault_percent);
    p->extract_fails = chance(fault_percent / 2);
    if (chance(fault_percent)) p->damage_left = chance(70) ? 1 : 2;
    p->ready = p->in_store_at_start;
    p->id = pl_sched_package(m->sched, pb_str(p->key), pb_str(p->label), p->in_store_at_start,
                             p->expected_bytes);
    MODEL_CHECK(p->id != 0);
}

void model_init(struct model *m, uint64_t seed)
{
    *m = (struct model){0};
    model_seed = random_state = seed;
    m->caps = (struct pl_sched_caps){.download = 1 + model_random(6),
                                     .extract = 1 + model_random(4),
                                     .clone = 1 + model_random(5),
                                     .max_bytes_in_flight = chance(50) ? 0 : model_random(20000)};
    m->sched = pl_sched_new(&m->caps);
    m->pkg_count = 1 + (int)model_random(MAX_PKGS);
    m->place_count = (int)model_random(MAX_PLACES + 1);
    uint32_t fault_percent = chance(50) ? 0 : model_random(30);
    for (int i = 0; i < m->pkg_count; i++)
        plan_package(m, i, fault_percent);
    for (int i = 0; i < m->place_count; i++) {
        struct model_place *place = &m->places[i];
        snprintf(place->target, sizeof place->target, "node_modules/t%d", i);
        place->pkg = (int)model_random((uint32_t)m->pkg_count);
        place->parent = i > 0 && chance(60) ? (int)model_random((uint32_t)i) : -1;
        place->clone_fails = chance(fault_percent / 2);
    }
}

static void request(struct model *m, struct model_pkg *p, bool demanded)
{
    if (p->requested) {
        m->expected.deduplicated++;
    } else {
        p->requested = true;
        if (p->ready)
            m->expected.reused++;
        else
            p->work = QUEUED;
    }
    p->demanded |= demanded;
}

void model_prefetch(struct model *m, int pkg)
{
    struct model_pkg *p = &m->pkgs[pkg];
    request(m, p, false);
    pl_sched_prefetch(m->sched, p->id);
}

void model_fail_place(struct model *m, int place)
{
    m->places[place].failed = true;
    m->expected.failed++;
    for (int i = place + 1; i < m->place_count; i++) {
        struct model_place *child = &m->places[i];
        if (child->parent == place && child->commanded && !child->failed) model_fail_place(m, i);
    }
}

bool model_may_start(const struct model *m, const struct model_place *place)
{
    return place->parent < 0 || m->places[place->parent].done;
}

/* Places whose package failed fail as soon as their parent stands. */
void model_settle_failures(struct model *m)
{
    for (int i = 0; i < m->place_count; i++) {
        struct model_place *place = &m->places[i];
        bool is_open = place->commanded && !place->done && !place->failed && !place->cloning;
        if (is_open && model_may_start(m, place) && m->pkgs[place->pkg].failed)
            model_fail_place(m, i);
    }
}

void model_clone(struct model *m, int i)
{
    struct model_place *place = &m->places[i];
    if (place->parent >= 0 && !m->places[place->parent].commanded) model_clone(m, place->parent);
    pl_place parent = place->parent >= 0 ? m->places[place->parent].id : 0;
    if (place->commanded) {
        m->expected.deduplicated++;
    } else {
        request(m, &m->pkgs[place->pkg], true);
        place->commanded = true;
        if (place->parent >= 0 && m->places[place->parent].failed) model_fail_place(m, i);
    }
    pl_place id = pl_sched_clone(m->sched, m->pkgs[place->pkg].id, pb_str(place->target), parent);
    MODEL_CHECK(id != 0 && (place->id == 0 || place->id == id));
    place->id = id;
    model_settle_failures(m);
}

void model_wait(struct model *m, int place)
{
    if (m->token_count == MAX_TOKENS || !m->places[place].commanded) return;
    m->tokens[m->token_count].place = place;
    pl_sched_wait(m->sched, m->places[place].id, (uint64_t)m->token_count + 1000);
    m->token_count++;
}

void model_close(struct model *m)
{
    m->closed = true;
    for (int i = 0; i < m->pkg_count; i++) {
        struct model_pkg *p = &m->pkgs[i];
        if (p->work != QUEUED || p->demanded) continue;
        p->work = IDLE;
        p->requested = false;
        p->dropped = true;
    }
    pl_sched_close(m->sched);
}

void model_fail_pkg(struct model *m, struct model_pkg *p)
{
    p->work = IDLE;
    p->failed = true;
    m->expected.failed++;
}

void model_abort(struct model *m)
{
    model_close(m);
    m->aborted = true;
    for (int i = 0; i < m->pkg_count; i++)
        if (m->pkgs[i].work == QUEUED || m->pkgs[i].work == EXTRACT_QUEUED)
            model_fail_pkg(m, &m->pkgs[i]);
    for (int i = 0; i < m->place_count; i++) {
        struct model_place *place = &m->places[i];
        if (!place->commanded || place->done || place->failed || place->cloning) continue;
        place->failed = true;
        m->expected.failed++;
    }
    struct pb_err why = PB_ERR_INIT;
    pb_err_set(&why, PB_E_CANCELLED, "stopped by the test");
    pl_sched_abort(m->sched, &why);
}
