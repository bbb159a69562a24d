// Before a form is sent: does the session still stand? If not, the page and everything typed on it stay.
const { sessionSeconds, sessionUrl, person } = document.body.dataset;
const dialog = document.getElementById("session-ended");
const login = dialog?.querySelector("a[href]").pathname;

// A button is sent unasked while the last answer is young. What somebody typed is always asked for first: a session
// can be ended from elsewhere at any moment. The clock of the wall, as laptops sleep.
const FRESH = Math.min(600, Number(sessionSeconds) || 0) * 1000;
let known = Date.now();
let resume = null;
const typed = new WeakSet();
window.addEventListener("input", (event) => event.target.form && typed.add(event.target.form), { capture: true });

// On pages of views that want the second factor again, it is asked for here, before anything leaves the page.
const stepUp = document.getElementById("step-up");
const wantsMore = (form) => stepUp && form && !("confirming" in form.dataset);
const isFresh = () => Date.now() - known < FRESH;

const askAgain = () => { known = 0; };
document.addEventListener("visibilitychange", askAgain);
window.addEventListener("pageshow", (event) => event.persisted && askAgain());

// Signing in changes the token; the forms of the page still carry the old one.
const renew = (token) => {
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => { input.value = token; });
};

const state = async (more) => {
  try {
    const answer = await fetch(sessionUrl, { cache: "no-store", headers: { Accept: "application/json" } });
    if (!answer.ok) return "failed";
    const now = await answer.json();
    if (!now.alive) return "ended";
    if (now.person !== person) return "other";
    renew(now.token);
    known = Date.now();
    return more && !now.fresh ? "stale" : "alive";
  } catch {
    return "failed";
  }
};

const say = (what) => {
  dialog.querySelectorAll("[data-said]").forEach((part) => { part.hidden = !part.dataset.said.split(" ").includes(what); });
  if (!dialog.open) dialog.showModal();
};

let asking = null;
let more = false;
const goOn = () => {
  dialog.close();
  stepUp?.close();
  const go = resume;
  resume = null;
  go?.();
};
const attempt = async () => {
  asking ??= state(more);
  const found = await asking;
  asking = null;
  if (found === "alive") return goOn();
  if (found !== "stale") return say(found);
  stepUp.showModal();
};

// The dialog's own form: a code or a passkey, judged by the server; what waited goes on afterwards.
const confirm = async (form) => {
  const said = stepUp.querySelector("[data-refused]");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    const { done, said: words, token } = await answer.json();
    if (done) {
      renew(token);
      form.reset();
      return goOn();
    }
    said.textContent = words;
  } catch {
    said.textContent = stepUp.dataset.failed;
  }
  said.hidden = false;
};

if (dialog) {
  const cleared = new WeakSet();
  // Caught on the way down, before anything else hears of the submission.
  window.addEventListener("submit", (event) => {
    const form = event.target;
    const { submitter } = event;
    const method = submitter?.getAttribute("formmethod") ?? form.method;
    if ("stepUpForm" in form.dataset) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return confirm(form);
    }
    if (method !== "post" || "themeForm" in form.dataset || cleared.delete(form)) return;
    if (isFresh() && !typed.has(form) && !wantsMore(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    more = wantsMore(form);
    resume = () => {
      cleared.add(form);
      form.requestSubmit(submitter?.isConnected ? submitter : null);
      cleared.delete(form);
    };
    attempt();
  }, { capture: true });

  document.body.addEventListener("htmx:confirm", (event) => {
    // The page stays whatever the answer, so what was typed is safe without asking.
    if (event.detail.verb === "get" || isFresh()) return;
    event.preventDefault();
    more = false;
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
  // The server wanted the second factor for a part of a page: asked for on a page of its own, while this one stays.
  document.body.addEventListener("htmx:responseError", (event) => {
    if (!event.detail.xhr.getResponseHeader("X-Step-Up")) return;
    event.stopImmediatePropagation();
    askAgain();
    say("confirm");
  });

  dialog.querySelector("[data-again]").addEventListener("click", attempt);
}
