/* SPDX-License-Identifier: MIT */
#include "noise.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_SLOTS = 128, MAX_MACHINES = 4, MAX_SERIES = 8, MAX_LENGTH = 2048, LEAST_LENGTH = 40 };

struct series {
    char name[64];
    double log_times[MAX_LENGTH];
    size_t n;
};

static struct machine {
    char name[64];
    struct series series[MAX_SERIES];
    size_t n;
} machines[MAX_MACHINES];
static int machine_count;

int noise_levels(void)
{
    return NOISE_MEASURED + machine_count;
}

const char *noise_name(enum noise_level level)
{
    static const char *const modelled[] = {"white noise", "with spikes", "with drift and spells"};
    return level < NOISE_MEASURED ? modelled[level] : machines[level - NOISE_MEASURED].name;
}

/* xoshiro256** (Blackman and Vigna), seeded by splitmix64. */
void noise_seed(struct noise_random *r, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        uint64_t z = (seed += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        r->state[i] = z ^ (z >> 31);
    }
}

static uint64_t rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

static uint64_t next(struct noise_random *r)
{
    uint64_t *s = r->state, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

double noise_uniform(struct noise_random *r)
{
    return ((double)(next(r) >> 11) + 0.5) / 9007199254740992.0;
}

double noise_normal(struct noise_random *r)
{
    double u = noise_uniform(r), v = noise_uniform(r);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static struct series *series_of(struct machine *m, const char *name)
{
    for (size_t i = 0; i < m->n; i++)
        if (strcmp(m->series[i].name, name) == 0) return &m->series[i];
    if (m->n == MAX_SERIES) return NULL;
    snprintf(m->series[m->n].name, sizeof m->series[m->n].name, "%s", name);
    return &m->series[m->n++];
}

/* "/x/measured_quiet.csv" */
static void name_machine(struct machine *m, const char *path)
{
    const char *word = strrchr(path, '_');
    if (word) word++;
    snprintf(m->name, sizeof m->name, "measured, %.*s", word ? (int)strcspn(word, ".") : 0,
             word ? word : "");
}

bool noise_load(const char *path)
{
    char line[128], name[64];
    double wall_ns;
    bool enough = machine_count < MAX_MACHINES;
    struct machine *m = &machines[enough ? machine_count : 0];
    FILE *file = enough ? fopen(path, "re") : NULL;
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "%63[^,],%lf", name, &wall_ns) != 2 || !(wall_ns > 0)) continue;
        struct series *s = series_of(m, name);
        if (s && s->n < MAX_LENGTH) s->log_times[s->n++] = log(wall_ns);
    }
    if (file) fclose(file);
    for (size_t i = 0; i < m->n; i++)
        enough = enough && m->series[i].n >= LEAST_LENGTH;
    name_machine(m, path);
    if (enough && m->n) return ++machine_count > 0;
    fprintf(stderr, "%s: no measured series of %d executions or more\n", path, LEAST_LENGTH);
    return false;
}

static void replay(struct noise_random *r, const struct machine *machine, size_t m,
                   double *log_times)
{
    const struct series *s = &machine->series[(size_t)(noise_uniform(r) * (double)machine->n)];
    size_t from = (size_t)(noise_uniform(r) * (double)s->n);
    for (size_t i = 0; i < m; i++)
        log_times[i] = s->log_times[(from + i) % s->n];
}

void noise_slots(struct noise_random *r, enum noise_level level, size_t m, double *log_times)
{
    double drift = 0, height = 0;
    size_t start = 0, length = 0;
    if (level >= NOISE_MEASURED) {
        replay(r, &machines[level - NOISE_MEASURED], m, log_times);
        return;
    }
    if (level == NOISE_FULL && noise_uniform(r) < 0.35) {
        start = (size_t)(noise_uniform(r) * (double)m);
        length = 2 + (size_t)(noise_uniform(r) * 0.6 * (double)m);
        height = 0.10 + 0.15 * noise_uniform(r);
    }
    for (size_t i = 0; i < m; i++) {
        log_times[i] = 0.03 * noise_normal(r);
        if (level >= NOISE_SPIKES && noise_uniform(r) < 0.10)
            log_times[i] += -0.20 * log(noise_uniform(r));
        if (level < NOISE_FULL) continue;
        drift += 0.015 * noise_normal(r);
        log_times[i] += drift + (i >= start && i < start + length ? height : 0);
    }
}

void noise_pairs(struct noise_random *r, enum noise_level level, double effect, size_t n,
                 double *log_ratios)
{
    double slots[MAX_SLOTS];
    noise_slots(r, level, 2 * n, slots);
    for (size_t i = 0; i < n; i++) {
        double a = slots[2 * i + i % 2], b = slots[2 * i + 1 - i % 2];
        log_ratios[i] = b + effect - a;
    }
}
