import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Issuance, ProviderShape } from '@admit-one/testkit';

const folder = join(import.meta.dirname, '..', '..', 'docs', 'identity');

/** Pages of the folder that are about no provider of users. */
const others = ['README.md', 'operators.md'];

/** Cells by the head of their column, as written. */
export type Row = Readonly<Record<string, string>>;

/** A page of `docs/identity` about a provider, as far as a program can hold it to its word. */
export interface ProviderPage {
  /** The file, without `.md`. */
  readonly name: string;
  /** The variables of each block of settings, by the issuer's alias. */
  readonly settings: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** What is said of sessions, a row for each kind of token. */
  readonly sessions: readonly Row[];
  /** What is said of rejections, a row for each token that is sent by mistake. */
  readonly rejections: readonly Row[];
}

/** The index of the pages: its text, its table of providers, and its example of a list of issuers. */
export function readIndex(): {
  readonly text: string;
  readonly providers: readonly Row[];
  readonly issuers: string;
} {
  const text = readFileSync(join(folder, 'README.md'), 'utf8');
  return {
    text,
    providers: parseTable(text, '# Identity providers'),
    issuers: text.match(/^JWT_ISSUERS='(.*?)'$/ms)?.[1] ?? '',
  };
}

/** Every page of the folder, by file name. */
export function pageFiles(): readonly string[] {
  return readdirSync(folder).filter((file) => file !== 'README.md');
}

export function readProviderPages(): readonly ProviderPage[] {
  return pageFiles()
    .filter((file) => !others.includes(file))
    .map((file) => parsePage(file.replace(/\.md$/, ''), readFileSync(join(folder, file), 'utf8')));
}

function parsePage(name: string, text: string): ProviderPage {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => parseSettings(block));
  return {
    name,
    settings: new Map(blocks.map((block) => [block.JWT_ISSUER_ALIAS ?? '', block])),
    sessions: parseTable(text, '## What a session is'),
    rejections: parseTable(text, '## Common rejections'),
  };
}

function parseSettings(block: string): Readonly<Record<string, string>> {
  const lines = block.split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

function parseTable(text: string, heading: string): readonly Row[] {
  const section = text.split(`${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  const [head = [], , ...rows] = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return rows.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ''])));
}

/** What a page promises of one of its shapes. */
export interface Promised {
  /** The variables to set. */
  readonly settings: Readonly<Record<string, string>>;
  /** The session's claim, or `derived`. */
  readonly sessionFrom: string;
  /** The claims that the session is derived from; none where the token has a session claim. */
  readonly derivedFrom: readonly string[];
  readonly afterRefresh: string;
  readonly afterAnotherLogin: string;
  /** What the principal of such a token is like. */
  principal(issuance: Issuance): object;
  /** What the `detail` of the rejection of a mistaken token is like. */
  rejection(mistake: string): RegExp;
}

/** @throws {Error} where the page does not speak of the shape */
export function promiseOf(shape: ProviderShape, pages: readonly ProviderPage[]): Promised {
  const page = pages.find(({ name }) => name === shape.page);
  const settings = page?.settings.get(shape.alias);
  const row = page?.sessions.find(({ token }) => token === shape.name);
  if (!page || !settings || !row) throw new Error(`docs/identity/${shape.page}.md has no ${shape.name}`);
  const isDerived = row.session?.startsWith('derived') ?? false;
  const [claim = ''] = codeIn(row.session);
  const [userClaim = ''] = codeIn(row.user);
  return {
    settings,
    sessionFrom: isDerived ? 'derived' : claim,
    derivedFrom: isDerived ? codeIn(row.session) : [],
    afterRefresh: row['after a refresh'] ?? '',
    afterAnotherLogin: row['after another login'] ?? '',
    principal: (issuance) => ({
      issuer: shape.alias,
      ...(isDerived ? { sessionFrom: 'derived' } : { sessionFrom: claim, session: issuance.login.id }),
      user: shape.token(issuance).claims[userClaim],
    }),
    rejection(mistake) {
      const rejection = page.rejections.find((candidate) => candidate['sent by mistake'] === mistake);
      return asPattern(rejection?.['rejected with'] ?? '');
    },
  };
}

/** What a cell has between backticks. */
export function codeIn(text = ''): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** A sentence with `…` for anything. */
function asPattern(sentence: string): RegExp {
  const parts = sentence.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.+')}$`, 's');
}
