"use strict";
// Comfort only: every page works without it. Warns before unsaved words are left, and counts characters.
(() => {
  const form = document.getElementById("form");
  let dirty = Boolean(form && form.dataset.dirty);
  if (form) {
    form.addEventListener("input", () => { dirty = true; });
    form.addEventListener("submit", () => { dirty = false; });
    window.addEventListener("beforeunload", (event) => {
      if (dirty) {
        event.preventDefault();
        event.returnValue = document.body.dataset.leave;
      }
    });
  }
  for (const box of document.querySelectorAll("textarea[data-limit]")) {
    const count = document.createElement("p");
    count.className = "count small soft";
    box.insertAdjacentElement("afterend", count);
    const show = () => {
      const length = Array.from(box.value).length;
      count.textContent = box.dataset.word.replace("#", length.toLocaleString("en"));
      count.classList.toggle("mistake", length > Number(box.dataset.limit));
    };
    box.addEventListener("input", show);
    show();
  }
  const problems = document.getElementById("problems");
  if (problems) problems.focus();
})();
