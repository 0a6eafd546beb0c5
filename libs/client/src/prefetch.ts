import type { ConnectionLoop } from './connection-loop.ts';
import { postJson, ticketFrom } from './http.ts';
import type { TicketReply } from './options.ts';

/** One unspent ticket, kept ready while a connection is open. */
export interface Prefetch {
  /** Hands the ticket out, once, if it belongs to this token. */
  readonly take: (token: string) => TicketReply | undefined;
  /** Keeps one ready until the signal aborts. */
  readonly start: (signal: AbortSignal) => void;
}

/** Long enough that connections that fail at once cost no tickets. */
const SETTLE_MS = 10_000;
const LIFETIME_SECONDS = 30;
const MAX_MARGIN_SECONDS = 30;

export function createPrefetch(
  sequence: Pick<ConnectionLoop, 'getToken' | 'route' | 'now' | 'after' | 'fetch' | 'ticketUrl'>,
): Prefetch {
  const { getToken, route, ticketUrl, now, after } = sequence;
  let held: { readonly token: string; readonly reply: TicketReply; readonly until: number } | undefined;

  /** Asks again shortly before the ticket expires; after a failure, as if there were one of the usual lifetime. */
  async function renew(signal: AbortSignal): Promise<void> {
    let goodMs = usableMs(LIFETIME_SECONDS);
    const askedAt = now();
    held = undefined;
    try {
      const token = (await getToken?.({ fresh: false, reason: null, signal })) ?? '';
      const reply = ticketFrom(await postJson(sequence, ticketUrl, token, { route }, signal));
      if ('ticket' in reply) {
        goodMs = usableMs(reply.expiresInSeconds);
        held = { token, reply, until: askedAt + goodMs };
      }
    } catch {}
    if (!signal.aborted) after(goodMs, () => void renew(signal), signal);
  }

  return {
    take(token) {
      const taken = held;
      held = undefined;
      return taken?.token === token && now() < taken.until ? taken.reply : undefined;
    },
    start(signal) {
      const keeping = new AbortController();
      signal.addEventListener('abort', () => keeping.abort());
      after(SETTLE_MS, () => void renew(keeping.signal), keeping.signal);
    },
  };
}

/** How long a ticket is handed out, in milliseconds. */
function usableMs(seconds = LIFETIME_SECONDS): number {
  return (seconds - Math.min(MAX_MARGIN_SECONDS, seconds / 3)) * 1000;
}
