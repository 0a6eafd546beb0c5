import type { AdmitSocket } from '@admit-one/client';
import { CommandFault, exitCodes } from '../exit-codes.ts';
import type { Narrator } from '../narrator.ts';
import { describeLoss, type Ending, meaningOf } from './ending.ts';
import type { Faults } from './faults.ts';
import { lateFault } from './server-fault.ts';

/** When to try again: never, once a connection was there and is lost, or from the first attempt on. */
export type Persistence = 'never' | 'once-connected' | 'always';

/** How it all ended: with a connection, or with an attempt at one. */
export type End =
  | ({ readonly kind: 'closed' } & Omit<Ending, 'byUs'>)
  | { readonly kind: 'failed'; readonly fault: CommandFault };

export interface CourseOptions {
  readonly base: URL;
  readonly persistence: Persistence;
  readonly interrupted: AbortSignal;
  readonly narrator: Narrator;
  readonly faults: Faults;
}

/** Tells what becomes of a client's connections, and what it waits for between them. Resolves when there will be no more. */
export function follow(socket: AdmitSocket, options: CourseOptions): Promise<End> {
  const { base, persistence, interrupted, narrator, faults } = options;
  let connections = 0;
  let isOpen = false;
  let fault: CommandFault | undefined;
  let told = '';

  function tellOnce(cause: string): void {
    if (cause !== told) narrator.say(cause);
    told = cause;
  }

  function tellRetry(): void {
    const seconds = Math.max(0, (socket.nextRetryAt ?? 0) - Date.now()) / 1000;
    narrator.say(`trying again in ${seconds.toFixed(1)} s, with a fresh ticket`);
  }

  function attemptFailed(): void {
    fault = faultOf(socket, base, faults);
    if (persistence === 'once-connected' && connections === 0) {
      queueMicrotask(() => socket.close());
      return;
    }
    tellOnce(fault.message);
    tellRetry();
  }

  return new Promise((resolve) => {
    socket.addEventListener('open', () => {
      connections += 1;
      isOpen = true;
      told = '';
    });
    socket.addEventListener('statechange', ({ detail: { state, reason } }) => {
      if (isOpen) return;
      if (state === 'waiting') attemptFailed();
      if (state === 'stopped' && reason !== 'CLOSED') fault = faultOf(socket, base, faults);
    });
    socket.addEventListener('close', ({ code, reason }) => {
      const wasOpen = isOpen;
      isOpen = false;
      if (socket.state === 'stopped') {
        if (wasOpen) return resolve({ kind: 'closed', code, reason });
        if (interrupted.aborted || !fault) fault = new CommandFault('Interrupted.', exitCodes.refused);
        return resolve({ kind: 'failed', fault });
      }
      for (const line of describeLoss({ code, reason, byUs: false })) narrator.say(line);
      tellRetry();
    });
  });
}

function faultOf({ reason }: AdmitSocket, base: URL, faults: Faults): CommandFault {
  if (reason === 'TIMEOUT') return lateFault(base);
  const known = faults.last();
  if (known) return known;
  const meaning = meaningOf(reason ?? '') || 'It did not come to a connection.';
  return new CommandFault(`${reason}: ${meaning}`, exitCodes.refused);
}
