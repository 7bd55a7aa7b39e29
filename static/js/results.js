// After htmx has put in new results: start at the top, at the error summary or else the heading.
document.addEventListener("htmx:afterSettle", () => {
  const start = document.querySelector("[data-error-summary], [data-search-heading]");
  start?.focus({ preventScroll: true });
  start?.scrollIntoView({ block: "start" });
});

// What htmx can't put in, such as "too many requests", is shown as the page that it is.
document.addEventListener("htmx:responseError", (event) => {
  location.assign(event.detail.pathInfo.finalRequestPath);
});
