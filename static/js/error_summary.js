// Moves the focus to the error summary, so that keyboard and screen reader users meet it first.
document.querySelector("[data-error-summary]")?.focus();
