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

  /* ---- Colours ---- */
  const night = matchMedia("(prefers-color-scheme: dark)");
  function paint() {
    const { theme } = root.dataset;
    root.dataset.bsTheme = theme === "auto" ? (night.matches ? "dark" : "light") : theme;
    for (const box of all("[data-chart]")) drawChart(box);
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

  /* ---- Charts: ECharts is fetched only when one comes into view ---- */
  let loading;
  const drawn = new Map();
  function loadCharts() {
    loading ??= new Promise((done, fail) => {
      const script = Object.assign(document.createElement("script"), { src: root.dataset.echarts, onload: done, onerror: fail });
      document.head.append(script);
    });
    return loading;
  }
  const colour = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
  /* "var(--name)" anywhere in an option becomes the present colour of that name. */
  function painted(value) {
    if (typeof value === "string") return value.startsWith("var(--") ? colour(value.slice(6, -1)) : value;
    if (Array.isArray(value)) return value.map(painted);
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, painted(each)]));
    return value;
  }
  function formatter(spec) {
    const options = spec.style === "percent" ? { style: "percent", maximumFractionDigits: spec.places ?? 1 } : { maximumFractionDigits: spec.places ?? 1 };
    const numbers = new Intl.NumberFormat(root.lang, options);
    return (value) => (value === null || value === undefined || value === "-" ? "–" : numbers.format(Array.isArray(value) ? value[value.length - 1] : value));
  }
  function drawChart(box) {
    const source = document.getElementById(box.dataset.chart);
    if (!window.echarts || !source) return;
    drawn.get(box)?.dispose();
    const option = painted(JSON.parse(source.textContent));
    const show = formatter(option.numbers || {});
    delete option.numbers;
    for (const axis of [].concat(option.xAxis || [], option.yAxis || [])) if (axis.type === "value") axis.axisLabel = { ...axis.axisLabel, formatter: show };
    option.tooltip = { ...option.tooltip, renderMode: "richText", confine: true, valueFormatter: show };
    option.textStyle = { ...option.textStyle, fontFamily: getComputedStyle(document.body).fontFamily };
    option.animation = !matchMedia("(prefers-reduced-motion: reduce)").matches && option.animation !== false;
    const chart = window.echarts.init(box, null, { locale: root.lang.startsWith("zh") ? "ZH" : "EN" });
    chart.setOption(option);
    drawn.set(box, chart);
  }
  const sizes = new ResizeObserver((entries) => { for (const { target } of entries) drawn.get(target)?.resize(); });
  const views = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) { views.unobserve(target); loadCharts().then(() => { drawChart(target); sizes.observe(target); }, () => toast(texts().offline, "warning")); }
    }
  }, { rootMargin: "200px" });
  on("htmx:beforeCleanupElement", ({ target }) => { if (drawn.has(target)) { drawn.get(target).dispose(); drawn.delete(target); } });

  /* ---- Whatever has just come onto the page ---- */
  function enliven(part) {
    const found = (selector) => [...(part.matches?.(selector) ? [part] : []), ...all(selector, part)];
    for (const box of found("[data-toast]")) startToast(box);
    for (const box of found("[data-chart]")) views.observe(box);
    for (const box of found("[data-focus]")) box.focus();
  }
  enliven(document.body);

  /* ---- The agent's pages stay readable without a network ---- */
  if (document.body.classList.contains("is-me") && "serviceWorker" in navigator) navigator.serviceWorker.register("/static/sw.js", { scope: "/" });
  window.callcenter = Object.freeze({ toast, openDialog });
})();
