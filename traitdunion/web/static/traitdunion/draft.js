// The draft is kept as one types: each pause sends what is there; without JavaScript, each screen is saved by its button.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-draft]");
  if (!form || !window.fetch) return;
  const said = form.querySelector("[data-saved]");
  let waiting = 0;
  const save = async () => {
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      if (answer.ok) said.textContent = (await answer.json()).said;
    } catch {
      // No network: the next pause, or the button, sends it again.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, 1200);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    // An impatient finger: the second press does nothing more.
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
// What was typed of a session stays on the phone until the server has it: boxes, hours and minutes, never a name.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const key = form.dataset.draft, said = document.getElementById("draft-said");
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
