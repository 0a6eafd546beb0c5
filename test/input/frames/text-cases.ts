import { type FrameToSend, opcodes } from '@admit-one/testkit';
import { echoes, type FrameCase, fails, faults } from './frame-case.ts';

const { text, binary, continuation, ping, pong } = opcodes;

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');

const good: Readonly<Record<string, Buffer>> = {
  'of two, three and four bytes a character': Buffer.from('κόσμε 漢字 😀'),
  'with NUL in it': hex('61 00 62'),
  'with a byte order mark': hex('ef bb bf 61'),
  'of the smallest of each length': hex('c2 80 e0 a0 80 f0 90 80 80'),
  'of the largest of each length': hex('7f df bf ef bf bf f4 8f bf bf'),
  'next to the surrogates': hex('ed 9f bf ee 80 80'),
  'of noncharacters, which are allowed': hex('ef bf be ef b7 90 f0 9f bf bf'),
};

const bad: Readonly<Record<string, Buffer>> = {
  'a continuation byte alone': hex('80'),
  'continuation bytes behind text': hex('61 bf bf'),
  'the first of two bytes alone': hex('c3'),
  'two of three bytes': hex('e2 82'),
  'three of four bytes': hex('f0 9f 98'),
  'a cut character with text behind it': hex('e2 82 61'),
  'an overlong slash in two bytes': hex('c0 af'),
  'an overlong slash in three bytes': hex('e0 80 af'),
  'an overlong slash in four bytes': hex('f0 80 80 af'),
  'an overlong NUL': hex('c0 80'),
  'the largest overlong of two bytes': hex('c1 bf'),
  'the largest overlong of three bytes': hex('e0 9f bf'),
  'the largest overlong of four bytes': hex('f0 8f bf bf'),
  'the first surrogate': hex('ed a0 80'),
  'the last surrogate': hex('ed bf bf'),
  'a pair of surrogates (CESU-8)': hex('ed a0 bd ed b8 80'),
  'a code point above U+10FFFF': hex('f4 90 80 80'),
  'a character of five bytes': hex('f8 88 80 80 80'),
  'a character of six bytes': hex('fc 84 80 80 80 80'),
  'the byte FE': hex('fe'),
  'the byte FF': hex('ff'),
  'Latin-1': Buffer.from('h\xe4llo', 'latin1'),
  'UTF-16': Buffer.from('\ufeffhello', 'utf16le'),
};

const asText = (payload: Buffer): FrameToSend => ({ opcode: text, payload });

/** One fragment a byte, as far as the limit of fragments lets it. */
function byteByByte(payload: Buffer): readonly FrameToSend[] {
  return [...payload].map((byte, n) => ({
    opcode: n === 0 ? text : continuation,
    fin: n === payload.length - 1,
    payload: Buffer.of(byte),
  }));
}

const smiley = Buffer.from('😀');
const cutSmiley = smiley.subarray(0, 3);

/** RFC 6455, section 8.1. */
export const textCases: readonly FrameCase[] = [
  ...Object.entries(good).map(([what, payload]) => echoes(`text ${what}`, [asText(payload)])),
  ...Object.entries(bad).map(([what, payload]) => fails(`${what} as text`, [asText(payload)], faults.utf8)),
  echoes('bad UTF-8 in a binary message', [{ opcode: binary, payload: hex('ff fe c0 80') }]),
  echoes(
    'bad UTF-8 in a ping',
    [{ opcode: ping, payload: hex('ff fe') }],
    [{ opcode: pong, payload: hex('ff fe') }],
  ),
  echoes('a character over four fragments', byteByByte(smiley), [asText(smiley)]),
  echoes(
    'a character over two fragments, and a ping within it',
    [
      { opcode: text, fin: false, payload: cutSmiley },
      { opcode: ping },
      { opcode: continuation, payload: smiley.subarray(3) },
    ],
    [{ opcode: pong }, asText(smiley)],
  ),
  fails('a surrogate over three fragments', byteByByte(hex('ed a0 80')), faults.utf8),
  fails('an overlong slash over two fragments', byteByByte(hex('c0 af')), faults.utf8),
  fails(
    'a character that the last fragment does not end',
    [
      { opcode: text, fin: false, payload: cutSmiley },
      { opcode: continuation, payload: 'x' },
    ],
    faults.utf8,
  ),
  echoes(
    'bad UTF-8 in a fragment: not looked at before the last one',
    [{ opcode: text, fin: false, payload: hex('ff') }],
    [],
  ),
  fails('bad UTF-8 behind a message', [asText(smiley), asText(cutSmiley)], faults.utf8, [asText(smiley)]),
];
