// The newest blocks and transactions, and pages of older blocks.

const PAGE_BLOCKS = 25;

function stats() {
  const stat = (name, text, more = '') =>
    el('div', { class: 'stat', key: name }, el('div', { class: 'name' }, name), el('div', { class: 'value' }, text), el('div', { class: 'more' }, more));
  const known = (number) => number === null ? '–' : grouped(number);
  const times = newestFirst().slice(0, 10).map((block) => block.timestamp).filter(Boolean);
  const pace = times.length > 2 ? `${((times[0] - times.at(-1)) / (times.length - 1) / 1000).toFixed(1)} s a block` : '';
  return el('div', { class: 'stats', key: 'stats' },
    stat('Best block', known(chain.best), pace),
    stat('Final block', known(chain.finalized), chain.best === null || chain.finalized === null ? '' : `${Math.max(0, chain.best - chain.finalized)} behind`),
    stat('Pool', chain.pool ? grouped(chain.pool.ready) : '–', chain.pool?.future ? `ready, ${grouped(chain.pool.future)} waiting` : 'ready transactions'),
    stat('Runtime', chain.version ? `v${chain.version.specVersion}` : '–', chain.version?.specName ?? ''),
    stat('Peers', grouped(chain.peers), chain.type));
}

function blockRow(block) {
  const signed = block.extrinsics.filter(isSigned).length;
  return el('div', { class: 'row', key: block.hash, 'data-block': String(block.number) },
    el('span', { class: 'key' }, to('block', block.number, grouped(block.number))),
    el('span', { class: 'mid' }, mono(to('block', block.hash, short(block.hash, 8, 6))), ' ', el('span', { class: 'count' }, counted(signed, 'transaction'))),
    el('span', { class: 'end' }, standing(block), ' ', ago(block.timestamp)));
}

function transactionRow({ block, extrinsic }) {
  const place = `${block.number}-${extrinsic.index}`;
  return el('div', { class: 'row', key: `${block.hash} ${extrinsic.index}`, 'data-transaction': place },
    el('span', { class: 'key' }, extrinsic.hash ? to('tx', extrinsic.hash, place) : to('block', place)),
    el('span', { class: 'mid' }, `${title(extrinsic)} `, extrinsic.from ? mono(to('account', extrinsic.from, short(extrinsic.from, 6, 4))) : mono(short(extrinsic.hex, 18, 6))),
    el('span', { class: 'end' }, outcome(extrinsic) === 'failed' ? tag('failed', 'bad') : null, ' ', ago(block.timestamp)));
}

/** Signed transactions in the newest blocks, the newest first; those of large blocks are taken apart one by one. */
async function latestTransactions(fits = () => true, count = LIST_MAX) {
  const latest = [];
  for (const block of newestFirst()) {
    for (let index = block.extrinsics.length - 1; index >= 0 && latest.length < count; index--) {
      const extrinsic = block.extrinsics[index];
      if (isSigned(extrinsic) && fits(extrinsic)) latest.push({ block, extrinsic });
    }
  }
  await Promise.all(latest.map(({ extrinsic }) => peek(extrinsic)));
  return latest;
}

/** Has the node take apart one extrinsic of a large block, or of the pool. */
async function peek(extrinsic) {
  if (extrinsic.pallet || extrinsic.isPeeked || !extrinsic.hash || !has('zx_getTransactionByHash')) return;
  const { transactionIndex, ...said } = (await attempt('zx_getTransactionByHash', extrinsic.hash)) ?? {};
  Object.assign(extrinsic, said, { isPeeked: true });
}

async function homePage() {
  const blocks = newestFirst().slice(0, LIST_MAX);
  const transactions = await latestTransactions();
  const older = blocks.length && blocks.at(-1).number > 0 ? el('p', { class: 'foot', key: 'older' }, to('blocks', blocks.at(-1).number - 1, 'Older blocks →')) : null;
  return {
    title: 'Blocks',
    nodes: [
      el('h1', { class: 'unseen', key: 'heading' }, `Newest blocks of ${chain.name}`), stats(),
      el('div', { class: 'two', key: 'lists' },
        card('Blocks', 'newest first', ...(blocks.length ? blocks.map(blockRow) : [empty('No block yet.')]), older),
        card('Transactions', 'signed, in the newest blocks', ...(transactions.length ? transactions.map(transactionRow) : [empty('No signed transaction in the newest blocks.')]))),
    ],
  };
}

/** `#/blocks/N`: the blocks from N downwards. */
async function blocksPage(what) {
  const top = /^\d{1,10}$/.test(what) ? Math.min(Number(what), chain.best) : chain.best;
  const numbers = Array.from({ length: Math.min(PAGE_BLOCKS, top + 1) }, (_, index) => top - index);
  const blocks = (await Promise.all(numbers.map(blockAt))).filter(Boolean);
  const bottom = numbers.at(-1);
  return {
    title: `Blocks ${bottom} to ${top}`,
    nodes: [
      heading('Blocks', `${grouped(bottom)} to ${grouped(top)}, of ${grouped(chain.best)}`),
      card('Blocks', 'newest first', ...blocks.map(blockRow),
        el('p', { class: 'foot', key: 'pages' },
          top < chain.best ? to('blocks', Math.min(top + PAGE_BLOCKS, chain.best), '← Newer') : null,
          el('span', {}), bottom > 0 ? to('blocks', bottom - 1, 'Older →') : null)),
    ],
  };
}
