import type { LastFailure } from '@admit-one/core';
import { escapeUnits } from '@admit-one/text';
import { type Static, Type } from 'typebox';

const MAX_TIME = 8.64e15;

/** The bounds are generous: a client that exceeds them gets no ticket. */
export const LastFailureBody = Type.Object(
  {
    code: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      minimum: 0,
      maximum: 65_535,
      description: 'A close code or an HTTP status; null where there was neither.',
    }),
    reason: Type.String({
      minLength: 1,
      maxLength: 128,
      description: 'A word of the client, or of who closed the connection.',
    }),
    phase: Type.Enum(['token', 'ticket', 'connecting', 'open'], {
      description: 'What the client was about when it failed.',
    }),
    attempts: Type.Integer({
      minimum: 0,
      maximum: 2 ** 31 - 1,
      description: 'How many attempts have failed since a connection was up.',
    }),
    at: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: MAX_TIME,
        description: "Unix milliseconds by the client's clock.",
      }),
    ),
  },
  { description: 'The last failure of the client, in its own words, for the audit log.' },
);

/** The last failure as its event has it. Unknown members pass the schema, and must not pass into events. */
export function lastFailureOf(body: Static<typeof LastFailureBody>): LastFailure {
  const { code, reason, phase, attempts, at } = body;
  return { code, reason: visibleText(reason), phase, attempts, ...(at === undefined ? {} : { at }) };
}

/** Long enough to be a ticket, a proof, or the signature of a token. */
const POSSIBLE_SECRET = /[\w-]{32,}/g;
/** Characters that steer terminals, break lines or change the direction of text, and lone surrogates. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A client's text without invisible characters and possible secrets. Up to six times as long. */
export function visibleText(text: string): string {
  return text.replace(POSSIBLE_SECRET, '…').replace(INVISIBLE, escapeUnits);
}
