// A hand scanner presses Enter after each number: in a line of scan fields it goes to the next one, not to the server.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-scan]")) return;
  const fields = [...event.target.form.querySelectorAll("[data-scan]")];
  const next = fields[fields.indexOf(event.target) + 1];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
