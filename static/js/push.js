// "Turn on notifications here": asks the browser for a push subscription and posts it with the form.
const form = document.querySelector("[data-push]");

if (form && "serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
  form.hidden = false;
  document.querySelector("[data-push-unable]").hidden = true;
  form.addEventListener("submit", turnOn);
}

async function turnOn(event) {
  event.preventDefault();
  const status = form.querySelector("[data-push-status]");
  status.textContent = "Asking your browser…";
  try {
    const subscription = await subscribe();
    await keep(subscription.endpoint);
    fill(subscription);
    form.submit();
  } catch (error) {
    status.textContent = Notification.permission === "denied"
      ? "Your browser blocks our notifications. Allow them in its settings for this site, then press the button again."
      : "That didn't work: your browser's push service doesn't answer. Try again in a minute.";
  }
}

// A subscription that is there already may be another account's: it is left, and a new one made.
async function subscribe() {
  await navigator.serviceWorker.register("/sw.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  await (await pushManager.getSubscription())?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.pushKey) });
}

// For the service worker, which some browsers don't tell what a renewed subscription was before.
async function keep(endpoint) {
  const kept = await caches.open("push-endpoint");
  await kept.put("/push/", new Response(endpoint));
}

function fill(subscription) {
  const { endpoint, keys } = subscription.toJSON();
  const agent = navigator.userAgent;
  // Android says "Linux" too, and says it first.
  const systems = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"];
  const system = systems.find((each) => agent.includes(each)) ?? "Device";
  const browser = /Edg|Firefox|Chrome|Safari/.exec(agent)?.[0].replace("Edg", "Edge") ?? "browser";
  Object.entries({ endpoint, p256dh: keys.p256dh, auth: keys.auth, label: `${browser} on ${system}`, vapid_key: form.dataset.pushKey })
    .forEach(([name, value]) => { form.elements[name].value = value; });
}

function bytes(key) {
  const text = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
