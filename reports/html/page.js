/* SPDX-License-Identifier: MIT */
/* Sorting, filtering, theme, copying. The page is complete without it. */
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");

  const remember = (key, value) => {
    try {
      if (value === undefined) return localStorage.getItem(key);
      localStorage.setItem(key, value);
    } catch { /* a file: page may have no storage */ }
    return null;
  };

  const themes = ["auto", "light", "dark"];
  const button = document.getElementById("theme");
  const setTheme = (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    button.lastChild.data = theme;
    button.dataset.now = theme;
  };
  const stored = remember("phasebench-theme");
  setTheme(themes.includes(stored) ? stored : "auto");
  button.addEventListener("click", () => {
    const next = themes[(themes.indexOf(button.dataset.now) + 1) % themes.length];
    setTheme(next);
    remember("phasebench-theme", next);
  });

  const find = document.getElementById("find");
  const found = document.getElementById("found");
  const rows = [...document.querySelectorAll("[data-arm]")];
  const arms = new Set(rows.map((row) => row.dataset.arm));
  const filter = () => {
    const words = find.value.toLowerCase().split(/[\s,]+/).filter(Boolean);
    const shown = (arm) => !words.length || words.some((word) => arm.toLowerCase().includes(word));
    for (const row of rows) row.hidden = !shown(row.dataset.arm);
    const count = [...arms].filter(shown).length;
    found.textContent = words.length ? count + " of " + arms.size : "";
  };
  find.addEventListener("input", filter);

  const keyOf = (row, column) => {
    const cell = row.cells[column];
    if (!cell) return null;
    if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
    if (cell.tagName === "TH") return row.dataset.arm || cell.textContent.trim();
    const text = cell.textContent.trim();
    return text === "" || text === "–" ? null : text;
  };
  const compare = (a, b) =>
    typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
  const sort = (table, header, column) => {
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0];
    /* Rows without a figure stay at the end in both directions. */
    const keyed = [...body.rows].map((row) => ({ row, key: keyOf(row, column) }));
    keyed.sort((x, y) => {
      if (x.key === null || y.key === null) return (x.key === null) - (y.key === null);
      if (typeof x.key !== typeof y.key) return typeof x.key === "number" ? -1 : 1;
      return down ? compare(y.key, x.key) : compare(x.key, y.key);
    });
    body.append(...keyed.map((entry) => entry.row));
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((header, column) => {
      if (header.dataset.sort === undefined) return;
      const sorter = document.createElement("button");
      sorter.type = "button";
      sorter.append(...header.childNodes);
      header.append(sorter);
      sorter.addEventListener("click", () => sort(table, header, column));
    });
  }

  for (const text of document.querySelectorAll("pre.copy")) {
    if (!navigator.clipboard) break;
    const box = document.createElement("div");
    const copy = document.createElement("button");
    box.className = "copied";
    copy.type = "button";
    copy.textContent = "Copy";
    text.replaceWith(box);
    box.append(text, copy);
    copy.addEventListener("click", () =>
      navigator.clipboard.writeText(text.textContent).then(
        () => { copy.textContent = "Copied"; },
        () => { copy.textContent = "Press Ctrl+C"; getSelection().selectAllChildren(text); }));
  }

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => { for (const details of closed) details.open = false; });
})();
