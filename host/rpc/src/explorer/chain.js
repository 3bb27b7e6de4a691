// What the page knows of the chain, kept current by subscriptions. Blocks are known by their hash; what is known of a height is
// forgotten when another block takes its place, be it by a revert, another fork, or a development chain that begins anew.

const LIST_MAX = 14;
const HEADS_KEPT = 100;
const CACHED_BLOCKS_MAX = 300;
const CACHED_EXTRINSICS_MAX = 20000;
// Blocks with more extrinsics than this are taken apart only where somebody looks at them.
const DECODED_AT_ONCE_MAX = 60;
const HEIGHT_MAX = 0xffffffff;

const chain = {
  methods: new Set(), name: '', type: '', decimals: 18, symbol: 'ZIV', version: null, genesis: '',
  best: null, finalized: null, pool: null, peers: 0,
  // The newest blocks of the best chain, by height.
  blocks: new Map(),
};
const has = (method) => chain.methods.has(method);

/** Asks for everything anew, for the node may be another one by now. */
async function start() {
  const [methods, name, type, properties, genesis, head] = await Promise.all([
    rpc('rpc_methods'), rpc('system_chain'), rpc('system_chainType'), rpc('system_properties'), rpc('chain_getBlockHash', 0), rpc('chain_getHeader'),
  ]);
  chain.methods = new Set(methods.methods);
  const one = (value) => Array.isArray(value) ? value[0] : value;
  Object.assign(chain, { name, type: typeof type === 'string' ? type : Object.values(type)[0], genesis, best: Number(head.number), finalized: null });
  chain.decimals = Number(one(properties?.tokenDecimals) ?? 18);
  chain.symbol = String(one(properties?.tokenSymbol) ?? 'ZIV');
  $('chain').textContent = chain.name;
  await forgetOthers();
  await subscribe('state_subscribeRuntimeVersion', (version) => { chain.version = version; redraw(); });
  await subscribe('chain_subscribeFinalizedHeads', (header) => { chain.finalized = Number(header.number); redraw(); });
  await subscribe('chain_subscribeNewHeads', (header) => { newHead(header).catch(() => {}); });
  setReady(true);
  await Promise.all([catchUp().catch(() => {}), lookAtPool()]);
  redraw();
}

/** Forgets blocks of the list that are not, or no longer, on the best chain. */
async function forgetOthers() {
  const numbers = [...chain.blocks.keys()];
  if (!numbers.length) return;
  const hashes = await rpc('chain_getBlockHash', numbers);
  numbers.forEach((number, index) => { if (chain.blocks.get(number)?.hash !== hashes[index]) chain.blocks.delete(number); });
}

async function newHead(header) {
  const number = Number(header.number);
  chain.best = number;
  const parent = chain.blocks.get(number - 1);
  const isAbove = [...chain.blocks.keys()].some((known) => known > number);
  if (isAbove || chain.blocks.has(number) || (parent && parent.hash !== header.parentHash)) await forgetOthers();
  tick();
  // Numbers and rows change together.
  await Promise.all([catchUp().finally(redraw), lookAtPool()]);
}

/** Learns the newest blocks that are not known yet. */
async function catchUp() {
  const first = Math.max(0, chain.best - LIST_MAX + 1);
  const missing = Array.from({ length: chain.best - first + 1 }, (_, index) => chain.best - index).filter((number) => !chain.blocks.has(number));
  await Promise.all(missing.map(async (number) => {
    const block = await blockAt(number);
    if (block && number <= chain.best) chain.blocks.set(number, block);
  }));
  for (const known of chain.blocks.keys()) if (known <= chain.best - HEADS_KEPT || known > chain.best) chain.blocks.delete(known);
}

const newestFirst = () => [...chain.blocks.values()].sort((one, other) => other.number - one.number);

// --- Blocks --------------------------------------------------------------------------------------------------------------

// Promises of blocks, by hash.
const cache = new Map();
let cachedExtrinsics = 0;

/** A block by height (of the best chain) or hash; `null` if there is none. */
async function blockAt(what) {
  const hash = isHash(String(what)) ? String(what).toLowerCase() : await rpc('chain_getBlockHash', Number(what));
  if (!hash) return null;
  if (!cache.has(hash)) {
    const loading = loadBlock(hash);
    cache.set(hash, loading);
    loading.then((block) => { if (block) trim(block); else cache.delete(hash); }, () => cache.delete(hash));
  }
  return cache.get(hash);
}

async function loadBlock(hash) {
  const plain = await rpc('chain_getBlock', hash);
  if (!plain) return null;
  const { header, extrinsics } = plain.block;
  const block = {
    hash, number: Number(header.number), header, author: null, timestamp: null, events: null, isDecoded: false,
    extrinsics: extrinsics.map((hex, index) => ({ index, hex })),
  };
  if (extrinsics.length <= DECODED_AT_ONCE_MAX) await decode(block);
  else if (has('zx_getBlockByHash')) take(block, await attempt('zx_getBlockByHash', hash, false));
  return block;
}

function trim(block) {
  cachedExtrinsics += block.extrinsics.length;
  for (const [hash, oldest] of cache) {
    if (hash === block.hash || (cache.size <= CACHED_BLOCKS_MAX && cachedExtrinsics <= CACHED_EXTRINSICS_MAX)) return;
    cache.delete(hash);
    oldest.then((gone) => { cachedExtrinsics -= gone?.extrinsics.length ?? 0; }, () => {});
  }
}

/** Has the node take apart all that is in a block, once. */
async function decode(block) {
  if (block.isDecoded || !has('zx_getBlockByHash')) return;
  // Asked once, whatever comes of it: an answer that is too large stays too large.
  block.isDecoded = true;
  try {
    take(block, await attempt('zx_getBlockByHash', block.hash, true));
  } catch (error) {
    block.isDecoded = false;
    throw error;
  }
}

/** Adds to a block what `zx_getBlockByHash` says of it. */
function take(block, said) {
  if (!said) return;
  block.author = said.miner ?? null;
  block.timestamp = time(said.timestampMs ?? said.timestamp);
  said.transactions.forEach((one, index) => {
    if (block.extrinsics[index]) Object.assign(block.extrinsics[index], typeof one === 'string' ? { hash: one } : one);
  });
  if (!Array.isArray(said.events)) return;
  // Those of the extrinsics, and those of the block's beginning and end.
  block.events = [...said.events, ...said.transactions.flatMap((one) => one?.events ?? [])].sort((one, other) => Number(one.logIndex ?? 0) - Number(other.logIndex ?? 0));
}

/** Whether the chain holds to a block: `final`, `best`, `not final`, or `abandoned`. */
function standing(block, isOnBest = true) {
  if (!isOnBest) return tag('abandoned', 'bad', 'Not on the best chain');
  if (chain.finalized !== null && block.number <= chain.finalized) return tag('final', 'good');
  return block.number === chain.best ? tag('best', 'best') : tag('not final');
}

// --- Pool, and whoever waits for something to happen ---------------------------------------------------------------------

let isLooking = false;
async function lookAtPool() {
  if (isLooking || !has('txpool_status')) return;
  isLooking = true;
  try {
    const [pool, health] = await Promise.all([rpc('txpool_status'), rpc('system_health')]);
    const before = JSON.stringify([chain.pool, chain.peers]);
    chain.pool = { ready: Number(pool.pending), future: Number(pool.queued), bytes: Number(pool.pendingBytes) + Number(pool.queuedBytes) };
    chain.peers = Number(health.peers ?? 0);
    if (before !== JSON.stringify([chain.pool, chain.peers])) redraw();
  } catch (error) {
    if (!(error instanceof NoConnection)) console.warn(error);
  } finally {
    isLooking = false;
  }
}

const ticks = new Set();
/** Resolves at the next block, or within some seconds. */
const nextTick = () => new Promise((resolve) => ticks.add(resolve));
function tick() {
  const waiting = [...ticks];
  ticks.clear();
  for (const resolve of waiting) resolve();
}
