// The gallery: thumbnails by family, a search over them, and links that the server answers without a new page.
const SVG = "http://www.w3.org/2000/svg";

function element(tag, properties = {}, children = []) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function picture(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 100 100");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  const dots = path.split("M").length - 1; // the fewer there are, the larger they are drawn
  line.setAttribute("stroke-width", dots < 80 ? 5 : dots < 250 ? 3 : 2.4);
  svg.append(line);
  return svg;
}

function card(entry) {
  const address = new URL(window.location.href);
  address.search = new URLSearchParams(entry.link).toString();
  const made = element("a", { className: "card", href: address.href, title: entry.words }, [
    picture(entry.path),
    element("span", { textContent: entry.label }),
  ]);
  made.dataset.key = entry.key;
  made.dataset.found = `${entry.label} ${entry.family} ${entry.names}`.toLowerCase();
  return made;
}

// As the browser's Back does it: one step in its history, and every widget takes its value from the address.
function follow(link) {
  const address = new URL(link.href), found = new URL(window.location.href).searchParams.get("find");
  if (found) address.searchParams.set("find", found);
  window.history.pushState({}, "", address);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

function build(root, data) {
  const search = element("input", { type: "search", className: "search", placeholder: "Search distributions", value: data.find });
  search.setAttribute("aria-label", "Search distributions");
  const none = element("p", { className: "none", textContent: "No distribution has these words." });
  none.setAttribute("role", "status");
  const box = element("div", { className: "box" });
  for (const family of new Set(data.entries.map((entry) => entry.family))) {
    const members = data.entries.filter((entry) => entry.family === family);
    const cards = element("div", { className: "cards" }, members.map(card));
    box.append(element("section", {}, [element("h3", { textContent: family }), cards]));
    cards.parentElement.setAttribute("aria-label", family);
  }
  box.append(none);
  root.replaceChildren(search, box);

  const all = [...box.querySelectorAll(".card")];
  const shown = () => all.filter((one) => !one.hidden);
  // One card is reached by Tab, the others from there by the arrow keys.
  const reach = (wanted) => all.forEach((one) => (one.tabIndex = one === wanted ? 0 : -1));
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const one of all) one.hidden = !words.every((word) => one.dataset.found.includes(word));
    for (const section of box.querySelectorAll("section")) section.hidden = !section.querySelector(".card:not([hidden])");
    none.hidden = shown().length > 0;
    const current = shown().find((one) => one.ariaCurrent === "true");
    reach(current ?? shown()[0]);
  };
  const remember = () => {
    const address = new URL(window.location.href);
    if (search.value) address.searchParams.set("find", search.value.slice(0, 100));
    else address.searchParams.delete("find");
    window.history.replaceState(window.history.state, "", address);
  };
  search.addEventListener("input", () => { filter(); remember(); });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "Enter") return;
    event.preventDefault();
    const [first] = shown();
    if (event.key === "Enter") first?.click();
    else first?.focus();
  });
  box.addEventListener("focusin", (event) => reach(event.target.closest(".card")));
  box.addEventListener("click", (event) => {
    const one = event.target.closest(".card");
    if (!one || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return; // a link like any other
    event.preventDefault();
    follow(one);
  });
  box.addEventListener("keydown", (event) => {
    const from = event.target.closest(".card");
    const to = from && neighbour(shown(), from, event.key);
    if (!to) return;
    event.preventDefault();
    to.focus();
  });
  root.gancoreMark = (key, first) => {
    for (const one of all) one.ariaCurrent = one.dataset.key === key ? "true" : "false";
    filter();
    const current = all.find((one) => one.dataset.key === key);
    if (first && current) box.scrollTop = Math.max(0, current.offsetTop - box.offsetTop - 40);
  };
}

function neighbour(cards, from, key) {
  const at = cards.indexOf(from);
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (step) return cards[at + step];
  if (key === "Home") return cards[0];
  if (key === "End") return cards.at(-1);
  if (key !== "ArrowDown" && key !== "ArrowUp") return undefined;
  // The nearest one in the next row of thumbnails, which may be another family's.
  const middle = (one) => { const place = one.getBoundingClientRect(); return [place.left + place.width / 2, place.top]; };
  const [x, y] = middle(from);
  const down = key === "ArrowDown";
  const beyond = cards.map((one) => [one, ...middle(one)]).filter(([, , top]) => (down ? top > y + 4 : top < y - 4));
  const row = down ? Math.min(...beyond.map(([, , top]) => top)) : Math.max(...beyond.map(([, , top]) => top));
  const near = beyond.filter(([, , top]) => Math.abs(top - row) < 4).sort((a, b) => Math.abs(a[1] - x) - Math.abs(b[1] - x));
  return near[0]?.[0];
}

export default function gallery({ data, parentElement }) {
  let root = parentElement.querySelector(".gallery");
  if (!root) {
    root = element("div", { className: "gallery" });
    parentElement.append(root);
  }
  const first = root.gancoreKey !== data.mark;
  if (first) build(root, data);
  root.gancoreKey = data.mark;
  root.gancoreMark(data.chosen, first);
}
