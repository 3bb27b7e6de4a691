// The block explorer in a real browser: what it shows, what it does, and what it never does.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBrowser, openPage } from './browser.mjs';
import { accounts, eventually, free, rpc, send, startNode, stranger, ZIV } from './node.mjs';

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

test('block is found by number and by hash', { skip }, async () => {
  const hash = (await api.rpc.chain.getBlockHash(2)).toHex();
  await search('2');
  assert.ok((await shows('Block 2')).includes(hash));
  await page.goto(`${node.http}/#/`);
  await shows('newest first');
  await search(hash);
  await shows(hash);
  await search('0x' + '12'.repeat(32));
  await shows('Nothing found');
});

test('hostile text of a transaction is shown as text', { skip }, async () => {
  const { block } = await send(api.tx.system.remarkWithEvent(HOSTILE), accounts.baltathar, { until: 'inBlock' });
  const { number } = await api.rpc.chain.getHeader(block);
  await search(`${number}-1`);
  await shows(`${number}-1`);
  await eventually(() => page.evaluate('document.querySelectorAll("details").length > 1'), { what: 'the extrinsics' });
  await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
  await picture('hostile');
  // An image would try to load, and then run its script.
  assert.equal(await page.evaluate('document.images.length'), 0);
  assert.ok(!(await page.evaluate('document.title')).includes('owned'));
  await search(HOSTILE);
  await shows('Nothing found');
  assert.equal(await page.evaluate('document.images.length'), 0);
});

test('faucet raises a balance', { skip }, async (t) => {
  const { methods } = (await rpc(node, 'rpc_methods')).result;
  if (!methods.includes('admin_fundAccount')) return t.skip('the node has no faucet');
  const poor = stranger();
  await search(poor.address);
  await shows(/Balance\s+0 ZIV/);
  await page.type('#fund-amount', '2.5');
  await page.submit('#faucet');
  await shows(/Sent 2\.5 ZIV/);
  await shows(/Balance\s+2\.5 ZIV/);
  assert.equal(await free(api, poor), (5n * ZIV) / 2n);
  await picture('account');
});

test('account, pool and runtime have pages', { skip }, async () => {
  await search(accounts.charleth.address);
  await shows(accounts.charleth.address);
  await page.goto(`${node.http}/#/pool`);
  await shows('Pool');
  await page.goto(`${node.http}/#/runtime`);
  assert.ok((await shows('Spec version')).includes(api.genesisHash.toHex()));
  await picture('runtime');
  await page.goto(`${node.http}/#/`);
  await shows('newest first');
  await picture('blocks');
});

test('narrow and dark screens are served too', { skip }, async () => {
  const phone = await openPage(browser, { width: 390, height: 844, dark: true });
  try {
    await phone.goto(`${node.http}/`);
    await eventually(() => phone.evaluate('document.querySelectorAll("[data-block]").length > 2'), { what: 'blocks' });
    assert.ok(await phone.evaluate('document.documentElement.scrollWidth <= innerWidth'), 'the page is wider than the screen');
    await picture('phone', phone);
  } finally {
    await phone.close();
  }
});

test('page comes back when the node was away for a moment, and nothing leaves the host', { skip }, async () => {
  await page.evaluate('link.socket.close()');
  await shows('connecting').catch(() => {});
  await shows('live');
  const hosts = new Set(page.requests.map((url) => new URL(url).host));
  assert.deepEqual([...hosts], [node.address]);
  assert.deepEqual(page.problems, []);
});

test('page is served to browsers alone, with rules that let it run nothing else', { skip: false }, async () => {
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
