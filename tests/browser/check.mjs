// SPDX-License-Identifier: MIT
// check.mjs PAGE.html OUT_DIR: opens the page in headless Chromium at three widths and in both
// colour schemes, without its script too; fails on console errors, requests, horizontal overflow,
// axe-core findings, keyboard order that is not the document's, and on what its script should do.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { mkdirSync } from "node:fs";

const [page_path, out_dir] = process.argv.slice(2);
const require = createRequire(join(process.env.PB_TOOLS, "package.json"));
const { chromium } = require("playwright-core");
const axe_path = require.resolve("axe-core/axe.min.js");
const url = pathToFileURL(page_path).href;
const failures = [];
const check = (holds, what) => { if (!holds) failures.push(what); };

mkdirSync(out_dir, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.PB_CHROMIUM,
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});

async function open(name, options) {
  // bypassCSP only lets axe-core in; the page's own policy is checked by its console messages in
  // the pages without it.
  const context = await browser.newContext({ deviceScaleFactor: 1, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60000); // a busy machine takes long for a long page
  page.on("console", (m) => {
    if (["error", "warning"].includes(m.type())) failures.push(`${name}: console: ${m.text()}`);
  });
  page.on("pageerror", (e) => failures.push(`${name}: script: ${e.message}`));
  page.on("request", (r) => {
    if (r.url() !== url && !r.url().startsWith("data:")) failures.push(`${name}: request: ${r.url()}`);
  });
  await page.goto(url);
  return { context, page };
}

async function check_overflow(name, page) {
  const wide = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    const inScroller = (e) => e.closest(".scroll, svg, .vh, .skip") !== null;
    const culprits = [...document.body.querySelectorAll("*")]
      .filter((e) => !inScroller(e) && e.getBoundingClientRect().right > limit + 1)
      .map((e) => e.tagName + "." + e.className);
    return { scroll: document.documentElement.scrollWidth, limit, culprits: culprits.slice(0, 5) };
  });
  check(wide.scroll <= wide.limit, `${name}: overflow: ${JSON.stringify(wide)}`);
  check(wide.culprits.length === 0, `${name}: beyond the edge: ${JSON.stringify(wide)}`);
}

async function check_axe(name, page) {
  await page.evaluate(() => { for (const d of document.querySelectorAll("details")) d.open = true; });
  await page.addScriptTag({ path: axe_path });
  const result = await page.evaluate(() =>
    axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  check(result.passes.length > 10, `${name}: axe-core ran only ${result.passes.length} rules`);
  for (const v of result.violations)
    failures.push(`${name}: axe: ${v.id} (${v.impact}), ${v.nodes.length} places: ${v.help}: ` +
      v.nodes.slice(0, 3).map((n) => `${n.target.join(" ")} ${n.any[0]?.message ?? ""}`).join(" | "));
}

// Tab goes through everything that can be focused, in the order of the document, and what has the
// focus is visible.
async function check_keyboard(name, page) {
  await page.evaluate(() => document.activeElement?.blur());
  const stops = [];
  for (let i = 0; i < 400; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return null;
      window.__stops ??= [...document.querySelectorAll("*")];
      const box = e.getBoundingClientRect();
      return { at: window.__stops.indexOf(e), what: e.tagName + " " + e.textContent.slice(0, 30),
               seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
               ring: getComputedStyle(e).outlineStyle !== "none" };
    });
    if (!stop || (stops.length && stop.at === stops[0].at)) break;
    stops.push(stop);
  }
  check(stops.length >= 10, `${name}: keyboard: only ${stops.length} stops`);
  check(stops[0]?.what.startsWith("A Skip"), `${name}: keyboard: first stop is ${stops[0]?.what}`);
  for (let i = 0; i < stops.length; i++) {
    check(i === 0 || stops[i].at > stops[i - 1].at, `${name}: keyboard: ${stops[i].what} out of order`);
    check(stops[i].seen && stops[i].ring, `${name}: keyboard: focus not visible on ${stops[i].what}`);
  }
}

async function check_script(page) {
  const table = page.locator("table.figure").first();
  const names = async () => table.locator("tbody tr:not([hidden])").evaluateAll((rows) => rows.map((r) => r.dataset.arm));
  const before = await names();
  await table.locator("thead button").first().click();
  const sorted = await names();
  check(JSON.stringify(sorted) === JSON.stringify([...before].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }))),
    `sort by name gave ${sorted}`);
  check(await table.locator("th[aria-sort=ascending]").count() === 1, "aria-sort is not set");
  await table.locator("thead button", { hasText: "Median" }).click();
  const medians = await table.locator("tbody td[data-label=Median]").evaluateAll((cells) => cells.map((c) => Number(c.dataset.v)));
  check(medians.every((v, i) => i === 0 || v >= medians[i - 1]), `sort by median gave ${medians}`);
  await page.fill("#find", "plumb utoo");
  const found = await names();
  check(found.length > 0 && found.every((a) => a.includes("plumb") || a.includes("utoo")), `filter gave ${found}`);
  await page.fill("#find", "");
  check((await names()).length === before.length, "clearing the filter does not bring the rows back");
  const dark = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const auto = await dark();
  await page.click("#theme");
  const light = await dark();
  await page.click("#theme");
  check(light !== await dark() && auto === light, "the theme button does not change the theme");
}

const widths = [360, 800, 1400];
for (const width of widths)
  for (const colorScheme of ["light", "dark"]) {
    const name = `${width}-${colorScheme}`;
    const viewport = { width, height: 900 };
    const { context, page } = await open(name, { viewport, colorScheme, bypassCSP: true });
    await check_overflow(name, page);
    await page.screenshot({ path: join(out_dir, `${name}.png`), fullPage: true });
    await check_keyboard(name, page);
    await check_axe(name, page);
    await context.close();
  }

const scripted = await open("script", { viewport: { width: 1400, height: 900 }, colorScheme: "light" });
await check_script(scripted.page).catch((e) => failures.push(`script: ${e.message.split("\n")[0]}`));
await scripted.page.emulateMedia({ media: "print" });
await scripted.page.pdf({ path: join(out_dir, "print.pdf"), format: "A4" });
await scripted.context.close();

const plain = await open("no-script", { viewport: { width: 800, height: 900 }, javaScriptEnabled: false });
check(await plain.page.locator("#find").isHidden(), "no-script: the filter is shown but cannot work");
check(await plain.page.locator("table.figure tbody tr").count() > 0, "no-script: no figure");
await plain.page.screenshot({ path: join(out_dir, "no-script.png") });
await plain.context.close();
await browser.close();

for (const failure of failures) console.error(failure);
console.log(`${widths.length} widths x 2 schemes: ${failures.length} findings; screenshots in ${out_dir}`);
process.exit(failures.length ? 1 : 0);
