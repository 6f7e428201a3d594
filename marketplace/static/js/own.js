// The client's own order of the bids on a page: the twin of marketplace/ranking/own.py, held to the same cases.
"use strict";

const ownScore = (bid, percents) =>
  bid.groups.reduce((sum, points, index) => sum + points * (percents[index] - 100), bid.score * 100);

const ownOrder = (bids, percents) => [...bids].sort((a, b) => {
  if (a.rank === null || b.rank === null) return (a.rank === null) - (b.rank === null) || a.id - b.id;
  return ownScore(b, percents) - ownScore(a, percents) || a.rank - b.rank || a.id - b.id;
});

const ownPoints = (score) => String(Math.floor((score + 5000) / 10000) / 10);

// <form data-own>: its sliders order the cards as they move; the address and the page's links carry them along.
for (const form of document.querySelectorAll("form[data-own]")) {
  const list = document.getElementById("cards");
  const heading = document.getElementById("order");
  const sliders = [...form.querySelectorAll("input[type=range]")];
  const words = form.dataset.own.split("|");
  const bids = [...list.children].map((node) => ({
    node,
    id: Number(node.id.split("-")[1]),
    rank: node.dataset.rank ? Number(node.dataset.rank) : null,
    score: Number(node.dataset.score),
    groups: node.dataset.groups.split(" ").map(Number),
    out: node.querySelector("[data-points]"),
  }));
  const standing = () => [...list.children].map((node) => node.id).join();
  let announced = standing();

  const order = () => {
    const percents = sliders.map((slider) => slider.valueAsNumber);
    const isOwn = percents.some((percent) => percent !== 100);
    for (const slider of sliders) {
      const text = `${slider.value} %, ${words[slider.value / 25]}`;
      slider.setAttribute("aria-valuetext", text);
      slider.nextElementSibling.value = text;
    }
    for (const part of [form, list]) part.classList.toggle("turned", isOwn);
    heading.textContent = isOwn ? heading.dataset.own : heading.dataset.platform;
    for (const bid of bids) if (bid.out) bid.out.textContent = ownPoints(ownScore(bid, percents));
    const ordered = ownOrder(bids, percents).map((bid) => bid.node);
    if (ordered.some((node, index) => node !== list.children[index])) list.append(...ordered);
  };

  const carry = (address) => {
    const url = new URL(address, location);
    url.searchParams.delete("sort");
    for (const { name, value } of sliders) {
      if (value === "100") url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    return url;
  };

  const carryAlong = () => {
    const here = carry(location);
    history.replaceState(null, "", here);
    for (const link of document.querySelectorAll("main a:not([data-platform], [href*='#'])")) {
      if (link.pathname === here.pathname) link.href = carry(link.href);
    }
    const news = document.getElementById("news");
    if (news.dataset.poll) news.dataset.poll = carry(news.dataset.poll);
    for (const input of document.querySelectorAll("input[name=next]")) {
      input.value = here.pathname + here.search + (input.value.match(/#.*/) ?? "");
    }
    const tools = document.getElementById("tools").elements;
    tools.sort.value = "rank";
    for (const { name, value } of sliders) Object.assign(tools[name], { value, disabled: value === "100" });
  };

  form.addEventListener("input", order);
  form.addEventListener("change", () => {
    carryAlong();
    const [before, after] = [announced, standing()];
    const isAhead = after.split(",")[0] === before.split(",")[0];
    if (after !== before) say(`Order changed: ${list.querySelector(".name a").textContent} is ${isAhead ? "still" : "now"} first`);
    announced = after;
  });
}
