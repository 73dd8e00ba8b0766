/* The grid of a capacity plan: what is typed or pasted is saved at once, and the figures follow. */
"use strict";
(() => {
  const form = document.getElementById("cells");
  if (!form) return;
  const state = document.getElementById("cells-state");
  const cells = () => Array.from(form.querySelectorAll("td input"));
  const rows = () => Array.from(form.querySelectorAll("tbody tr"), (row) => Array.from(row.querySelectorAll("td input")));
  const saved = new Map(cells().map((input) => [input.id, input.value]));
  const undo = [];
  let queue = Promise.resolve();

  function follow(page, sent) {
    for (const part of page.querySelectorAll("[data-live]")) {
      const here = document.getElementById(part.id);
      if (here) { here.replaceWith(part); if (window.htmx) window.htmx.process(part); }
    }
    for (const [id] of sent) {
      const answer = page.getElementById(id), here = document.getElementById(id);
      if (!answer || !here) continue;
      here.classList.toggle("is-invalid", answer.classList.contains("is-invalid"));
      if (answer.hasAttribute("aria-invalid")) here.setAttribute("aria-invalid", "true"); else here.removeAttribute("aria-invalid");
    }
    for (const answer of page.querySelectorAll("td input")) {
      const here = document.getElementById(answer.id);
      if (here) here.placeholder = answer.placeholder;
    }
  }
  async function send() {
    // What was refused before goes along, so that all is saved once all is well.
    const sent = cells().filter((input) => input.value !== saved.get(input.id)).map((input) => [input.id, input.value]);
    if (!sent.length) {
      // What was refused has been taken back: there is nothing wrong any more.
      document.getElementById("live-refusals").replaceChildren();
      for (const input of form.querySelectorAll("[aria-invalid]")) { input.removeAttribute("aria-invalid"); input.classList.remove("is-invalid"); }
      delete form.dataset.dirty;
      return;
    }
    const body = new FormData();
    body.set("csrf_token", form.querySelector("[name=csrf_token]").value);
    for (const [id, value] of sent) body.set(id, value);
    try {
      const response = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
      if (!response.ok && response.status !== 422) throw new Error(response.status);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      follow(page, sent);
      if (!response.ok) { state.textContent = ""; return; }
      for (const [id, value] of sent) saved.set(id, value);
      if (!cells().some((input) => input.value !== saved.get(input.id))) { delete form.dataset.dirty; form.dataset.clean = "1"; }
      state.textContent = form.dataset.saved;
    } catch { state.textContent = form.dataset.failed; }
  }
  const save = () => { queue = queue.then(send); };
  function put(pairs) {
    undo.push(pairs.map(([input]) => [input, saved.get(input.id)]));
    for (const [input, value] of pairs) input.value = value;
    save();
  }

  form.addEventListener("change", ({ target }) => {
    if (!target.matches("td input")) return;
    if (target.value === saved.get(target.id)) { save(); return; }
    undo.push([[target, saved.get(target.id)]]);
    save();
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
  form.addEventListener("paste", (event) => {
    const at = event.target;
    const text = event.clipboardData.getData("text").replace(/\r/g, "").replace(/\n+$/, "");
    if (!at.matches("td input") || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    let block = text.split("\n").map((line) => line.split("\t"));
    const grid = rows(), top = grid.findIndex((row) => row.includes(at)), left = grid[top].indexOf(at);
    // Planners' sheets often run their weeks from left to right.
    if (block.length === 1 && block[0].length > grid[top].length - left) block = block[0].map((value) => [value]);
    // What does not fit is not cut off: half a plan would look like a whole one.
    const room = grid.length - top, wide = Math.max(...block.map((line) => line.length));
    if (block.length > room || wide > grid[top].length - left) {
      const text = block.length > room ? form.dataset.tooLong.replace("{n}", block.length).replace("{room}", room) : form.dataset.tooWide.replace("{n}", wide).replace("{room}", grid[top].length - left);
      state.textContent = text;
      window.callcenter?.toast(text, "warning");
      return;
    }
    put(block.flatMap((line, down) => line.map((value, over) => [grid[top + down][left + over], value.trim()])));
  });
  form.addEventListener("keydown", (event) => {
    if (!event.target.matches("td input")) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && undo.length && event.target.value === saved.get(event.target.id)) {
      event.preventDefault();
      for (const [input, value] of undo.pop()) input.value = value;
      save();
      return;
    }
    if (event.key === "Escape") { event.target.value = saved.get(event.target.id); return; }
    const grid = rows(), row = grid.findIndex((line) => line.includes(event.target)), column = grid[row].indexOf(event.target);
    const { selectionStart, selectionEnd, value } = event.target;
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [event.shiftKey ? -1 : 1, 0],
      ArrowLeft: selectionStart === 0 && selectionEnd === 0 && [0, -1], ArrowRight: selectionEnd === value.length && [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = grid[row + step[0]] && grid[row + step[0]][column + step[1]];
    if (next) { next.focus(); next.select(); }
  });
})();
