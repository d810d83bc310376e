#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check_names.sh ROOT: no registry's host name and no path of somebody's machine is in the tree.
# The patterns are put together so that this file does not match itself.
set -euo pipefail
root=$1
list=$root/scripts/list-files.sh

dot='\.'
tld="(org|com|net|io|dev|cn|cc)"
hosts="registry${dot}[a-z0-9.-]*${dot}$tld|npm${dot}[a-z0-9-]+${dot}$tld|np""mmirror|"
hosts+="deb${dot}debian|debian${dot}org/debian|archive${dot}ubuntu|nodesource${dot}$tld|"
hosts+="py""pi${dot}org|crates${dot}io|proxy${dot}golang"
reserved="(example|invalid|test|localhost)"
paths="(^|[^A-Za-z0-9_.}*-])/(wo""rk|ro""ot|ho""me/[a-z]+)/"

bad=0
cd "$root"
# Only the names reserved for examples may stand where a registry's could.
while IFS= read -r hit; do
    echo "$hit"
    bad=1
done < <("$list" | tr '\n' '\0' | xargs -0 grep -nIiE -- "$hosts" |
    grep -viE "registry${dot}([a-z0-9-]+${dot})*$reserved(${dot}$tld)?\b" || true)
while IFS= read -r hit; do
    echo "$hit"
    bad=1
done < <("$list" | tr '\n' '\0' | xargs -0 grep -nIE -- "$paths" || true)

count=$("$list" | wc -l)
[ "$count" -gt 0 ] || { echo "no file was seen: wrong folder?" && exit 1; }
echo "$count files"
exit "$bad"
