import { closeMeansStop, publicCodes } from '@admit-one/core';

/** How a connection ended. */
export interface CloseInfo {
  readonly code: number;
  readonly reason: string;
  /** Whether this side began the closing handshake. */
  readonly byUs: boolean;
}

/** Whether all went as the user wanted. A server that closes with 1000 is done, and so are we. */
export function isClean({ code, byUs }: CloseInfo): boolean {
  return code === 1000 || (byUs && (code === 1005 || code === 1006));
}

/** What happened, and what a client does about it. */
export function describeEnding(ending: CloseInfo): readonly string[] {
  if (isClean(ending)) return [whatHappened(ending)];
  const { code, reason } = ending;
  const [, seconds] = reason.split(' ');
  const when = seconds === undefined ? '' : `, after ${seconds} s`;
  const advice = closeMeansStop(code)
    ? 'A client stops here: trying again as before does not help.'
    : `A client tries again with a fresh ticket${when}.`;
  return [whatHappened(ending), [meaningOf(reason), advice].join(' ').trim()];
}

/** What happened, where this client itself does what clients do about it. */
export function describeLoss(ending: CloseInfo): readonly string[] {
  return [whatHappened(ending), meaningOf(ending.reason)].filter((line) => line !== '');
}

function whatHappened(ending: CloseInfo): string {
  const { code, reason, byUs } = ending;
  if (byUs && isClean(ending)) return 'closed';
  return code === 1006
    ? 'the connection broke off (1006)'
    : `closed by the server: ${code} ${reason}`.trimEnd();
}

/** What the public code means; a close reason has the seconds of a `Retry-After` behind it where there is one. */
export function meaningOf(reason: string): string {
  const [word = ''] = reason.split(' ');
  return Object.hasOwn(publicCodes, word) ? publicCodes[word as keyof typeof publicCodes] : '';
}
