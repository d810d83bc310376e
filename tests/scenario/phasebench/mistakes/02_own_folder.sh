# SPDX-License-Identifier: MIT
# Identical programs differ because each uses a folder of its own.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

# Both arms are told the same; the folder is the one of the second arm's store.
bench --arm one=fake,FAKE_SLOW_STORE=0003-seed-warm --arm two=fake,FAKE_SLOW_STORE=0003-seed-warm \
    --phases p4 --rounds 6
expect_status 0
expect_reported 'identical_arms_agree: one and two are the same program, yet'
