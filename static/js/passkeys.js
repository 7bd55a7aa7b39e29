// Passkeys: asks the browser to make one or to use one, and posts what it answers with the form.
// Where there are none, the forms and offers stay hidden and the page says what else there is.
if ("PublicKeyCredential" in window) {
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", ask);
  });
  document.querySelectorAll("[data-passkey-offer]").forEach((each) => { each.hidden = false; });
  document.querySelectorAll("[data-passkey-unable]").forEach((each) => { each.hidden = true; });
}

async function ask(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const status = form.querySelector("[data-passkey-status]");
  status.textContent = "";
  try {
    const { publicKey } = await options(form);
    const credential = form.dataset.passkey === "new"
      ? await navigator.credentials.create({ publicKey: creation(publicKey) })
      : await navigator.credentials.get({ publicKey: request(publicKey) });
    form.elements.credential.value = JSON.stringify(plain(credential));
    form.submit();
  } catch (error) {
    status.textContent = WORDS[error.name] ?? "This browser can’t use passkeys here.";
  }
}

const WORDS = {
  InvalidStateError: "There is a passkey for your account on this device already.",
  NotAllowedError: "No passkey was used. Press the button to try again.",
  TypeError: "We couldn’t be reached. Check your connection, then press the button again.",
};

// Beside the form where the page knows for whom it is, else asked for now.
async function options(form) {
  const given = document.getElementById("passkey-options");
  if (given) return JSON.parse(given.textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options;
}

function creation(options) {
  const user = { ...options.user, id: bytes(options.user.id) };
  const excludeCredentials = options.excludeCredentials.map(descriptor);
  return { ...options, challenge: bytes(options.challenge), user, excludeCredentials };
}

function request(options) {
  const allowCredentials = options.allowCredentials.map(descriptor);
  return { ...options, challenge: bytes(options.challenge), allowCredentials };
}

function descriptor(credential) {
  return { ...credential, id: bytes(credential.id) };
}

// Web Authentication's own JSON, which not every browser writes by itself.
function plain({ id, rawId, type, response }) {
  const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const said = names.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  return { id, rawId: text(rawId), type, response: Object.fromEntries(said) };
}

function bytes(text) {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const letters = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
