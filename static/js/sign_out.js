// Signing out: tells the server which push subscription is this browser's, and ends it here too when
// notifications are turned off, so that nothing shows that is already on its way.
const fields = document.querySelectorAll("[data-push-endpoint]");

if (fields.length && "serviceWorker" in navigator && "PushManager" in window) {
  const registration = await navigator.serviceWorker.getRegistration("/");
  const subscription = await registration?.pushManager.getSubscription();
  if (subscription) fields.forEach((field) => prepare(field, subscription));
}

function prepare(field, subscription) {
  field.value = subscription.endpoint;
  field.form.addEventListener("submit", () => {
    if (new FormData(field.form).get("notifications") === "off") subscription.unsubscribe();
  });
}
