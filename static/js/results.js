// After htmx has put in new results: start at the top, at the error summary or else the heading.
document.addEventListener("htmx:afterSettle", () => {
  const start = document.querySelector("[data-error-summary], [data-search-heading]");
  start?.focus({ preventScroll: true });
  start?.scrollIntoView({ block: "start" });
});
