/* The workbench of forecasts: points of the chart of days are dragged, or moved by keys, and fill the table below. */
"use strict";
(() => {
  const STEP = 0.01, LEAP = 0.1, START_PX = 6, NEAR_PX = 4;
  const whole = new Intl.NumberFormat(document.documentElement.lang || "en", { maximumFractionDigits: 0 });
  let bench = null;

  const inputs = () => [...document.querySelectorAll("#days-form input[data-place]")];
  const shown = (input) => Number(document.querySelector(`#days-form [name="was-${input.name.slice(6)}"]`).value);
  const value = (input) => { const typed = Number(input.value); return input.value.trim() === "" || !Number.isFinite(typed) ? shown(input) : Math.max(0, typed); };
  const rounded = (number) => Math.round(Math.min(Math.max(number, 0), 1e6));

  function build() {
    const wrap = document.querySelector("[data-drag-days]");
    const points = inputs();
    if (!wrap || !points.length || wrap.querySelector(".drag-zone")) return;
    const plot = wrap.querySelector(".chart-plot"), box = wrap.querySelector("[data-chart]");
    const n = Number(wrap.dataset.n), low = Number(box.dataset.low), high = Number(box.dataset.high);
    const part = (tag, className) => Object.assign(document.createElement(tag), { className });
    const zone = part("div", "drag-zone"), said = part("div", "drag-said");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    line.setAttribute("class", "drag-line"); line.setAttribute("viewBox", "0 0 2000 1000"); line.setAttribute("preserveAspectRatio", "none"); line.setAttribute("aria-hidden", "true");
    line.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
    said.hidden = true; said.setAttribute("aria-hidden", "true");
    bench = { wrap, plot, low, high, line: line.firstChild, said, points: [], chosen: 0, texts: wrap.dataset };
    bench.x = (place) => (n > 1 ? place / (n - 1) : 0.5);
    bench.y = (number) => Math.min(1, Math.max(0, (high - number) / (high - low)));
    const first = Number(points[0].dataset.place), last = Number(points.at(-1).dataset.place), half = 0.5 / Math.max(1, n - 1);
    zone.style.left = `${(bench.x(first) - half) * 100}%`; zone.style.width = `${(bench.x(last) - bench.x(first) + 2 * half) * 100}%`;
    box.removeAttribute("role"); box.setAttribute("role", "group");
    plot.append(zone, line);
    for (const input of points) {
      const handle = part("button", "drag-point");
      handle.type = "button"; handle.tabIndex = -1;
      handle.setAttribute("role", "slider"); handle.setAttribute("aria-orientation", "vertical");
      handle.setAttribute("aria-label", input.getAttribute("aria-label")); handle.setAttribute("aria-description", wrap.dataset.how);
      handle.setAttribute("aria-valuemin", "0"); handle.setAttribute("aria-valuemax", "1000000");
      handle.style.left = `${bench.x(Number(input.dataset.place)) * 100}%`;
      plot.append(handle);
      bench.points.push({ input, handle, place: Number(input.dataset.place) });
    }
    plot.append(said);
    const current = bench.points.findIndex(({ input }) => input.closest("tr").hasAttribute("aria-current"));
    bench.chosen = Math.max(0, current);
    bench.points[bench.chosen].handle.tabIndex = 0;
    zone.addEventListener("pointerdown", grab); zone.addEventListener("pointermove", move);
    for (const type of ["pointerup", "pointercancel"]) zone.addEventListener(type, drop);
    plot.addEventListener("keydown", key);
    plot.addEventListener("focusin", ({ target }) => { const at = place(target); if (at >= 0) choose(at); });
    plot.addEventListener("focusout", () => { said.hidden = true; plot.classList.remove("is-moving"); });
    draw();
  }

  const place = (handle) => bench.points.findIndex((point) => point.handle === handle);
  function words(point) { return bench.texts.spoken.replace("{day}", point.input.dataset.day).replace("{total}", whole.format(value(point.input))); }
  function draw() {
    if (!bench) return;
    let n = 0;
    for (const point of bench.points) {
      const number = value(point.input), isChanged = rounded(number) !== shown(point.input);
      point.handle.style.top = `${bench.y(number) * 100}%`;
      point.handle.classList.toggle("is-changed", isChanged);
      point.handle.setAttribute("aria-valuenow", String(number)); point.handle.setAttribute("aria-valuetext", words(point));
      point.input.classList.toggle("is-dragged", isChanged);
      n += isChanged;
    }
    bench.line.setAttribute("d", n ? bench.points.map((point, at) => `${at ? "L" : "M"}${Math.round(bench.x(point.place) * 2000)} ${Math.round(bench.y(value(point.input)) * 1000)}`).join("") : "");
    const status = document.getElementById("days-unsaved");
    if (status) status.textContent = n ? bench.texts.unsaved.replace("{n}", whole.format(n)) : "";
  }
  function choose(at) {
    bench.points[bench.chosen].handle.tabIndex = -1; bench.points[bench.chosen].handle.classList.remove("is-chosen");
    bench.chosen = Math.min(bench.points.length - 1, Math.max(0, at));
    const point = bench.points[bench.chosen];
    point.handle.tabIndex = 0; point.handle.classList.add("is-chosen");
    tell(point);
  }
  function tell(point) {
    bench.said.textContent = words(point); bench.said.hidden = false; bench.plot.classList.add("is-moving");
    const width = bench.plot.clientWidth, half = bench.said.offsetWidth / 2, x = bench.x(point.place) * width;
    bench.said.style.left = `${Math.min(width - half, Math.max(half, x))}px`; bench.said.style.top = `${Math.max(bench.y(value(point.input)) * bench.plot.clientHeight, 40)}px`;
  }
  function set(point, number) {
    point.input.value = String(rounded(number));
    point.input.dispatchEvent(new Event("input", { bubbles: true }));
    tell(point);
  }

  /* ---- By hand: the nearest day is taken; sideways chooses another one, up and down changes it ---- */
  let drag = null;
  function nearest(event) {
    const { left, width } = bench.plot.getBoundingClientRect();
    const share = (event.clientX - left) / width;
    let best = 0;
    bench.points.forEach((point, at) => { if (Math.abs(bench.x(point.place) - share) < Math.abs(bench.x(bench.points[best].place) - share)) best = at; });
    return best;
  }
  function grab(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    event.target.setPointerCapture(event.pointerId);
    choose(nearest(event));
    const point = bench.points[bench.chosen];
    point.handle.focus({ preventScroll: true });
    drag = { x: event.clientX, y: event.clientY, from: value(point.input), way: "" };
  }
  function move(event) {
    if (!drag) return;
    event.stopPropagation();
    const across = event.clientX - drag.x, down = event.clientY - drag.y;
    if (!drag.way && Math.hypot(across, down) >= START_PX) drag.way = Math.abs(across) > Math.abs(down) + NEAR_PX ? "across" : "down";
    if (drag.way === "across") { choose(nearest(event)); bench.points[bench.chosen].handle.focus({ preventScroll: true }); }
    else if (drag.way === "down") set(bench.points[bench.chosen], drag.from - (down / bench.plot.clientHeight) * (bench.high - bench.low));
  }
  function drop() { drag = null; }

  /* ---- By keys ---- */
  function key(event) {
    const at = place(event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const point = bench.points[at], present = value(point.input);
    const by = (share) => Math.max(1, Math.round(Math.max(present, shown(point.input)) * share));
    const moves = { ArrowUp: by(STEP), ArrowDown: -by(STEP), PageUp: by(LEAP), PageDown: -by(LEAP) };
    const walks = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: bench.points.length - 1 };
    if (event.key in moves) set(point, present + moves[event.key]);
    else if (event.key in walks) { choose(walks[event.key]); bench.points[bench.chosen].handle.focus(); }
    else if (event.key === "Escape") set(point, shown(point.input));
    else if (event.key === "Enter") document.getElementById("days-comment")?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /* ---- What was typed outlives another look at the charts ---- */
  let kept = null;
  document.addEventListener("input", ({ target }) => { if (target.matches("#days-form input")) draw(); });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const form = document.getElementById("days-form");
    if (detail.target.id !== "forecast" || !form?.dataset.dirty) return;
    kept = new Map([...form.querySelectorAll("input[name^=total-], #days-comment")].map((input) => [input.id, input.value]));
  });
  // htmx copies the page before it goes to another address; the policy of the page allows no copies of what has a style.
  document.addEventListener("htmx:beforeHistorySave", () => {
    for (const part of document.querySelectorAll("#forecast :is(.drag-zone, .drag-line, .drag-point, .drag-said, .chart-cursor, .chart-tip)")) part.remove();
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target.id !== "forecast") return;
    bench = null;
    for (const [id, typed] of kept || []) { const input = document.getElementById(id); if (input && input.value !== typed) { input.value = typed; input.dispatchEvent(new Event("input", { bubbles: true })); } }
    kept = null;
    build();
  });
  build();
})();
