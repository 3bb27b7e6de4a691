// Each link within the documentation leads somewhere.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, readdir, stat } from 'node:fs/promises';

const ROOT = new URL('../../../../', import.meta.url);

/** The names by which a page's headings are linked to, as GitHub makes them. */
function anchors(text) {
  const headings = [...text.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.*)$/gm)];
  return headings.map(([, heading]) => heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));
}

const docs = (await readdir(new URL('docs/', ROOT), { recursive: true })).map((file) => `docs/${file}`);

for (const file of ['README.md', 'CHANGELOG.md', ...docs.filter((name) => name.endsWith('.md'))]) {
  test(`links of ${file} lead somewhere`, async () => {
    const here = new URL(file, ROOT);
    const text = await readFile(here, 'utf8');
    for (const [, target] of text.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path, anchor] = target.split('#');
      const there = path ? new URL(path, here) : here;
      assert.ok(await stat(there).catch(() => null), `${target}: there is no such file`);
      if (anchor) assert.ok(anchors(await readFile(there, 'utf8')).includes(anchor), `${target}: there is no such heading`);
    }
  });
}
