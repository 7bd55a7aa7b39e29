{% load static %}// Shows the pushes that the server sends, opens the page that a tap asks for, and tells the server
// when the browser has renewed its subscription.
const KEY = "{{ key }}";
const KEPT = "push-endpoint";

self.addEventListener("push", (event) => {
  const alert = event.data.json();
  event.waitUntil(self.registration.showNotification(alert.title, {
    body: alert.body,
    tag: alert.tag,
    icon: "{% static 'img/icon-192.png' %}",
    data: { url: alert.url },
    renotify: true,
    requireInteraction: true,
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(renew(event.oldSubscription, event.newSubscription));
});

// Browsers differ in which of the two they hand over: the page kept the old endpoint for us.
async function renew(before, after) {
  const kept = await caches.open(KEPT);
  const old = before?.endpoint ?? await (await kept.match("/push/"))?.text();
  const fresh = after ?? await subscribeAgain();
  const { endpoint, keys } = fresh.toJSON();
  await fetch("{% url 'push_renew' %}", {
    method: "POST",
    body: new URLSearchParams({ old_endpoint: old, endpoint, p256dh: keys.p256dh, auth: keys.auth }),
  });
  await kept.put("/push/", new Response(endpoint));
}

function subscribeAgain() {
  return self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: KEY });
}
