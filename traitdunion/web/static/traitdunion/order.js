// The total while one types; the next page computes it again, and is the one that counts.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-order]");
  const shown = form && form.querySelector("[data-total]");
  if (!shown) return;
  const euros = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR" });
  const number = (field) => Number((field ? field.value : "0").replace(/[\s\u00a0\u202f€]/g, "").replace(",", ".")) || 0;
  const say = () => {
    let total = 0;
    for (const field of form.querySelectorAll("[data-quantity]")) {
      total += number(field) * number(form.elements[`${field.dataset.quantity}_price`]);
    }
    shown.hidden = false;
    shown.querySelector("strong").textContent = euros.format(total);
  };
  form.addEventListener("input", say);
  say();
});
