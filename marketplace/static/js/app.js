// What pages gain with JavaScript: focus on results, counters, autosave, no double sends. Without it everything works.
"use strict";

const all = (selector, root = document) => root.querySelectorAll(selector);
const say = (words) => { const live = document.getElementById("live"); if (live && words) live.textContent = words; };

document.querySelector("[data-focus]")?.focus();

for (const button of all("[data-reveal]")) {
  const input = document.getElementById(button.dataset.reveal);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.textContent = shown ? "Show" : "Hide";
    button.setAttribute("aria-label", `${button.textContent} password`);
  });
}

for (const input of all("[data-count]")) {
  const out = document.querySelector(`[data-for="${input.id}"]`);
  const least = Number(input.dataset.count);
  const show = () => {
    const length = input.value.trim().length;
    out.textContent = length < least ? `${length} of at least ${least} characters` : `${length} characters`;
  };
  input.addEventListener("input", show);
  show();
}

// A form is sent once; coming back with the browser's Back button frees it again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.sent) {
    if (form.dataset.sent) event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 8000);
});
window.addEventListener("pageshow", () => { for (const form of all("form[data-sent]")) delete form.dataset.sent; });

// <form data-autosave="URL">: saves the draft two seconds after the last key, and says when.
for (const form of all("form[data-autosave]")) {
  let timer;
  const out = form.querySelector("[data-saved]");
  const save = async () => {
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" } });
      const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      out.textContent = answer.ok ? `Draft saved at ${time}` : "Not saved yet: something on this page needs mending";
    } catch {
      out.textContent = "Not saved: no connection. Your text is still here.";
    }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 2000); });
  form.addEventListener("submit", () => clearTimeout(timer));
}

// <form data-compare>: counts the ticked bids in its sticky bar.
for (const form of all("form[data-compare]")) {
  const out = form.querySelector("[data-ticked]");
  const show = () => {
    const ticked = all("input[name=bid]:checked").length;
    out.textContent = `${ticked} ${ticked === 1 ? "bid" : "bids"} ticked`;
  };
  document.addEventListener("change", show);
  show();
}

// <a data-zoom href="PICTURE">: opens the picture over the page.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-zoom]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const dialog = Object.assign(document.createElement("dialog"), { className: "zoom" });
  const close = Object.assign(document.createElement("button"), { textContent: "Close", type: "button", className: "button" });
  const image = Object.assign(new Image(), { src: link.href, alt: link.querySelector("img").alt });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(close, image);
  document.body.append(dialog);
  dialog.showModal();
});

// Polled fragments: every 5 s or data-every, doubling to 60 s on failure, silent in a hidden tab, focus left alone.
const poll = (node, wait = 1000 * (node.dataset.every ?? 5)) => setTimeout(async () => {
  if (!node.isConnected) return;
  if (document.hidden) { poll(node, wait); return; }
  try {
    const answer = await fetch(node.dataset.poll, { headers: { "X-Fragment": "1" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.status); // redirected: signed out in another tab
    const html = await answer.text();
    if (answer.headers.get("X-Final")) say(answer.headers.get("X-Final"));
    const fresh = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    if (!fresh) return;
    for (const one of all("details > summary", node)) {
      for (const same of all("summary", fresh)) if (same.textContent === one.textContent) same.parentNode.open = one.parentNode.open;
    }
    if (fresh.outerHTML !== node.outerHTML && !node.contains(document.activeElement)) {
      const scrolled = [...all(".scroll", node)].map((one) => one.scrollLeft);
      node.replaceWith(fresh);
      all(".scroll", fresh).forEach((one, index) => { one.scrollLeft = scrolled[index] ?? 0; });
      node = fresh;
    }
    if (node.dataset.poll) poll(node);
  } catch { poll(node, Math.min(wait * 2, 60000)); }
}, wait);
for (const node of all("[data-poll]")) poll(node);
