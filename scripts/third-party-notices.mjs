// The licences of the packages in a bundle, which their terms ask to be passed on with it.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const PACKAGE = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

/**
 * The text of THIRD-PARTY-NOTICES.txt: name, version and licence of each package.
 * @param root the folder that the paths are relative to
 * @param inputs the paths of a bundle's sources, as in esbuild's metafile
 */
export async function thirdPartyNotices(root, inputs) {
  const folders = new Set(inputs.map((path) => PACKAGE.exec(path)?.[0]).filter(Boolean));
  const notices = await Promise.all([...folders].map((folder) => noticeOf(join(root, folder))));
  return `${[...new Set(notices)].sort().join(`\n${'-'.repeat(72)}\n\n`)}`;
}

async function noticeOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder)).filter(
    (file) => LICENCE_FILE.test(file) && !/\.[cm]?[jt]s$/.test(file),
  );
  const texts = await Promise.all(files.sort().map((file) => readFile(join(folder, file), 'utf8')));
  const body = texts.map((text) => text.trim());
  return `${[`${name} ${version} (${license ?? 'see below'})`, ...body].join('\n\n')}\n`;
}
