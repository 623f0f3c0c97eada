// What Streamlit itself writes is English: here it is said in the page's language, and the browser is told which that is.
// Streamlit's React rewrites a text only when it changes, so what was there first is kept, for the next language.
const ATTRIBUTES = ["aria-label", "title", "placeholder"];
const OF_OTHERS = '.stHtml, [data-testid="stMarkdown"], [data-testid="stFileUploaderFileName"]'; // what clients and colleagues wrote

function own(store, node, name, said) {
  const known = store.get(node) ?? {};
  const last = known[name];
  if (last && said === last.shown) return last.first;
  known[name] = { first: said, shown: said };
  store.set(node, known);
  return said;
}

function translated(text, patterns) {
  const trimmed = text.trim();
  for (const [pattern, replacement] of patterns) if (pattern.test(trimmed)) return text.replace(trimmed, trimmed.replace(pattern, replacement));
  return text;
}

export default function ({ data }) {
  const patterns = Object.entries(data.texts).map(([pattern, said]) => [new RegExp(`^${pattern}$`), said]);
  const page = (window.relabelled ??= { texts: new WeakMap(), observer: null });
  page.observer?.disconnect(); // this is called again for another language: two at once would answer each other for ever
  const store = page.texts;
  const say = (node, name, read, write) => {
    const now = read();
    if (!now) return;
    const said = translated(own(store, node, name, now), patterns);
    if (said !== now) write(said);
    store.get(node)[name].shown = said;
  };
  const text = (node) => node.parentElement?.closest(OF_OTHERS) || say(node, "text", () => node.nodeValue, (said) => (node.nodeValue = said));
  const attributes = (element) =>
    ATTRIBUTES.forEach((name) => say(element, name, () => element.getAttribute(name), (said) => element.setAttribute(name, said)));
  const all = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return text(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = root; node; node = walker.nextNode()) node.nodeType === Node.TEXT_NODE ? text(node) : attributes(node);
  };
  const changed = (change) => {
    if (change.type === "childList") change.addedNodes.forEach(all);
    else if (change.type === "characterData") text(change.target);
    else attributes(change.target);
  };
  document.documentElement.lang = data.code;
  all(document.body);
  page.observer = new MutationObserver((changes) => changes.forEach(changed));
  page.observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributeFilter: ATTRIBUTES });
  return () => page.observer.disconnect();
}
