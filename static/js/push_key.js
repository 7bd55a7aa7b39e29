// Tells the service worker which key we sign pushes with now: a subscription that this browser made
// with an earlier one is renewed, unless the learner has since turned it off here.
const key = document.querySelector("[data-push-key]").dataset.pushKey;

if ("serviceWorker" in navigator && "PushManager" in window) {
  const registration = await navigator.serviceWorker.getRegistration("/");
  registration?.active?.postMessage({ key });
}
