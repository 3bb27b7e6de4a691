// Making elements, and changing those on the page into others. Everything that comes from the chain is hostile: it reaches
// the page as text nodes and attributes only.

const LISTED_AT_ONCE = 100;

const $ = (id) => document.getElementById(id);

/** An element. `key` tells it from its neighbours when the page changes; names that begin with `on` are listeners. */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (name === 'key') node.key = value;
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/**
 * Makes the children of `parent` such as those in `wanted`, and leaves alone what is so already: who has the focus keeps it, selected
 * text stays selected, and an element that is being clicked is not replaced under the pointer.
 */
function patch(parent, wanted) {
  const old = [...parent.childNodes];
  const keyed = new Map(old.filter((node) => node.key !== undefined).map((node) => [node.key, node]));
  const plain = old.filter((node) => node.key === undefined);
  const kept = new Set();
  const placed = wanted.map((node) => {
    const found = node.key !== undefined ? keyed.get(node.key) : plain.find((other) => !kept.has(other) && other.nodeName === node.nodeName);
    if (found?.nodeName !== node.nodeName || kept.has(found)) return node;
    kept.add(found);
    update(found, node);
    return found;
  });
  const isGrowing = keyed.size > 0;
  for (const node of old) if (!kept.has(node)) node.remove();
  let next = parent.firstChild;
  for (const node of placed) {
    if (node === next) { next = next.nextSibling; continue; }
    if (isGrowing && node.key !== undefined) node.setAttribute('data-new', '');
    parent.insertBefore(node, next);
  }
}

// What a person or this file has changed since the element was made.
const OWN_ATTRIBUTES = new Set(['open', 'data-new']);

function update(old, wanted) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== wanted.data) old.data = wanted.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!wanted.hasAttribute(name) && !OWN_ATTRIBUTES.has(name)) old.removeAttribute(name);
  for (const { name, value } of [...wanted.attributes]) {
    if (!OWN_ATTRIBUTES.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (wanted.fill) {
    old.fill = wanted.fill;
    patch(old.firstChild, [...wanted.firstChild.childNodes]);
    if (old.open) old.unfold();
  } else if (!old.isOwn) {
    patch(old, [...wanted.childNodes]);
  }
}

/** A line that opens; what is inside is made by `fill` only then. */
function folding(key, summary, fill, isOpen = false) {
  const inside = el('div', { class: 'inside' });
  const node = el('details', { key, 'data-key': key }, el('summary', {}, ...summary), inside);
  node.fill = fill;
  node.unfold = () => patch(inside, [node.fill()]);
  node.addEventListener('toggle', () => { if (node.open) node.unfold(); });
  if (isOpen) { node.open = true; node.unfold(); }
  return node;
}

// Which part of each long list is shown on this page.
const windows = new Map();

/** The part of a list that is shown: the hundred around `at`, with buttons for those before and after. */
function paged(name, items, make, at = 0) {
  const first = Math.floor(at / LISTED_AT_ONCE) * LISTED_AT_ONCE;
  const range = windows.get(name) ?? { from: first, to: first + LISTED_AT_ONCE };
  const button = (key, text, change) => el('button', { key, class: 'more', type: 'button', onclick: () => { windows.set(name, change); draw(); } }, text);
  const left = items.length - range.to;
  return [
    range.from > 0 ? button(`before ${range.from}`, `Show ${Math.min(range.from, LISTED_AT_ONCE)} before, of ${grouped(range.from)}`, { ...range, from: Math.max(0, range.from - LISTED_AT_ONCE) }) : null,
    ...items.slice(range.from, range.to).map(make),
    // The listener of the first button of a kind stays, and must not hold an old range.
    left > 0 ? button(`after ${range.to}`, `Show ${Math.min(left, LISTED_AT_ONCE)} more, of ${grouped(left)}`, { ...range, to: range.to + LISTED_AT_ONCE }) : null,
  ].filter(Boolean);
}

const table = (rows, kind = 'top') =>
  el('dl', { class: kind }, ...rows.filter(Boolean).flatMap(([name, content]) => [el('dt', { key: `name ${name}` }, name), el('dd', { key: `value ${name}` }, content)]));
const card = (name, more, ...children) => el('section', { class: 'card', key: name }, el('h2', {}, name, more ? el('small', {}, more) : null), ...children);
const empty = (text) => el('p', { class: 'empty' }, text);
const tag = (text, kind = '', title = null) => el('span', { class: `tag ${kind}`, title }, text);
const heading = (text, more = null) => el('h1', { key: 'heading' }, text, more ? ' ' : null, more ? el('small', {}, more) : null);
/** A page that has nothing but a heading and a sentence. */
const notice = (title, text) => ({ title, nodes: [heading(title), el('section', { class: 'card', key: 'notice' }, empty(text))] });
