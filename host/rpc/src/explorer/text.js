// How numbers, amounts, times, addresses and decoded values look.

const isHash = (text) => /^0x[0-9a-f]{64}$/i.test(text);
const isAddress = (text) => /^0x[0-9a-f]{40}$/i.test(text);
const short = (text, head = 8, tail = 6) => text.length > head + tail + 4 ? `${text.slice(0, head + 2)}…${text.slice(-tail)}` : text;
const grouped = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
const counted = (count, one) => `${grouped(count)} ${one}${count === 1 ? '' : 's'}`;

function money(amount) {
  const unit = 10n ** BigInt(chain.decimals);
  const digits = (amount % unit).toString().padStart(chain.decimals, '0').replace(/0+$/, '');
  return `${grouped(amount / unit)}${digits ? '.' + digits : ''} ${chain.symbol}`;
}

/** An amount, with the number of smallest units for whoever points at it. */
const amount = (units) => el('span', { title: `${units} of the smallest units` }, money(BigInt(units)));

/** Unix time in milliseconds, whether it was said in seconds or milliseconds, as number or text. */
function time(value) {
  const number = value === undefined || value === null ? NaN : Number(value);
  if (!Number.isFinite(number) || number <= 0 || number > 8e15) return null;
  return number < 1e11 ? number * 1000 : number;
}

const date = (then) => `${new Date(then).toISOString().replace('T', ' ').slice(0, 19)} UTC`;

function age(then) {
  const seconds = Math.max(0, Math.round((Date.now() - then) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return new Date(then).toISOString().slice(0, 16).replace('T', ' ');
}

/** How long ago something was; `tellAges` keeps it true. */
const ago = (then) => then ? el('time', { 'data-since': String(then), title: date(then) }, age(then)) : null;

function tellAges() {
  for (const node of document.querySelectorAll('time[data-since]')) {
    const text = age(Number(node.dataset.since));
    if (node.firstChild && node.firstChild.data !== text) node.firstChild.data = text;
  }
}

const to = (kind, what, text = String(what)) => el('a', { href: `#/${kind}/${encodeURIComponent(what)}` }, text);
const mono = (...children) => el('span', { class: 'mono' }, ...children);
const address = (text) => mono(to('account', text.toLowerCase(), text));
const bytes = (hex, head = 400) => mono(short(hex, head, 20));

/** Picoseconds of execution. */
const execution = (picoseconds) => el('span', { title: `${picoseconds} ps` }, `${(Number(picoseconds) / 1e9).toFixed(3)} ms`);

// Names by which runtimes call amounts of money and moments, in arguments of calls and fields of events.
const AMOUNTS = new Set(['value', 'amount', 'tip', 'fee', 'actual_fee', 'partial_fee', 'free', 'reserved', 'frozen', 'new_free', 'new_reserved',
  'deposit', 'free_balance', 'dust', 'delta', 'old_issuance', 'new_issuance', 'old', 'new']);
const MOMENTS = new Set(['now', 'moment', 'timestamp']);

/** Any JSON, with links where something can be looked up; `name` is how the field that holds it is called. */
function value(thing, name = '') {
  if (thing === null || thing === undefined) return el('span', { class: 'soft' }, '–');
  if (typeof thing === 'number' || typeof thing === 'string') return simple(thing, name);
  if (Array.isArray(thing)) {
    if (thing.length === 0) return el('span', { class: 'soft' }, 'none');
    return table([...thing.slice(0, 200).map((item, index) => [String(index), value(item, name)]), rest(thing.length)], 'in');
  }
  if (typeof thing === 'object') {
    if (typeof thing.pallet === 'string' && typeof thing.call === 'string') {
      return el('div', {}, el('strong', {}, title(thing)), value(thing.args ?? null));
    }
    const entries = Object.entries(thing);
    if (!entries.length) return el('span', { class: 'soft' }, 'none');
    return table([...entries.slice(0, 200).map(([inner, item]) => [inner, value(item, inner)]), rest(entries.length)], 'in');
  }
  return document.createTextNode(String(thing));
}

const rest = (count) => count > 200 ? ['…', `and ${grouped(count - 200)} more`] : null;

function simple(thing, name) {
  const text = String(thing);
  if (AMOUNTS.has(name) && typeof thing === 'string' && /^\d{1,39}$/.test(text)) return amount(text);
  if (MOMENTS.has(name) && /^\d{12,14}$/.test(text)) return el('span', { title: text }, date(Number(text)));
  if (name === 'ref_time' && /^\d+$/.test(text)) return execution(text);
  if (/^\d{4,}$/.test(text)) return el('span', { title: text }, grouped(text));
  if (isAddress(text)) return address(text);
  const readable = /^0x([0-9a-f]{2}){3,}$/i.test(text) && !isHash(text) ? asText(text) : null;
  if (readable) return el('span', {}, bytes(text, 60), el('div', { class: 'soft' }, `“${readable}”`));
  return text.startsWith('0x') ? bytes(text, 200) : document.createTextNode(text.slice(0, 4000));
}

/** What bytes say as text, if they are readable text. */
function asText(hex) {
  const raw = Uint8Array.from(hex.slice(2, 2002).match(/../g), (pair) => parseInt(pair, 16));
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(raw);
    return /^[\p{L}\p{N}\p{P}\p{S}\p{Zs}\n]+$/u.test(text) ? text : null;
  } catch { return null; }
}
