// What was typed of a session stays on the phone until the server has it: boxes, hours and minutes, never a name.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-session-draft]");
  if (!form) return;
  const key = form.dataset.sessionDraft, said = document.getElementById("draft-said");
  const fields = () => [...form.elements].filter((one) => one.name && one.name !== "csrfmiddlewaretoken");
  const keep = () => {
    const typed = fields().map((one) => [one.name, one.value, one.type === "checkbox" ? one.checked : null]);
    localStorage.setItem(key, JSON.stringify(typed));
  };
  const restore = () => {
    for (const [name, value, checked] of JSON.parse(localStorage.getItem(key))) {
      const same = fields().filter((one) => one.name === name);
      if (checked === null) { if (same[0]) same[0].value = value; }
      else for (const one of same) if (one.value === value) one.checked = checked;
    }
    said.textContent = said.dataset.back;
  };
  if ("sent" in form.dataset) localStorage.removeItem(key);
  else if (localStorage.getItem(key)) restore();
  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => {
    keep();
    if (navigator.onLine) return;
    event.preventDefault();
    said.textContent = said.dataset.kept;
  });
  window.addEventListener("online", () => { if (localStorage.getItem(key)) said.textContent = said.dataset.back; });
});
