import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestSchema } from '../schemas.ts';
import {
  createHexIdSource,
  createIdSource,
  createTicketSource,
  handshakeKeyOf,
  isTicket,
  newId,
  newTicket,
  PARTITIONS,
  partitionName,
  partitionOf,
  proofOf,
  ticketIdOf,
} from './identifiers.ts';

const sha256 = (input: string | Buffer): Buffer => createHash('sha256').update(input).digest();
const isDigest = (value: string): boolean => new RegExp(digestSchema.pattern).test(value);
const ticket = '00112233445566778899aabbccddeeff';

describe('a ticket', () => {
  it('is 32 lower-case hex characters, and never the same twice', () => {
    const draw = createTicketSource();
    const tickets = Array.from({ length: 1_000 }, () => [newTicket(), draw()]).flat();
    expect(tickets.filter((each) => !/^[0-9a-f]{32}$/.test(each))).toEqual([]);
    const halves = tickets.flatMap((each) => [each.slice(0, 16), each.slice(16)]);
    expect(new Set(halves).size).toBe(halves.length);
  });

  it.each([newTicket(), ticket])('has the form of one: %s', (value) => expect(isTicket(value)).toBe(true));

  it.each([
    ['empty', ''],
    ['one short', ticket.slice(1)],
    ['one long', `${ticket}0`],
    ['upper case', ticket.toUpperCase()],
    ['a line break behind', `${ticket}\n`],
    ['a space before', ` ${ticket}`],
    ['NUL inside', `${ticket.slice(1)}\0`],
    ['a look-alike', `${ticket.slice(1)}\u0430`],
    ['percent-encoded', `%30${ticket.slice(1)}`],
    ['two of them', `${ticket},${ticket}`],
    ['a property of every object', '__proto__'],
    ['16 KiB', ticket.repeat(512)],
  ])('is not: %s', (_, value) => expect(isTicket(value)).toBe(false));
});

describe('what a ticket is known by', () => {
  it('is a proof, the SHA-256 of its characters, and an id, the SHA-256 of the proof’s bytes', () => {
    expect(proofOf(ticket)).toBe(sha256(ticket).toString('base64url'));
    expect(ticketIdOf(proofOf(ticket))).toBe(sha256(sha256(ticket)).toString('base64url'));
  });

  it('never changes: ids are stored', () => {
    expect(proofOf(ticket)).toBe('WUfXwz14P5SztMGpbryJke0o8bBptx4DN2y6jKqYpyA');
    expect(ticketIdOf(proofOf(ticket))).toBe('ohIRHVnoNtsFxaJf9_ReCXD6b42HAcVIuooMkPe7XTA');
  });

  it.each([proofOf(ticket), ticketIdOf(proofOf(ticket)), handshakeKeyOf('key')])('is a digest: %s', (value) =>
    expect(isDigest(value)).toBe(true),
  );

  it.each([
    '',
    ticket,
    proofOf(ticket).slice(1),
    `${proofOf(ticket)}A`,
    `${proofOf(ticket)}\n`,
    `+${proofOf(ticket).slice(1)}`,
    `${proofOf(ticket).slice(1)}=`,
  ])('is no digest: %j', (value) => expect(isDigest(value)).toBe(false));
});

describe('a handshake key', () => {
  it('is the SHA-256 of Sec-WebSocket-Key, so that passes and retries share it', () => {
    const key = 'dGhlIHNhbXBsZSBub25jZQ==';
    expect(handshakeKeyOf(key)).toBe(sha256(key).toString('base64url'));
  });

  it('is random where there is no Sec-WebSocket-Key', () => {
    const keys = Array.from({ length: 100 }, () => handshakeKeyOf(undefined));
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.every(isDigest)).toBe(true);
  });
});

describe('a new id', () => {
  it('is 128 random bits in base64url', () => {
    const draw = createIdSource();
    const ids = Array.from({ length: 1_000 }, () => [newId(), draw()]).flat();
    expect(ids.filter((id) => !/^[A-Za-z0-9_-]{22}$/.test(id))).toEqual([]);
    const hex = ids.map((id) => Buffer.from(id, 'base64url').toString('hex'));
    expect(hex.filter((digits) => !/^.{12}4.{3}[89ab].{15}$/.test(digits))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('a new hex id', () => {
  it('is 128 random bits in hex', () => {
    const draw = createHexIdSource();
    const ids = Array.from({ length: 1_000 }, draw);
    expect(ids.filter((id) => !/^[\da-f]{32}$/.test(id))).toEqual([]);
    expect(new Set(ids.flatMap((id) => [id.slice(0, 16), id.slice(16)])).size).toBe(2 * ids.length);
  });
});

describe('the partition of a ticket', () => {
  it('is the first four bits of its id', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (digest) => {
        const id = Buffer.from(digest).toString('base64url');
        expect(partitionOf(id)).toBe((digest[0] ?? 0) >> 4);
      }),
    );
  });

  it('is any of the sixteen', () => {
    const everyFirstByte = Array.from({ length: 256 }, (_, byte) =>
      Buffer.alloc(32, byte).toString('base64url'),
    );
    const partitions = new Set(everyFirstByte.map(partitionOf));
    expect([...partitions].sort((a, b) => a - b)).toEqual(Array.from({ length: PARTITIONS }, (_, n) => n));
  });

  it.each([
    [0, 'p00'],
    [9, 'p09'],
    [15, 'p15'],
  ])('%i is written %s', (partition, name) => expect(partitionName(partition)).toBe(name));
});
