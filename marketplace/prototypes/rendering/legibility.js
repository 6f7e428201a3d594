// Tells what a visitor could read from what is only there: words in the color of what is behind them, all but
// see-through, or too small. Loaded before observer.js into the same world; in doubt something is legible.
"use strict";
globalThis.prebuiltSight ??= (() => {
  const LEAST_CONTRAST = 20; // of 255, in the color's part that differs most: #eee on white has 17
  const LEAST_OPACITY = 0.1;
  const LEAST_LETTERS = 4; // CSS pixels
  const MANY = 3000; // elements looked at
  const MOST_DOUBTS = 500; // elements compared with all others; further ones are taken to be legible
  const WHITE = [255, 255, 255, 1], BLACK = [18, 18, 18, 1]; // the canvas of pages, and of those that are dark
  const MEDIA = "img, picture, video, canvas, svg, iframe, object, embed, input[type=image]";

  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  // [red, green, blue of 255, alpha of 1] for a computed color
  function rgba(color) {
    if (!known.has(color)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = color;
      pen.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
      known.set(color, [red, green, blue, alpha / 255]);
    }
    return known.get(color);
  }
  const over = ([r, g, b, alpha], behind) => [r, g, b].map((part, n) => part * alpha + behind[n] * (1 - alpha)).concat(1);
  const contrast = (one, other) => Math.max(...[0, 1, 2].map((n) => Math.abs(one[n] - other[n])));

  let opacities, grounds, verdicts, others, doubts; // as long as the page stays as it is
  function forget() {
    [opacities, grounds, verdicts, others, doubts] = [new Map(), new Map(), new Map(), null, 0];
  }
  forget();
  const parent = (element) => Reflect.get(Node.prototype, "parentElement", element);
  const memo = (kept, element, find) => {
    if (!kept.has(element)) kept.set(element, find());
    return kept.get(element);
  };
  const opacity = (element) => !element ? 1 : memo(opacities, element, () =>
    Number(getComputedStyle(element).opacity) * opacity(parent(element)));
  const faint = (element) => opacity(element) < LEAST_OPACITY;

  const pseudo = (element) => ["::before", "::after"].map((name) => getComputedStyle(element, name))
    .filter((style) => !["none", "normal"].includes(style.content));
  const pictured = (style) => style.backgroundImage !== "none" || style.mixBlendMode !== "normal";
  const custom = (element) => element.localName.includes("-") && element.matches(":defined"); // shows what isn't in its markup
  const canvas = (root) => getComputedStyle(root).colorScheme.endsWith("dark") ? BLACK : WHITE;
  // What is behind an element's words: {color, of: the element that has it}, or null where it isn't one color
  const ground = (element) => memo(grounds, element, () => {
    const style = getComputedStyle(element), above = parent(element);
    if (pictured(style) || custom(element) || pseudo(element).some((part) => pictured(part) || rgba(part.backgroundColor)[3])) {
      return null;
    }
    const color = rgba(style.backgroundColor);
    if (color[3] === 1) return { color, of: element };
    const behind = above ? ground(above) : { color: canvas(element), of: element };
    return behind && { color: over(color, behind.color), of: behind.of };
  });

  // Elements that may lie behind words though these aren't inside them: a picture beside, a box of another color
  const layers = () => others ??= [...Document.prototype.querySelectorAll.call(document, "*")].slice(0, MANY).map(
    (element) => ({ element, style: getComputedStyle(element), box: element.getBoundingClientRect() }),
  ).filter(({ element, style, box }) => box.width && box.height && style.visibility === "visible" && (
    element.matches(MEDIA) || pictured(style) || rgba(style.backgroundColor)[3] || pseudo(element).length));
  function lies(behind, element, inks) {
    const box = element.getBoundingClientRect();
    return ++doubts > MOST_DOUBTS || layers().some(({ element: other, style, box: there }) =>
      there.left < box.right && there.right > box.left && there.top < box.bottom && there.bottom > box.top
      && behind.contains(other) && other !== behind && !other.contains(element) && !element.contains(other)
      && (other.matches(MEDIA) || pictured(style) || pseudo(other).length
        || inks.some((ink) => contrast(ink, rgba(style.backgroundColor)) >= LEAST_CONTRAST)));
  }

  const COLORS = /[a-z-]+\([^()]*\)|#[0-9a-f]+/gi;
  // Whether the words right inside an element could be read
  const legible = (element) => memo(verdicts, element, () => {
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    const scale = element.offsetHeight ? box.height / element.offsetHeight : 1;
    if (faint(element) || parseFloat(style.fontSize) * scale < LEAST_LETTERS) return false;
    const behind = ground(element);
    if (!behind) return true;
    const stroke = parseFloat(style.webkitTextStrokeWidth) ? [style.webkitTextStrokeColor] : [];
    const shadows = style.textShadow === "none" ? [] : style.textShadow.match(COLORS) ?? [];
    const inks = [style.webkitTextFillColor, ...stroke, ...shadows].map(rgba);
    const strength = opacity(element) / opacity(behind.of);
    const differs = ([r, g, b, alpha]) =>
      contrast(over([r, g, b, alpha * strength], behind.color), behind.color) >= LEAST_CONTRAST;
    return inks.some(differs) || lies(behind.of, element, inks.filter((ink) => ink[3] * strength >= LEAST_OPACITY));
  });
  return { rgba, faint, legible, forget };
})();
