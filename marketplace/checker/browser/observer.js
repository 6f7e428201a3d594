// Observes a page from an isolated world that the page's scripts can't change.
// Every result is bounded; observer.py validates it again.
"use strict";
globalThis.prebuilt ??= (() => {
  const MAX_NODES = 3000; // elements or text nodes visited
  // A page can shadow document.body with <img name="body">, but not this.
  const own = (name) => Reflect.get(Document.prototype, name, document);
  const all = (selector) => [...Document.prototype.querySelectorAll.call(document, selector)].slice(0, MAX_NODES);
  const one = (selector) => Document.prototype.querySelector.call(document, selector);
  const KNOWN_ATTEMPTS = ["permission", "service_worker"];
  // Cutting may split a surrogate pair, and scripts can write lone surrogates and NULs
  const truncate = (text, length) => String(text ?? "").slice(0, length).toWellFormed().replaceAll("\0", "\ufffd");
  const collapseSpaces = (text) => text.replace(/\s+/g, " ").trim();

  // While the page loads

  const seen = { lcp: null, shift: 0, blocking: 0, attempts: new Set() };
  const watchers = [];
  const watch = (type, note) => {
    const take = (entries) => entries.forEach(note);
    const observer = new PerformanceObserver((list) => take(list.getEntries()));
    observer.observe({ type, buffered: true });
    watchers.push(() => take(observer.takeRecords()));
  };
  // https://web.dev/articles/cls: the worst window of at most 5 s without a pause of 1 s
  const shifts = { sum: 0, first: -Infinity, last: -Infinity };
  if (window === window.top) {
    watch("largest-contentful-paint", (entry) => { seen.lcp = entry.startTime; });
    watch("longtask", (entry) => { seen.blocking += entry.duration - 50; });
    watch("layout-shift", (entry) => {
      if (entry.hadRecentInput) return;
      if (entry.startTime - shifts.last > 1000 || entry.startTime - shifts.first > 5000) {
        shifts.sum = 0;
        shifts.first = entry.startTime;
      }
      shifts.sum += entry.value;
      shifts.last = entry.startTime;
      seen.shift = Math.max(seen.shift, shifts.sum);
    });
    addEventListener("prebuilt-attempt", (event) => {
      if (KNOWN_ATTEMPTS.includes(event.detail)) seen.attempts.add(event.detail); // the page itself may dispatch this event with any detail
    });
  }

  // The page's contents

  const visible = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const { rgba, isTransparent, legible, forget } = prebuiltLegibility; // legibility.js
  const hex = (red, green, blue) => "#" + [red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("");
  // "#rrggbb" for a computed color, null for one that is next to transparent
  const plain = (color) => {
    const [red, green, blue, alpha] = rgba(color);
    return alpha < 1 / 8 ? null : hex(red, green, blue);
  };
  const add = (weights, name, weight) => { if (name) weights.set(name, (weights.get(name) ?? 0) + weight); };
  const heaviest = (weights, n) => [...weights].sort((a, b) => b[1] - a[1]).slice(0, n).map(([name]) => name);
  const INK = 0.15; // share of a letter's square that is colored

  function palette() {
    const colors = new Map(), fonts = new Map(), page = own("documentElement"), body = own("body");
    const covered = [page, body].some((element) => element && plain(getComputedStyle(element).backgroundColor));
    if (!covered) add(colors, "#ffffff", page.scrollWidth * page.scrollHeight);
    for (const element of all("*")) {
      const color = plain(getComputedStyle(element).backgroundColor);
      if (color && visible(element)) add(colors, color, element.offsetWidth * element.offsetHeight || 0);
    }
    const texts = Document.prototype.createTreeWalker.call(document, page, NodeFilter.SHOW_TEXT);
    for (let n = 0; n < MAX_NODES && texts.nextNode(); n++) {
      const length = texts.currentNode.data.trim().length, element = texts.currentNode.parentElement;
      if (!length || !element || !visible(element)) continue;
      const style = getComputedStyle(element), size = parseFloat(style.fontSize) || 0;
      add(colors, plain(style.color), length * size * size * INK);
      add(fonts, truncate(style.fontFamily.split(",")[0].replace(/["']/g, "").trim().toLowerCase(), 60), length);
    }
    return { colors: heaviest(colors, 12), fonts: heaviest(fonts, 8) };
  }

  function metrics() {
    watchers.forEach((take) => take());
    const navigation = performance.getEntriesByType("navigation")[0];
    return {
      load_ms: navigation?.loadEventEnd || null,
      lcp_ms: seen.lcp,
      layout_shift: seen.shift,
      blocking_ms: seen.blocking,
      attempts: [...seen.attempts],
      title: truncate(collapseSpaces(own("title")), 200),
      language: truncate(own("documentElement")?.getAttribute("lang"), 35),
      text: truncate(own("body")?.innerText?.trim(), 20000),
      ...palette(),
    };
  }

  const html = (length) => truncate(own("documentElement")?.outerHTML, length);
  const height = () => Math.max(own("documentElement")?.scrollHeight ?? 0, own("body")?.scrollHeight ?? 0);

  // By how many pixels the page can be scrolled sideways; 0 if it hides its overflow
  function overflow(width) {
    const page = own("documentElement"), body = own("body");
    const cut = (element) => element && ["hidden", "clip"].includes(getComputedStyle(element).overflowX);
    const over = cut(page) || cut(body) ? 0 : page.scrollWidth - width;
    return over > 1 ? over : 0; // one pixel comes from rounding
  }

  // Scroll to the bottom and back, so that lazily loaded content is in the screenshot
  async function scrollThrough(limit) {
    const step = innerHeight, end = Math.min(height(), limit) - step;
    for (let top = step; top < end + step && end > 0; top += step) {
      scrollTo({ top, behavior: "instant" });
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    scrollTo({ top: 0, behavior: "instant" });
  }

  // Wait until changes have been laid out and painted
  const waitForPaint = () => new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
    setTimeout(resolve, 500);
  });

  // Wait until scripts stop changing the document and fade-ins are over
  const STABLE = 300, SCRIPTED = 1200, STEP = 50; // milliseconds on an idle machine; scripts get so long from the load on
  let changed = 0;
  new MutationObserver(() => { changed = performance.now(); }).observe(document, {
    childList: true, characterData: true, subtree: true,
  });
  const fadesIn = ({ playState, effect }) =>
    playState === "running" && effect.getComputedTiming().endTime - effect.getComputedTiming().localTime < 2000;
  async function waitUntilStable(limit, slowness) {
    const started = performance.now(), loaded = performance.getEntriesByType("navigation")[0]?.loadEventEnd || started;
    const isStable = (now) => now - changed >= STABLE * slowness && (now - loaded >= SCRIPTED * slowness || !one("script"))
      && !Document.prototype.getAnimations.call(document).some(fadesIn);
    while (!isStable(performance.now()) && performance.now() - started < limit) {
      await new Promise((resolve) => setTimeout(resolve, STEP));
    }
  }

  // Where requirements are met

  const attribute = (element, name) => Element.prototype.getAttribute.call(element, name);
  const inside = (element, selector) => [...Element.prototype.querySelectorAll.call(element, selector)];
  const boxed = (element) => {
    const parent = Reflect.get(Node.prototype, "parentElement", element);
    return parent && getComputedStyle(element).display === "contents" ? boxed(parent) : element;
  };
  // Content to the left of or above the page can't be scrolled to
  const takesRoom = (element) => {
    const box = Element.prototype.getBoundingClientRect.call(element);
    const isThere = Element.prototype.checkVisibility.call(element, { visibilityProperty: true });
    return box.width > 1 && box.height > 1 && box.right + scrollX > 0 && box.bottom + scrollY > 0 && isThere;
  };
  const shown = (element) => takesRoom(element) && !isTransparent(element);
  const large = (element) => shown(element) && Math.min(element.offsetWidth ?? 8, element.offsetHeight ?? 8) >= 8;
  // Whether an element shows legible text, or an image, field or button
  function hasLegibleContent(element) {
    const texts = Document.prototype.createTreeWalker.call(document, element, NodeFilter.SHOW_TEXT);
    let words = 0;
    while (words < 100 && texts.nextNode()) {
      if (!texts.currentNode.data.trim()) continue;
      if (legible(texts.currentNode.parentElement)) return true;
      words++;
    }
    return !words || inside(element, "img, svg, video, canvas, iframe, input, select, textarea, button").some(large);
  }
  const UNSEEN = "html, head, title, base, meta, link, source, track, param, col, area, option, input[type=hidden]";
  // Without white space, since markup may stand within a word; ß becomes ss
  const normalized = (text) => text.replace(/\s+/g, "").toUpperCase().toLowerCase();
  // All rendered text, legible or not
  function read() {
    const texts = Document.prototype.createTreeWalker.call(document, own("body"), NodeFilter.SHOW_TEXT);
    const nodes = [], ends = [];
    let words = "";
    for (let n = 0; n < 10 * MAX_NODES && texts.nextNode(); n++) {
      const text = normalized(texts.currentNode.data), parent = texts.currentNode.parentElement;
      if (!text || !parent || /^(script|style|template|noscript)$/i.test(parent.tagName) || !takesRoom(boxed(parent))) continue;
      words += text;
      nodes.push(texts.currentNode);
      ends.push(words.length);
    }
    return { words, nodes, ends };
  }
  let page = null; // cached for one call of locate()
  function textRange(value) {
    const { words, nodes, ends } = page ??= read(), needle = normalized(value);
    let start = needle ? words.indexOf(needle) : -1;
    for (let n = 0; n < 100 && start >= 0; n++) {
      const first = ends.findIndex((end) => end > start), last = ends.findIndex((end) => end >= start + needle.length);
      if (nodes.slice(first, last + 1).every((node) => legible(node.parentElement))) return between(nodes[first], nodes[last]);
      start = words.indexOf(needle, start + 1);
    }
    return null;
  }
  function between(first, last) {
    const place = document.createRange();
    place.setStartBefore(first);
    place.setEndAfter(last);
    return place;
  }
  const FIELDS = "input:not([type=hidden]), textarea, select";
  const filledIn = (form) => inside(form, FIELDS).some((field) => large(field) || [...(field.labels ?? [])].some(shown));
  const leadsTo = (link, path) => link.pathname === path || link.getAttribute("href") === path || link.href === path;
  const finders = {
    text: textRange,
    selector: (value) => all(value).find((element) => Element.prototype.matches.call(element, UNSEEN) || (shown(element) && hasLegibleContent(element))),
    form: (value) => all(value || "form").flatMap(
      (node) => [Element.prototype.closest.call(node, "form"), ...inside(node, "form")]).find((form) => form && filledIn(form)),
    link: (value) => all("a[href]").find((link) => leadsTo(link, value) && shown(link)),
    image: (value) => all("img[alt], [role=img][aria-label]").find((image) => {
      const said = normalized(attribute(image, "alt") || attribute(image, "aria-label") || "");
      return said && said.includes(normalized(value)) && large(image);
    }),
  };
  function place(kind, value) {
    try {
      const found = finders[kind]?.(value.trim());
      if (!found) return null;
      const box = (found instanceof Range ? Range : Element).prototype.getBoundingClientRect.call(found);
      return [box.left + scrollX, box.top + scrollY, box.width, box.height];
    } catch {
      return null; // an invalid selector, or a page that shadows DOM properties
    }
  }
  function locate(wanted) {
    page = null;
    forget();
    return wanted.map(([kind, value]) => place(kind, value));
  }

  // Accessibility; axe was loaded into this world before

  async function audit() {
    const found = await axe.run(document, {
      resultTypes: ["violations", "incomplete"], iframes: false, preload: false, elementRef: false,
    });
    const brief = (rules) => rules.slice(0, 60).map((rule) => ({
      id: truncate(rule.id, 60),
      impact: truncate(rule.impact, 20),
      help: truncate(rule.help, 200),
      nodes: rule.nodes.length,
      targets: rule.nodes.slice(0, 5).map((node) => truncate(node.target.flat(3).join(" "), 200)),
    }));
    return { version: axe.version, violations: brief(found.violations), incomplete: brief(found.incomplete) };
  }

  return { metrics, html, height, overflow, scrollThrough, waitForPaint, waitUntilStable, locate, audit };
})();
