import type { Input, Machine } from './machine/machine.ts';
import type { DebugConsole } from './options.ts';

/** Tells a developer's console how an attempt or a connection came out. */
export function narrate(
  console: DebugConsole,
  before: Machine,
  input: Input,
  after: Machine,
  now: number,
): void {
  const { phase, failures } = after;
  if (input.type === 'opened') console.log('[WS] Connected ✅');
  if (input.type === 'failed') {
    const { code, text } = input;
    const stops = phase.state === 'stopped';
    const ending = { code, reason: text, wasClean: code !== 1006 };
    const answer = { status: code, code: text };
    if (code >= 1000) {
      console.log('[WS] Disconnected', ending);
      if (stops) console.error('[WS] Hard failure - stopping reconnect', ending);
    } else if (phase.state === 'authenticating')
      console.log(`[Auth] Received ${code} ${text}, refreshing token...`);
    else {
      if (code) console.error('[WS] Failed to connect', answer);
      else console.error(`[WS] Failed to connect (${text === 'NETWORK' ? 'network error' : text})`);
      if (stops) {
        console.error('[WS] Hard failure - auth error', answer);
        console.error(`[WS] Ticket request failed: ${code} UNAUTHORIZED - stopping reconnect`);
      } else if (code) console.warn(`[WS] Soft failure - service unavailable (${code}), will retry`);
    }
  }
  if (phase.state === 'waiting' && phase.until && before !== after)
    console.log(
      `[WS] Reconnecting in ${Math.round(phase.until - now)}ms (attempt ${failures}) - will fetch NEW ticket`,
    );
}
