import { addAbortSignal } from 'node:stream';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { createNarrator } from '../narrator.ts';
import type { Terminal } from '../terminal.ts';

/** Far more than any service looks at. */
const MAX_CHARACTERS = 64 * 1024;
const BEARER = /^(?:authorization:\s*)?bearer\s+/i;

/** Reads one token from standard input: alone, or as it stands in an `Authorization` header. */
export async function readTokenInput({ stdin, stderr, interrupted }: Terminal): Promise<string> {
  if (stdin.isTTY)
    createNarrator(stderr, { verbose: false }).say('paste the token, then press Enter and Ctrl-D');
  let text = '';
  try {
    for await (const chunk of addAbortSignal(interrupted, stdin)) {
      text += String(chunk);
      if (text.length > MAX_CHARACTERS) throw tooLong();
    }
  } catch (error) {
    if (interrupted.aborted) throw new CommandError('This was interrupted.', exitCodes.refused);
    throw error;
  }
  return text.trim().replace(BEARER, '');
}

function tooLong(): CommandError {
  return new CommandError(
    `There are more than ${MAX_CHARACTERS} characters on standard input: that is no token.`,
    exitCodes.refused,
  );
}
