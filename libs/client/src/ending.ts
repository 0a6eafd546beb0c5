import type { AdmitCloseEvent } from './admit-socket.ts';
import type { Input, Machine, Phase } from './machine/machine.ts';
import { verdictOf } from './machine/verdict.ts';

/** What a `close` event says. */
export type Ending = Pick<AdmitCloseEvent, 'code' | 'reason' | 'wasClean'>;

/** How a connection ended, or the object stopped; null where neither happened. */
export function endingOf(before: Machine, input: Input, after: Machine): Ending | null {
  const lost = hasConnection(before.phase) && !hasConnection(after.phase);
  const stopped = before.phase.state !== 'stopped' && isClosed(after.phase);
  if (!lost && !stopped) return null;
  if (input.type === 'close') return { code: input.code, reason: input.text, wasClean: true };
  if (input.type !== 'failed') return { code: 1001, reason: '', wasClean: true };
  const { from, code, text } = input.failure;
  if (from === 'close' && code !== null) return { code, reason: text, wasClean: code !== 1006 };
  return { code: codeOf(input), reason: text, wasClean: false };
}

/** As a server would have told it over a connection: out of reach, a matter of policy, or for later. */
function codeOf({ failure }: Extract<Input, { type: 'failed' }>): number {
  const { action, reason } = verdictOf(failure);
  if (reason === 'NETWORK' || reason === 'TIMEOUT') return 1006;
  return action === 'retry' ? 1013 : 1008;
}

function hasConnection(phase: Phase): boolean {
  return phase.state === 'open' || (phase.state === 'stopped' && phase.closing);
}

function isClosed(phase: Phase): boolean {
  return phase.state === 'stopped' && !phase.closing;
}
