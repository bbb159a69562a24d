// What a script adds to pages that work without one. Nothing personal is kept in the browser's storage.
const words = document.getElementById("words")?.dataset ?? {};
const reader = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang || "en-GB";
const sprite = document.querySelector("svg.icon use")?.getAttribute("href")?.split("#")[0] ?? "";

const on = (type, selector, handler, options) =>
  document.addEventListener(type, (event) => {
    const target = event.target instanceof Element && event.target.closest(selector);
    if (target) handler(event, target);
  }, options);

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const icon = (name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
};

// Toasts: those of good news leave by themselves, warnings stay until dismissed.
const toasts = document.getElementById("toasts");

const fade = (toast) => {
  if (!toast.matches(".warn, .danger")) setTimeout(() => toast.matches(":hover, :focus-within") ? fade(toast) : toast.remove(), 7000);
};

const toast = (text, kind = "info") => {
  const close = make("button", { className: "close", type: "button", ariaLabel: words.dismiss }, icon("x"));
  close.dataset.dismiss = "";
  const element = make("div", { className: `toast ${kind}` }, icon({ ok: "circle-check", danger: "circle-alert" }[kind] ?? "info"), make("span", { textContent: text }), close);
  toasts?.append(element);
  fade(element);
};

document.querySelectorAll(".toast").forEach(fade);
on("click", "[data-dismiss]", (_, button) => button.closest(".toast, .banner").remove());

// Menus on <details>: one open at a time, Escape and a click elsewhere close, arrows move.
const closeMenus = (but) => document.querySelectorAll(".menu[open]").forEach((menu) => menu !== but && (menu.open = false));

document.addEventListener("click", (event) => closeMenus(event.target.closest?.(".menu")));
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu[open]");
  if (!menu) return;
  const items = [...menu.querySelectorAll(".menu-item")];
  const place = items.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (step && items.length) {
    event.preventDefault();
    items.at((place + step + (place < 0 && step < 0 ? 1 : 0)) % items.length).focus();
  }
});

// Command palette.
const palette = document.getElementById("palette");

if (palette) {
  if (navigator.platform.startsWith("Mac")) document.querySelectorAll(".search-box kbd").forEach((key) => { key.textContent = "⌘ K"; });
  const input = palette.querySelector("input[type=search]");
  const options = () => [...palette.querySelectorAll("[role=option]:not([hidden])")];
  const fold = (text) => text.toLocaleLowerCase(reader).normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ı", "i");

  const choose = (option) => {
    palette.querySelectorAll("[aria-selected]").forEach((other) => other.removeAttribute("aria-selected"));
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.id ||= `option-${Math.random().toString(36).slice(2)}`;
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  };

  const filter = () => {
    const wanted = fold(input.value).split(/\s+/).filter(Boolean);
    palette.querySelectorAll("[data-commands] [role=option]").forEach((option) => {
      const text = fold(option.textContent);
      option.hidden = !wanted.every((word) => text.includes(word));
    });
    if (!input.value) document.getElementById("palette-found").replaceChildren();
    choose(options()[0]);
  };

  const open = (text = "") => {
    input.value = text;
    filter();
    if (!palette.open) palette.showModal();
    if (text) input.dispatchEvent(new Event("input", { bubbles: true }));
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      palette.open ? palette.close() : open();
    }
  });
  on("click", "[data-palette-open]", () => open());
  on("input", "[data-palette-open] input", (_, box) => {
    open(box.value);
    box.value = "";
  });
  input.addEventListener("input", filter);
  input.addEventListener("keydown", (event) => {
    const all = options();
    const place = all.findIndex((option) => option.ariaSelected === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length) {
      event.preventDefault();
      choose(all.at((place + step) % all.length));
    } else if (event.key === "Escape") {
      // A search box would first empty itself.
      event.preventDefault();
      palette.close();
    } else if (event.key === "Enter" && all[place]) {
      event.preventDefault();
      all[place].click();
    }
  });
  document.body.addEventListener("htmx:afterSettle", (event) => event.target.id === "palette-found" && choose(options()[0]));
  palette.addEventListener("click", (event) => event.target === palette && palette.close());
}

// Dialogs: a link with data-dialog shows the main part of its page in place; without a script it is followed.
const dialog = document.getElementById("dialog");

const showPage = async (url) => {
  const answer = await fetch(url, { headers: { "X-Dialog": "1" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return location.assign(url);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = page.querySelector("[data-dialog-part]") ?? page.querySelector("main .columns > .stack");
  const title = page.querySelector("main h1");
  if (!part) return location.assign(url);
  const close = make("button", { className: "close", type: "button", ariaLabel: words.close }, icon("x"));
  close.dataset.close = "";
  const head = make("header", { className: "dialog-head" }, make("h2", { id: "dialog-title", textContent: title?.textContent.trim() ?? "" }), close);
  const body = make("div", { className: "dialog-body" }, document.adoptNode(part));
  body.querySelectorAll("form:not([action])").forEach((form) => form.setAttribute("action", url));
  dialog.replaceChildren(head, body);
  window.htmx?.process(dialog);
  enhance(dialog);
  dialog.showModal();
};

on("click", "a[data-dialog]", (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const local = link.dataset.dialog && document.querySelector(link.dataset.dialog);
  local ? local.showModal() : showPage(link.href).catch(() => location.assign(link.href));
});
on("click", "dialog [data-close]", (event, button) => {
  event.preventDefault();
  button.closest("dialog").close();
});

// What searches while one types answers Enter in place as well, where a form would load the whole page.
on("keydown", "form[role=search] input[hx-post]", (event, input) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  input.dispatchEvent(new Event("search"));
});

// Forms: nothing typed is lost unasked, nothing is sent twice.
let leaving = false;
const changed = new Set();

on("input", "form[method=post]:not([data-unguarded])", (_, form) => {
  if (!form.closest(".search-box, .palette, .menu")) changed.add(form);
});
on("reset", "form", (_, form) => changed.delete(form));
window.addEventListener("beforeunload", (event) => {
  const open = [...changed].some((form) => form.isConnected && form.checkVisibility());
  if (open && !leaving) event.preventDefault();
});

on("submit", "form", (event, form) => {
  if (event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  if (form.method !== "post") return;
  leaving = true;
  // An answer that is saved as a file leaves the page, and its buttons, where they are.
  if ("download" in form.dataset) return setTimeout(() => { leaving = false; }, 2000);
  form.dataset.sent = "1";
  // Disabled only after the browser has read which button was pressed.
  setTimeout(() => form.querySelectorAll("button:not([type=button])").forEach((button) => {
    button.disabled = true;
    button.ariaBusy = "true";
  }));
});

const release = (form) => {
  delete form.dataset.sent;
  form.querySelectorAll("button[aria-busy]").forEach((button) => {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  });
};
window.addEventListener("pageshow", (event) => {
  leaving = false;
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
});

// Date fields: what was typed is read back in words, and a picker stands beside it.
const order = new Intl.DateTimeFormat(reader).formatToParts(new Date(2026, 10, 21)).map((part) => part.type).filter((type) => ["day", "month", "year"].includes(type));

const readDate = (text) => {
  const numbers = text.trim().split(/[./\-\s]+/).filter(Boolean);
  if (numbers.length !== 3 || numbers.some((part) => !/^\d+$/.test(part))) return null;
  const names = numbers[0].length === 4 ? ["year", "month", "day"] : order[0] === "year" ? ["day", "month", "year"] : order;
  const { year, month, day } = Object.fromEntries(names.map((name, place) => [name, Number(numbers[place])]));
  const date = new Date(year < 100 ? 2000 + year : year, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day ? date : null;
};

const iso = (date) => [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-");

const enhanceDate = (field) => {
  const input = field.querySelector("input");
  const hint = field.querySelector(".hint");
  if (input.type === "date" || field.querySelector(".close")) return;
  const picker = make("input", { type: "date", tabIndex: -1, className: "visually-hidden", ariaHidden: "true" });
  const button = make("button", { type: "button", className: "close", ariaLabel: words.pick }, icon("calendar"));
  const show = (event) => {
    const date = readDate(input.value);
    const said = date?.toLocaleDateString(reader, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
    hint.textContent = said ?? (event && input.value ? words.noDate : "");
  };
  picker.disabled = input.disabled;
  input.after(button, picker);
  button.addEventListener("click", () => {
    const date = readDate(input.value);
    picker.value = date ? iso(date) : "";
    picker.showPicker();
  });
  picker.addEventListener("change", (event) => {
    event.stopPropagation();
    input.value = picker.valueAsDate ? new Date(`${picker.value}T12:00`).toLocaleDateString(reader, { day: "2-digit", month: "2-digit", year: "numeric" }) : "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  });
  input.addEventListener("input", show);
  show();
};

// Files: dropped anywhere on the field, listed with their size.
const size = (bytes) => {
  const unit = bytes < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
  return new Intl.NumberFormat(reader, { style: "unit", unit: unit[0], maximumFractionDigits: 1 }).format(bytes / unit[1]);
};
on("change", "[data-drop] input[type=file]", (_, input) => {
  const lines = [...input.files].map((file) => make("li", { textContent: input.files.length > 1 ? `${file.name}, ${size(file.size)}` : size(file.size) }));
  input.closest("[data-drop]").querySelector(".files").replaceChildren(...lines);
});
["dragover", "dragleave", "drop"].forEach((type) => on(type, "[data-drop]", (event, zone) => {
  event.preventDefault();
  zone.classList.toggle("over", type === "dragover");
  if (type !== "drop") return;
  const input = zone.querySelector("input[type=file]");
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  input.dispatchEvent(new Event("input", { bubbles: true }));
}));

// Copying, choosing many rows, the theme.
on("click", "[data-copy] button", async (_, button) => {
  await navigator.clipboard.writeText(button.closest("[data-copy]").querySelector("pre").textContent);
  toast(words.copied, "ok");
});

const countChosen = (form) => {
  const bar = form.querySelector("[data-bulk]");
  if (!bar) return;
  const chosen = form.querySelectorAll("td.check input:checked").length;
  bar.hidden = !chosen;
  bar.querySelector("[data-bulk-count]").textContent = chosen;
};
on("change", ".check input", (_, box) => {
  if (box.closest("th")) box.closest("table").querySelectorAll("td.check input").forEach((other) => { other.checked = box.checked; });
  if (box.form) countChosen(box.form);
});

on("submit", "[data-theme-form]", async (event, form) => {
  event.preventDefault();
  const button = event.submitter;
  const data = new FormData(form, button);
  delete form.dataset.sent;
  leaving = false;
  if (button.value === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = button.value;
  form.querySelectorAll("button").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
  await fetch(form.action, { method: "POST", body: data, redirect: "manual" }).catch(() => toast(words.failed, "danger"));
}, { capture: true });

// The session: said before it ends, so that a half-written form can still be saved.
const { sessionSeconds, stayUrl } = document.body.dataset;

const warnOfEnd = () => {
  const text = make("div", { textContent: words.session });
  const stay = make("button", { className: "button", type: "button", textContent: words.stay });
  const banner = make("div", { className: "banner warn", role: "alert" }, icon("clock"), text, ...(stayUrl ? [stay] : []));
  const end = setTimeout(() => { text.textContent = words.gone; stay.remove(); }, 120_000);
  stay.addEventListener("click", async () => {
    const token = JSON.parse(document.body.getAttribute("hx-headers"));
    const answer = await fetch(stayUrl, { method: "POST", headers: token }).catch(() => null);
    if (!answer?.ok || answer.redirected) return toast(words.failed, "danger");
    clearTimeout(end);
    banner.remove();
    watchSession();
  });
  document.getElementById("banners")?.prepend(banner);
  banner.scrollIntoView({ block: "nearest" });
};
const watchSession = () => {
  const wait = (Number(sessionSeconds) - 120) * 1000;
  if (sessionSeconds && wait < 2 ** 31) setTimeout(warnOfEnd, Math.max(wait, 1000));
};

// Access reviews by keyboard: K keeps and goes on to the next row, R removes and asks for the reason.
on("keydown", "[data-keep-remove] input[type=radio]", (event, radio) => {
  const answer = { k: "keep", r: "remove" }[event.key.toLowerCase()];
  if (!answer || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const row = radio.closest("[data-keep-remove]");
  const rows = [...row.form.querySelectorAll("[data-keep-remove]")];
  row.querySelector(`input[value=${answer}]`).click();
  (answer === "remove" ? row.querySelector("input[type=text]") : rows[rows.indexOf(row) + 1]?.querySelector("input[type=radio]"))?.focus();
});

// htmx: failures are said in words; what it brings in is enhanced like the page.
document.body.addEventListener("htmx:responseError", () => toast(words.failed, "danger"));
document.body.addEventListener("htmx:sendError", () => toast(words.offline, "danger"));
document.body.addEventListener("htmx:load", (event) => enhance(event.target));
document.body.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) { release(form); leaving = false; if (event.detail.successful) changed.delete(form); }
});

const enhance = (root) => {
  root.querySelectorAll("[data-date]").forEach(enhanceDate);
  root.querySelectorAll("form:has([data-bulk])").forEach(countChosen);
  root.querySelector("[data-focus]")?.focus();
};

window.addEventListener("beforeprint", () => {
  document.querySelectorAll("[data-printed]").forEach((time) => { time.textContent = new Date().toLocaleString(reader, { dateStyle: "short", timeStyle: "short" }); });
});
document.getElementById("more")?.addEventListener("click", (event) => event.target.closest("a") && event.currentTarget.hidePopover());
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
enhance(document);
watchSession();
