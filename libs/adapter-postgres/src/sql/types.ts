/** The ids of PostgreSQL's types on the wire. */
const oid = { bool: 16, bytea: 17, int2: 21, int4: 23, oid: 26, float4: 700, float8: 701 } as const;

const readers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [oid.bool, (text) => text === 't'],
  [oid.bytea, (text) => Uint8Array.from(Buffer.from(text.slice('\\x'.length), 'hex'))],
  [oid.int2, Number],
  [oid.int4, Number],
  [oid.oid, Number],
  [oid.float4, Number],
  [oid.float8, Number],
]);

/** Reads a column of a type, the same with each driver. */
export function readerOf(type: number): (text: string) => unknown {
  return readers.get(type) ?? ((text) => text);
}
