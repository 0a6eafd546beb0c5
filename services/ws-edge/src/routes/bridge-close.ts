import { type CloseOrder, closeOrder } from '@admit-one/ticket-client';

/** `message`, which is the default, or `close`. */
export const EVENT_HEADER = 'Admit-Event';
const CODE_HEADER = 'Admit-Close-Code';
const REASON_HEADER = 'Admit-Close-Reason';

/**
 * How a message from a backend closes connections; undefined where it is to be sent. Its headers are written as those
 * towards the backend are: percent-encoded where they are not plain ASCII.
 */
export function closeOrderOf(headers: Readonly<Record<string, string>>): CloseOrder | 'invalid' | undefined {
  if (headers[EVENT_HEADER] !== 'close') return undefined;
  const { [CODE_HEADER]: code = '1000', [REASON_HEADER]: reason = '' } = headers;
  return closeOrder(/^\d{4}$/.test(code) ? Number(code) : 0, decoded(reason)) ?? 'invalid';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
