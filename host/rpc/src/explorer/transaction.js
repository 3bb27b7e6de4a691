// A transaction, in a block or still in the pool.

/** `#/tx/HASH`. */
async function transactionPage(what) {
  const hash = what.toLowerCase();
  if (!isHash(hash)) return notice('No such transaction', 'A hash is 0x and 64 hexadecimal digits.');
  if (!has('zx_getTransactionByHash')) return notice('Transaction', 'This node does not look for transactions by hash.');
  const said = await attempt('zx_getTransactionByHash', hash);
  if (!said) return notice('No such transaction', 'Neither the chain nor the pool has it. It may have been replaced or thrown out; this page will show it if it comes.');
  const block = said.blockHash ? await blockAt(said.blockHash) : null;
  const receipt = block ? await attempt('zx_getTransactionReceipt', hash) : null;
  const transaction = { ...said, ...receipt, hash };
  const index = Number(said.transactionIndex);
  const events = receipt?.events ?? [];
  return {
    title: `Transaction ${short(hash, 6, 4)}`,
    nodes: [
      el('div', { class: 'lead', key: 'lead' },
        heading('Transaction', title(transaction)), block ? outcomeTag(transaction) : tag('pending', 'best'), block ? standing(block) : null),
      card('Transaction', '', table([
        ...(block ? included(block, index) : [['Block', await waitsFor(said)]]),
        ['Hash', mono(hash)], ...transactionRows({ ...transaction, hash: null }, []),
      ])),
      block ? card('Events', grouped(events.length), ...(events.length ? paged('events', events, (event, index) => eventLine(event, index, true)) : [empty('None.')])) : null,
    ],
  };
}

const included = (block, index) => [
  ['Block', el('span', {}, to('block', `${block.number}-${index}`, grouped(block.number)), `, extrinsic ${index}`)],
  block.timestamp ? ['Time', el('span', {}, `${date(block.timestamp)} · `, ago(block.timestamp))] : null,
];

/** Why a transaction in the pool is in no block yet. */
async function waitsFor({ from, nonce }) {
  const next = from && nonce !== null ? await attempt('zx_getTransactionCount', from, 'latest') : null;
  return next !== null && Number(nonce) > Number(next)
    ? `none yet: it has nonce ${Number(nonce)}, and its sender's next is ${Number(next)}`
    : 'none yet: it waits in the pool';
}

/** What there is to say of an extrinsic, as rows of a table. */
function transactionRows(extrinsic, events) {
  const isPresent = (thing) => thing !== undefined && thing !== null;
  const { hash, from, nonce, fee, tip, weight, era, args, hex, raw } = extrinsic;
  const { to: receiver, value: sent } = extrinsic;
  return [
    hash ? ['Hash', mono(to('tx', hash, hash))] : null,
    outcome(extrinsic) ? ['Status', el('span', {}, outcomeTag(extrinsic), outcome(extrinsic) === 'failed' && extrinsic.error ? ` ${reason(extrinsic.error)}` : null)] : null,
    from ? ['From', value(from)] : null,
    receiver ? ['To', value(receiver)] : null,
    receiver && isPresent(sent) ? ['Value', amount(BigInt(sent))] : null,
    isPresent(nonce) ? ['Nonce', grouped(Number(nonce))] : null,
    isPresent(fee) ? ['Fee', amount(BigInt(fee))] : null,
    isPresent(tip) ? ['Tip', amount(BigInt(tip))] : null,
    weight ? ['Weight', el('span', {}, execution(BigInt(weight.refTime)), `, ${counted(Number(weight.proofSize), 'byte')} of proof`)] : null,
    isPresent(era) ? ['Valid', validity(era)] : null,
    isPresent(args) ? ['Arguments', value(args)] : null,
    events.length ? ['Events', eventDetails(events)] : null,
    hex ?? raw ? ['Bytes', bytes(hex ?? raw)] : null,
  ];
}

const validity = (era) => era?.Mortal ? `for ${era.Mortal.period} blocks` : era === 'Immortal' ? 'for ever' : value(era);

// Errors that people meet first, in words.
const REASONS = {
  'Token.FundsUnavailable': 'the sender has not that much',
  'Token.BelowMinimum': 'the receiver would have less than an account must hold',
  'Token.NotExpendable': 'the sender would have less than an account must hold',
  'Token.CannotCreate': 'the receiver’s account cannot be made',
  'BadOrigin': 'the sender may not do this',
};
const reason = (error) => REASONS[error] ? `${error}: ${REASONS[error]}` : error;
