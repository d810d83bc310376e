# SPDX-License-Identifier: MIT
# Another manager's warm-up named itself in package.json; the guard's exit counted as a run.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

# In its own copy.
bench --arm good=fake --arm pins=fake,FAKE_MODE=pins_project --phases p0 --rounds 1
expect_status 3
expect_cell good p0 ok
expect_cell pins p0 invalid 'manifests_unchanged: the command changed a package.json'
expect_reported 'manifests_unchanged'

# In what all copies are made from.
rm -rf "$work/out"
bench --arm pins=fake,FAKE_MODE=pins_template --arm good=fake --phases p0 --rounds 1
expect_status 3
expect_cell good p0 invalid 'project_as_given: a package.json was changed before the command ran'
expect_reported 'project_as_given'

# One that the project brings is left out of its copies.
make_project
sed -i 's/{/{"packageManager":"other@1.0.0",/' "$work/project/package.json"
grep -q other@ "$work/project/package.json" || fail "no field"
rm -rf "$work/out"
bench "$work/project" --arms fake --phases p0 --rounds 1
expect_status 0

# A workspace root above the result folder.
rm -rf "$work/out"
echo 'packages: ["**"]' >"$work/pnpm-workspace.yaml"
bench --arms fake --phases p1 --rounds 1
expect_status 3
expect_cell fake p1 invalid 'no_config_leak'
expect_reported 'pnpm-workspace.yaml above the project is read too'
