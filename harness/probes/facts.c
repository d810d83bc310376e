/* SPDX-License-Identifier: MIT */
#include "harness/probes/facts.h"

void pb_facts_release(struct pb_facts *facts)
{
    if (facts->registry_counted) pb_registry_stats_release(&facts->registry);
    if (facts->inventory_taken) pb_inventory_release(&facts->inventory);
    facts->registry_counted = facts->inventory_taken = false;
}
