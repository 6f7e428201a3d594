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

// A text is counted as the server counts it: characters, not bytes, without the spaces at its ends. It is never cut.
const count = (field) => [...field.value.trim()].length;
const isTooLong = (field) => Number(field.dataset.most) > 0 && count(field) > field.dataset.most;
for (const field of all("[data-count]")) {
  const out = document.querySelector(`[data-for="${field.id}"]`);
  const [least, most] = [Number(field.dataset.count), Number(field.dataset.most)];
  const figure = (number) => number.toLocaleString("en");
  const show = () => {
    const length = count(field);
    out.classList.toggle("over", isTooLong(field));
    if (isTooLong(field)) out.textContent = `${figure(length)} of ${figure(most)} characters: ${figure(length - most)} too many`;
    else if (length < least) out.textContent = `${length} of at least ${least} characters`;
    else out.textContent = most ? `${figure(length)} of ${figure(most)} characters` : `${figure(length)} characters`;
  };
  field.addEventListener("input", show);
  show();
}

const isTyped = (form) => [...form.elements].some((field) => /^(textarea|text|url|email)$/.test(field.type) && field.value !== field.defaultValue);
const complain = (form, words) => {
  let out = form.querySelector("[data-saved], [data-trouble]");
  if (!out) {
    out = document.createElement("p");
    out.dataset.trouble = "";
    out.setAttribute("role", "alert");
    form.append(out);
  }
  out.classList.add("error");
  out.textContent = words;
};
const isReachable = async () => {
  try { await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(10000) }); return true; }
  catch (error) { return error.name === "TimeoutError"; }
};
const trouble = (form, anyLength) => {
  const long = !anyLength && [...all("[data-most]", form)].find(isTooLong);
  const large = [...form.elements].find((input) => input.files?.[0]?.size > input.dataset.bytes);
  (long || large)?.focus();
  if (long) return "Not sent: the text is too long. Shorten it; nothing was cut.";
  return large ? "Not sent: this file is too large. Choose a smaller one." : "";
};

// A button beside a form takes along what was typed there, and the server brings it back (marketplace/web/carrying.py).
const takeAlong = (form) => {
  const others = [...document.forms].filter((other) => other !== form && other.method === "post");
  const other = others.find((one) => isTyped(one) || (one.querySelector("textarea") && document.querySelector(".error-summary, #kept-title")));
  if (!other || form.querySelector("textarea")) return;
  const typed = [...new FormData(other)];
  for (const [name, value] of [...typed, ["beside", typed.map(([one]) => one).join(" ")]]) {
    if (typeof value !== "string" || form.elements[name]) continue;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
};

// A form is sent once, after its draft's last save, and a text only while we can be reached (a long one is worth asking
// before); coming back with the Back button frees it again.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (button?.name === "beside" && !isTyped(form)) button.name = "";
  const words = trouble(form, button?.formNoValidate);
  if (words) { event.preventDefault(); complain(form, words); return; }
  form.dataset.sent = "1";
  const texts = [...all("textarea", form)];
  const isLong = texts.some((text) => count(text) >= 200);
  if (!form.dataset.reached && (form.saving || isLong || (texts.length && !navigator.onLine))) {
    event.preventDefault();
    await form.saving;
    await new Promise(setTimeout); // a form can't be sent again from within its own submit event
    const reached = navigator.onLine && (!isLong || await isReachable());
    delete form.dataset.sent;
    if (!reached) { complain(form, "Not sent: you are offline. What you typed is still here; send it once you are connected again."); return; }
    form.dataset.reached = "1";
    form.requestSubmit(button);
    return;
  }
  takeAlong(form);
  setTimeout(() => { delete form.dataset.sent; delete form.dataset.reached; }, 8000);
});
window.addEventListener("pageshow", () => {
  for (const form of all("form[data-sent]")) { delete form.dataset.sent; delete form.dataset.reached; }
});
document.querySelector("form[data-go]")?.submit();

// <form data-autosave="URL">: saves the draft two seconds after the last key, and says what became of it.
for (const form of all("form[data-autosave]")) {
  let timer;
  let waits = false;
  const out = form.querySelector("[data-saved]");
  const show = (words, tag, more) => {
    out.classList.add("error");
    out.textContent = words;
    if (tag) out.append(" ", Object.assign(document.createElement(tag), more));
  };
  const again = (seconds) => { waits = true; clearTimeout(timer); timer = setTimeout(save, 1000 * seconds); };
  const tell = {
    saved: () => {
      show(`Draft saved at ${new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`);
      out.classList.remove("error");
    },
    invalid: (got) => show(got.words, "a", { href: `#${got.field}`, textContent: "Go to it" }),
    conflict: (got) => show(got.words, "button", { name: "do", value: "save", className: "button", textContent: "See both texts" }),
    signed_out: (got) => { show(got.words, "a", { href: got.link, target: "_blank", textContent: "Sign in" }); again(15); },
    later: (got) => { show(`${got.words} Your text is still here, and we try again.`); again(30); },
  };
  const attempt = async (isSecond) => {
    waits = false;
    let answer;
    try {
      answer = await fetch(form.dataset.autosave, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Autosave": "1" } });
    } catch {
      show("Not saved: you are offline. Your text is still here, and we try again.");
      again(10);
      return;
    }
    const got = await answer.json().catch(() => ({ state: "later", words: "Not saved." }));
    if (got.seen) form.elements.seen.value = got.seen;
    if (got.state === "stale" && !isSecond) {
      for (const input of all("input[name=csrf_token]")) input.value = got.token;
      await attempt(true);
    } else (tell[got.state] ?? ((one) => show(one.words)))(got);
  };
  const save = () => { form.saving = attempt(); };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 2000); });
  form.addEventListener("submit", () => clearTimeout(timer));
  for (const moment of ["online", "focus"]) window.addEventListener(moment, () => { if (waits) { clearTimeout(timer); save(); } });
  window.addEventListener("beforeunload", (event) => { if (waits && !form.dataset.sent) event.preventDefault(); });
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
