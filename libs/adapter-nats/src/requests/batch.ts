/**
 * Requests that go out together are one message, a JSON array of their bodies; its reply is an array of as many elements
 * in the same order: `{"reply": <body>}`, `{}` where a request stays unanswered, or `{"tooBig": true}` where its reply doesn't
 * fit, and the request should go out again by itself. A request by itself is its bare body,
 * as a client would send it by hand, unless that is an array: then it is a batch of one.
 */

/** How many requests go out together at most. */
export const MAX_BATCH = 64;

/** How long a message of several bodies is at most, in bytes, where the server takes that; a longer body goes out alone. */
export const MAX_BATCH_BYTES = 128 * 1024;

/** A JSON value as text; what JSON cannot say is null. */
export function encodeBody(body: unknown): string {
  return JSON.stringify(body) ?? 'null';
}

/** The message of one or more requests, by the texts of their bodies. */
export function encodeRequests(texts: readonly string[]): string {
  const [only = ''] = texts;
  return texts.length === 1 && !only.startsWith('[') ? only : `[${texts.join(',')}]`;
}

const TOO_BIG = '{"tooBig":true}';

/** The reply to a message that was an array, of at most `maxBytes` as long as these are enough to say that none fits. */
export function encodeReplies(texts: readonly (string | undefined)[], maxBytes: number): string {
  let left = maxBytes - 2 - texts.length * (TOO_BIG.length + 1);
  const elements = texts.map((text) => {
    const element = text === undefined ? '{}' : `{"reply":${text}}`;
    const more = Buffer.byteLength(element) - TOO_BIG.length;
    if (more > left) return TOO_BIG;
    left -= more;
    return element;
  });
  return `[${elements.join(',')}]`;
}

/** The reply to one of the requests that went out together: an object with `reply` or `tooBig`, or neither where there is none. */
export function replyAt(
  replies: unknown,
  index: number,
): { readonly reply?: unknown; readonly tooBig?: unknown } {
  const reply: unknown = Array.isArray(replies) ? replies[index] : undefined;
  return typeof reply === 'object' && reply !== null ? reply : {};
}
