// A button that shows what was typed into a password field; it is hidden again before it is sent, so
// that no browser remembers it among the texts.
document.querySelectorAll("[data-password]").forEach((part) => {
  const input = part.querySelector("input");
  const button = part.querySelector("[data-password-show]");
  button.hidden = false;
  button.addEventListener("click", () => show(part, input, button, input.type === "password"));
  input.form.addEventListener("submit", () => { if (input.type === "text") show(part, input, button, false); });
});

function show(part, input, button, isShown) {
  input.type = isShown ? "text" : "password";
  button.firstChild.data = isShown ? "Hide" : "Show";
  part.querySelector("[data-password-status]").textContent = isShown
    ? "Your password is shown."
    : "Your password is hidden.";
}
