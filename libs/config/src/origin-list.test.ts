import { describe, expect, it } from 'vitest';
import { parseOrigins, readOrigins } from './origin-list.ts';

describe('a list of origins', () => {
  it('has each once, as browsers send it', () => {
    expect(readOrigins(['https://B.example', 'https://a.example', 'https://b.example/'])).toEqual({
      origins: ['https://b.example', 'https://a.example'],
      issues: [],
    });
  });

  it('has all its issues reported at once', () => {
    const { origins, issues } = readOrigins(['null', 'https://a.example', '*']);
    expect(origins).toEqual(['https://a.example']);
    expect(issues).toEqual([expect.stringContaining('"null"'), expect.stringContaining('"*"')]);
  });
});

describe('a text of origins', () => {
  it.each([
    ['', []],
    ['\n\n', []],
    ['# none yet', []],
    ['https://a.example', ['https://a.example']],
    ['https://a.example\nhttps://b.example\n', ['https://a.example', 'https://b.example']],
    ['https://a.example\r\nhttps://b.example\r\n', ['https://a.example', 'https://b.example']],
    ['\uFEFFhttps://a.example', ['https://a.example']],
    [' https://a.example , https://b.example,', ['https://a.example', 'https://b.example']],
    ['https://a.example # the shop', ['https://a.example']],
    ['  # the shop\nhttps://a.example\t# its page', ['https://a.example']],
    ['https://a.example\nhttps://A.example/', ['https://a.example']],
  ])('%j has %j', (text, origins) => {
    expect(parseOrigins(text)).toEqual({ origins, issues: [] });
  });

  it('names the lines of its issues', () => {
    expect(parseOrigins('https://a.example\nnull\n\nhttps://b.example#b, *').issues).toEqual([
      expect.stringMatching(/^line 2: "null" /),
      expect.stringMatching(/^line 4: "https:\/\/b\.example#b" has a path, query/),
      expect.stringMatching(/^line 4: "\*" /),
    ]);
  });

  it('of another format has its first issues reported', () => {
    const { issues } = parseOrigins('\u0000\u0001{"origins": 1}\n'.repeat(1_000));
    expect(issues).toHaveLength(21);
    expect(issues.at(-1)).toBe('and 980 more issues');
  });
});
