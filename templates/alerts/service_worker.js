{% load static %}// Shows the pushes that the server sends, and opens the page that a tap asks for.
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
