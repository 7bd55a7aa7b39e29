// "Use my location": fills the hidden `near` with a position rounded to about 100 metres and searches.
const PLACES = 3;
const TIMEOUT_MS = 15000;

function offer(form) {
  const part = form.querySelector("[data-near-me-offer]");
  if (!part?.hidden || !("geolocation" in navigator)) return;
  part.hidden = false;
  part.querySelector("button").addEventListener("click", () => locate(form, part));
  form.elements.postcode.addEventListener("input", () => { form.elements.near.value = ""; });
}

function locate(form, part) {
  const status = part.querySelector("[data-near-me-status]");
  status.textContent = "Finding you…";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.near.value = `${coords.latitude.toFixed(PLACES)},${coords.longitude.toFixed(PLACES)}`;
      form.elements.postcode.value = "";
      status.textContent = "";
      form.requestSubmit();
    },
    () => { status.textContent = "Your location isn't available. Type a postcode instead."; },
    { timeout: TIMEOUT_MS, maximumAge: 300000 },
  );
}

function offerWithin(part) {
  part.querySelectorAll("form[data-near-me]").forEach(offer);
}

offerWithin(document);
document.addEventListener("htmx:load", (event) => offerWithin(event.detail.elt));
