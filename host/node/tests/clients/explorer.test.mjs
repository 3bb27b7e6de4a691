// The block explorer in a real browser: what it shows, what it does, and what it never does.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBrowser, openPage } from './browser.mjs';
import { accounts, eventually, free, nonceOf, rpc, send, startNode, stranger, ZIV } from './node.mjs';

const browser = await findBrowser();
const skip = browser ? false : 'there is no chromium: scripts/setup --test installs it, as root';
const HOSTILE = '<img src=x onerror="document.title=`owned`"><script>document.title="owned"</script>';

let node, page, api;
before(async () => {
  if (skip) return;
  node = await startNode(['--sealing', 'interval=500']);
  api = await node.api();
  page = await openPage(browser);
  await page.goto(`${node.http}/`);
  await eventually(async () => (await page.text()).includes('live'), { what: 'the connection of the page' });
});
after(async () => {
  await page?.close();
  await node?.stop();
});

/** Waits until the page shows this, and answers all of its text. */
const shows = (what) =>
  eventually(async () => {
    const text = await page.text();
    return (what instanceof RegExp ? what.test(text) : text.includes(what)) && text;
  }, { what: `${what} on the page` });

/** Goes to another page. */
const open = (place) => page.evaluate(`location.hash = ${JSON.stringify(place)}`);

/** Waits for some more blocks. */
async function blocks(count) {
  const best = async () => (await api.rpc.chain.getHeader()).number.toNumber();
  const from = await best();
  await eventually(async () => (await best()) >= from + count, { what: `${count} blocks` });
}

async function search(text) {
  await page.type('#query', text);
  await page.submit('#search');
}

/** Keeps a picture in the folder that $ZIVER_SCREENSHOTS names. */
async function picture(name, of = page) {
  const png = await of.screenshot();
  assert.equal(png.subarray(1, 4).toString(), 'PNG');
  const folder = process.env.ZIVER_SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.png`), png);
}

test('new blocks appear by themselves', { skip }, async () => {
  const newest = () => page.evaluate('Number(document.querySelector("[data-block]")?.dataset.block ?? -1)');
  const before = await eventually(async () => (await newest()) + 1, { what: 'a block' });
  await eventually(async () => (await newest()) > before, { what: 'a newer block' });
  const text = await shows('final');
  assert.match(text, /Best block/);
  assert.match(text, /v\d+/);
});

test('focus and selected text survive new blocks', { skip }, async () => {
  await open('#/');
  await shows('newest first');
  await page.evaluate(`{
    const row = document.querySelector('[data-block]');
    window.kept = row.querySelector('a');
    kept.focus();
    getSelection().selectAllChildren(row.querySelector('.mono'));
    window.selected = String(getSelection());
    window.from = Number(row.dataset.block);
  }`);
  await eventually(() => page.evaluate('Number(document.querySelector("[data-block]").dataset.block) >= from + 3'), { what: 'three more blocks' });
  assert.ok(await page.evaluate('document.activeElement === kept && selected.startsWith("0x") && String(getSelection()) === selected'));
  assert.equal(await page.evaluate('[...document.querySelectorAll("[data-block] .tag")].filter((one) => one.textContent === "best").length <= 1'), true);
});

test('block is found by number and by hash', { skip }, async () => {
  const hash = (await api.rpc.chain.getBlockHash(2)).toHex();
  await search('2');
  assert.ok((await shows('Block 2')).includes(hash));
  for (const text of [hash, hash.replace('0x', '0X'), hash.slice(2).toUpperCase(), '#2', '0x2', '2-0']) {
    await open('#/');
    await shows('newest first');
    await search(text);
    await shows(hash);
  }
});

test('search that finds nothing says so until the next one', { skip }, async () => {
  await open('#/block/2');
  await shows('Block 2');
  for (const text of ['hello', '0x' + '12'.repeat(32)]) {
    await search(text);
    await shows(`Nothing found for “${text}”`);
    await blocks(2);
    assert.match(await page.text(), /Nothing found/);
    await search('');
    assert.match(await page.text(), /Nothing found/);
  }
  await search('2');
  await shows('Block 2');
  await search('2-9');
  await shows('Block 2 has no extrinsic 9');
  await search('4294967296');
  await shows('No block 4\u202f294\u202f967\u202f296 yet');
});

test('transaction is shown as pending, with its end once it is in a block, and as final', { skip }, async () => {
  const nonce = await nonceOf(api, accounts.dorothy);
  const sign = (call, nonce) => call.signAsync(accounts.dorothy, { nonce });
  const second = await sign(api.tx.balances.transferKeepAlive(stranger().address, 5n), nonce + 1);
  await second.send();
  await search(second.hash.toHex());
  const text = await shows('pending');
  assert.match(text, new RegExp(`it has nonce ${nonce + 1}, and its sender.s next is ${nonce}`));
  await open('#/pool');
  await shows(/Waiting for others\s+1/);
  assert.match(await page.text(), new RegExp(`Balances.transfer_keep_alive\\s+0x773539d4…a613d9\\s+nonce ${nonce + 1}`));
  await open(`#/tx/${second.hash.toHex()}`);
  await shows('pending');
  await (await sign(api.tx.system.remark('0x00'), nonce)).send();
  const ended = await shows(/failed\s+final/);
  assert.match(ended, /Token\.BelowMinimum: the receiver would have less than an account must hold/);
  for (const part of [/Fee\s+0\.\d+ ZIV/, /Tip\s+0 ZIV/, /Weight\s+\d+\.\d{3} ms/, /Nonce\s+\d/, /Value\s+0\.0{17}5 ZIV/, /System\.ExtrinsicFailed/]) assert.match(ended, part);
  await picture('transaction');
  await open('#/pool');
  await shows('Nothing waits for the next block.');
  const raced = await sign(api.tx.system.remark('0x01'), nonce + 3);
  await raced.send();
  // Without a visit to another page.
  await shows(/Waiting for others\s+1/);
});

test('block page is current: from a block that is not there yet to a final one', { skip }, async () => {
  const number = (await api.rpc.chain.getHeader()).number.toNumber() + 8;
  await open(`#/block/${number}`);
  await shows(`No block ${number} yet`);
  const text = await shows(new RegExp(`Block ${number}\\s+(best|not final|final)`));
  assert.equal(/next →/.test(text), !text.includes('best'));
  await shows(new RegExp(`Block ${number}\\s+final\\s+← previous\\s+next →`));
  const age = () => page.evaluate('document.querySelector("time").textContent');
  const before = await age();
  await eventually(async () => (await age()) !== before, { what: 'time that goes by' });
});

test('older blocks are reached by pages', { skip }, async () => {
  await eventually(async () => (await api.rpc.chain.getHeader()).number.toNumber() > 30, { what: 'more than a page of blocks' });
  await open('#/blocks');
  await shows(/Blocks\s+\d+ to \d+, of \d+/);
  await page.evaluate('[...document.querySelectorAll("main a")].find((one) => one.textContent.startsWith("Older")).click()');
  await eventually(() => page.evaluate('[...document.querySelectorAll("[data-block]")].at(-1)?.dataset.block === "0"'), { what: 'the genesis block' });
});

test('hostile text of a transaction is shown as text', { skip }, async () => {
  const { block } = await send(api.tx.system.remarkWithEvent(HOSTILE), accounts.baltathar, { until: 'inBlock' });
  const { number } = await api.rpc.chain.getHeader(block);
  await search(`${number}-1`);
  const text = await shows('onerror');
  assert.match(text, /System.remark_with_event\s+success/);
  // Of the inherent, whose inside is made when it is opened.
  assert.doesNotMatch(text, /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC(?! ·)/);
  await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
  await shows(/now\s+\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
  await shows(/actual_fee\s+0\.\d+ ZIV/);
  await picture('hostile');
  // An image would try to load, and then run its script.
  assert.equal(await page.evaluate('document.images.length'), 0);
  assert.ok(!(await page.evaluate('document.title')).includes('owned'));
  await search(HOSTILE);
  await shows('Nothing found');
  assert.equal(await page.evaluate('document.images.length'), 0);
});

test('faucet raises a balance', { skip }, async () => {
  const poor = stranger();
  await search(poor.address.slice(2));
  await shows(/Balance\s+0 ZIV/);
  await page.type('#fund-amount', '2.5');
  await page.submit('#faucet');
  await shows(/2\.5 ZIV arrived in block \d/);
  await shows(/Balance\s+2\.5 ZIV/);
  await shows(/Transactions\s+in the newest \d+ blocks\s+\d+-1\s+Balances/);
  assert.equal(await free(api, poor), (5n * ZIV) / 2n);
  await picture('account');
});

test('faucet says why it gives nothing', { skip }, async () => {
  await open(`#/account/${stranger().address}`);
  await shows(/Balance\s+0 ZIV/);
  for (const [amount, why] of [
    ['0', 'The amount must be more than 0.'], ['a', 'An amount is a number such as 10 or 0.5.'], ['0.' + '1'.repeat(19), 'ZIV has 18 decimals; these are 19.'],
    ['999999999999', 'The node refuses: Insufficient funds'], ['0.000000000000000001', /did not arrive; the transfer failed in block \d+. Token.BelowMinimum/],
  ]) {
    await page.type('#fund-amount', amount);
    await page.submit('#faucet');
    await shows(why);
  }
  await shows(/Balance\s+0 ZIV/);
});

test('every page has a heading, a title of its own, and tells where it is', { skip }, async () => {
  const hash = (await api.rpc.chain.getBlockHash(1)).toHex();
  const charleth = accounts.charleth.address.toLowerCase();
  for (const [place, text, title, tab] of [
    ['#/', 'newest first', 'Blocks', 'Blocks'], ['#/blocks/1', '0 to 1', 'Blocks 0 to 1', 'Blocks'], ['#/block/1', hash, 'Block 1', 'Blocks'],
    [`#/account/${charleth}`, /Providers\s+1/, `Account ${charleth.slice(0, 8)}…${charleth.slice(-4)}`, undefined],
    ['#/pool', 'Ready', 'Pool', 'Pool'], ['#/runtime', api.genesisHash.toHex(), 'Runtime', 'Runtime'],
  ]) {
    await open(place);
    await shows(text);
    assert.deepEqual(
      await page.evaluate('[document.querySelectorAll("h1").length, document.title, [...document.querySelectorAll("[aria-current]")].map((one) => one.textContent)]'),
      [1, `${title} · Ziver Development`, tab ? [tab] : []]);
    await picture(title.split(' ')[0].toLowerCase());
  }
});

test('narrow and dark screens are served too', { skip }, async () => {
  const phone = await openPage(browser, { width: 390, height: 844, dark: true });
  try {
    await phone.goto(`${node.http}/`);
    await eventually(() => phone.evaluate('document.querySelectorAll("[data-block]").length > 2'), { what: 'blocks' });
    assert.ok(await phone.evaluate('document.documentElement.scrollWidth <= innerWidth'), 'the page is wider than the screen');
    assert.ok(await phone.evaluate('document.querySelector("header").offsetHeight < 110'), 'the header is too high');
    assert.ok(await phone.evaluate('document.querySelector("[data-block] .count").scrollWidth <= document.querySelector("[data-block] .mid").clientWidth'), 'the number of transactions is cut off');
    await picture('phone', phone);
  } finally {
    await phone.close();
  }
});

test('page comes back when the node was away for a moment, and nothing leaves the host', { skip }, async () => {
  const sockets = () => page.requests.filter((url) => url.startsWith('ws')).length;
  const before = sockets();
  await page.evaluate('link.socket.close()');
  await eventually(() => sockets() > before, { what: 'another connection' });
  await shows('live');
  await open('#/');
  // What it shows comes over that connection.
  const newest = () => page.evaluate('Number(document.querySelector("[data-block]")?.dataset.block ?? -1)');
  await eventually(async () => (await newest()) >= 0, { what: 'a block' });
  const from = await newest();
  await eventually(async () => (await newest()) > from, { what: 'a new block' });
  const hosts = new Set(page.requests.map((url) => new URL(url).host));
  assert.deepEqual([...hosts], [node.address]);
  assert.deepEqual(page.problems, []);
});

test('chain that begins anew at the same address takes the place of the old one', { skip }, async () => {
  const old = await startNode(['--sealing', 'interval=100']);
  const own = await openPage(browser);
  let anew;
  try {
    await own.goto(`${old.http}/`);
    const rows = () => own.evaluate('[...document.querySelectorAll("[data-block]")].map((one) => Number(one.dataset.block))');
    await eventually(async () => (await rows())[0] > 5, { what: 'some blocks' });
    await old.stop();
    anew = await startNode(['--sealing', 'manual'], Number(old.address.split(':')[1]));
    const { hash } = (await rpc(anew, 'engine_createBlock', [true, true])).result;
    await eventually(async () => String(await rows()) === '1,0', { what: 'the new chain alone' });
    await own.goto(`${anew.http}/#/block/1`);
    await eventually(async () => (await own.text()).includes(hash), { what: 'its first block' });
    // A fork that becomes the longer one.
    const make = async (parent) => (await rpc(anew, 'engine_createBlock', [true, false, parent])).result.hash;
    const abandoned = await make(hash);
    await own.goto(`${anew.http}/#/block/2`);
    await eventually(async () => (await own.text()).includes(abandoned), { what: 'the second block' });
    const best = await make(await make(hash));
    await eventually(async () => !(await own.text()).includes(abandoned), { what: 'another second block' });
    await own.goto(`${anew.http}/#/block/${abandoned}`);
    await eventually(async () => (await own.text()).includes('abandoned'), { what: 'how it ended' });
    await own.goto(`${anew.http}/#/`);
    await eventually(async () => String(await rows()) === '3,2,1,0', { what: 'the longer fork' });
    assert.ok(!(await own.evaluate('document.querySelector("main").innerHTML')).includes(abandoned));
    assert.ok((await own.evaluate('document.querySelector("main").innerHTML')).includes(best));
  } finally {
    await own.close();
    await anew?.stop();
  }
});

test('large block is shown in parts, and a link to an extrinsic goes there', { skip }, async () => {
  const COUNT = 230;
  const large = await startNode(['--sealing', 'manual']);
  const own = await openPage(browser);
  try {
    const { tx } = await large.api();
    for (let nonce = 0; nonce < COUNT; nonce++) {
      const signed = await tx.system.remark('0x1234').signAsync(accounts.ethan, { nonce });
      assert.equal((await rpc(large, 'author_submitExtrinsic', [signed.toHex()])).result, signed.hash.toHex());
    }
    await rpc(large, 'engine_createBlock', [false, false]);
    await own.goto(`${large.http}/#/block/1-${COUNT}`);
    const lines = (kind) => own.evaluate(`[...document.querySelectorAll('[data-key^="${kind}"]')].length`);
    await eventually(async () => (await lines('extrinsic')) === 31, { what: 'the last part' });
    assert.ok(await own.evaluate(`(() => { const line = document.querySelector('details[open]'); const { top } = line.getBoundingClientRect();
      return line.dataset.key === 'extrinsic ${COUNT}' && top >= 0 && top < innerHeight && scrollY > 0; })()`), 'it is not in sight');
    assert.equal(await lines('event'), 100);
    // Insides are made on opening.
    assert.equal(await own.evaluate('[...document.querySelectorAll("main .inside")].filter((one) => one.childElementCount).length'), 1);
    assert.ok((await own.evaluate('document.querySelectorAll("*").length')) < 2500);
    const press = (text) => own.evaluate(`[...document.querySelectorAll('button.more')].find((one) => one.textContent.startsWith(${JSON.stringify(text)})).click()`);
    await press('Show 100 before, of 200');
    await eventually(async () => (await lines('extrinsic')) === 131, { what: 'the part before' });
    await press('Show 100 before, of 100');
    await eventually(async () => (await lines('extrinsic')) === COUNT + 1, { what: 'all of them' });
    await own.goto(`${large.http}/#/`);
    await eventually(async () => (await own.text()).includes(`${COUNT} transactions`), { what: 'their number' });
    assert.match(await own.text(), new RegExp(`1-${COUNT}\\s+System.remark`));
    assert.deepEqual(own.problems, []);
  } finally {
    await own.close();
    await large.stop();
  }
});

test('page is served to browsers alone, with rules that let it run nothing else', async () => {
  const own = node ?? (await startNode());
  try {
    const answer = await fetch(own.http, { headers: { accept: 'text/html' } });
    assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(answer.headers.get('content-security-policy'), /^default-src 'none'; script-src 'sha256-/);
    assert.equal((await fetch(own.http, { headers: { accept: 'application/json' } })).status, 405);
    assert.deepEqual(await (await fetch(`${own.http}/health`)).json(), { peers: 0, isSyncing: false, shouldHavePeers: false });
    assert.deepEqual(await (await fetch(`${own.http}/health/readiness`)).json(), { ready: true });
  } finally {
    if (own !== node) await own.stop();
  }
});
