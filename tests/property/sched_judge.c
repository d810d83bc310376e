/* SPDX-License-Identifier: MIT */
/* The model's second half: judging actions, ending jobs, the state at the end. */
#include "sched_model.h"

static unsigned count_work(const struct model *m, int work)
{
    unsigned n = 0;
    for (int i = 0; i < m->pkg_count; i++)
        n += (int)m->pkgs[i].work == work;
    return n;
}

static uint64_t bytes_in_flight(const struct model *m)
{
    uint64_t bytes = 0;
    for (int i = 0; i < m->pkg_count; i++) {
        const struct model_pkg *p = &m->pkgs[i];
        if (p->work == DOWNLOADING) bytes += p->expected_bytes;
        if (p->work == EXTRACT_QUEUED || p->work == EXTRACTING) bytes += p->received_bytes;
    }
    return bytes;
}

static struct model_pkg *pkg_of(struct model *m, pl_pkg id)
{
    for (int i = 0; i < m->pkg_count; i++)
        if (m->pkgs[i].id == id) return &m->pkgs[i];
    model_fail("unknown package %u", id);
}

static int place_of(const struct model *m, pl_place id)
{
    for (int i = 0; i < m->place_count; i++)
        if (m->places[i].id == id) return i;
    model_fail("unknown place %u", id);
}

static void take_download(struct model *m, struct model_pkg *p)
{
    MODEL_CHECK(!m->aborted && p->work == QUEUED && !p->ready && !p->failed);
    MODEL_CHECK(count_work(m, DOWNLOADING) < m->caps.download);
    unsigned extracts = count_work(m, EXTRACT_QUEUED) + count_work(m, EXTRACTING);
    MODEL_CHECK(extracts < m->caps.download); /* back-pressure */
    uint64_t max = m->caps.max_bytes_in_flight;
    if (max > 0 && extracts + count_work(m, DOWNLOADING) > 0)
        MODEL_CHECK(bytes_in_flight(m) < max && bytes_in_flight(m) + p->expected_bytes <= max);
    for (int i = 0; i < m->pkg_count && !p->demanded; i++)
        MODEL_CHECK(!(m->pkgs[i].work == QUEUED && m->pkgs[i].demanded));
    p->work = DOWNLOADING;
    p->fetches_started++;
    MODEL_CHECK(p->fetches_started <= 1 + p->refetches);
    if (!p->demanded) m->expected.prefetched++;
}

static void start_clone(struct model *m, struct model_place *place)
{
    MODEL_CHECK(!m->aborted && place->commanded && !place->cloning);
    MODEL_CHECK(!place->done && !place->failed);
    MODEL_CHECK(model_may_start(m, place)); /* never before its parent */
    MODEL_CHECK(m->cloning < m->caps.clone);
    place->cloning = true;
    place->refetches_at_start = m->pkgs[place->pkg].refetches;
    m->cloning++;
}

static void take_following(struct model *m, const struct model_pkg *p, struct model_place *place)
{
    MODEL_CHECK(&m->pkgs[place->pkg] == p);
    start_clone(m, place);
    place->follows = true;
}

static void take_extract(struct model *m, struct model_pkg *p)
{
    MODEL_CHECK(!m->aborted && p->work == EXTRACT_QUEUED);
    MODEL_CHECK(count_work(m, EXTRACTING) < m->caps.extract);
    p->work = EXTRACTING;
    pl_place id = model_random(2) ? pl_sched_follow(m->sched, p->id) : 0;
    if (id) take_following(m, p, &m->places[place_of(m, id)]);
}

static void take_clone(struct model *m, const struct pl_act *act)
{
    struct model_place *place = &m->places[place_of(m, act->place)];
    MODEL_CHECK(m->pkgs[place->pkg].ready && m->pkgs[place->pkg].id == act->pkg);
    start_clone(m, place);
}

/* A place below a failed one must name that parent. */
static void check_message(const struct model *m, int i, const struct pb_err *err)
{
    int parent = m->places[i].parent;
    if (m->aborted || parent < 0 || !m->places[parent].failed) return;
    if (!strstr(err->msg, m->pkgs[m->places[parent].pkg].label))
        model_fail("%s: the parent is not named: %s", m->places[i].target, err->msg);
    if (!strstr(err->msg, "planned") && !strstr(err->msg, "damaged again"))
        model_fail("the cause is not named: %s", err->msg);
}

static void take_answer(struct model *m, const struct pl_act *act)
{
    MODEL_CHECK(act->token >= 1000 && act->token < 1000 + (uint64_t)m->token_count);
    struct model_token *token = &m->tokens[act->token - 1000];
    MODEL_CHECK(!token->answered);
    token->answered = true;
    const struct model_place *place = &m->places[token->place];
    MODEL_CHECK(place->id == act->place);
    MODEL_CHECK(act->err ? place->failed : place->done);
    if (act->err) check_message(m, token->place, act->err);
}

void model_take(struct model *m, const struct pl_act *act)
{
    switch (act->kind) {
    case PL_ACT_DOWNLOAD:
        take_download(m, pkg_of(m, act->pkg));
        break;
    case PL_ACT_EXTRACT:
        take_extract(m, pkg_of(m, act->pkg));
        break;
    case PL_ACT_CLONE:
        take_clone(m, act);
        break;
    case PL_ACT_ANSWER:
        take_answer(m, act);
        break;
    }
}

static struct pb_err planned(const char *what)
{
    struct pb_err err = PB_ERR_INIT;
    pb_err_set(&err, PB_E_NETWORK, "planned failure of %s", what);
    return err;
}

static void complete_download(struct model *m, struct model_pkg *p)
{
    struct pb_err err = planned("a download");
    if (p->download_fails || m->aborted)
        model_fail_pkg(m, p);
    else
        p->work = EXTRACT_QUEUED;
    pl_sched_downloaded(m->sched, p->id, p->received_bytes, p->download_fails ? &err : NULL);
}

static void complete_damaged(struct model *m, int i)
{
    struct model_place *place = &m->places[i];
    struct model_pkg *p = &m->pkgs[place->pkg];
    bool saw_latest = place->refetches_at_start == p->refetches && p->ready;
    if (m->aborted || (saw_latest && p->refetches > 0)) {
        model_fail_place(m, i);
    } else if (saw_latest) {
        p->damage_left--;
        p->refetches++;
        p->ready = false;
        p->work = QUEUED;
    }
    pl_sched_damaged(m->sched, place->id);
}

static void complete_clone(struct model *m, int i)
{
    struct model_place *place = &m->places[i];
    struct pb_err err = planned("a clone");
    place->cloning = false;
    m->cloning--;
    if (m->pkgs[place->pkg].damage_left > 0) {
        complete_damaged(m, i);
        return;
    }
    if (place->clone_fails) {
        model_fail_place(m, i);
    } else {
        place->done = true;
        m->expected.cloned++;
        m->expected.linked += 3;
        m->expected.copied += 1;
    }
    pl_sched_cloned(m->sched, place->id, 3, 1, place->clone_fails ? &err : NULL);
}

static void complete_following(struct model *m, int i, const struct pb_err *err)
{
    m->places[i].follows = false;
    if (!err) {
        complete_clone(m, i);
        return;
    }
    m->places[i].cloning = false;
    m->cloning--;
    model_fail_place(m, i);
    pl_sched_cloned(m->sched, m->places[i].id, 0, 0, err);
}

static void complete_extract(struct model *m, struct model_pkg *p)
{
    struct pb_err err = planned("an extraction");
    if (p->extract_fails) {
        model_fail_pkg(m, p);
    } else {
        p->work = IDLE;
        p->ready = true;
        if (p->is_extracted_by_other)
            m->expected.reused++;
        else
            m->expected.downloaded++;
    }
    pl_sched_extracted(m->sched, p->id, p->is_extracted_by_other, p->extract_fails ? &err : NULL);
    for (int i = 0; i < m->place_count; i++)
        if (m->places[i].follows && &m->pkgs[m->places[i].pkg] == p)
            complete_following(m, i, p->extract_fails ? &err : NULL);
}

bool model_complete_one(struct model *m)
{
    unsigned n = count_work(m, DOWNLOADING) + count_work(m, EXTRACTING) + m->cloning;
    for (int i = 0; i < m->place_count; i++)
        n -= m->places[i].follows; /* ends with its package */
    if (n == 0) return false;
    unsigned at = model_random(n);
    for (int i = 0; i < m->pkg_count; i++) {
        struct model_pkg *p = &m->pkgs[i];
        if (p->work != DOWNLOADING && p->work != EXTRACTING) continue;
        if (at-- > 0) continue;
        if (p->work == DOWNLOADING)
            complete_download(m, p);
        else
            complete_extract(m, p);
        model_settle_failures(m);
        return true;
    }
    for (int i = 0; i < m->place_count; i++) {
        if (!m->places[i].cloning || m->places[i].follows || at-- > 0) continue;
        complete_clone(m, i);
        model_settle_failures(m);
        return true;
    }
    model_fail("the model lost a job");
}

static void check_counts(const struct model *m)
{
    struct pl_install_counts got = pl_sched_counts(m->sched);
    const struct pl_install_counts *want = &m->expected;
    MODEL_CHECK(got.downloaded == want->downloaded && got.reused == want->reused);
    MODEL_CHECK(got.deduplicated == want->deduplicated && got.prefetched == want->prefetched);
    MODEL_CHECK(got.cloned == want->cloned && got.failed == want->failed);
    MODEL_CHECK(got.linked == want->linked && got.copied == want->copied);
    MODEL_CHECK(got.peak_download <= m->caps.download && got.peak_extract <= m->caps.extract);
    MODEL_CHECK(got.peak_clone <= m->caps.clone);
}

void model_check_end(struct model *m)
{
    bool something_failed = m->aborted;
    for (int i = 0; i < m->token_count; i++)
        MODEL_CHECK(m->tokens[i].answered);
    for (int i = 0; i < m->pkg_count; i++) {
        const struct model_pkg *p = &m->pkgs[i];
        MODEL_CHECK(p->work == IDLE);
        MODEL_CHECK(!p->requested || p->ready || p->failed);
        something_failed |= p->failed && p->demanded;
    }
    for (int i = 0; i < m->place_count; i++) {
        const struct model_place *place = &m->places[i];
        MODEL_CHECK(!place->cloning && (place->done || place->failed) == place->commanded);
        something_failed |= place->failed;
    }
    MODEL_CHECK((pl_sched_failure(m->sched) != NULL) == something_failed);
    check_counts(m);
}
