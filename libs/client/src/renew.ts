import type { UpgradeCredential } from './authenticate.ts';
import { postJson } from './http.ts';
import type { ConnectionLoop } from './types.ts';

/** Also after a failure, and where a token lives for seconds only. */
const MIN_SECONDS = 5;
/** A longer delay would overflow a timer. */
const MAX_SECONDS = 86_400;

/**
 * Renews a connection with a fresh token, after a random 50 to 90 % of the time that it has left: connections that
 * opened together are not renewed together. A failure is retried in the time that is left then.
 * @throws the error of `getToken` or `fetch`
 */
export async function renew(
  loop: Pick<ConnectionLoop, 'getToken' | 'fetch' | 'ticketUrl' | 'random' | 'after'>,
  { ticketId }: Pick<UpgradeCredential, 'ticketId'>,
  secondsLeft: number,
  signal: AbortSignal,
): Promise<void> {
  const { getToken, ticketUrl, random, after } = loop;
  // The signal serves the heartbeat's timer.
  const waiting = new AbortController();
  const seconds = Math.min(Math.max(secondsLeft, MIN_SECONDS), MAX_SECONDS);
  signal.addEventListener('abort', () => waiting.abort());
  await new Promise<void>((resolve) => {
    after(seconds * (0.5 + 0.4 * random()) * 1000, resolve, waiting.signal);
  });
  const token = await getToken?.({ fresh: true, reason: null, signal });
  const url = ticketUrl.replace(/[^/?]*(?=\?|$)/, 'renew');
  if (token && ticketId) await postJson(loop, url, token, { ticketId }, signal);
}
