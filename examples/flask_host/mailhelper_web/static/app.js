// What HTML alone cannot do here: keys in lists, select all, forms that send themselves. Pages work without it.
"use strict";

function rows() {
  return Array.from(document.querySelectorAll("[data-list] > .row"));
}

function current() {
  return document.querySelector("[data-list] > .row.current");
}

function go(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[Math.max(0, Math.min(all.length - 1, at + step))] || all[0];
  if (at >= 0) all[at].classList.remove("current");
  next.classList.add("current");
  next.querySelector("a").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

// A list remembers its messages, so that j and k go on from the page of one of them.
function remember() {
  const all = rows().map((row) => row.querySelector("a").getAttribute("href"));
  if (all.length) sessionStorage.setItem("rows", JSON.stringify(all));
}

function turn(step) {
  if (rows().length) return go(step);
  const all = JSON.parse(sessionStorage.getItem("rows") || "[]");
  const at = all.findIndex((address) => address.split("?")[0] === location.pathname);
  if (at >= 0 && all[at + step]) location.assign(all[at + step]);
}

function help() {
  const keys = document.getElementById("keys");
  if (keys) keys.open ? keys.close() : keys.showModal();
}

function press(...actions) {
  const form = document.getElementById("bulk");
  if (!form) return;
  const row = current();
  const anyChosen = document.querySelector('[data-list] input[name="id"]:checked');
  if (row && !anyChosen) row.querySelector('input[name="id"]').checked = true;
  const button = form.querySelector(actions.map((action) => 'button[value="' + action + '"]').join(", "));
  if (button) button.click();
}

const KEYS = {
  j: () => turn(1),
  k: () => turn(-1),
  "?": help,
  x: () => {
    const box = current() && current().querySelector('input[name="id"]');
    if (box) box.checked = !box.checked;
  },
  e: () => press("archive"),
  "#": () => press("trash"),
  s: () => press("flag", "unflag"),
  u: () => press("unread"),
  "/": () => document.getElementById("search").focus(),
};

document.addEventListener("keydown", (event) => {
  const target = event.target;
  const typing = target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
  if (document.querySelector("dialog[open]") && event.key !== "?") return;
  event.preventDefault();
  KEYS[event.key]();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  if (event.target.matches(".pair select")) showExample(event.target);
  if (event.target.matches("[data-pick-all]")) {
    document.querySelectorAll('[data-list] input[name="id"]').forEach((box) => {
      box.checked = event.target.checked;
    });
  }
});

// What asks a model provider may take a minute: the button says that it is under way, and cannot be pressed twice.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || !button.matches("[data-slow]")) return;
  if (button.getAttribute("aria-busy") === "true") event.preventDefault();
  button.setAttribute("aria-busy", "true");
});
// Whoever comes back finds it ready again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[data-slow][aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});

// What an action or a test takes, as an example in the field beside it, with the names there are to choose from.
function showExample(select) {
  const chosen = select.selectedOptions[0];
  const field = select.closest(".pair").querySelector("input");
  if (chosen && field && "example" in chosen.dataset) field.placeholder = chosen.dataset.example;
  if (field && field.hasAttribute("list")) field.setAttribute("list", (chosen && chosen.dataset.names) || "names-none");
}

// A form that is shown again in its place: where the answer is another page, such as the log-in, the browser goes there.
document.addEventListener("htmx:beforeSwap", (event) => {
  const button = event.detail.requestConfig.elt;
  if (!button.matches("[formaction]") || event.detail.serverResponse.includes('class="rule-form"')) return;
  event.detail.shouldSwap = false;
  button.form.requestSubmit(button);
});

// Colors of tags come from their owner; a style attribute would need a weaker policy.
function paint() {
  document.querySelectorAll("[data-color]").forEach((node) => {
    if (/^#[0-9a-f]{6}$/.test(node.dataset.color)) node.style.setProperty("--tag", node.dataset.color);
  });
}

// A click elsewhere closes an open menu; one on its cross closes a toast.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys]")) help();
  if (event.target.matches("[data-close]")) event.target.closest(".toast").remove();
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

// The page before a refusal still holds what was typed there; its address, which the link has, would not.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-back]") || history.length < 2) return;
  event.preventDefault();
  history.back();
});

// What somebody opens or closes beside the pages stays so.
document.addEventListener("click", (event) => {
  const part = event.target.closest("summary") && event.target.closest("details[data-remember]");
  if (part) document.cookie = part.dataset.remember + "=" + (part.open ? "closed" : "open") + "; path=/; max-age=31536000; samesite=lax";
});

// Times are shown in the zone of whoever reads them; the server only knows what the browser tells.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) document.cookie = "zone=" + zone + "; path=/; max-age=31536000; samesite=lax";

function show() {
  paint();
  remember();
  const tab = document.querySelector(".tabs [aria-current]");
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 40;
  document.querySelectorAll(".rule-form .pair select").forEach(showExample);
}
document.addEventListener("DOMContentLoaded", show);
document.addEventListener("htmx:afterSwap", show);
