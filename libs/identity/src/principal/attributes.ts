import type { JWTPayload } from 'jose';

const MAX_ATTRIBUTES = 16;
/** In UTF-16 code units. */
const MAX_LENGTH = 1_024;
/** With their names, as JSON. An event is 16 KiB at most, and holds more than these. */
const MAX_BYTES = 8 * 1024;

/**
 * Reads the claims that are passed on with every connection: lists and objects as JSON, all else as text. Left out are those
 * that a token does not have, those longer than 1,024 characters, and those past the 16th or past 8 KiB in all.
 */
export function attributesOf(
  claims: Readonly<JWTPayload>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const attributes = new Map<string, string>();
  let bytes = 0;
  for (const name of names) {
    const value = Object.hasOwn(claims, name) ? textOf(claims[name]) : undefined;
    if (value === undefined || value.length > MAX_LENGTH || attributes.size === MAX_ATTRIBUTES) continue;
    bytes += Buffer.byteLength(JSON.stringify({ [name]: value }));
    if (bytes > MAX_BYTES) break;
    attributes.set(name, value);
  }
  return Object.fromEntries(attributes);
}

function textOf(claim: unknown): string | undefined {
  if (claim === null || claim === undefined) return undefined;
  return typeof claim === 'object' ? JSON.stringify(claim) : String(claim);
}
