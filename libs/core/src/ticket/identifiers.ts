import { hash, randomBytes, randomFillSync, randomUUID } from 'node:crypto';
import { ticketSchema } from '../schemas.ts';

/** How many partitions the ticket store has. Fixed for ever: a ticket's partition follows from its id. */
export const PARTITIONS = 16;

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const TICKET = new RegExp(ticketSchema.pattern);

/** A new ticket: 128 bits from the CSPRNG as 32 lower-case hex characters. It is a secret. */
export function newTicket(): string {
  return randomBytes(16).toString('hex');
}

const DRAWN_BYTES = 16;
const STOCK_BYTES = 256 * DRAWN_BYTES;

/**
 * Draws 16 random bytes at a time from a stock of 256 times as many: a call to the CSPRNG costs as much as the rest of
 * making a ticket or an id.
 * @param take called with the stock and where its next bytes begin and end
 */
function createRandomSource(take: (stock: Buffer, begin: number, end: number) => string): () => string {
  const stock = Buffer.alloc(STOCK_BYTES);
  let next = STOCK_BYTES;
  return () => {
    if (next === STOCK_BYTES) {
      randomFillSync(stock);
      next = 0;
    }
    const begin = next;
    next += DRAWN_BYTES;
    return take(stock, begin, next);
  };
}

/** Makes tickets as `newTicket` does, from random bytes in stock. The bytes of a ticket are wiped as it is made. */
export function createTicketSource(): () => string {
  return createRandomSource((stock, begin, end) => {
    const ticket = stock.toString('hex', begin, end);
    stock.fill(0, begin, end);
    return ticket;
  });
}

/** Whether a presented value has the form of a ticket. */
export function isTicket(value: string): boolean {
  return TICKET.test(value);
}

/** A ticket, alone or as a subprotocol or a query parameter carries it. */
const CARRIED = /^\s*([\da-f]{32})\s*$|ticket[.=]([\da-f]{32})(?![\da-f])/i;

/** The ticket in a text that someone pasted: alone, as a subprotocol (`ticket.…`) or in a URL (`?ticket=…`). */
export function ticketIn(text: string): string | undefined {
  const [, alone, carried] = CARRIED.exec(text) ?? [];
  return (alone ?? carried)?.toLowerCase();
}

/** What an edge sends over the bus in a ticket's place: SHA-256 of its 32 ASCII characters, base64url. */
export function proofOf(ticket: string): string {
  return digestOf(ticket);
}

/** The id under which a ticket is stored, logged, published and searched for: SHA-256 of the proof's 32 bytes. */
export function ticketIdOf(proof: string): string {
  return hash('sha256', Buffer.from(proof, 'base64url'), 'base64url');
}

/** The ids of the trace that a ticket is issued in, and its connection opened: every service knows them from the ticket. */
export function traceOfTicket(ticketId: string): { readonly traceId: string; readonly spanId: string } {
  const digest = Buffer.from(ticketId, 'base64url').toString('hex');
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) };
}

/** SHA-256 of a text, base64url. */
export function digestOf(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** 16 bytes in base64. */
const WEB_SOCKET_KEY = /^[+/0-9A-Za-z]{22}==$/;

/** Whether a value is a `Sec-WebSocket-Key` (RFC 6455, section 4.1). */
export function isWebSocketKey(value: string): boolean {
  return WEB_SOCKET_KEY.test(value);
}

/** The key that the passes and retries of one handshake share; random where there is no `Sec-WebSocket-Key`. */
export function handshakeKeyOf(secWebSocketKey: string | undefined): string {
  return hash('sha256', secWebSocketKey ?? randomBytes(16), 'base64url');
}

/** A new connection, command or instance id, as 22 base64url characters: a version 4 UUID, whose random bits Node keeps in stock. */
export function newId(): string {
  return Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
}

/** Makes ids as `newId` does, in a fraction of the time: for those who make one after the other. */
export function createIdSource(): () => string {
  return createRandomSource((stock, begin, end) => {
    // The version and the variant of a UUID (RFC 9562, section 5.4).
    stock[begin + 6] = ((stock[begin + 6] ?? 0) & 0x0f) | 0x40;
    stock[begin + 8] = ((stock[begin + 8] ?? 0) & 0x3f) | 0x80;
    return stock.toString('base64url', begin, end);
  });
}

/** Makes ids of 32 hex digits, 128 random bits. They are no secrets. */
export function createHexIdSource(): () => string {
  return createRandomSource((stock, begin, end) => stock.toString('hex', begin, end));
}

/** The partition, 0 to 15, that a ticket id belongs to: its first four bits. */
export function partitionOf(ticketId: string): number {
  return BASE64URL.indexOf(ticketId.charAt(0)) >> 2;
}

/** A partition as it is written in keys and partition keys: `p00` to `p15`. */
export function partitionName(partition: number): string {
  return `p${String(partition).padStart(2, '0')}`;
}
