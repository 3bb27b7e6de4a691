// The commands that a page of the documentation tells its readers to type. A comment before a block of shell commands says when they are typed:
//
//     <!-- while the node runs -->        operator.test.mjs, readme.test.mjs, docs.test.mjs, guide.test.mjs
//     <!-- while the node is stopped -->  operator.test.mjs
//     <!-- on a fresh machine -->         walk.test.mjs
//     <!-- starts a node -->              walk.test.mjs; the last command does not end by itself
//     <!-- not run by a test -->          commands.test.mjs holds why

import { readFile } from 'node:fs/promises';

const ROOT = new URL('../../../../', import.meta.url);

export const page = (file) => readFile(new URL(file, ROOT), 'utf8');

/** The blocks of code of a page: language, text, and the mark before it, if any. */
export async function blocks(file) {
  const text = (await page(file)).replaceAll(/^ {2}(?=```|<!--)/gm, '');
  const fences = /(?:^<!-- ([^\n]*) -->\n)?^```(\w*)\n([\s\S]*?)^```$/gm;
  return [...text.matchAll(fences)].map(([, mark, language, code]) => ({ mark, language, code: code.replaceAll(/^ {2}(?=\w)/gm, '') }));
}

/** The shell commands of a page that have a mark. */
export async function marked(file, wanted) {
  return (await blocks(file)).filter(({ language, mark }) => language === 'sh' && mark === wanted).map(({ code }) => code);
}

/** The commands within sentences: what stands in backticks and begins with a program's name. */
export async function inline(file) {
  const sentences = (await page(file)).replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
  const programs = /`((?:ziver-host|scripts\/[\w-]+|cargo|npm|node|pip|curl|git|sudo|systemctl|journalctl|rustup) [^`\n]+|scripts\/[\w-]+)`/g;
  return [...sentences.matchAll(programs)].map(([, command]) => command);
}
