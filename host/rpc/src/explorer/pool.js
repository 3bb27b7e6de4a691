// What waits in the pool, and what is known of the runtime.

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

// The first eight bytes of the blake2b hashes of their names.
const RUNTIME_APIS = {
  '0xdf6acb689907609b': 'Core', '0x37e397fc7c91f5e4': 'Metadata', '0x40fe3ad401f8959a': 'BlockBuilder', '0xd2bc9897eed08f15': 'TaggedTransactionQueue',
  '0xbc9d89904f5b923f': 'AccountNonceApi', '0x37c8bb1350a9a2a8': 'TransactionPaymentApi', '0xfbc577b9d747efd6': 'GenesisBuilder',
};

function runtimePage() {
  const { version } = chain;
  if (!version) return notice('Runtime', 'Not known yet.');
  return {
    title: 'Runtime',
    nodes: [
      heading('Runtime', `${version.specName} ${version.specVersion}`),
      card('Version', '', table([
        ['Spec name', version.specName], ['Spec version', String(version.specVersion)],
        ['Implementation', `${version.implName} ${version.implVersion}`],
        ['Transaction version', String(version.transactionVersion)], ['Authoring version', String(version.authoringVersion)],
        ['State version', String(version.stateVersion ?? '–')], ['System version', String(version.systemVersion ?? '–')],
      ])),
      card('Chain', '', table([
        ['Genesis', mono(to('block', chain.genesis, chain.genesis))], ['Chain type', chain.type], ['Token', `${chain.symbol}, ${chain.decimals} decimals`],
      ])),
      card('Runtime APIs', grouped(version.apis.length), table(version.apis.map(([id, number]) =>
        [RUNTIME_APIS[id] ?? mono(id), el('span', {}, `version ${number} `, RUNTIME_APIS[id] ? el('span', { class: 'mono soft' }, id) : null)]))),
    ],
  };
}
