/**
 * Requests that go out together are one message, a JSON array of their bodies; its reply is an array of as many elements
 * in the same order: `{"reply": <body>}`, or `{}` where a request stays unanswered. A request by itself is its bare body,
 * as a client would send it by hand, unless that is an array: then it is a batch of one.
 */

/** How many requests go out together at most. */
export const MAX_BATCH = 64;

/** How long the bodies that go out together are at most, in characters; a longer one goes out alone. */
export const MAX_BATCH_LENGTH = 128 * 1024;

/** A JSON value as text; what JSON cannot say is null. */
export function encodeBody(body: unknown): string {
  return JSON.stringify(body) ?? 'null';
}

/** The message of one or more requests, by the texts of their bodies. */
export function encodeRequests(texts: readonly string[]): string {
  const [only = ''] = texts;
  return texts.length === 1 && !only.startsWith('[') ? only : `[${texts.join(',')}]`;
}

/** The reply to a message that was an array. */
export function encodeReplies(texts: readonly (string | undefined)[]): string {
  return `[${texts.map((text) => (text === undefined ? '{}' : `{"reply":${text}}`)).join(',')}]`;
}

/** The reply to one of the requests that went out together: an object with `reply`, or without where there is none. */
export function replyAt(replies: unknown, index: number): { readonly reply?: unknown } {
  const reply: unknown = Array.isArray(replies) ? replies[index] : undefined;
  return typeof reply === 'object' && reply !== null ? reply : {};
}
