// A block: its header, extrinsics and events.

const title = (extrinsic) => extrinsic.pallet && extrinsic.call ? `${extrinsic.pallet}.${extrinsic.call}` : 'extrinsic';
const eventTitle = (event) => event.pallet && event.name ? `${event.pallet}.${event.name}` : 'event';

// Bit 7 of the format byte, which follows the length.
const isSigned = ({ hex, from }) => Boolean(from) || (parseInt(hex.slice(2 + 2 * lengthBytes(hex), 4 + 2 * lengthBytes(hex)), 16) & 0x80) !== 0;
const lengthBytes = (hex) => [1, 2, 4, 5][parseInt(hex.slice(2, 4), 16) & 3];

/** How an extrinsic ended: `success`, `failed`, or `null` where the node does not tell. */
const outcome = ({ status }) => status === '0x1' ? 'success' : status === '0x0' ? 'failed' : null;
const outcomeTag = (extrinsic) => outcome(extrinsic) === 'failed' ? tag('failed', 'bad', extrinsic.error) : outcome(extrinsic) ? tag('success', 'good') : null;

/** `#/block/N`, `#/block/HASH`, or `#/block/N-INDEX`, which opens an extrinsic and goes there. */
async function blockPage(what) {
  const [, place, index = null] = /^(\d{1,10}|0x[0-9a-f]{64})(?:-(\d{1,6}))?$/i.exec(what) ?? [];
  if (place === undefined) return notice('No such block', `“${what.slice(0, 80)}” is no number of a block, and no hash.`);
  const block = isHash(place) || Number(place) <= HEIGHT_MAX ? await blockAt(place) : null;
  if (!block) {
    const text = isHash(place) ? 'The node knows no block with this hash.' : `The best block is ${grouped(chain.best)}. This page will show the block once it is there.`;
    return notice(isHash(place) ? 'No such block' : `No block ${grouped(Number(place))} yet`, text);
  }
  const [onBest] = await Promise.all([isHash(place) ? rpc('chain_getBlockHash', block.number) : block.hash, decode(block)]);
  const wanted = index === null ? null : Number(index);
  const isThere = wanted === null || wanted < block.extrinsics.length;
  const { extrinsics, events } = block;
  return {
    title: `Block ${block.number}`,
    target: wanted !== null && isThere ? `extrinsic ${wanted}` : null,
    nodes: [
      el('div', { class: 'lead', key: 'lead' },
        heading(`Block ${grouped(block.number)}`), standing(block, onBest === block.hash), neighbours(block)),
      isThere ? null : el('p', { class: 'card warning', key: 'missing', role: 'alert' },
        `Block ${grouped(block.number)} has no extrinsic ${wanted}: ${extrinsics.length ? `they go from 0 to ${extrinsics.length - 1}` : 'it has none'}.`),
      headerCard(block),
      card('Extrinsics', grouped(extrinsics.length), ...(extrinsics.length
        ? paged('extrinsics', extrinsics, (extrinsic) => extrinsicLine(block, extrinsic, wanted === extrinsic.index), isThere ? wanted ?? 0 : 0)
        : [empty('None.')])),
      events ? card('Events', grouped(events.length), ...(events.length ? paged('events', events, (event, index) => eventLine(event, index)) : [empty('None.')])) : null,
    ],
  };
}

const neighbours = (block) => el('nav', { class: 'neighbours', 'aria-label': 'Neighbouring blocks' },
  block.number > 0 ? el('a', { key: 'previous', href: `#/block/${block.number - 1}` }, '← previous') : null,
  block.number < chain.best ? el('a', { key: 'next', href: `#/block/${block.number + 1}` }, 'next →') : null);

function headerCard({ header, ...block }) {
  return card('Header', '', table([
    ['Hash', mono(block.hash)],
    ['Parent', block.number ? mono(to('block', header.parentHash, header.parentHash)) : mono(header.parentHash)],
    block.timestamp ? ['Time', el('span', {}, `${date(block.timestamp)} · `, ago(block.timestamp))] : null,
    block.author ? ['Author', value(block.author)] : null,
    ['State root', mono(header.stateRoot)],
    ['Extrinsics root', mono(header.extrinsicsRoot)],
    ['Digest', header.digest.logs.length ? el('span', {}, ...header.digest.logs.map(digestItem)) : value(null)],
  ]));
}

const DIGEST_KINDS = { 0: 'other', 4: 'consensus', 5: 'seal', 6: 'pre-runtime', 8: 'new runtime' };

/** An item of a header's digest: its kind, the engine's name of four letters, and the bytes. */
function digestItem(hex) {
  const kind = parseInt(hex.slice(2, 4), 16);
  const engine = [4, 5, 6].includes(kind) ? asText(hex.slice(0, 2) + hex.slice(4, 12)) : null;
  return el('div', {}, `${DIGEST_KINDS[kind] ?? `kind ${kind}`}${engine ? ` of ${engine}` : ''} `, bytes(hex));
}

function extrinsicLine(block, extrinsic, isOpen) {
  return folding(`extrinsic ${extrinsic.index}`, [
    mono(`${block.number}-${extrinsic.index}`), el('strong', {}, title(extrinsic)),
    isSigned(extrinsic) ? outcomeTag(extrinsic) ?? tag('signed') : outcome(extrinsic) === 'failed' ? outcomeTag(extrinsic) : tag('inherent'),
    extrinsic.from ? mono(short(extrinsic.from)) : null,
  ], () => table(transactionRows(extrinsic, eventsOf(block, extrinsic)), 'in'), isOpen);
}

const eventsOf = (block, extrinsic) => Array.isArray(extrinsic.events) ? extrinsic.events
  : (block.events ?? []).filter((event) => event.phase?.ApplyExtrinsic === extrinsic.index);

const eventLine = (event, index, isAlone = false) => folding(`event ${event.logIndex ?? index}`, [
  tag(eventTitle(event)), ...amountsOf(event).map((units) => amount(units)), isAlone ? null : el('span', { class: 'soft' }, phaseOf(event)),
], () => value(event.fields ?? null));

const phaseOf = ({ phase }) => phase?.ApplyExtrinsic !== undefined ? `extrinsic ${phase.ApplyExtrinsic}` : typeof phase === 'string' ? phase.toLowerCase() : '';

/** The money that an event tells of, but for nothing. */
const amountsOf = ({ fields }) => Object.entries(fields ?? {})
  .filter(([name, item]) => AMOUNTS.has(name) && typeof item === 'string' && /^[1-9]\d{0,38}$/.test(item)).map(([, item]) => item);

/** Events inside of something else, all shown. */
const eventDetails = (events) => el('div', { class: 'events' },
  ...events.slice(0, LISTED_AT_ONCE).map((event) => el('div', {}, tag(eventTitle(event)), value(event.fields ?? null))),
  events.length > LISTED_AT_ONCE ? el('div', { class: 'soft' }, `and ${grouped(events.length - LISTED_AT_ONCE)} more`) : null);
