#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""outline_trace.py FILE: what a Chrome trace consists of, without what differs from run to run:
per process its tracks, whether it ran, the installer's own slices in order, and the requests.
"""
import json
import re
import sys
from collections import defaultdict


def plain(text):
    """Without numbers: times, sizes, process numbers, versions."""
    return re.sub(r"\d+(\.\d+)*", "N", text)


class Process:
    """All processes of a name: a sanitizer may add one of the same name."""

    def __init__(self):
        self.counters, self.tracks, self.requests = set(), set(), set()
        self.slices, self.has_run = [], False

    def add(self, event):
        if event["ph"] == "M" and event["name"] == "thread_name":
            self.tracks.add(plain(event["args"]["name"]))
        elif event["ph"] == "C":
            self.counters.add(event["name"])
        elif event["ph"] == "X" and event["cat"] == "cpu":
            self.has_run = True
        elif event["ph"] == "X" and event["cat"] == "request":
            self.requests.add(event["name"])
        elif event["ph"] == "X" and event["cat"] not in ("wait", "disk"):
            self.slices.append(" ".join([event["name"], *map(str, event.get("args", {}).values())]))

    def show(self):
        for name in sorted(self.counters):
            print(f"  counter {name}")
        for name in sorted(self.tracks):
            print(f"  track {name}")
        for text in self.slices + ["on CPU ..."] * self.has_run + sorted(self.requests - {"sending"}):
            print(f"    {text}")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        events = json.load(file)["traceEvents"]
    names = {event["pid"]: plain(event["args"]["name"]) for event in events
             if event["ph"] == "M" and event["name"] == "process_name"}
    processes = defaultdict(Process)
    for event in events:
        processes[names[event["pid"]]].add(event)
    for name in sorted(processes):
        print(name)
        if not name.endswith("disk"):  # what the page cache has decides
            processes[name].show()


if __name__ == "__main__":
    main()
