import { closeMeansStop, isReason, publicCodes, reasons } from '@admit-one/core';

/** How a connection ended. */
export interface CloseInfo {
  readonly code: number;
  readonly reason: string;
  /** Whether this side began the closing handshake. */
  readonly byUs: boolean;
}

/** Whether the connection ended as intended. With 1000 the server says that it is done. */
export function isClean({ code, byUs }: CloseInfo): boolean {
  return code === 1000 || (byUs && (code === 1005 || code === 1006));
}

/** What happened, and what a client does about it. */
export function describeClose(close: CloseInfo): readonly string[] {
  if (isClean(close)) return [summaryOf(close)];
  const { code, reason } = close;
  const [, seconds] = reason.split(' ');
  const delay = seconds === undefined ? '' : `, after ${seconds} s`;
  const advice = closeMeansStop(code)
    ? 'A client stops here: retrying does not help.'
    : `A client retries with a fresh ticket${delay}.`;
  return [summaryOf(close), `${meaningOf(reason)} ${advice}`.trim()];
}

/** What happened, where this client retries. */
export function describeLoss(close: CloseInfo): readonly string[] {
  return [summaryOf(close), meaningOf(close.reason)].filter((line) => line !== '');
}

function summaryOf(close: CloseInfo): string {
  const { code, reason, byUs } = close;
  if (byUs && isClean(close)) return 'closed';
  return code === 1006 ? 'connection lost (1006)' : `closed by the server: ${code} ${reason}`.trimEnd();
}

/** The meaning of the public code in a close reason, which may be followed by the seconds of `Retry-After`. */
export function meaningOf(closeReason: string): string {
  const [code = ''] = closeReason.split(' ');
  return Object.hasOwn(publicCodes, code) ? publicCodes[code as keyof typeof publicCodes] : '';
}

/** What the server knows about a ticket. */
export interface TicketStatusReply {
  readonly state: string;
  /** The exact reason of the last rejection. */
  readonly reason: string | null;
}

/** The exact reason of a rejection, which only the ticket's own session may know. */
export function describeStatus({ state, reason }: TicketStatusReply): string {
  if (reason !== null)
    return `the exact reason is ${reason}${isReason(reason) ? `: ${reasons[reason].meaning}` : ''}`;
  return state === 'issued'
    ? 'the ticket is still unused: it did not reach the ticket-service. Check whether a proxy removes it (see --carrier).'
    : `the ticket is ${state} at the ticket-service`;
}
