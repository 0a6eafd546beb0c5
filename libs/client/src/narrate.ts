import type { Effect, Input, Machine } from './machine/machine.ts';
import type { Failure } from './machine/verdict.ts';
import type { DebugConsole } from './options.ts';

/** Tells each step to a developer's console. No token and no ticket comes this far. */
export function narrate(
  console: DebugConsole,
  before: Machine,
  input: Input,
  after: Machine,
  effect: Effect,
): void {
  if (input.type === 'token') {
    if (after.isFresh) console.log('[Auth] Retrying request with new token');
    else console.log('[WS] JWT ready');
  }
  if (input.type === 'ticket') console.log('[WS] Ticket obtained, connecting to WebSocket...');
  if (input.type === 'opened') console.log('[WS] Connected ✅');
  if (input.type === 'failed') tellFailure(console, before, input.failure, after, effect);

  if (effect.do === 'token' && !effect.fresh) console.log('[WS] Step 1/3: Ensuring JWT token exists...');
  if (effect.do === 'ticket' && !after.isFresh)
    console.log('[WS] Step 2/3: Requesting NEW WebSocket ticket (one-time, 30s TTL)...');
  if (effect.do === 'upgrade') console.log(`[WS] Step 3/3: Connecting with ${effect.present}...`);
  if (effect.do === 'wait')
    console.log(
      `[WS] Reconnecting in ${Math.round(effect.delayMs)}ms (attempt ${after.failures}) - will fetch NEW ticket`,
    );
}

function tellFailure(
  console: DebugConsole,
  before: Machine,
  { from, code, text }: Failure,
  after: Machine,
  effect: Effect,
): void {
  const stops = after.phase.state === 'stopped';
  if (from === 'close') {
    const details = { code, reason: text, wasClean: code !== 1006 };
    console.log('[WS] Disconnected', details);
    if (stops && before.phase.state !== 'stopped')
      console.error('[WS] Hard failure - stopping reconnect', details);
    return;
  }
  if (from === 'client') {
    console.error(`[WS] Failed to connect (${text === 'NETWORK' ? 'network error' : text})`);
    return;
  }
  if (effect.do === 'token') {
    console.log(`[Auth] Received ${code} ${text}, refreshing token...`);
    return;
  }
  console.error('[WS] Failed to connect', { status: code, code: text });
  if (!stops) {
    const what = code === 503 ? 'service unavailable' : text;
    console.warn(`[WS] Soft failure - ${what} (${code}), will retry`);
    return;
  }
  console.error('[WS] Hard failure - auth error', { status: code, code: text });
  if (code === 401) console.error('[WS] Ticket request failed: 401 UNAUTHORIZED - stopping reconnect');
}
