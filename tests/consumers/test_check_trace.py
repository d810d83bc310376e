#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_trace.py finds what is wrong with a trace, and nothing in one that is right."""
import json
import sys

from check_trace import check

NAMES = [{"ph": "M", "pid": 1, "tid": 0, "name": "process_name", "args": {"name": "a"}},
         {"ph": "M", "pid": 1, "tid": 2, "name": "thread_name", "args": {"name": "b"}}]


def x(ts, dur, **more):
    return {"ph": "X", "pid": 1, "tid": 2, "name": "run", "ts": ts, "dur": dur, **more}


def e(ph, ts, **more):
    return {"ph": ph, "pid": 1, "tid": 2, "name": "n", "ts": ts, **more}


GOOD = [
    [x(0, 10), x(2, 3), x(5, 5), x(10, 0), x(10, 1)],
    [e("B", 0), e("B", 1), {"ph": "E", "pid": 1, "tid": 2, "ts": 2}, e("E", 3)],
    [e("C", 0, args={"value": 1.5}), e("C", 0, args={"value": 0})],
    [e("s", 0, id=1), e("t", 1, id=1), e("f", 2, id=1)],
    [e("i", 0, s="t"), x(-5, 1)],
]
BAD = {
    "not an object": ["text"],
    "unknown ph": [e("Q", 0)],
    "bad pid or tid": [{**x(0, 1), "pid": "1"}],
    "no name": [{**x(0, 1), "name": ""}],
    "bad ts": [{**x(0, 1), "ts": "0"}],
    "bad dur": [x(0, -1)],
    "before the one ahead of it": [x(5, 1), x(4, 1)],
    "overlaps the slice around it": [x(0, 10), x(5, 6)],
    "ends what was not begun": [e("E", 0)],
    "begun and never ended on": [e("B", 0)],
    "counter without numbers": [e("C", 0, args={"value": "1"})],
    "flow without both ends": [e("s", 0, id=1)],
    "flow without an id": [e("s", 0)],
    "bad scope": [e("i", 0, s="x")],
    "unknown metadata": [{**NAMES[0], "name": "colour"}],
    "metadata without a name": [{**NAMES[0], "pid": 7, "args": {}}],
    "process named twice": [NAMES[0]],
    "process without a name": [x(0, 1, pid=3)],
    "thread without a name": [x(0, 1, tid=3)],
}


def main():
    failed = 0
    for events in GOOD:
        problems, _ = check(json.dumps({"traceEvents": NAMES + events}))
        if problems:
            print(f"refused although right: {problems}", file=sys.stderr)
            failed += 1
    for what, events in BAD.items():
        problems, _ = check(json.dumps(NAMES + events))
        if not any(problem.startswith(what) for problem in problems):
            print(f"not found: {what}: {problems}", file=sys.stderr)
            failed += 1
    for text in ("", "{", "[]", '{"traceEvents":[{"ph":"X","ts":NaN}]}'):
        if not check(text)[0]:
            print(f"accepted: {text}", file=sys.stderr)
            failed += 1
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
