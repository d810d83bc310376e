/* SPDX-License-Identifier: MIT */
#include "harness/probes/cgroup.h"

#include <criterion/criterion.h>

static const struct {
    const char *text, *key;
    int64_t value;
} values[] = {{"usage_usec 1500\nuser_usec 1000\n", "user_usec", 1000},
              {"usage_usec 1500\nuser_usec 1000", "usage_usec", 1500},
              {"usage_usec 1500\n", "usage", -1},
              {"usage_usec x\n", "usage_usec", -1},
              {"usage_usec 18446744073709551615\n", "usage_usec", -1},
              {"populated 0\nfrozen 0\n", "populated", 0},
              {"", "populated", -1}};

Test(cgroup, value_of_a_key)
{
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        cr_expect_eq(pb_cgroup_value(pb_str(values[i].text), values[i].key), values[i].value,
                     "row %zu", i);
}

static const struct {
    const char *text;
    int64_t total_us;
} pressures[] = {
    {"some avg10=0.00 avg60=0.00 avg300=0.00 total=278\nfull avg10=0.00 total=9\n", 278},
    {"full avg10=0.00 avg60=0.00 avg300=0.00 total=9\n", -1},
    {"some avg10=0.00\n", -1},
    {"some total=-3\n", -1},
    {"", -1}};

Test(cgroup, pressure_total_is_of_the_some_line)
{
    for (size_t i = 0; i < sizeof pressures / sizeof *pressures; i++)
        cr_expect_eq(pb_pressure_total_us(pb_str(pressures[i].text)), pressures[i].total_us,
                     "row %zu", i);
}

static const struct {
    const char *text, *point;
} mounts[] = {{"30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n", "/sys/fs/cgroup"},
              {"25 23 0:22 / /sys/fs/cgroup ro - tmpfs tmpfs ro\n"
               "26 25 0:23 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
               "27 25 0:24 / /sys/fs/cgroup/unified rw shared:1 - cgroup2 cgroup2 rw\n",
               "/sys/fs/cgroup/unified"},
              {"26 25 0:23 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n", ""},
              {"1 - cgroup2 ", ""},
              {"", ""}};

Test(cgroup, mount_point_of_version_2)
{
    for (size_t i = 0; i < sizeof mounts / sizeof *mounts; i++)
        cr_expect(pb_str_is(pb_cgroup_mount_point(pb_str(mounts[i].text)), mounts[i].point),
                  "row %zu", i);
}
