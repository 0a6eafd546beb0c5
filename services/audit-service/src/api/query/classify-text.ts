import { type FilterFact, ticketIn } from '@admit-one/core';
import { canonicalAddress, canonicalPrefix } from '@admit-one/text';
import { idOfTicket, TICKET_ID_BEGINNING } from './fact-parameters.ts';

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/i;
const TRACE_ID = /^[0-9a-f]{32}$/i;

/** A fact that a text may be, with the value to search for. */
export interface Alternative {
  readonly fact: FilterFact;
  readonly value: string;
}

/**
 * What a text can be that someone found in a log, a message or a support request. An address, a prefix and a traceparent
 * are recognized; any other text may be one of several facts. A ticket is replaced by its id.
 */
export function classifyText(text: string): readonly Alternative[] {
  const [, trace] = TRACEPARENT.exec(text) ?? [];
  if (trace !== undefined) return [{ fact: 'trace', value: trace.toLowerCase() }];
  const address = canonicalAddress(text) ?? canonicalPrefix(text);
  if (address !== null) return [{ fact: 'address', value: address }];

  const alternatives: Alternative[] = [];
  const ticket = ticketIn(text);
  if (ticket !== undefined) alternatives.push({ fact: 'ticket', value: idOfTicket(ticket) });
  if (ticket !== undefined && !TRACE_ID.test(text)) return alternatives;
  if (ticket === undefined && TICKET_ID_BEGINNING.test(text))
    alternatives.push({ fact: 'ticket', value: text });
  if (TRACE_ID.test(text)) alternatives.push({ fact: 'trace', value: text.toLowerCase() });
  for (const fact of ['session', 'user', 'connection'] as const) alternatives.push({ fact, value: text });
  return alternatives;
}
