#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_formats.py FORMAT FILE [CSV]: reads a report as its consumer does and recounts it.

The CSV of the same journal is the truth that the other formats are compared with: Python's own
statistics over its rows must give their figures.
"""
import csv
import html.parser
import json
import math
import re
import statistics
import sys
from collections import defaultdict

COLUMNS = "registry,phase,arm,round,slot,outcome,metric,unit,value,reason".split(",")
OUTCOMES = {"ok", "failed", "invalid", "contaminated", "seed-failed", "unsupported", "incomplete"}


def fail(message):
    sys.exit(f"check_formats: {message}")


def expect(holds, message):
    if not holds:
        fail(message)


def close(a, b):
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file, strict=True)
        expect(reader.fieldnames == COLUMNS, f"columns are {reader.fieldnames}")
        rows = list(reader)
    for number, row in enumerate(rows, 2):
        expect(None not in row and None not in row.values(), f"row {number} has not ten fields")
        expect(row["outcome"] in OUTCOMES, f"row {number}: outcome {row['outcome']}")
        if row["metric"]:
            expect(bool(row["value"]) or bool(row["reason"]), f"row {number}: neither value nor reason")
            if row["value"]:
                int(row["value"])
        for text in ("registry", "phase", "arm", "reason"):
            expect(row[text][:1] not in "=+-@" or not row[text], f"row {number}: {text} is a formula")
    return rows


def cells_of(path):
    """(registry, phase, arm) -> metric -> {round: value}, of the cells that have figures."""
    cells, bad = defaultdict(lambda: defaultdict(dict)), set()
    for row in rows_of(path):
        key = (row["registry"], row["phase"], row["arm"])
        if row["outcome"] not in ("ok", "contaminated"):
            bad.add(key)
        elif row["value"]:
            cells[key][row["metric"]][int(row["round"])] = int(row["value"])
    return {key: metrics for key, metrics in cells.items() if key not in bad and "wall_ns" in metrics}


def as_in_csv(text):
    """A text as the CSV has it: no control characters, a formula behind an apostrophe."""
    text = "".join(" " if (c < " " and c != "\n") or c == "\x7f" else c for c in text)
    return "'" + text if text[:1] in ("=", "+", "-", "@") and text else text


def check_csv(path, _):
    rows = rows_of(path)
    expect(rows, "no rows")
    return f"{len(rows)} rows"


def check_json(path, truth):
    with open(path, encoding="utf-8") as file:
        summary = json.load(file)
    expect(summary["schema"] == "phasebench-summary/1", "schema")
    expect(summary["complete"] == (not summary["problems"]), "complete and problems disagree")
    metrics = {m["name"] for m in summary["metrics"]}
    seen = set()
    for cell in summary["cells"]:
        key = tuple(as_in_csv(cell[k]) for k in ("registry", "phase", "arm"))
        expect(key not in seen, f"{key} is there twice")
        seen.add(key)
        expect(set(cell["metrics"]) == metrics, f"{key}: metrics differ from the table")
        for name, figures in cell["metrics"].items():
            if figures is None:
                expect(cell["missing"].get(name), f"{key}: {name} is null without a reason")
                continue
            if key not in truth:
                continue
            values = list(truth[key][name].values())
            expect(figures["n"] == len(values), f"{key} {name}: n")
            for field, function in (("mean", statistics.fmean), ("median", statistics.median),
                                    ("min", min), ("max", max)):
                expect(close(figures[field], function(values)), f"{key} {name}: {field}")
            if len(values) > 1:
                expect(math.isclose(figures["sd"], statistics.stdev(values), rel_tol=1e-6,
                                    abs_tol=1e-6), f"{key} {name}: sd")
            check_comparison(key, name, figures.get("against_baseline"), summary["baseline"], truth)
    expect(set(truth) <= seen, "cells of the CSV are missing")
    return f"{len(seen)} cells"


def check_comparison(key, name, comparison, baseline, truth):
    base = truth.get((key[0], key[1], as_in_csv(baseline or "")), {}).get(name, {})
    if not comparison or "missing" in comparison:
        return
    logs = [math.log(v / base[r]) for r, v in truth[key][name].items() if v > 0 and base.get(r, 0) > 0]
    walsh = [(a + b) / 2 for i, a in enumerate(logs) for b in logs[i:]]
    expect(comparison["pairs"] == len(logs), f"{key} {name}: pairs")
    expect(math.isclose(comparison["change"], math.expm1(statistics.median(walsh)), rel_tol=1e-6,
                        abs_tol=1e-9), f"{key} {name}: change")
    expect(comparison["slower_pairs"] == sum(d > 0 for d in logs), f"{key} {name}: slower_pairs")
    if "low" in comparison:
        expect(comparison["low"] <= comparison["change"] <= comparison["high"], f"{key} {name}: order")


def check_hyperfine(path, truth):
    """The fields that hyperfine's plot and statistics scripts read, recomputed from "times"."""
    with open(path, encoding="utf-8") as file:
        results = json.load(file)["results"]
    for result in results:
        times = result["times"]
        key = tuple(as_in_csv(result["parameters"][k]) for k in ("registry", "phase", "arm"))
        expect(isinstance(result["command"], str) and times, f"{key}: no command or times")
        expect(len(result["exit_codes"]) == len(result["rounds"]) == len(times), f"{key}: lengths")
        expect(len(result.get("memory_usage_byte", times)) == len(times), f"{key}: memory")
        for field, function in (("mean", statistics.fmean), ("median", statistics.median),
                                ("min", min), ("max", max)):
            expect(math.isclose(result[field], function(times), rel_tol=1e-9), f"{key}: {field}")
        if len(times) > 1:
            expect(math.isclose(result["stddev"], statistics.stdev(times), rel_tol=1e-6, abs_tol=1e-12),
                   f"{key}: stddev")
        else:
            expect(result["stddev"] is None, f"{key}: stddev of one sample")
        for when, seconds in zip(result["rounds"], times):
            expect(close(seconds, truth[key]["wall_ns"][when] / 1e9), f"{key}: round {when}")
        for field in ("user", "system"):
            expect(isinstance(result[field], (int, float)), f"{key}: {field}")
    expect(len(results) == len(truth), f"{len(results)} results for {len(truth)} cells")
    return f"{len(results)} results"


UNIT_LINE = re.compile(r"^Unit (\S+)((?: [a-z]+=\S+)+)$")
KEY_LINE = re.compile(r"^([^\s:A-Z][^\s:A-Z]*):(?:[ \t](.*))?$")
RESULT_LINE = re.compile(r"^(Benchmark[^a-z\s]\S*|Benchmark)[ \t]+([0-9]+)((?:[ \t]+\S+[ \t]+\S+)+)$")


def check_benchfmt(path, truth):
    """The grammar of golang.org/design/14313-benchmark-format and of its Unit lines."""
    results, units = 0, {}
    with open(path, encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("# "):
                continue
            if line.startswith("Unit "):
                match = UNIT_LINE.match(line)
                expect(match, f"line {number}: not a Unit line: {line}")
                expect(match[1] not in units, f"line {number}: {match[1]} twice")
                units[match[1]] = dict(kv.split("=") for kv in match[2].split())
                expect(set(units[match[1]]) <= {"better", "assume"}, f"line {number}: keys")
                continue
            if line.startswith("Benchmark"):
                match = RESULT_LINE.match(line)
                expect(match, f"line {number}: not a result: {line[:120]}")
                name = match[1]
                expect(re.search(r"-[0-9]+$", name), f"line {number}: no processor count")
                expect(all("=" in part for part in name.split("/")[1:]), f"line {number}: {name}")
                fields = match[3].split()
                expect(len(set(fields[1::2])) == len(fields) // 2, f"line {number}: a unit twice")
                for value in fields[0::2]:
                    float(value)
                results += 1
                continue
            expect(KEY_LINE.match(line), f"line {number}: neither key, unit nor result: {line[:120]}")
    wanted = sum(len(metrics["wall_ns"]) for metrics in truth.values())
    expect(results == wanted, f"{results} results, {wanted} samples")
    return f"{results} results"


def check_bmf(path, truth):
    with open(path, encoding="utf-8") as file:
        benchmarks = json.load(file)
    for name, measures in benchmarks.items():
        expect(0 < len(name.encode()) <= 1024, f"name of {len(name)}")
        for measure, metric in measures.items():
            expect(re.fullmatch(r"[a-z][a-z0-9-]{0,63}", measure), f"measure {measure}")
            expect(set(metric) <= {"value", "lower_value", "upper_value"}, f"{name} {measure}")
            expect(metric.get("lower_value", metric["value"]) <= metric["value"] <=
                   metric.get("upper_value", metric["value"]), f"{name} {measure}: order")
    kept = [name for name in benchmarks if not name.endswith("-bencher-ignore")]
    expect(len(kept) == len(truth) + 1, f"{len(kept)} for {len(truth)} cells and the run")
    return f"{len(kept)} benchmarks, {len(benchmarks) - len(kept)} reasons"


def check_smaller_is_better(path, truth):
    with open(path, encoding="utf-8") as file:
        entries = json.load(file)
    names = [entry["name"] for entry in entries]
    expect(len(set(names)) == len(names), "a name is there twice")
    for entry in entries:
        expect(set(entry) <= {"name", "unit", "value", "range", "extra"}, f"keys of {entry}")
        expect(isinstance(entry["value"], (int, float)) and isinstance(entry["unit"], str), f"{entry}")
    expect(sum(name.endswith(" wall_ns") for name in names) == len(truth), "cells")
    return f"{len(entries)} entries"


def check_openmetrics(path, truth):
    try:
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
    except ImportError:
        print("no prometheus_client: apt-get install python3-prometheus-client")
        sys.exit(77)
    with open(path, encoding="utf-8", newline="\n") as file:
        families = {f.name: f for f in text_string_to_metric_families(file.read())}
    medians = 0
    for sample in families["phasebench_wall_seconds"].samples:
        labels = sample.labels
        if labels.get("quantile") != "0.5":
            continue
        key = tuple(as_in_csv(labels[k]) for k in ("registry", "phase", "arm"))
        medians += 1
        expect(math.isclose(sample.value, statistics.median(truth[key]["wall_ns"].values()) / 1e9),
               f"{key}: median")
    expect(medians == len(truth), f"{medians} medians for {len(truth)} cells")
    return f"{len(families)} families"


class Page(html.parser.HTMLParser):
    VOID = {"meta", "link", "br", "input"}

    def __init__(self):
        super().__init__()
        self.open, self.ids = [], set()
        self.scripts = self.rows = 0

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        expect(not any(name.startswith("on") for name in attrs), f"{tag} has a handler")
        expect("src" not in attrs and "style" not in attrs, f"{tag} has src or style")
        expect(attrs.get("href", "#")[0] == "#" or attrs["href"] == "data:,", f"link to {attrs.get('href')}")
        if "id" in attrs:
            expect(attrs["id"] not in self.ids, f"id {attrs['id']} twice")
            self.ids.add(attrs["id"])
        self.scripts += tag == "script"
        self.rows += tag == "tr"
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        expect(any(t == "svg" for t in self.open), f"<{tag}/> outside of a chart")

    def handle_endtag(self, tag):
        expect(self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]} at {self.getpos()}")
        self.open.pop()


def check_html(path, truth):
    page = Page()
    with open(path, encoding="utf-8") as file:
        page.feed(file.read())
    page.close()
    expect(not page.open, f"left open: {page.open}")
    expect(page.scripts == 1, f"{page.scripts} scripts")
    expect(page.rows > len(truth), f"{page.rows} rows")
    return f"{page.rows} table rows"


CHECKS = {
    "csv": check_csv, "json": check_json, "hyperfine": check_hyperfine, "benchfmt": check_benchfmt,
    "bmf": check_bmf, "customSmallerIsBetter": check_smaller_is_better,
    "openmetrics": check_openmetrics, "html": check_html,
}


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in CHECKS:
        sys.exit(f"usage: check_formats.py {'|'.join(CHECKS)} FILE CSV")
    print(CHECKS[sys.argv[1]](sys.argv[2], cells_of(sys.argv[3])))


if __name__ == "__main__":
    main()
