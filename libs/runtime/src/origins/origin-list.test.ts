import { describe, expect, it } from 'vitest';
import { parseOrigins, readOrigins } from './origin-list.ts';

describe('a list of origins', () => {
  it('has each once, as browsers put it', () => {
    expect(readOrigins(['https://B.example', 'https://a.example', 'https://b.example/'])).toEqual({
      origins: ['https://b.example', 'https://a.example'],
      faults: [],
    });
  });

  it('has all its faults told at once', () => {
    const { origins, faults } = readOrigins(['null', 'https://a.example', '*']);
    expect(origins).toEqual(['https://a.example']);
    expect(faults).toEqual([expect.stringContaining('"null"'), expect.stringContaining('"*"')]);
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
    expect(parseOrigins(text)).toEqual({ origins, faults: [] });
  });

  it('names the lines of its faults', () => {
    expect(parseOrigins('https://a.example\nnull\n\nhttps://b.example#b, *').faults).toEqual([
      expect.stringMatching(/^line 2: "null" /),
      expect.stringMatching(/^line 4: "https:\/\/b\.example#b" goes on behind the host/),
      expect.stringMatching(/^line 4: "\*" /),
    ]);
  });

  it('that is something else has its first faults told', () => {
    const { faults } = parseOrigins('\u0000\u0001{"origins": 1}\n'.repeat(1_000));
    expect(faults).toHaveLength(21);
    expect(faults.at(-1)).toBe('and 980 faults more');
  });
});
