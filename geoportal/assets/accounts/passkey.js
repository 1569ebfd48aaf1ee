// The form of a page that asks the browser for a passkey: what it says is sent with the rest.

const form = document.querySelector("form[data-passkey]");
const options = JSON.parse(form.dataset.options);
const refused = form.querySelector("[data-refused]");

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const known = (listed = []) => listed.map((each) => ({ ...each, id: bytes(each.id) }));

/** A new passkey, or the signature of one there is; both as the standard writes them in JSON. */
const ways = {
  create: () =>
    navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: known(options.excludeCredentials),
      },
    }),
  get: () =>
    navigator.credentials.get({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        allowCredentials: known(options.allowCredentials),
      },
    }),
};
const parts = {
  create: ["clientDataJSON", "attestationObject"],
  get: ["clientDataJSON", "authenticatorData", "signature"],
};

async function ask() {
  const way = form.dataset.passkey;
  try {
    const found = await ways[way]();
    const response = Object.fromEntries(parts[way].map((name) => [name, text(found.response[name])]));
    form.elements.passkey.value = JSON.stringify({
      id: found.id,
      rawId: text(found.rawId),
      type: found.type,
      response,
      clientExtensionResults: {},
    });
  } catch {
    refused.hidden = false; // it was not allowed, or took too long
    return;
  }
  form.submit();
}

form.querySelector("[data-ask]")?.addEventListener("click", ask);
if (form.dataset.passkey === "create") {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
}
