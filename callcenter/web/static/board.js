/* The roster board: a shift opens beside it; dragging asks the rule check before the drop. */
"use strict";
(() => {
  const board = document.querySelector("[data-board], .board-day");
  const panel = document.getElementById("shift-panel");
  const texts = document.getElementById("board-texts");
  const answer = document.getElementById("drag-answer");
  if (!board || !panel || !texts) return;

  const close = () => { panel.hidden = true; panel.replaceChildren(); };
  async function open(link) {
    const response = await fetch(link.getAttribute("href"), { headers: { "HX-Request": "true" } });
    if (!response.ok) { location.assign(link.getAttribute("href")); return; }
    const shut = document.createElement("button");
    shut.className = "btn btn-icon"; shut.type = "button"; shut.textContent = "×"; shut.setAttribute("aria-label", texts.dataset.close);
    shut.addEventListener("click", () => { close(); link.focus(); });
    panel.innerHTML = await response.text();
    if (window.htmx) window.htmx.process(panel);
    panel.prepend(shut);
    panel.hidden = false;
    panel.focus();
  }
  board.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-shift]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!link.wasDragged) open(link);
    link.wasDragged = false;
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !panel.hidden) close(); });

  if (!board.hasAttribute("data-may-move")) return;
  let drag = null;
  board.addEventListener("dragstart", (event) => event.preventDefault());
  board.addEventListener("pointerdown", (event) => {
    const link = event.target.closest("a.shift");
    if (!link || event.button !== 0 || event.pointerType === "touch") return;
    drag = { link, x: event.clientX, y: event.clientY, cell: link.closest("td"), target: null, isMoving: false, asked: 0 };
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.isMoving && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 6) return;
    drag.isMoving = true; drag.link.wasDragged = true; drag.link.classList.add("is-dragged");
    answer.style.left = `${Math.min(event.clientX + 14, innerWidth - 330)}px`; answer.style.top = `${event.clientY + 14}px`;
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const cell = under && under.closest("td[data-day]");
    if (cell !== drag.target) { clear(); drag.target = cell; if (cell) { cell.classList.add("is-target"); ask(cell); } else answer.hidden = true; }
  });
  function clear() { if (drag && drag.target) drag.target.classList.remove("is-target", "is-broken"); }
  function say(lines, isBroken) {
    answer.replaceChildren(...lines.map((line) => { const p = document.createElement("div"); p.textContent = line; return p; }));
    answer.classList.toggle("is-broken", isBroken); answer.hidden = false;
  }
  async function ask(cell) {
    const query = new URLSearchParams({ employee_id: cell.closest("tr").dataset.employee, day: cell.dataset.day });
    const turn = ++drag.asked, mine = drag;
    say([texts.dataset.checking], false);
    const url = texts.dataset.checkUrl.replace("/0/", `/${drag.link.dataset.shift}/`);
    try {
      const response = await fetch(`${url}?${query}`, { headers: { Accept: "application/json" } });
      const verdict = await response.json();
      if (drag !== mine || mine.asked !== turn) return;
      mine.verdict = verdict;
      cell.classList.toggle("is-broken", !verdict.is_clean);
      say(response.ok ? [verdict.times, ...(verdict.is_clean ? [texts.dataset.clean] : verdict.sentences), verdict.cost] : [verdict.detail], !verdict.is_clean);
    } catch { if (drag === mine) say([texts.dataset.offline], true); }
  }
  document.addEventListener("pointerup", async () => {
    if (!drag) return;
    const { link, target, cell, isMoving } = drag;
    clear(); drag.link.classList.remove("is-dragged"); answer.hidden = true;
    drag = null;
    if (!isMoving || !target || target === cell) return;
    await open(link);
    const form = panel.querySelector('form[action$="/move"]');
    if (!form) return;
    const agents = form.elements.employee_id, row = target.closest("tr");
    if (![...agents.options].some((option) => option.value === row.dataset.employee)) agents.add(new Option(row.querySelector("th span").textContent, row.dataset.employee));
    agents.value = row.dataset.employee;
    form.elements.day.value = target.dataset.day;
    form.requestSubmit();
  });
})();
