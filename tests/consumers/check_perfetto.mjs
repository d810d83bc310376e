// SPDX-License-Identifier: MIT
// check_perfetto.mjs FILE...: loads Chrome traces into Perfetto's trace processor (tests/tools) and
// compares what it has imported with what the file says: slices with their times and nesting,
// counters, flows, processes, threads. Fails on any error that it counts for itself.
import { readFileSync } from "node:fs";
import { open_trace } from "./trace_processor.mjs";

const ns = (us) => Math.round(us * 1000);

/** Slices of a track that lie within another one. */
function count_nested(tracks) {
  let nested = 0;
  for (const slices of tracks.values()) {
    slices.sort((a, b) => a.begin - b.begin || b.end - a.end);
    const open = [];
    for (const slice of slices) {
      while (open.length && open.at(-1) <= slice.begin) open.pop();
      nested += open.length > 0;
      open.push(slice.end);
    }
  }
  return nested;
}

/** What an importer must have found in these events. */
function expected_of(events) {
  const out = { slices: 0, dur_ns: 0, first_ns: Infinity, counters: 0, counter_sum: 0, flows: 0,
                processes: new Map(), threads: new Map(), tracks: new Map(), counter_tracks: new Set() };
  const open = new Map(); // async slices by id, sync ones by track
  const add = (track, begin, end) => {
    out.slices++;
    out.dur_ns += end - begin;
    out.first_ns = Math.min(out.first_ns, begin);
    if (!out.tracks.has(track)) out.tracks.set(track, []);
    out.tracks.get(track).push({ begin, end });
  };
  for (const e of events) {
    const track = `${e.pid} ${e.tid}`, key = e.id === undefined ? track : `${e.pid} ${e.cat} ${e.id} ${e.name}`;
    if (e.ph === "X") add(track, ns(e.ts), ns(e.ts) + ns(e.dur));
    if (e.ph === "i") add(e.s === "t" ? track : `${track} ${e.ts}`, ns(e.ts), ns(e.ts));
    if (e.ph === "B" || e.ph === "b") open.set(key, [...(open.get(key) ?? []), ns(e.ts)]);
    if (e.ph === "E" || e.ph === "e") {
      const begin = open.get(key)?.pop();
      if (begin === undefined) throw new Error(`ends what was not begun: ${JSON.stringify(e)}`);
      add(e.ph === "E" ? track : `${key} ${e.ts}`, begin, ns(e.ts));
    }
    if (e.ph === "f") out.flows++;
    if (e.ph === "C")
      for (const [name, value] of Object.entries(e.args)) {
        out.counters++;
        out.counter_sum += value;
        out.counter_tracks.add(`${e.pid} ${e.name} ${name}`);
      }
    if (e.ph === "M" && e.name === "process_name") out.processes.set(e.pid, e.args.name);
    if (e.ph === "M" && e.name === "thread_name") out.threads.set(track, e.args.name);
  }
  return out;
}

async function compare(text) {
  const failures = [];
  const expected = expected_of(JSON.parse(text).traceEvents);
  const trace = await open_trace(new TextEncoder().encode(text));
  const one = async (sql) => Number((await trace.rows(sql))[0].value);
  const same = (what, is, wanted, slack = 0) => {
    if (!(Math.abs(is - wanted) <= slack)) failures.push(`${what}: ${is} imported, ${wanted} in the file`);
  };
  for (const { name, value } of await trace.rows(
    "select name, value from stats where severity in ('error', 'data_loss') and value > 0"))
    failures.push(`the importer counts ${value} ${name}`);

  same("slices", await one("select count(*) as value from slice"), expected.slices);
  same("ns in slices", await one("select sum(dur) as value from slice"), expected.dur_ns, expected.slices);
  same("ns of the first slice", await one("select min(ts) as value from slice"), expected.first_ns, 1);
  same("nested slices", await one("select count(*) as value from slice where parent_id is not null"),
       count_nested(expected.tracks));
  same("slices that never end", await one("select count(*) as value from slice where dur < 0"), 0);
  same("counter samples", await one("select count(*) as value from counter"), expected.counters);
  same("sum of counters", await one("select ifnull(sum(value), 0) as value from counter"), expected.counter_sum,
       Math.abs(expected.counter_sum) * 1e-9);
  same("counter tracks", await one("select count(distinct track_id) as value from counter"),
       expected.counter_tracks.size);
  same("flows", await one("select count(*) as value from flow"), expected.flows);
  for (const { pid, name } of await trace.rows("select pid, name from process where name is not null"))
    if (expected.processes.get(Number(pid)) === name) expected.processes.delete(Number(pid));
  for (const { pid, tid, name } of await trace.rows(
    "select pid, tid, thread.name as name from thread join process using (upid)"))
    if (expected.threads.get(`${pid} ${tid}`) === name) expected.threads.delete(`${pid} ${tid}`);
  for (const [key, name] of [...expected.processes, ...expected.threads])
    failures.push(`process or thread ${key} (${name}) is not named so`);
  trace.close();
  return { failures, summary: `${expected.slices} slices, ${expected.counters} counter samples, ` +
                              `${expected.flows} flows, ${expected.tracks.size} tracks` };
}

let failed = false;
for (const path of process.argv.slice(2)) {
  const { failures, summary } = await compare(readFileSync(path, "utf8"));
  for (const failure of failures) console.error(`${path}: ${failure}`);
  console.log(`perfetto: ${path}: ${summary}: ${failures.length} findings`);
  failed ||= failures.length > 0;
}
process.exit(failed ? 1 : 0);
