/* The pipeline: a card is dragged to a stage, or moved with Shift and an arrow key. */
"use strict";
(() => {
  const board = document.querySelector(".pipeline[data-may-move]");
  const texts = document.getElementById("pipeline-texts");
  if (!board || !texts) return;
  const stageOf = (card) => card.closest(".pipeline-stage");
  const count = (stage, step) => {
    const box = stage.querySelector("[data-count]");
    const n = Number(box.textContent.replace(/\D/g, "")) + step;
    box.textContent = n.toLocaleString(document.documentElement.lang);
  };

  async function move(card, to) {
    const from = stageOf(card);
    if (!to || from === to || card.classList.contains("is-busy")) return;
    const next = card.nextElementSibling, link = card.querySelector("a"), hadFocus = card.contains(document.activeElement);
    const settle = (stage, before) => {
      stage.querySelector("ol").insertBefore(card, before);
      if (hadFocus) link.focus();
    };
    card.classList.add("is-busy");
    settle(to, to.querySelector("ol").firstElementChild); count(from, -1); count(to, 1);
    const back = (why) => { settle(from, next); count(from, 1); count(to, -1); window.callcenter.toast(why, "warning"); };
    try {
      const response = await fetch(texts.dataset.url.replace("/0/", `/${card.dataset.application}/`), {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content },
        body: new URLSearchParams({ stage: to.dataset.stage, seen: from.dataset.stage }),
      });
      const answer = await response.json();
      if (response.ok) { window.callcenter.toast(answer.said, "success"); card.classList.remove("is-late"); card.querySelector("em")?.remove(); }
      else back(answer.detail || answer.title);
    } catch { back(texts.dataset.offline); }
    card.classList.remove("is-busy");
  }

  board.addEventListener("keydown", (event) => {
    const card = event.target.closest(".pipeline-card");
    if (!card || !event.shiftKey || !["ArrowRight", "ArrowLeft"].includes(event.key)) return;
    event.preventDefault();
    const stage = stageOf(card);
    move(card, event.key === "ArrowRight" ? stage.nextElementSibling : stage.previousElementSibling);
  });

  let drag = null;
  board.addEventListener("dragstart", (event) => event.preventDefault());
  board.addEventListener("pointerdown", (event) => {
    const card = event.target.closest(".pipeline-card");
    if (card && event.button === 0 && event.pointerType !== "touch") drag = { card, x: event.clientX, y: event.clientY, target: null, isMoving: false };
  });
  const clear = () => drag?.target?.classList.remove("is-target");
  document.addEventListener("pointermove", (event) => {
    if (!drag || (!drag.isMoving && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 6)) return;
    drag.isMoving = true; drag.card.classList.add("is-dragged");
    const under = document.elementFromPoint(event.clientX, event.clientY)?.closest(".pipeline-stage");
    if (under === drag.target) return;
    clear(); drag.target = under; under?.classList.add("is-target");
  });
  document.addEventListener("pointerup", () => {
    if (!drag) return;
    clear();
    const { card, target, isMoving } = drag;
    card.classList.remove("is-dragged"); drag = null;
    if (!isMoving) return;
    // The click that ends a drag must not follow the card's link; the next one does.
    const hold = (event) => event.preventDefault();
    card.addEventListener("click", hold);
    setTimeout(() => card.removeEventListener("click", hold), 50);
    if (target) move(card, target);
  });
})();
