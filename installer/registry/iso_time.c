/* SPDX-License-Identifier: MIT */
#include "installer/registry/iso_time.h"

/* Exactly `digits` digits off the front. */
static bool take_digits(struct pb_str *s, unsigned digits, int64_t *out)
{
    if (s->n < digits) return false;
    *out = 0;
    for (unsigned i = 0; i < digits; i++) {
        if (s->p[i] < '0' || s->p[i] > '9') return false;
        *out = *out * 10 + (s->p[i] - '0');
    }
    *s = pb_str_skip(*s, digits);
    return true;
}

static bool take_char(struct pb_str *s, char c)
{
    if (s->n == 0 || s->p[0] != c) return false;
    *s = pb_str_skip(*s, 1);
    return true;
}

/* Days since 1970-01-01 of a proleptic Gregorian date (Hinnant, "chrono-compatible low-level date
 * algorithms", days_from_civil). */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* Fraction of a second, cut to milliseconds. */
static bool take_fraction(struct pb_str *s, int64_t *ms)
{
    int64_t digit;
    unsigned count = 0;
    *ms = 0;
    for (; take_digits(s, 1, &digit); count++)
        if (count < 3) *ms = *ms * 10 + digit;
    for (unsigned i = count; i < 3; i++)
        *ms *= 10;
    return count > 0;
}

/* "Z", "+hh:mm", "-hh:mm" or nothing. */
static bool take_zone(struct pb_str *s, int64_t *minutes)
{
    *minutes = 0;
    if (s->n == 0 || take_char(s, 'Z')) return true;
    bool minus = s->p[0] == '-';
    int64_t hour, minute;
    if (!take_char(s, '-') && !take_char(s, '+')) return false;
    if (!take_digits(s, 2, &hour) || !take_char(s, ':') || !take_digits(s, 2, &minute))
        return false;
    if (hour > 23 || minute > 59) return false;
    *minutes = (hour * 60 + minute) * (minus ? -1 : 1);
    return true;
}

static bool take_clock(struct pb_str *s, int64_t *ms)
{
    int64_t hour, minute, second = 0, fraction = 0, zone;
    if (!take_digits(s, 2, &hour) || !take_char(s, ':') || !take_digits(s, 2, &minute))
        return false;
    if (take_char(s, ':')) {
        if (!take_digits(s, 2, &second)) return false;
        if (take_char(s, '.') && !take_fraction(s, &fraction)) return false;
    }
    if (hour > 24 || minute > 59 || second > 59) return false;
    if (hour == 24 && (minute || second || fraction)) return false;
    if (!take_zone(s, &zone)) return false;
    *ms = ((hour * 60 + minute - zone) * 60 + second) * 1000 + fraction;
    return true;
}

bool pl_iso_time_ms(struct pb_str text, int64_t *out)
{
    struct pb_str s = pb_str_trim(text);
    int64_t year, month = 1, day = 1, clock = 0;
    if (!take_digits(&s, 4, &year)) return false;
    if (take_char(&s, '-')) {
        if (!take_digits(&s, 2, &month)) return false;
        if (take_char(&s, '-') && !take_digits(&s, 2, &day)) return false;
    }
    if (take_char(&s, 'T') && !take_clock(&s, &clock)) return false;
    if (s.n || month < 1 || month > 12 || day < 1 || day > 31) return false;
    *out = days_of(year, month, day) * 86400000 + clock;
    return true;
}
