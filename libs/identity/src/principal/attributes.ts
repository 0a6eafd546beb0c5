import type { Claims } from '../verify/types.ts';
import { claimOf } from './identifier.ts';

const MAX_ATTRIBUTES = 16;
/** In UTF-16 code units. */
const MAX_LENGTH = 1_024;
/** As JSON, with names. An event holds at most 16 KiB, and other members too. */
const MAX_BYTES = 8 * 1024;

/**
 * The claims that are passed on with every connection: lists and objects as JSON, other values as text. Claims that are
 * absent or longer than 1,024 characters are left out, and so are those after the 16th or beyond 8 KiB in total.
 */
export function attributesOf(
  claims: Claims,
  names: readonly string[],
  nested = false,
): Readonly<Record<string, string>> {
  const attributes = new Map<string, string>();
  let bytes = 0;
  for (const name of names) {
    const value = textOf(claimOf(claims, name, nested));
    if (value === undefined || value.length > MAX_LENGTH || attributes.size === MAX_ATTRIBUTES) continue;
    bytes += Buffer.byteLength(JSON.stringify({ [name]: value }));
    if (bytes > MAX_BYTES) break;
    attributes.set(name, value);
  }
  return Object.fromEntries(attributes);
}

function textOf(claim: unknown): string | undefined {
  if (claim === undefined) return undefined;
  return typeof claim === 'object' ? JSON.stringify(claim) : String(claim);
}
