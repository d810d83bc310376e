#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_trace.py FILE: reads a Chrome trace as Perfetto's importer does and says what it would
refuse, repair or show wrongly. Rules: the Trace Event Format's document, and that slices of a track
nest. Prints a summary; exit status 1 with the first violations.
"""
import json
import math
import sys
from collections import Counter, defaultdict

METADATA = {"process_name": "name", "process_labels": "labels", "process_sort_index": "sort_index",
            "thread_name": "name", "thread_sort_index": "sort_index"}
PHASES = "XBEiCMstf"
FLOWS = "stf"
SLACK_US = 0.0005  # half of the last digit that is written


class Checker:
    def __init__(self):
        self.problems = []
        self.counts = Counter()
        self.named, self.used = set(), set()
        self.open = defaultdict(list)  # by track: ends of the slices that are open; None: a B
        self.latest = {}  # by track or counter
        self.flows = defaultdict(Counter)

    def expect(self, holds, event, message):
        if not holds:
            self.problems.append(f"{message}: {json.dumps(event)[:200]}")
        return holds

    def is_number(self, value):
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)

    def in_order(self, event, key):
        ts = event["ts"]
        self.expect(ts >= self.latest.get(key, -math.inf), event, "before the one ahead of it")
        self.latest[key] = ts

    def metadata(self, event):
        key = METADATA.get(event["name"])
        if not self.expect(key, event, "unknown metadata"):
            return
        value = event.get("args", {}).get(key)
        kind = int if key == "sort_index" else str
        self.expect(isinstance(value, kind), event, f"metadata without a {key}")
        if event["name"] == "process_name":
            self.expect((event["pid"], None) not in self.named, event, "process named twice")
            self.named.add((event["pid"], None))
        if event["name"] == "thread_name":
            self.named.add((event["pid"], event["tid"]))

    def close_before(self, track, ts):
        stack = self.open[track]
        while stack and stack[-1] is not None and stack[-1] <= ts + SLACK_US:
            stack.pop()
        return stack

    def slice(self, event, track):
        if not self.expect(self.is_number(event.get("dur")) and event["dur"] >= 0, event, "bad dur"):
            return
        self.in_order(event, track)
        stack, end = self.close_before(track, event["ts"]), event["ts"] + event["dur"]
        fits = not stack or stack[-1] is None or end <= stack[-1] + SLACK_US
        self.expect(fits, event, "overlaps the slice around it")
        stack.append(end)

    def begin_or_end(self, event, track):
        self.in_order(event, track)
        stack = self.close_before(track, event["ts"])
        if event["ph"] == "B":
            stack.append(None)
        elif self.expect(stack and stack[-1] is None, event, "ends what was not begun"):
            stack.pop()

    def counter(self, event):
        args = event.get("args")
        self.expect(isinstance(args, dict) and args and all(map(self.is_number, args.values())),
                    event, "counter without numbers")
        self.in_order(event, (event["pid"], event["name"]))

    def event(self, event):
        if not self.expect(isinstance(event, dict), event, "not an object"):
            return
        ph = event.get("ph")
        self.counts[ph] += 1
        if not self.expect(isinstance(ph, str) and len(ph) == 1 and ph in PHASES, event, "unknown ph"):
            return
        ids = all(type(event.get(key)) is int and 0 <= event[key] < 2**31 for key in ("pid", "tid"))
        if not self.expect(ids, event, "bad pid or tid"):
            return
        if not self.expect(ph == "E" or (isinstance(event.get("name"), str) and event["name"]),
                           event, "no name"):
            return
        if ph == "M":
            return self.metadata(event)
        if not self.expect(self.is_number(event.get("ts")), event, "bad ts"):
            return
        track = event["pid"], event["tid"]
        self.used.add(track if ph != "C" else (event["pid"], None))
        if ph == "X":
            self.slice(event, track)
        elif ph in "BE":
            self.begin_or_end(event, track)
        elif ph == "C":
            self.counter(event)
        elif ph == "i":
            self.expect(event.get("s") in ("g", "p", "t"), event, "bad scope")
        elif self.expect(isinstance(event.get("id"), (int, str)), event, "flow without an id"):
            self.flows[event["id"]][ph] += 1

    def end(self):
        for track, stack in self.open.items():
            self.expect(None not in stack, list(track), "begun and never ended on")
        for flow, counts in self.flows.items():
            self.expect(counts["s"] == 1 and counts["f"] == 1, flow, "flow without both ends")
        for pid, tid in sorted(self.used, key=str):
            self.expect((pid, None) in self.named, pid, "process without a name")
            self.expect(tid is None or (pid, tid) in self.named, [pid, tid], "thread without a name")


def refuse(text):
    raise ValueError(f"{text} is not JSON")


def check(text):
    """The problems of a trace, and how many events it has by ph."""
    checker = Checker()
    try:
        document = json.loads(text, parse_constant=refuse)
    except ValueError as error:
        return [f"not JSON: {error}"], checker.counts
    if isinstance(document, dict):
        document = document.get("traceEvents")
    if not isinstance(document, list) or not document:
        return ["no list of events"], checker.counts
    for event in document:
        checker.event(event)
    checker.end()
    return checker.problems, checker.counts


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: check_trace.py FILE")
    with open(sys.argv[1], encoding="utf-8") as file:
        problems, counts = check(file.read())
    for problem in problems[:10]:
        print(problem, file=sys.stderr)
    if problems:
        sys.exit(f"check_trace: {len(problems)} problems in {sys.argv[1]}")
    print(", ".join(f"{n} {ph}" for ph, n in sorted(counts.items())))


if __name__ == "__main__":
    main()
