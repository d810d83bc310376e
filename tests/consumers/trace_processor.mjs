// SPDX-License-Identifier: MIT
// Perfetto's trace processor in Node.js: its WebAssembly build and the code around it as Perfetto's
// page has them, with a stand-in for the worker that they expect to run in. From $PB_TOOLS.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MessageChannel } from "node:worker_threads";
import vm from "node:vm";

const folder = join(process.env.PB_TOOLS, "trace-processor");

/** A newer engine than the decoder, and no mprotect in WebAssembly: nothing is lost by either. */
const harmless = /^(Unexpected QueryResult field|warning: unsupported syscall|Loading trace|$)/;
const quiet = (print) => (...words) => { if (!harmless.test(String(words[0] ?? "").trim())) print(...words); };
for (const level of ["log", "warn", "error"]) console[level] = quiet(console[level].bind(console));

/** Starts the engine as its worker would; it answers on the other end of the port. */
function start_worker(port) {
  const wasm = readFileSync(join(folder, "trace_processor.wasm"));
  const scope = {
    console, performance, TextDecoder, TextEncoder, URL, Uint8Array, setTimeout, clearTimeout, queueMicrotask,
    WorkerGlobalScope: class {}, location: { href: "http://localhost/" }, importScripts() {},
    XMLHttpRequest: class { // the one file that it asks for
      open() {}
      send() { this.response = new Uint8Array(wasm).buffer; }
    },
  };
  scope.self = scope.globalThis = vm.createContext(scope);
  vm.runInContext(readFileSync(join(folder, "engine_bundle.node.js"), "utf8"), scope);
  scope.onmessage({ data: port });
}

/** Loads a trace; `rows(sql)` gives objects, `close()` ends it. */
export async function open_trace(bytes) {
  const { EngineBase } = await import(pathToFileURL(join(folder, "engine.mjs")));
  const { port1, port2 } = new MessageChannel();
  class Engine extends EngineBase {
    mode = "WASM";
    id = "check";
    rpcSendRequestBytes(data) { port2.postMessage(data); }
  }
  const engine = new Engine();
  port2.on("message", (data) => engine.onRpcResponseBytes(new Uint8Array(data)));
  start_worker(port1);
  const most = 32 << 20; // a request must stay below 64 MiB
  for (let at = 0; at < bytes.length; at += most) await engine.parse(bytes.subarray(at, at + most));
  await engine.notifyEof();
  return {
    async rows(sql) {
      const result = await engine.query(sql);
      if (result.error()) throw new Error(`${sql}: ${result.error()}`);
      const rows = [];
      for (const it = result.iter({}); it.valid(); it.next())
        rows.push(Object.fromEntries(result.columns().map((name) => [name, it.get(name)])));
      return rows;
    },
    close() { port2.close(); },
  };
}
