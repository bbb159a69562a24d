// Before a form is sent: does the session still stand? If not, the page and everything typed on it stay.
const { sessionSeconds, sessionUrl, person } = document.body.dataset;
const dialog = document.getElementById("session-ended");
const login = dialog?.querySelector("a[href]").pathname;

// Asked only when the last answer is old: usually nobody waits. The clock of the wall, as laptops sleep.
const FRESH = Math.min(600, Number(sessionSeconds) || 0) * 1000;
let known = Date.now();
let resume = null;

const askAgain = () => { known = 0; };
document.addEventListener("visibilitychange", askAgain);
window.addEventListener("pageshow", (event) => event.persisted && askAgain());

// Signing in changes the token; the forms of the page still carry the old one.
const renew = (token) => {
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => { input.value = token; });
};

const state = async () => {
  try {
    const answer = await fetch(sessionUrl, { cache: "no-store", headers: { Accept: "application/json" } });
    if (!answer.ok) return "failed";
    const now = await answer.json();
    if (!now.alive) return "ended";
    if (now.person !== person) return "other";
    renew(now.token);
    known = Date.now();
    return "alive";
  } catch {
    return "failed";
  }
};

const say = (what) => {
  dialog.querySelectorAll("[data-said]").forEach((part) => { part.hidden = !part.dataset.said.split(" ").includes(what); });
  if (!dialog.open) dialog.showModal();
};

let asking = null;
const attempt = async () => {
  asking ??= state();
  const found = await asking;
  asking = null;
  if (found !== "alive") return say(found);
  dialog.close();
  const go = resume;
  resume = null;
  go?.();
};

if (dialog) {
  const cleared = new WeakSet();
  // Caught on the way down, before anything else hears of the submission.
  window.addEventListener("submit", (event) => {
    const form = event.target;
    const { submitter } = event;
    const method = submitter?.getAttribute("formmethod") ?? form.method;
    if (method !== "post" || "themeForm" in form.dataset || cleared.delete(form)) return;
    if (Date.now() - known < FRESH) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    resume = () => {
      cleared.add(form);
      form.requestSubmit(submitter?.isConnected ? submitter : null);
      cleared.delete(form);
    };
    attempt();
  }, { capture: true });

  document.body.addEventListener("htmx:confirm", (event) => {
    if (event.detail.verb === "get" || Date.now() - known < FRESH) return;
    event.preventDefault();
    resume = () => event.detail.issueRequest(true);
    attempt();
  });
  // A part of a page asked of an ended session is answered with the page for signing in.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const from = event.detail.xhr.responseURL;
    if (!from || new URL(from).pathname !== login) return;
    event.detail.shouldSwap = false;
    askAgain();
    say("ended");
  });

  dialog.querySelector("[data-again]").addEventListener("click", attempt);
}
