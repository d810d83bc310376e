#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""outline_trace.py FILE: what a Chrome trace consists of, without what differs from run to run:
per process its tracks, and of tracks that are not threads of the kernel the slices in order.
"""
import json
import re
import sys
from collections import defaultdict


def plain(text):
    """Without numbers: times, sizes, process numbers, versions."""
    return re.sub(r"\d+(\.\d+)*", "N", text)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        events = json.load(file)["traceEvents"]
    processes, threads, slices = {}, defaultdict(dict), defaultdict(list)
    counters = defaultdict(set)
    for event in events:
        pid, tid = event["pid"], event["tid"]
        if event["ph"] == "M" and event["name"] == "process_name":
            processes[pid] = event["args"]["name"]
        elif event["ph"] == "M" and event["name"] == "thread_name":
            threads[pid][tid] = event["args"]["name"]
        elif event["ph"] == "C":
            counters[pid].add(event["name"])
        elif event["ph"] == "X" and event["cat"] not in ("cpu", "wait", "disk", "request"):
            args = event.get("args", {})
            slices[pid].append(" ".join([event["name"], *map(str, args.values())]))
        elif event["ph"] == "X":
            slices[pid, event["cat"]].append(
                event["name"] if event["cat"] == "request" else event["cat"])
    for pid in sorted(processes, key=lambda p: (plain(processes[p]), p)):
        print(plain(processes[pid]))
        if processes[pid].endswith("disk"):
            continue  # what the page cache has decides
        for name in sorted(counters[pid]):
            print(f"  counter {name}")
        for name in sorted({plain(name) for name in threads[pid].values()}):
            print(f"  track {name}")
        for text in slices[pid]:
            print(f"    {text}")
        if slices[pid, "cpu"]:
            print("    on CPU ...")
        for text in sorted(set(slices[pid, "request"]) - {"sending"}):
            print(f"    {text}")


if __name__ == "__main__":
    main()
