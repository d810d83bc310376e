// SPDX-License-Identifier: MIT
// picture.mjs PAGE.html OUT.png: an HTML report at a glance and its first phase, 1200 pixels wide.
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [page_path, out_path] = process.argv.slice(2);
const require = createRequire(join(process.env.PB_TOOLS, "package.json"));
const { chromium } = require("playwright-core");
const most_pixels = 1150;

const browser = await chromium.launch({
  executablePath: process.env.PB_CHROMIUM,
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
const page = await browser.newPage({ viewport: { width: 1200, height: 1000 }, colorScheme: "light" });
await page.goto(pathToFileURL(resolve(page_path)).href);
await page.addStyleTag({ content: ".bar { position: static !important; }" }).catch(() => {});
const box = await page.locator("section:has(table.overview)").first().boundingBox();
const phase = await page.locator("section.phase").first().boundingBox();
await page.screenshot({
  path: out_path, fullPage: true, animations: "disabled",
  clip: { x: 0, y: box.y - 20, width: 1200, height: Math.min(phase.y + phase.height - box.y + 40, most_pixels) },
});
await browser.close();
