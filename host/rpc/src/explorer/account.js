// An account, and the faucet of development chains.

/** `#/account/ADDRESS`. */
async function accountPage(what) {
  const who = what.toLowerCase();
  if (!isAddress(who)) return notice('No such account', 'An address is 0x and 40 hexadecimal digits.');
  const concerns = ({ from, to: receiver }) => from === who || receiver === who;
  const [full, balance, next, latest] = await Promise.all([
    has('zx_getAccount') ? attempt('zx_getAccount', who) : null,
    rpc('zx_getBalance', who), rpc('system_accountNextIndex', who), latestTransactions(concerns, LISTED_AT_ONCE),
  ]);
  const units = (name, sum) => sum === undefined || sum === null ? null : [name, amount(BigInt(sum))];
  const number = (name, thing) => thing === undefined || thing === null ? null : [name, grouped(BigInt(thing))];
  return {
    title: `Account ${short(who, 6, 4)}`,
    nodes: [
      heading('Account', mono(who)),
      card('Balance', '', table([
        ['Balance', el('strong', { id: 'balance', title: `${BigInt(balance)} of the smallest units` }, money(BigInt(balance)))],
        units('Reserved', full?.reserved), units('Frozen', full?.frozen),
        ['Next nonce', grouped(Number(next))],
        number('Consumers', full?.consumers), number('Providers', full?.providers), number('Sufficients', full?.sufficients),
      ])),
      faucet(who),
      card('Transactions', `in the newest ${counted(chain.blocks.size, 'block')}`,
        ...(latest.length ? latest.map(transactionRow) : [empty('None from or to this account.')])),
    ],
  };
}

/** Money for testing; on development chains alone does the node give any. */
function faucet(to = '') {
  if (!has('admin_fundAccount') || chain.type !== 'Development') return null;
  const who = el('input', { class: 'who mono', id: 'fund-to', value: to, 'aria-label': 'Address', placeholder: 'Address', maxlength: '42', spellcheck: 'false', autocomplete: 'off' });
  const much = el('input', { class: 'much', id: 'fund-amount', value: '10', 'aria-label': `Amount in ${chain.symbol}`, inputmode: 'decimal', maxlength: '32', autocomplete: 'off' });
  const note = el('p', { class: 'note', id: 'fund-note', role: 'status' });
  const button = el('button', { type: 'submit' }, 'Fund');
  const say = (kind, ...parts) => { note.className = `note ${kind}`; note.replaceChildren(...parts); };
  const onsubmit = async (event) => {
    event.preventDefault();
    const receiver = who.value.trim();
    if (!isAddress(receiver)) return say('bad', 'An address is 0x and 40 hexadecimal digits.');
    const units = unitsOf(much.value.trim());
    if (typeof units === 'string') return say('bad', units);
    button.disabled = true;
    try {
      await fund(receiver, units, say, () => { button.disabled = false; });
    } catch (error) {
      say('bad', error instanceof NoConnection ? 'The connection to the node is gone.'
        : `The node refuses: ${error.message}${typeof error.data === 'string' ? ` (${error.data})` : ''}`);
    }
    button.disabled = false;
  };
  const form = el('form', { class: 'fund', id: 'faucet', onsubmit }, who, much, el('span', { class: 'soft' }, chain.symbol), button, note);
  // What is written there stays when the page changes.
  form.isOwn = true;
  return card('Faucet', 'money for testing', form);
}

/** The smallest units in a decimal number, or what is wrong with it. */
function unitsOf(text) {
  const [, whole, part = ''] = /^(\d{1,12})(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined) return 'An amount is a number such as 10 or 0.5.';
  if (part.length > chain.decimals) return `${chain.symbol} has ${chain.decimals} decimals; these are ${part.length}.`;
  const units = BigInt(whole + part.padEnd(chain.decimals, '0'));
  return units > 0n ? units : 'The amount must be more than 0.';
}

/** Sends money, and says how that ended: a transaction in a block may have failed nonetheless. */
async function fund(receiver, units, say, sent) {
  const hash = await rpc('admin_fundAccount', receiver, '0x' + units.toString(16));
  say('', `Sent ${money(units)} as `, mono(to('tx', hash, short(hash))), '; it waits for a block.');
  sent();
  for (;;) {
    const known = await rpc('zx_getTransactionByHash', hash);
    const receipt = await rpc('zx_getTransactionReceipt', hash);
    if (receipt) {
      const where = to('block', `${Number(receipt.blockNumber)}-${Number(receipt.transactionIndex)}`, `block ${grouped(Number(receipt.blockNumber))}`);
      if (receipt.status === '0x1') say('good', `${money(units)} arrived in `, where, '.');
      else say('bad', `${money(units)} did not arrive; the transfer failed in `, where, `. ${reason(receipt.error ?? 'The node does not say why')}.`);
      return;
    }
    if (!known) return say('bad', 'The transaction is gone from the pool, and in no block.');
    await nextTick();
  }
}
