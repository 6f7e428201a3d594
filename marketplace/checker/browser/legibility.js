// Tells legible content from illegible: text in its background's color, nearly transparent, too small, or cut off.
// Loaded before observer.js into the same world. In doubt content is legible.
"use strict";
globalThis.prebuiltLegibility ??= (() => {
  const MIN_CONTRAST = 20; // of 255, of the channel that differs most: #eee on white has 17
  const MIN_OPACITY = 0.1;
  const MIN_FONT_SIZE = 4; // CSS pixels
  const THICK_BORDER = 10; // CSS pixels; a border this thick may be a background
  const MAX_SLIDE_DISTANCE = 6; // clipped content up to so many box sizes away may be a slide
  const MAX_ANIMATION_DELAY = 60_000; // milliseconds until an animation begins
  const MAX_NODES = 3000; // elements looked at
  const MAX_OVERLAP_TESTS = 500; // elements tested for overlap; further ones count as legible
  const WHITE = [255, 255, 255, 1], BLACK = [18, 18, 18, 1]; // the canvas in light and in dark color schemes
  const MEDIA = "img, picture, video, canvas, svg, svg *, iframe, object, embed, input[type=image]";

  const canvasContext = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  // [red, green, blue of 255, alpha of 1] for a computed color
  function rgba(color) {
    if (!known.has(color)) {
      canvasContext.clearRect(0, 0, 1, 1);
      canvasContext.fillStyle = color;
      canvasContext.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = canvasContext.getImageData(0, 0, 1, 1).data;
      known.set(color, [red, green, blue, alpha / 255]);
    }
    return known.get(color);
  }
  const over = ([r, g, b, alpha], behind) => [r, g, b].map((part, n) => part * alpha + behind[n] * (1 - alpha)).concat(1);
  const contrast = (one, other) => Math.max(...[0, 1, 2].map((n) => Math.abs(one[n] - other[n])));

  let opacities, animated, verdicts, others, overlapTests; // caches; valid while the page doesn't change
  function forget() {
    [opacities, animated, verdicts, others, overlapTests] = [new Map(), new Map(), new Map(), null, 0];
  }
  forget();
  const memo = (kept, element, find) => {
    if (!kept.has(element)) kept.set(element, find());
    return kept.get(element);
  };
  // Form fields shadow properties of their form: form.matches may be an <input>
  const call = (element, method, ...given) => Element.prototype[method].call(element, ...given);
  const get = (element, name) => Reflect.get(Element.prototype, name, element);
  const parent = (element) => get(element, "parentElement");
  const boxOf = (element) => call(element, "getBoundingClientRect");
  const isBody = (element) => get(element, "localName") === "body";

  // Whether an animation runs, or begins soon, on the element or an ancestor
  const isAnimated = (element) => element !== null && memo(animated, element, () =>
    call(element, "getAnimations").some(({ playState, effect }) =>
      playState === "running" && !(effect.getComputedTiming().delay > MAX_ANIMATION_DELAY)) || isAnimated(parent(element)));
  const OPACITY_FILTER = /opacity\(([\d.]+)\)/g;
  const opacity = (element) => element === null ? 1 : memo(opacities, element, () => {
    const style = getComputedStyle(element), filters = [...style.filter.matchAll(OPACITY_FILTER)];
    return filters.reduce((product, [, part]) => product * part, style.opacity * opacity(parent(element)));
  });
  const isTransparent = (element) => opacity(element) < MIN_OPACITY && !isAnimated(element);

  // Where text is

  const isLargeEnough = (width, height) => Math.min(width, height) > 1 && Math.max(width, height) >= MIN_FONT_SIZE;
  const overlap = (one, other) =>
    one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top;
  // Line boxes may overflow a box that is only as high as its letters
  const contains = (box, piece, slack = piece.height / 4 + 1) => box.left <= piece.left + slack && box.right >= piece.right - slack
    && box.top <= piece.top + slack && box.bottom >= piece.bottom - slack;
  const intersection = (one, other) => ({
    left: Math.max(one.left, other.left), right: Math.min(one.right, other.right),
    top: Math.max(one.top, other.top), bottom: Math.min(one.bottom, other.bottom),
  });
  const isVisibleIn = (place, piece) => {
    const { left, right, top, bottom } = intersection(place, piece);
    return isLargeEnough(right - left, bottom - top);
  };
  // The line boxes of an element's own text; the element's box where it has none, as in a textarea
  function lineBoxes(element) {
    const place = document.createRange();
    const lines = [...get(element, "childNodes")].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())
      .flatMap((text) => (place.selectNodeContents(text), [...place.getClientRects()]));
    return lines.length ? lines : [boxOf(element)];
  }
  const length = (text, whole) => parseFloat(text) * (text.endsWith("%") ? whole / 100 : 1);
  const RECT = /^rect\(([-\d.]+)px, ([-\d.]+)px, ([-\d.]+)px, ([-\d.]+)px\)$/;
  const INSET = /^inset\(((?:[-\d.]+(?:px|%) ?)+)/;
  // The element's box after clip and clip-path, for rect() and inset() only
  function clippedBox(style, box) {
    const rect = RECT.exec(style.clip), inset = INSET.exec(style.clipPath);
    if (rect && /absolute|fixed/.test(style.position)) {
      const [top, right, bottom, left] = rect.slice(1).map(Number);
      return { left: box.left + left, right: box.left + right, top: box.top + top, bottom: box.top + bottom };
    }
    if (!inset) return box;
    const given = inset[1].trim().split(" "), [top, right = top, bottom = top, left = right] = given;
    return {
      left: box.left + length(left, box.width), right: box.right - length(right, box.width),
      top: box.top + length(top, box.height), bottom: box.bottom - length(bottom, box.height),
    };
  }
  const AXES = [
    ["overflowX", "left", "right", "clientWidth", "scrollWidth"], ["overflowY", "top", "bottom", "clientHeight", "scrollHeight"],
  ];
  // The part of a line box that an element's overflow leaves visible; null if none
  function clipByOverflow(element, style, box, piece) {
    const isBox = element instanceof HTMLElement && !/^(inline|contents)$/.test(style.display);
    if (!isBox || !parent(element) || isBody(element)) return piece; // the page itself: see scrollable
    const seen = { ...intersection(piece, piece) };
    for (const [flow, start, end, size, whole] of AXES.filter(([flow]) => style[flow] !== "visible")) {
      const room = get(element, size), isMovedOut = Math.abs(length(style.textIndent, room)) >= room;
      const reach = /auto|scroll/.test(style[flow]) ? get(element, whole) : isMovedOut ? 0 : MAX_SLIDE_DISTANCE * room;
      if (room < MIN_FONT_SIZE || piece[end] <= box[start] + 1 - reach || piece[start] >= box[end] - 1 + reach) return null;
      const isInside = piece[end] > box[start] + 1 && piece[start] < box[end] - 1;
      seen[start] = isInside ? Math.max(piece[start], box[start]) : box[start];
      seen[end] = isInside ? Math.min(piece[end], box[end]) : box[end];
    }
    return seen;
  }
  // The scrollable area. Vertical overflow counts even when hidden: a dialog may lock scrolling for a while.
  function scrollable() {
    const root = Reflect.get(Document.prototype, "documentElement", document);
    const tops = [root, Reflect.get(Document.prototype, "body", document) ?? root];
    const styles = tops.map((top) => getComputedStyle(top));
    const [width, height] = ["scrollWidth", "scrollHeight"].map((name) => Math.max(...tops.map((top) => get(top, name))));
    const most = styles.some((style) => /hidden|clip/.test(style.overflowX)) ? MAX_SLIDE_DISTANCE * get(root, "clientWidth") : Infinity;
    const left = styles[0].direction === "rtl" ? -width : 0;
    return { left: left - scrollX, right: Math.min(width, most) - scrollX, top: -scrollY, bottom: height - scrollY };
  }
  // Whether a visitor can bring a line box into view, by scrolling or by moving slides
  function isReachable(element, piece) {
    let seen = piece, position = "static"; // positioned elements are not clipped by ancestors that don't contain them
    for (let at = element; at; at = parent(at)) {
      const style = getComputedStyle(at), box = boxOf(at), left = clippedBox(style, box);
      if (left !== box && !isLargeEnough(left.right - left.left, left.bottom - left.top)) return false;
      const isHolder = style.transform !== "none" || (position === "absolute" && style.position !== "static");
      if (position !== "static" && !isHolder) continue;
      seen = clipByOverflow(at, style, box, seen);
      if (!seen) return false;
      position = /absolute|fixed/.test(style.position) ? style.position : "static";
    }
    return isVisibleIn(position === "fixed" ? { left: 0, top: 0, right: innerWidth, bottom: innerHeight } : scrollable(), seen);
  }
  // The factor by which transforms scale an element's text
  function scale(element) {
    if (element instanceof SVGGraphicsElement) {
      const { a, b, c, d } = element.getScreenCTM() ?? new DOMMatrix();
      return Math.sqrt(Math.abs(a * d - b * c));
    }
    const box = boxOf(element);
    const [width, height] = element instanceof HTMLElement
      ? ["offsetWidth", "offsetHeight"].map((name) => Reflect.get(HTMLElement.prototype, name, element)) : [0, 0];
    return width && height ? Math.sqrt((box.width * box.height) / (width * height)) : 1;
  }

  // Backgrounds

  const pseudo = (element) => ["::before", "::after"].map((name) => getComputedStyle(element, name))
    .filter((style) => !["none", "normal"].includes(style.content));
  const BORDERS = ["borderTopWidth", "borderRightWidth", "borderBottomWidth", "borderLeftWidth"];
  const hasImageOrEffect = (style) => style.backgroundImage !== "none" || style.mixBlendMode !== "normal"
    || style.boxShadow.includes("inset") || style.borderImageSource !== "none"
    || BORDERS.some((side) => parseFloat(style[side]) >= THICK_BORDER);
  const hasFilter = (style) => [style.filter.replace(OPACITY_FILTER, "").trim(), style.backdropFilter].some(
    (left) => left && left !== "none");
  // A custom element may render a shadow tree
  const custom = (element) => get(element, "localName").includes("-") && call(element, "matches", ":defined");
  const canvas = (root) => getComputedStyle(root).colorScheme.endsWith("dark") ? BLACK : WHITE;
  const isClippedToText = (style) => style.backgroundClip.includes("text");
  const fill = (style) => isClippedToText(style) ? [0, 0, 0, 0] : rgba(style.backgroundColor);
  // The root's background, or the body's if the root has none, covers the canvas
  const isEverywhere = (element) => !parent(element)
    || (isBody(element) && !fill(getComputedStyle(parent(element)))[3]);
  // The possible backgrounds of lines of text, up to an element that contains them: [{color, of: the element}];
  // null where they aren't plain colors
  function backgroundsBehind(element, lines) {
    const style = getComputedStyle(element), above = parent(element), box = boxOf(element);
    const isAdded = pseudo(element).some((part) => hasImageOrEffect(part) || fill(part)[3]);
    if (hasImageOrEffect(style) || hasFilter(style) || custom(element) || isAdded) return null;
    const color = fill(style), isHeld = isEverywhere(element) || lines.every((line) => contains(box, line));
    if (color[3] === 1 && isHeld) return [{ color, of: element }];
    const behind = above ? backgroundsBehind(above, lines) : [{ color: canvas(element), of: element }];
    if (!behind || !color[3] || !(isHeld || lines.some((line) => overlap(box, line)))) return behind;
    const here = behind.map((ground) => ({ color: over(color, ground.color), of: ground.of }));
    return isHeld ? here : [...here, ...behind];
  }

  // Elements that may overlap text without containing it: an image, a box of another color
  const layers = () => others ??= [...Document.prototype.querySelectorAll.call(document, "*")].slice(0, MAX_NODES).map(
    (element) => ({ element, style: getComputedStyle(element), box: boxOf(element), isMedia: call(element, "matches", MEDIA) }),
  ).filter(({ element, style, box, isMedia }) => box.width && box.height && style.visibility === "visible" && (
    isMedia || hasImageOrEffect(style) || fill(style)[3] || pseudo(element).length));
  function coversContrastingLayer(behind, element, lines, colors) {
    return ++overlapTests > MAX_OVERLAP_TESTS || layers().some(({ element: other, style, box, isMedia }) =>
      lines.some((line) => overlap(box, line)) && other !== behind
      && call(behind, "contains", other) && !call(other, "contains", element) && !call(element, "contains", other)
      && (isMedia || hasImageOrEffect(style) || pseudo(other).length
        || colors.some((color) => contrast(color, fill(style)) >= MIN_CONTRAST)));
  }

  // Text colors

  const COLORS = /[a-z-]+\([^()]*\)|#[0-9a-f]+/gi;
  // Backgrounds that are clipped to the text
  const clippedBackgrounds = (element) => {
    if (!element) return [];
    const style = getComputedStyle(element);
    return [...(isClippedToText(style) ? [rgba(style.backgroundColor)] : []), ...clippedBackgrounds(parent(element))];
  };
  // null where the text isn't drawn in plain colors
  function textColors(element, style) {
    if (element instanceof SVGElement) {
      const paints = [[style.fill, style.fillOpacity], [style.stroke, style.strokeOpacity]].filter(([paint]) => paint !== "none");
      if (paints.some(([paint]) => paint.startsWith("url"))) return null;
      return paints.map(([paint, alpha]) => [...rgba(paint).slice(0, 3), rgba(paint)[3] * alpha]);
    }
    const stroke = parseFloat(style.webkitTextStrokeWidth) ? [style.webkitTextStrokeColor] : [];
    const shadows = style.textShadow === "none" ? [] : style.textShadow.match(COLORS) ?? [];
    return [...[style.webkitTextFillColor, ...stroke, ...shadows].map(rgba), ...clippedBackgrounds(element)];
  }
  const DRAWN = ["color", "webkitTextFillColor", "textShadow", "fontSize"];
  // Whether ::first-line or ::first-letter of the element or an ancestor changes how text is drawn
  const isRestyled = (element) => element !== null && (["::first-line", "::first-letter"].some((name) => {
    const style = getComputedStyle(element), first = getComputedStyle(element, name);
    return DRAWN.some((part) => first[part] !== style[part])
      || ![style.backgroundColor, "rgba(0, 0, 0, 0)"].includes(first.backgroundColor);
  }) || isRestyled(parent(element)));

  // Whether an element's own text is legible
  const legible = (element) => memo(verdicts, element, () => {
    if (isAnimated(element)) return true;
    const lines = lineBoxes(element).filter((piece) => isReachable(element, piece));
    if (!lines.length || isTransparent(element)) return false;
    if (isRestyled(element)) return true;
    const style = getComputedStyle(element);
    if (parseFloat(style.fontSize) * scale(element) < MIN_FONT_SIZE) return false;
    const behind = backgroundsBehind(element, lines), colors = textColors(element, style);
    if (!behind || !colors) return true;
    const ground = behind.at(-1).of, strength = opacity(element) / opacity(ground);
    const drawn = colors.map(([r, g, b, alpha]) => [r, g, b, alpha * strength]);
    return behind.some(({ color }) => drawn.some((drawnColor) => contrast(over(drawnColor, color), color) >= MIN_CONTRAST))
      || coversContrastingLayer(ground, element, lines, drawn.filter((color) => color[3] >= MIN_OPACITY));
  });
  return { rgba, isTransparent, legible, forget };
})();
