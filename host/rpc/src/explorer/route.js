// Where one is, the search, and drawing.

const pages = {
  '': homePage, blocks: blocksPage, block: blockPage, tx: transactionPage, account: accountPage, pool: poolPage, runtime: runtimePage, search: searchPage,
};
// Which tab is the current one on which pages; the others have none.
const TABS = { '': '#/', blocks: '#/', block: '#/', pool: '#/pool', runtime: '#/runtime' };

function here() {
  const [, kind = '', raw = ''] = location.hash.split('/');
  let what = raw;
  try { what = decodeURIComponent(raw); } catch { /* as it is */ }
  return { kind: Object.hasOwn(pages, kind) ? kind : '', what, key: location.hash };
}

/** Where a search leads, which is the page of the search itself if only the node can tell. */
function searched(text) {
  const plain = text.trim().replace(/[\s\u202f,]/g, '').replace(/^#/, '').replace(/^0X/, '0x');
  const hex = /^0x/.test(plain) ? plain : `0x${plain}`;
  if (/^\d{1,10}(-\d{1,6})?$/.test(plain)) return `#/block/${plain}`;
  if (/^0x[0-9a-f]{1,8}$/i.test(plain)) return `#/block/${Number(plain)}`;
  if (isAddress(hex)) return `#/account/${hex.toLowerCase()}`;
  if (isHash(hex)) return `#/search/${hex.toLowerCase()}`;
  return `#/search/${encodeURIComponent(text.trim().slice(0, 80))}`;
}

async function searchPage(what) {
  if (isHash(what)) {
    if (await blockAt(what)) return { leadsTo: `#/block/${what}` };
    if (has('zx_getTransactionByHash') && await attempt('zx_getTransactionByHash', what)) return { leadsTo: `#/tx/${what}` };
  }
  return notice('Nothing found', `Nothing found for “${what.slice(0, 80)}”. Search for a block’s number or hash, an extrinsic such as 3-1, a transaction’s hash or an address.`);
}

$('search').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = $('query').value;
  if (!text.trim()) return;
  $('query').value = '';
  $('query').blur();
  const target = searched(text);
  // The same place again: the search is the wish to see it now.
  if (location.hash === target) draw();
  else location.hash = target;
});

// --- Drawing -------------------------------------------------------------------------------------------------------------

const drawing = { turn: 0, isBusy: false, isWanted: false, isPlanned: false, isHeld: false, shown: null };

/** Draws soon: often asked for at once, at each block and each change of the pool. */
function redraw() {
  if (drawing.isBusy || drawing.isHeld) { drawing.isWanted = true; return; }
  if (drawing.isPlanned) return;
  drawing.isPlanned = true;
  requestAnimationFrame(() => { drawing.isPlanned = false; draw(); });
}

async function draw() {
  const mine = ++drawing.turn;
  const place = here();
  drawing.isBusy = true;
  drawing.isWanted = false;
  for (const tab of document.querySelectorAll('nav.tabs a')) {
    if (tab.getAttribute('href') === TABS[place.kind]) tab.setAttribute('aria-current', place.kind === 'block' ? 'true' : 'page');
    else tab.removeAttribute('aria-current');
  }
  let page;
  try {
    // What is known of the newest blocks can be shown without the node.
    if (!link.isReady && (place.kind !== '' || chain.best === null)) throw new NoConnection();
    page = await pages[place.kind](place.what);
  } catch (error) {
    page = failed(error, place);
  }
  if (mine !== drawing.turn) return;
  drawing.isBusy = false;
  if (page?.leadsTo) return location.replace(page.leadsTo);
  // While somebody presses a button of the mouse, nothing moves away under it.
  if (drawing.isHeld && drawing.shown === place.key) { drawing.isWanted = true; return; }
  if (page) show(page, place);
  if (drawing.isWanted) redraw();
}

/** What is shown instead of a page that could not be made; nothing new while the page is there already. */
function failed(error, place) {
  const isGone = error instanceof NoConnection;
  if (!isGone) console.warn(error);
  if (drawing.shown === place.key) return null;
  if (!isGone) return notice('No answer', `The node does not answer this: ${String(error.message).slice(0, 300)}`);
  return { ...notice(chain.genesis ? 'No connection' : 'Connecting', 'There is no connection to the node. The page tries again by itself.'), isPassing: true };
}

function show(page, place) {
  document.title = `${page.title} · ${chain.name || 'Ziver'}`;
  const nodes = page.nodes.filter(Boolean);
  if (drawing.shown === place.key) return patch($('main'), nodes);
  const isFirst = !chain.genesis || drawing.shown === null;
  $('main').replaceChildren(...nodes);
  drawing.shown = page.isPassing ? null : place.key;
  if (page.isPassing) return;
  // Whoever reads by keyboard or ear begins at the top of the new page.
  if (!isFirst && document.activeElement === document.body) $('main').focus({ preventScroll: true });
  const target = page.target ? document.querySelector(`[data-key="${page.target}"]`) : null;
  target?.scrollIntoView();
}

addEventListener('pointerdown', () => { drawing.isHeld = true; }, true);
for (const end of ['pointerup', 'pointercancel', 'blur']) {
  // The click comes after.
  addEventListener(end, () => setTimeout(() => { drawing.isHeld = false; if (drawing.isWanted) redraw(); }));
}
addEventListener('hashchange', () => { windows.clear(); scrollTo(0, 0); draw(); });
setInterval(tellAges, 1000);
let seconds = 0;
setInterval(() => {
  seconds += 1;
  // Who looks at the pool sees it change; others see its size.
  if (link.isReady && !document.hidden && (here().kind === 'pool' || seconds % 4 === 0)) lookAtPool();
  tick();
}, 1000);
draw();
connect();
