import type { Input, Machine } from './machine/machine.ts';
import type { Failure } from './machine/retry-decision.ts';
import type { DebugConsole } from './options.ts';

/** Logs a transition. The machine holds no tokens and tickets, so no line contains one. */
export function logTransition(
  console: DebugConsole,
  before: Machine,
  input: Input,
  after: Machine,
  now: number,
): void {
  if (before === after) return;
  const { phase, fresh, failures } = after;
  const log = (line: string) => console.log(`[WS] ${line}`);

  if (input.type === 'failed') logFailure(console, input, after);
  if ((input.type === 'token' || input.type === 'jwt') && !fresh) log('JWT ready');
  if (input.type === 'ticket') log('Ticket obtained, connecting to WebSocket...');
  if (input.type === 'opened') log('Connected ✅');

  if (phase.state === 'authenticating' && phase.step === 'token' && !fresh)
    log('Step 1/3: Ensuring JWT token exists...');
  if (phase.state === 'authenticating' && phase.step === 'ticket') {
    if (fresh) console.log('[Auth] Retrying request with new token');
    else log('Step 2/3: Requesting NEW WebSocket ticket (one-time, 30s TTL)...');
  }
  if (phase.state === 'connecting')
    log(`Step 3/3: Connecting with ${input.type === 'jwt' ? 'JWT' : 'ticket'}...`);
  if (phase.state === 'waiting')
    log(`Reconnecting in ${phase.until - now}ms (attempt ${failures}) - will fetch NEW ticket`);
}

function logFailure(console: DebugConsole, { code, text, error }: Failure, { phase }: Machine): void {
  const stops = phase.state === 'stopped';
  if (code >= 1000) {
    const closeInfo = { code, reason: text, wasClean: code !== 1006 };
    console.log('[WS] Disconnected', closeInfo);
    if (stops) console.error('[WS] Hard failure - stopping reconnect', closeInfo);
  } else if (phase.state === 'authenticating') {
    console.log(`[Auth] Received ${code} ${text}, refreshing token...`);
  } else if (code === 0) {
    const thrown = error === undefined ? [] : [error];
    console.error(`[WS] Failed to connect (${text === 'NETWORK' ? 'network error' : text})`, ...thrown);
  } else {
    logHttpFailure(console, { status: code, code: text }, stops);
  }
}

function logHttpFailure(
  console: DebugConsole,
  response: { status: number; code: string },
  stops: boolean,
): void {
  const { status, code } = response;
  console.error('[WS] Failed to connect', response);
  if (stops) {
    console.error('[WS] Hard failure - auth error', response);
    const name = status === 401 ? 'UNAUTHORIZED' : code;
    console.error(`[WS] Ticket request failed: ${status} ${name} - stopping reconnect`);
  } else {
    const name = status === 503 ? 'service unavailable' : code;
    console.warn(`[WS] Soft failure - ${name} (${status}), will retry`);
  }
}
