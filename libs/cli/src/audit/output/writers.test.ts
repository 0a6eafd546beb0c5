import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createMarkdownWriter } from './markdown-writer.ts';
import type { Writer } from './table.ts';
import { createTextWriter } from './text-writer.ts';

interface Printing {
  readonly isTTY?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly markdown?: boolean;
}

function printed(write: (writer: Writer) => void, options: Printing = {}): Promise<string> {
  const { isTTY = false, env = {}, markdown = false } = options;
  const stdout = Object.assign(new PassThrough(), { isTTY });
  write(markdown ? createMarkdownWriter({ stdout }) : createTextWriter({ stdout, env }));
  stdout.end();
  return text(stdout);
}

function printedCell(cell: string, options?: Printing): Promise<string> {
  return printed((writer) => writer.table([{ title: 'agent' }]).rows([[{ text: cell }]]), options);
}

describe('a table for people', () => {
  it('is aligned, and its columns grow with later rows', async () => {
    const output = await printed((writer) => {
      const table = writer.table([{ title: 'user' }, { title: 'count', align: 'right' }, { title: 'route' }]);
      table.rows([]);
      table.rows([[{ text: 'ann' }, { text: '1' }, { text: 'chat' }]]);
      table.rows([[{ text: 'alexander' }, { text: '100000' }, { text: '' }]]);
    });
    expect(output.split('\n')).toEqual(['user  count  route', 'ann       1  chat', 'alexander  100000', '']);
  });

  it('shortens long values', async () => {
    const [, row = ''] = (await printedCell('x'.repeat(49))).split('\n');
    expect(row).toBe(`${'x'.repeat(47)}…`);
    expect(await printedCell('😀'.repeat(48))).not.toContain('…');
  });

  const bad = (writer: Writer) => writer.text('stolen', 'bad');

  it('has colour on a terminal', async () => {
    expect(await printed(bad, { isTTY: true })).toBe('\u001b[31mstolen\u001b[39m\n');
    expect(await printed((writer) => writer.heading('Why'), { isTTY: true })).toContain('\u001b[1mWhy');
  });

  it.each<[string, Printing]>([
    ['in a pipe', {}],
    ['with NO_COLOR', { isTTY: true, env: { NO_COLOR: '1' } }],
    ['on a terminal without it', { isTTY: true, env: { TERM: 'dumb' } }],
  ])('has no colour %s', async (_name, options) => {
    expect(await printed(bad, options)).toBe('stolen\n');
  });

  it('has colour where NO_COLOR is empty', async () => {
    expect(await printed(bad, { isTTY: true, env: { NO_COLOR: '' } })).toContain('\u001b[31m');
  });

  it.each(['\u001b[2J', '\u009b2J', 'a\r\nb', '\u202egnp.exe', '\u2028'])(
    'escapes what could control the terminal: %j',
    async (value) => {
      expect(await printedCell(value)).toMatch(/^agent\n[\x20-\x7e]+\n$/);
      expect(await printed((writer) => writer.text(value))).toMatch(/^[\x20-\x7e]+\n$/);
      expect(await printed((writer) => writer.heading(value))).toMatch(/^\n[\x20-\x7e]+\n$/);
    },
  );
});

describe('Markdown', () => {
  const markdown = true;

  it('is a table', async () => {
    const output = await printed(
      (writer) => {
        const table = writer.table([{ title: 'user' }, { title: 'count', align: 'right' }]);
        table.rows([[{ text: 'ann', style: 'bad' }, { text: '1' }]]);
        table.rows([[{ text: '' }, { text: '2' }]]);
      },
      { markdown },
    );
    expect(output.split('\n')).toEqual([
      '| user | count |',
      '| --- | --: |',
      '| `ann` | `1` |',
      '|  | `2` |',
      '',
    ]);
  });

  it.each([
    ['a|b', '`a\\u007cb`'],
    ['a\\|b', '`a\\\\u007cb`'],
    ['a`b', '``a`b``'],
    ['`a``', '``` `a`` ```'],
    ['a\nb', '`a\\nb`'],
    ['<img src=x>', '`<img src=x>`'],
    ['x'.repeat(60), `\`${'x'.repeat(60)}\``],
  ])('keeps a cell of %j in its place', async (value, cell) => {
    expect((await printedCell(value, { markdown })).split('\n')[2]).toBe(`| ${cell} |`);
  });

  it.each([
    ['[a](b) ![c](d)', '\\[a\\](b) !\\[c\\](d)'],
    ['<b> &amp; *it* _x_', '\\<b\\> \\&amp; \\*it\\* \\_x\\_'],
    ["origin https://evil.example's", "origin https\\://evil.example's"],
    ['a\n# b', 'a\\\\n\\# b'],
  ])('has no markup from a sentence: %j', async (value, sentence) => {
    expect(await printed((writer) => writer.text(value), { markdown })).toBe(`${sentence}\n\n`);
  });
});
