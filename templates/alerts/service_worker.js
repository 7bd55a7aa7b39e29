{% load static %}// Shows the pushes that the server sends, opens the page that a tap asks for, and tells the server
// when the browser has renewed its subscription, which a push asks for once our key is another.
const KEY = "{{ key }}";
const KEPT = "push-endpoint";

self.addEventListener("push", (event) => {
  const { notification, renew: key } = event.data.json();
  event.waitUntil(Promise.all([show(notification), navigator.setAppBadge?.(), key && changeKey(key)]));
});

// As a browser that reads declarative pushes shows it without us.
function show({ title, body, tag, lang, navigate, actions = [] }) {
  return self.registration.showNotification(title, {
    body,
    tag,
    lang,
    icon: "{% static 'img/icon-192.png' %}",
    actions,
    data: { url: navigate, actions },
    renotify: true,
    requireInteraction: true,
  });
}

self.addEventListener("notificationclick", (event) => {
  const { url, actions } = event.notification.data;
  const pressed = actions.find(({ action }) => action === event.action);
  event.notification.close();
  event.waitUntil(Promise.all([self.clients.openWindow(pressed?.navigate ?? url), navigator.clearAppBadge?.()]));
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(renew(event.oldSubscription, event.newSubscription));
});

// A page that the learner has open asks for it too.
self.addEventListener("message", (event) => {
  event.waitUntil(keepUp(event.data.key));
});

async function keepUp(key) {
  const subscription = await self.registration.pushManager.getSubscription();
  if (subscription && keyOf(subscription) !== key) await changeKey(key);
}

// A browser keeps one subscription, with the key that it was made with.
async function changeKey(key) {
  const before = await self.registration.pushManager.getSubscription();
  await before?.unsubscribe();
  await renew(before, await subscribeAgain(key));
}

// Browsers differ in which of the two they hand over: the page kept the old endpoint for us.
async function renew(before, after) {
  const kept = await caches.open(KEPT);
  const old = before?.endpoint ?? await (await kept.match("/push/"))?.text();
  const fresh = after ?? await subscribeAgain(KEY);
  const { endpoint, keys } = fresh.toJSON();
  await fetch("{% url 'push_renew' %}", {
    method: "POST",
    body: new URLSearchParams({
      old_endpoint: old, endpoint, p256dh: keys.p256dh, auth: keys.auth, vapid_key: keyOf(fresh),
    }),
  });
  await kept.put("/push/", new Response(endpoint));
}

function subscribeAgain(key) {
  return self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

// Which key of ours a subscription was made with, as the server writes it.
function keyOf({ options }) {
  const letters = String.fromCharCode(...new Uint8Array(options.applicationServerKey));
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
