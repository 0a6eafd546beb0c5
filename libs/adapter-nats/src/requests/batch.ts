/**
 * Requests that go out together are one message, a JSON array of their bodies; its reply is an array of as many elements
 * in the same order: `{"reply": <body>}`, `{}` where a request stays unanswered, or `{"tooBig": true}` where its reply doesn't
 * fit, and the request should go out again by itself. A request by itself is its bare body,
 * as a client would send it by hand, unless that is an array: then it is a batch of one.
 *
 * Requests to different subjects that share one (`sharedSubjectOf`) go out there as an array of `{"subject", "body"}`. Its reply has
 * `{"notServed": true}` for what the server doesn't serve: that should go out to its own subject.
 */

/** How many requests go out together at most. */
export const MAX_BATCH = 64;

/** How long a message of several bodies is at most, in bytes, where the server takes that; a longer body goes out alone. */
export const MAX_BATCH_BYTES = 128 * 1024;

/** What an element takes at most beside its body. */
export const ELEMENT_BYTES = '{"subject":"","body":},'.length;

const SHARING = /^admit\.ticket\.(reserve|confirm|release|redeem)$/;

/**
 * Where requests to this subject may go out together with those to others: the same servers answer all of them, and in
 * about the same time. Undefined where it has its messages for itself.
 */
export function sharedSubjectOf(subject: string): string | undefined {
  return SHARING.test(subject) ? 'admit.ticket.any' : undefined;
}

/** A request of a shared message; `text` is its body as JSON. */
export interface Addressed {
  readonly subject: string;
  readonly text: string;
}

/** A JSON value as text; what JSON cannot say is null. */
export function encodeBody(body: unknown): string {
  return JSON.stringify(body) ?? 'null';
}

/** The message of one or more requests to one subject, by the texts of their bodies. */
export function encodeRequests(texts: readonly string[]): string {
  const [only = ''] = texts;
  return texts.length === 1 && !only.startsWith('[') ? only : `[${texts.join(',')}]`;
}

/** The message of requests to subjects that share one. */
export function encodeShared(requests: readonly Addressed[]): string {
  return `[${requests.map(({ subject, text }) => `{"subject":"${subject}","body":${text}}`).join(',')}]`;
}

/** Reads an element of a shared message. @throws {TypeError} where it has another form */
export function readShared(element: unknown): { readonly subject: string; readonly body: unknown } {
  const { subject, body = null } = (element ?? {}) as { readonly subject?: unknown; readonly body?: unknown };
  if (typeof subject !== 'string')
    throw new TypeError('an element of a shared message has a subject and a body');
  return { subject, body };
}

const TOO_BIG = '{"tooBig":true}';
const NOT_SERVED = '{"notServed":true}';

export const notServed: unique symbol = Symbol('notServed');

/** The body of a reply as JSON; undefined where there is none. `notServed`: the request is for another server. */
export type ReplyText = string | undefined | typeof notServed;

/** The reply to a message that was an array, of at most `maxBytes` as long as these are enough to say that none fits. */
export function encodeReplies(replies: readonly ReplyText[], maxBytes: number): string {
  let left = maxBytes - 2 - replies.length * (NOT_SERVED.length + 1);
  const elements = replies.map((reply) => {
    if (reply === notServed) return NOT_SERVED;
    const element = reply === undefined ? '{}' : `{"reply":${reply}}`;
    const more = Buffer.byteLength(element) - NOT_SERVED.length;
    if (more > left) return TOO_BIG;
    left -= more;
    return element;
  });
  return `[${elements.join(',')}]`;
}

/** The reply to one of the requests that went out together; with none of these members, there is none. */
export interface BatchedReply {
  readonly reply?: unknown;
  readonly tooBig?: unknown;
  readonly notServed?: unknown;
}

export function replyAt(replies: unknown, index: number): BatchedReply {
  const reply: unknown = Array.isArray(replies) ? replies[index] : undefined;
  return typeof reply === 'object' && reply !== null ? reply : {};
}

/** A JSON value from UTF-8. @throws {SyntaxError} */
export function decodeBody(data: Uint8Array): unknown {
  return JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString());
}
