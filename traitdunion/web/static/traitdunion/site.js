// What a partial update owes to somebody who does not see it: the new region says itself and takes the focus.
document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  const said = target.querySelector("[data-announce]") || target;
  const live = document.getElementById("live");
  if (live && said.dataset.announce) live.textContent = said.dataset.announce;
  const field = target.querySelector("[data-focus]");
  if (field) field.focus();
});
// A hand scanner types and presses Enter: the field is emptied by the answer and keeps the focus.
document.addEventListener("DOMContentLoaded", () => {
  const field = document.querySelector("[data-focus]");
  if (field && !document.querySelector(".fr-alert--error")) field.focus();
});
