import { CLIENT_NAME } from './client-name.ts';
import { postJson, ticketFrom } from './http.ts';
import type { TicketResponse } from './options.ts';
import type { ConnectionLoop, Prefetch } from './types.ts';

/** Connections that fail at once cost no prefetched tickets. */
const START_DELAY_MS = 10_000;
const LIFETIME_SECONDS = 30;
const MAX_MARGIN_SECONDS = 30;

export function createPrefetch(
  loop: Pick<ConnectionLoop, 'getToken' | 'route' | 'now' | 'after' | 'fetch' | 'ticketUrl'>,
): Prefetch {
  const { getToken, route, ticketUrl, now, after } = loop;
  let cached: { readonly token: string; readonly reply: TicketResponse; readonly until: number } | undefined;

  /** Renews the ticket shortly before it expires. After a failure, waits as long as for a ticket of the usual lifetime. */
  async function renew(signal: AbortSignal): Promise<void> {
    let renewInMs = usableMs(LIFETIME_SECONDS);
    const requestedAt = now();
    cached = undefined;
    try {
      const token = (await getToken?.({ fresh: false, reason: null, signal })) ?? '';
      const reply = ticketFrom(
        await postJson(loop, ticketUrl, token, { route, client: CLIENT_NAME }, signal),
      );
      if ('ticket' in reply) {
        renewInMs = usableMs(reply.expiresInSeconds);
        cached = { token, reply, until: requestedAt + renewInMs };
      }
    } catch {}
    if (!signal.aborted) after(renewInMs, () => void renew(signal), signal);
  }

  return {
    take(token) {
      const taken = cached;
      cached = undefined;
      return taken?.token === token && now() < taken.until ? taken.reply : undefined;
    },
    start(signal) {
      const renewing = new AbortController();
      signal.addEventListener('abort', () => renewing.abort());
      after(START_DELAY_MS, () => void renew(renewing.signal), renewing.signal);
    },
  };
}

/** How long a ticket is handed out, in milliseconds: its lifetime less a safety margin. */
function usableMs(seconds = LIFETIME_SECONDS): number {
  return (seconds - Math.min(MAX_MARGIN_SECONDS, seconds / 3)) * 1000;
}
