// Passkeys: asks the server for a challenge and the browser for its answer, which the form around the button sends.
const PARTS = { make: "create", give: "get" };

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

const readable = (options) => {
  const described = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
  return {
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    excludeCredentials: described(options.excludeCredentials),
    allowCredentials: described(options.allowCredentials),
  };
};

const sendable = (credential) => {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].filter((name) => response[name]);
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: { ...Object.fromEntries(parts.map((name) => [name, text(response[name])])), transports: response.getTransports?.() ?? [] },
  };
};

// What a browser throws, in words; one that was cancelled and one that ran out of time look alike but for the time.
const reason = (error, waited, timeout) => {
  if (error.name === "NotAllowedError") return waited >= timeout * 0.95 ? "late" : "cancelled";
  return { AbortError: "cancelled", InvalidStateError: "known", SecurityError: "elsewhere", NotSupportedError: "none", ConstraintError: "none" }[error.name] ?? "failed";
};

const start = async (area, form) => {
  const answer = await fetch(area.dataset.challenge, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
  });
  if (!answer.ok || answer.redirected) throw new Error("no challenge");
  return answer.json();
};

const attempt = async (area, say) => {
  const form = area.closest("form");
  if (!form.reportValidity()) return;
  const began = performance.now();
  let timeout = Infinity;
  try {
    const options = await start(area, form);
    timeout = options.timeout;
    const credential = await navigator.credentials[PARTS[area.dataset.passkey]]({ publicKey: readable(options) });
    form.querySelector("input[name$=passkey]").value = JSON.stringify(sendable(credential));
    form.requestSubmit();
  } catch (error) {
    say(reason(error, performance.now() - began, timeout));
  }
};

const enable = (area) => {
  const button = area.querySelector("button");
  const said = area.querySelector("[role=alert]");
  const say = (what) => {
    said.textContent = area.dataset[what];
    said.hidden = false;
  };
  const impossible = location.hostname !== area.dataset.domain ? "elsewhere" : window.PublicKeyCredential ? "" : "none";
  if (impossible) {
    button.disabled = true;
    return say(impossible);
  }
  button.addEventListener("click", async () => {
    button.disabled = true;
    said.hidden = true;
    await attempt(area, say);
    button.disabled = false;
  });
};

document.querySelectorAll("[data-passkey]").forEach(enable);
