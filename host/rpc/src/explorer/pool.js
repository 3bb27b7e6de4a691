// What waits in the pool.

const POOL_LISTED_MAX = 500;

async function poolPage() {
  if (!has('txpool_content')) return notice('Pool', 'This node does not tell what is in its pool.');
  const { pending, queued } = await rpc('txpool_content', POOL_LISTED_MAX);
  const list = (name, entries, count, none) => {
    const more = count > entries.length ? `${grouped(count)}, the first ${grouped(entries.length)} are shown` : grouped(entries.length);
    return card(name, more, ...(entries.length ? paged(name, entries, poolLine) : [empty(none)]));
  };
  return {
    title: 'Pool',
    nodes: [
      heading('Pool', 'transactions that are in no block yet'),
      list('Ready', pending, chain.pool?.ready ?? 0, 'Nothing waits for the next block.'),
      list('Waiting for others', queued, chain.pool?.future ?? 0, 'No transaction waits for another one.'),
      faucet(),
    ],
  };
}

function poolLine(entry) {
  const { isLocal, priority, validTill, ...transaction } = entry;
  return folding(entry.hash, [
    mono(short(entry.hash)), el('strong', {}, title(entry)),
    entry.from ? mono(short(entry.from)) : null,
    entry.nonce !== null && entry.nonce !== undefined ? el('span', { class: 'soft' }, `nonce ${grouped(Number(entry.nonce))}`) : null,
    el('span', { class: 'soft' }, counted((entry.raw.length - 2) / 2, 'byte')),
  ], () => table([
    ...transactionRows({ ...transaction, status: null }, []),
    ['Priority', grouped(BigInt(priority))],
    ['Valid till', validTill === null ? 'for ever' : `block ${grouped(Number(validTill))}`],
    ['Comes from', isLocal ? 'a client of this node' : 'another node'],
  ], 'in'));
}
