import { closeMeansStop, publicCodes } from '@admit-one/core';

/** How a connection ended. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
  /** Whether this side began the closing handshake. */
  readonly byUs: boolean;
}

/** Whether all went as the user wanted. A server that closes with 1000 is done, and so are we. */
export function isClean({ code, byUs }: Ending): boolean {
  return code === 1000 || (byUs && (code === 1005 || code === 1006));
}

/** What happened, and what a client does about it. */
export function describeEnding(ending: Ending): readonly string[] {
  const { code, reason, byUs } = ending;
  if (byUs && isClean(ending)) return ['closed'];
  if (code === 1006) return ['the connection broke off (1006)', adviceOn(ending)];
  const what = `closed by the server: ${code} ${reason}`.trimEnd();
  return code === 1000 ? [what] : [what, adviceOn(ending)];
}

/** A close reason is a public code, with the seconds of a `Retry-After` behind it where there is one. */
function adviceOn({ code, reason }: Ending): string {
  const [word = '', seconds] = reason.split(' ');
  const meaning = Object.hasOwn(publicCodes, word) ? `${publicCodes[word as keyof typeof publicCodes]} ` : '';
  if (closeMeansStop(code)) return `${meaning}A client stops here: trying again as before does not help.`;
  const when = seconds === undefined ? '' : `, after ${seconds} s`;
  return `${meaning}A client tries again with a fresh ticket${when}.`;
}
