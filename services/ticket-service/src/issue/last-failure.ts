import { LATEST_MS, type LastFailure, lastFailureSchema } from '@admit-one/core';
import { visibleText } from '@admit-one/text';
import { Type } from 'typebox';

const { code, reason, phase, attempts, at } = lastFailureSchema.properties;

/** The schema of the event, with bounds. They are generous: a client that exceeds them gets no ticket. */
export const LastFailureBody = Type.Unsafe<LastFailure>({
  ...lastFailureSchema,
  description: 'The last failure of the client, as the client reports it, for the audit log.',
  properties: {
    code: {
      type: ['integer', 'null'],
      minimum: 0,
      maximum: 65_535,
      description: code.description,
    },
    reason: {
      ...reason,
      minLength: 1,
      maxLength: 128,
      description: 'A word of the client, or of the peer that closed the connection.',
    },
    phase,
    attempts: { ...attempts, type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 },
    at: { ...at, minimum: 0, maximum: LATEST_MS },
  },
});

/** The last failure as its event has it. Unknown members pass the schema, and must not get into events. */
export function lastFailureOf(body: LastFailure): LastFailure {
  const { code, reason, phase, attempts, at } = body;
  return { code, reason: visibleText(reason), phase, attempts, ...(at === undefined ? {} : { at }) };
}
