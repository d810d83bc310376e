/* SPDX-License-Identifier: MIT */
#include "harness/validity/check.h"

#include <inttypes.h>
#include <string.h>

#define FAIL(...) PB_CHECK_FAIL(reason, __VA_ARGS__)

static enum pb_check_verdict exit_zero(const struct pb_facts *f, char *reason)
{
    if (f->launch.exit_code == 0) return PB_CHECK_PASSED;
    if (f->launch.signal)
        return FAIL("ended by signal %d (%s)", f->launch.signal, strsignal(f->launch.signal));
    return FAIL("exit code %d", f->launch.exit_code);
}

static enum pb_check_verdict not_timed_out(const struct pb_facts *f, char *reason)
{
    return f->launch.timed_out ? FAIL("timed out") : PB_CHECK_PASSED;
}

static enum pb_check_verdict no_strays(const struct pb_facts *f, char *reason)
{
    if (f->launch.strays == 0) return PB_CHECK_PASSED;
    return FAIL("%u processes outlived the command and were killed", f->launch.strays);
}

static enum pb_check_verdict binary_unchanged(const struct pb_facts *f, char *reason)
{
    return f->binary_changed
               ? FAIL("%s is another file than at the start of the run", f->arm->binary)
               : PB_CHECK_PASSED;
}

static enum pb_check_verdict before_state(const struct pb_facts *f, char *reason)
{
    return pb_before_state_holds(&f->before, f->phase, reason) ? PB_CHECK_PASSED : PB_CHECK_FAILED;
}

static enum pb_check_verdict lock_present(const struct pb_facts *f, char *reason)
{
    return f->lock_after.present ? PB_CHECK_PASSED : FAIL("no lockfile afterwards");
}

static enum pb_check_verdict lock_written(const struct pb_facts *f, char *reason)
{
    if (f->lock_before.present) return FAIL("the lockfile was there before");
    if (!f->lock_after.present) return FAIL("no lockfile was written");
    return f->lock_after.bytes ? PB_CHECK_PASSED : FAIL("the lockfile is empty");
}

static enum pb_check_verdict lock_unchanged(const struct pb_facts *f, char *reason)
{
    if (!f->lock_before.present) return FAIL("no lockfile before");
    if (!f->lock_after.present) return FAIL("the lockfile is gone");
    if (strcmp(f->lock_before.digest, f->lock_after.digest) == 0) return PB_CHECK_PASSED;
    return FAIL("the lockfile was changed (%" PRIu64 " -> %" PRIu64 " bytes)", f->lock_before.bytes,
                f->lock_after.bytes);
}

static enum pb_check_verdict no_node_modules(const struct pb_facts *f, char *reason)
{
    if (f->inventory.package_count == 0) return PB_CHECK_PASSED;
    return FAIL("%zu packages below node_modules after a resolve", f->inventory.package_count);
}

static enum pb_check_verdict nothing_outside(const struct pb_facts *f, char *reason)
{
    if (!f->outside.counted) return PB_CHECK_UNKNOWN;
    if (f->outside.attempts == 0) return PB_CHECK_PASSED;
    pb_outside_describe(&f->outside, reason, PB_CHECK_REASON_BYTES);
    return PB_CHECK_FAILED;
}

/* The lessons are the cases of docs/validity.md. */
const struct pb_check pb_check_table[] = {
    {"not_timed_out", "the command ended by itself",
     "a timeout dropped the slow runs and the survivors looked fast", true, not_timed_out},
    {"exit_zero", "the command succeeded, in every sample of the cell",
     "failures were dropped and the survivors averaged", true, exit_zero},
    {"binary_unchanged", "the program file is the one the run began with",
     "a stale own binary was measured after a rebuild", true, binary_unchanged},
    {"version_as_asked", "the program tells the version that the arm names",
     "the program on PATH was another one, years older", true, pb_check_version_as_asked},
    {"variables_known", "the program reads the variables that make the arm another one",
     "a wrong variable's name: one arm's rows were the other's once more", true,
     pb_check_variables_known},
    {"environment_clean", "no variable that flips modes (CI), names a registry or a proxy",
     "CI=true froze lockfiles in some managers and not in others", true,
     pb_check_environment_clean},
    {"project_as_given", "before the command, every package.json is as the run was given it",
     "another manager's warm-up wrote a packageManager field; the guard's exit counted as a run",
     true, pb_check_project_as_given},
    {"no_config_leak",
     "no configuration above the project, no packageManager field, no .npmrc that sends elsewhere",
     "a workspace root above took the project for its own", true, pb_check_no_config_leak},
    {"manifests_unchanged", "the command left every package.json alone, unless it adds a package",
     "an install changed package.json, and the next one read it", true,
     pb_check_manifests_unchanged},
    {"no_script_ran", "no lifecycle script left its mark",
     "lifecycle scripts ran for one manager only", true, pb_check_no_script_ran},
    {"before_state",
     "lockfile, caches and node_modules are as the phase declares, home and temporary folder empty",
     "a cache was left from an earlier run: the \"already installed\" path was timed", false,
     before_state},
    {"lock_present", "a lockfile of the manager is there afterwards",
     "a project setting switched lockfiles off and voided the locked cells", false, lock_present},
    {"lock_written", "the command wrote its lockfile",
     "a project setting switched lockfiles off and voided the locked cells", false, lock_written},
    {"lock_unchanged", "the seeded lockfile is byte for byte the same",
     "a manager resolved again behind a lockfile it did not accept", false, lock_unchanged},
    {"tree_complete",
     "every direct dependency is in place, and all samples of a cell made the same tree",
     "an ignored working folder: the command installed another project", false,
     pb_check_tree_complete},
    {"no_node_modules", "a resolve leaves no packages in node_modules",
     "\"resolve only\" installed as well", false, no_node_modules},
    {"package_added", "the added package is in package.json and in node_modules",
     "an ignored working folder let the command work on another project", false,
     pb_check_package_added},
    {"metadata_fetched", "metadata came from the registry",
     "a copy of the deleted lockfile, or a cache of gigabytes nobody looked for, kept \"cold\" "
     "resolution warm",
     false, pb_check_metadata_fetched},
    {"tarballs_fetched", "tarballs came from the registry", "a cache was not cleared for a year",
     false, pb_check_tarballs_fetched},
    {"packages_from_registry", "as many tarballs came from the registry as the tree has packages",
     "tarball addresses led past the recorded registry", false, pb_check_packages_from_registry},
    {"no_tarball_fetched", "no tarball came from the registry",
     "a warm cell downloaded, and nothing noticed", false, pb_check_no_tarball_fetched},
    {"every_tarball_once", "no tarball was fetched twice",
     "retries and races showed as slow downloads", false, pb_check_every_tarball_once},
    {"no_registry_miss", "the snapshot had everything that was asked for",
     "requests went past the recorded registry to another host", false, pb_check_no_registry_miss},
    {"nothing_outside", "no other host than the registry was asked for anything",
     "tarball addresses went past the registry under test to another one", true, nothing_outside},
    {"no_strays", "no process outlived the command",
     "daemons kept working outside the clock and into the next sample", false, no_strays},
};
const size_t pb_check_count = sizeof pb_check_table / sizeof *pb_check_table;
