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
});
