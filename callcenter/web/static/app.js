/* What pages do beyond plain HTML. Every page works without this file. */
"use strict";
(() => {
  const root = document.documentElement;
  const texts = () => document.getElementById("texts").dataset;
  const all = (selector, within = document) => within.querySelectorAll(selector);
  const on = (type, handle, options) => document.addEventListener(type, handle, options);
  const isTyping = (node) => node.closest("input, textarea, select, [contenteditable]");

  /* ---- htmx ---- */
  on("htmx:configRequest", ({ detail }) => {
    detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
    if (detail.verb === "get" && detail.elt.matches(".filters")) {
      for (const [key, value] of [...detail.formData.entries()]) {
        if (value === "") detail.formData.delete(key);
      }
    }
  });
  on("htmx:sendError", () => toast(texts().offline, "warning"));
  on("htmx:afterSwap", ({ detail }) => {
    if (detail.target.id === "dialog-body") openDialog(document.getElementById("shared-dialog"));
  });
  on("htmx:load", ({ detail }) => enliven(detail.elt));
  // The page of a thing shows its work; when that is over, the thing and what can be done with it have changed.
  on("job-over", () => {
    const isAlone = location.pathname.startsWith("/jobs/");
    if (!isAlone && !document.querySelector("form[data-dirty]:not([data-clean])")) location.reload();
  });

  /* ---- Messages ---- */
  const VISIBLE_MS = 8000;
  function toast(text, kind = "info") {
    const box = document.createElement("div");
    box.className = `toast tone-${kind}`;
    box.dataset.toast = kind;
    box.setAttribute("role", kind === "danger" ? "alert" : "status");
    box.append(Object.assign(document.createElement("p"), { textContent: text }));
    const close = Object.assign(document.createElement("button"), { className: "btn btn-icon", type: "button", textContent: "×" });
    close.setAttribute("aria-label", texts().dismiss);
    close.dataset.dismiss = "";
    box.append(close);
    document.getElementById("toasts").append(box);
    enliven(box);
  }
  function startToast(box) {
    if (box.dataset.toast === "danger" || box.dataset.started) return;
    box.dataset.started = "1";
    let timer;
    const leave = () => { timer = setTimeout(() => box.remove(), VISIBLE_MS); };
    for (const stop of ["mouseenter", "focusin"]) box.addEventListener(stop, () => clearTimeout(timer));
    for (const go of ["mouseleave", "focusout"]) box.addEventListener(go, leave);
    leave();
  }

  /* ---- Dialogs and pop-ups ---- */
  function openDialog(dialog) {
    if (!dialog.open) dialog.showModal();
    const first = dialog.querySelector("[data-focus], .is-invalid, .dialog-body :is(input:not([type=hidden]), select, textarea, button)");
    if (first) first.focus();
  }
  function closePopups(except) {
    for (const each of all("details[data-popup][open]")) if (!each.contains(except)) each.open = false;
  }
  function place(popup) {
    const list = popup.querySelector(".menu-list, .confirm-panel");
    if (!list || !popup.closest(".table-scroll, .dialog, .table-area")) return;
    list.classList.add("is-placed");
    const anchor = popup.querySelector("summary").getBoundingClientRect();
    const size = list.getBoundingClientRect();
    const below = anchor.bottom + 4;
    list.style.top = `${below + size.height > innerHeight ? Math.max(4, anchor.top - size.height - 4) : below}px`;
    list.style.left = `${Math.max(4, Math.min(anchor.right - size.width, innerWidth - size.width - 4))}px`;
  }
  on("toggle", ({ target }) => {
    if (!target.matches?.("details[data-popup]")) return;
    if (target.open) { closePopups(target); place(target); }
  }, true);
  addEventListener("scroll", ({ target }) => {
    if (target.closest?.(".menu-list")) return;
    for (const list of all("details[open] > .is-placed")) list.parentElement.open = false;
  }, true);

  on("click", (event) => {
    const { target } = event;
    const hit = (selector) => target.closest(selector);
    closePopups(target);
    if (hit("[data-dismiss]")) hit("[data-toast]").remove();
    else if (hit("[data-close-dialog]")) hit("dialog").close();
    else if (hit("[data-close-popup]")) { const popup = hit("details"); popup.open = false; popup.querySelector("summary").focus(); }
    else if (hit("[data-open-dialog]")) openDialog(document.getElementById(hit("[data-open-dialog]").dataset.openDialog));
    else if (hit("[data-opens-shared-dialog]")) document.getElementById("shared-dialog-title").textContent = hit("[data-opens-shared-dialog]").dataset.opensSharedDialog;
    else if (hit("[data-go-back]")) history.back();
    else if (target.matches("dialog")) { const box = target.getBoundingClientRect(); if (event.clientY < box.top || event.clientY > box.bottom || event.clientX < box.left || event.clientX > box.right) target.close(); }
  });

  /* ---- Keyboard: / searches, j and k walk a list, Enter opens, Escape closes ---- */
  on("keydown", (event) => {
    if (event.key === "Escape") {
      const popup = document.activeElement?.closest("details[data-popup][open]") || all("details[data-popup][open]")[0];
      if (popup) { popup.open = false; popup.querySelector("summary").focus(); }
      if (event.target.closest?.("[data-search]")) clearSearch();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("[data-search]") && ["ArrowDown", "ArrowUp"].includes(event.key)) return walkResults(event);
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const search = document.getElementById("search");
    if (event.key === "/" && search) { event.preventDefault(); search.focus(); search.select(); }
    else if (event.key === "j" || event.key === "k") walkRows(event.key === "j" ? 1 : -1);
    else if (event.key === "Enter" && event.target === document.body) document.querySelector("tr.is-marked [href], li.is-marked [href]")?.click();
  });
  function walkRows(step) {
    const rows = [...all("[data-rows] tbody tr, .cards .card")];
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.classList.contains("is-marked"));
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
    rows[at]?.classList.remove("is-marked");
    next.classList.add("is-marked");
    next.scrollIntoView({ block: "nearest" });
    const link = next.querySelector("a[href]");
    if (link) link.focus({ preventScroll: true });
  }
  function walkResults(event) {
    const links = [...all("#search-results a")];
    if (!links.length) return;
    event.preventDefault();
    const at = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    (links[at] || (at < 0 ? document.getElementById("search") : links[0])).focus();
  }
  function clearSearch() { document.getElementById("search-results")?.replaceChildren(); }
  on("click", ({ target }) => { if (!target.closest("[data-search]")) clearSearch(); });

  /* ---- Forms: send once, keep what was typed ---- */
  on("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent && form.method === "post") return event.preventDefault();
    if (form.matches("[data-theme-form]")) return chooseTheme(event);
    if (form.method !== "post" || form.matches("[hx-post]")) return undefined;
    if (form.action.endsWith("/sign-out")) navigator.serviceWorker?.controller?.postMessage("forget");
    form.dataset.sent = "1";
    form.dataset.clean = "1";
    form.classList.add("is-busy");
    return undefined;
  });
  addEventListener("pageshow", () => { for (const form of all("form[data-sent]")) { delete form.dataset.sent; form.classList.remove("is-busy"); } });
  on("input", ({ target }) => { const form = target.closest("form[data-guard]"); if (form) { form.dataset.dirty = "1"; delete form.dataset.clean; } });
  addEventListener("beforeunload", (event) => { if (document.querySelector("form[data-dirty]:not([data-clean])")) { event.preventDefault(); event.returnValue = texts().leave; } });
  on("change", ({ target }) => { if (target.matches("[data-submit-on-change], .filters :not([type=search])")) target.form.requestSubmit(); });

  /* On a phone the list comes first: its filters wait behind a button. */
  if (matchMedia("(max-width: 599.98px)").matches) for (const each of document.querySelectorAll(".filters-more")) each.open = false;

  /* ---- Colours ---- */
  const night = matchMedia("(prefers-color-scheme: dark)");
  function paint() {
    const { theme } = root.dataset;
    root.dataset.bsTheme = theme === "auto" ? (night.matches ? "dark" : "light") : theme;
  }
  night.addEventListener("change", paint);
  function chooseTheme(event) {
    event.preventDefault();
    const { form, value } = event.submitter;
    const body = new FormData(form);
    body.set("theme", value);
    root.dataset.theme = value;
    for (const button of all("button[name=theme]", form)) { if (button === event.submitter) button.setAttribute("aria-current", "true"); else button.removeAttribute("aria-current"); }
    form.closest("details").open = false;
    paint();
    fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
  }

  /* ---- Charts: drawn by the server; here the legend hides lines and the pointer reads the table ---- */
  on("click", ({ target }) => {
    const button = target.closest(".chart-legend button");
    if (!button) return;
    const isShown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", isShown);
    button.closest(".chart").querySelector(`g[data-layer="${button.dataset.layer}"]`).classList.toggle("is-hidden", !isShown);
  });
  let reading;
  function stopReading() { for (const each of reading?.parts || []) each.remove(); reading = undefined; }
  function startReading(box) {
    const table = box.closest(".chart").querySelector(".chart-table table");
    const rows = table.tBodies[0].rows;
    const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    const [line, tip] = ["chart-cursor", "chart-tip"].map((name) => Object.assign(document.createElement("div"), { className: name }));
    for (const part of [line, tip]) part.setAttribute("aria-hidden", "true");
    box.querySelector(".chart-plot").append(line, tip);
    reading = { box, rows, heads, line, tip, parts: [line, tip] };
  }
  function readAt(event) {
    const plot = event.target.closest?.(".chart-plot");
    const box = plot?.closest("[data-chart]");
    if (reading && reading.box !== box) stopReading();
    if (!box) return;
    if (!reading) startReading(box);
    const { rows, heads, line, tip } = reading;
    const { left, width, height } = plot.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (event.clientX - left) / width));
    const n = rows.length, slotted = "slotted" in box.dataset;
    const place = slotted ? Math.min(n - 1, Math.floor(share * n)) : Math.round(share * (n - 1));
    const x = (slotted ? (place + 0.5) / n : n > 1 ? place / (n - 1) : 0.5) * width;
    const row = rows[place];
    if (!row) return;
    line.style.left = `${x}px`;
    tip.replaceChildren(...[...row.cells].map((cell, at) => {
      const item = document.createElement(at ? "span" : "strong");
      item.append(cell.textContent);
      if (at) item.prepend(Object.assign(document.createElement("small"), { textContent: heads[at] }));
      return item;
    }));
    const isRight = x + tip.offsetWidth + 20 > width;
    tip.style.left = `${Math.max(0, isRight ? x - tip.offsetWidth - 12 : x + 12)}px`;
    tip.style.top = `${Math.max(0, Math.min(height - tip.offsetHeight, event.clientY - plot.getBoundingClientRect().top - tip.offsetHeight / 2))}px`;
  }
  on("pointermove", readAt, { passive: true });
  on("pointerdown", readAt, { passive: true });

  /* ---- Whatever has just come onto the page ---- */
  function enliven(part) {
    const found = (selector) => [...(part.matches?.(selector) ? [part] : []), ...all(selector, part)];
    for (const box of found("[data-toast]")) startToast(box);
    for (const box of found("[data-focus]")) box.focus();
  }
  enliven(document.body);

  /* ---- The agent's pages stay readable without a network ---- */
  if (document.body.classList.contains("is-me") && "serviceWorker" in navigator) navigator.serviceWorker.register("/static/sw.js", { scope: "/" });
  window.callcenter = Object.freeze({ toast, openDialog });
})();
