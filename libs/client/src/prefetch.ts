import { askTicket } from './ask.ts';
import type { TicketReply } from './options.ts';
import type { Sequence } from './sequence.ts';

/** One unspent ticket, kept ready while a connection is open. */
export interface Prefetch {
  /** Hands the ticket out, once, to the token that it belongs to. */
  readonly take: (token: string) => TicketReply | undefined;
  /** Keeps one ready until the signal aborts. */
  readonly keep: (signal: AbortSignal) => void;
  readonly forget: () => void;
}

/** Long enough that connections that fail at once cost no tickets. */
const SETTLE_MS = 10_000;
const LIFETIME_SECONDS = 30;
const MAX_MARGIN_SECONDS = 30;

export function createPrefetch(
  sequence: Pick<Sequence, 'getToken' | 'route' | 'now' | 'after' | 'fetch' | 'ticketUrl'>,
): Prefetch {
  const { getToken, route, now, after } = sequence;
  let held: { readonly token: string; readonly reply: TicketReply; readonly until: number } | undefined;

  /** Asks again shortly before the ticket expires; after a failure, as if there were one of the usual lifetime. */
  async function renew(signal: AbortSignal): Promise<void> {
    let goodMs = goodFor(LIFETIME_SECONDS);
    const askedAt = now();
    held = undefined;
    try {
      const token = (await getToken?.({ fresh: false, reason: null, signal })) ?? '';
      const reply = await askTicket(sequence, token, { route }, signal);
      if ('ticket' in reply && !signal.aborted) {
        goodMs = goodFor(reply.expiresInSeconds);
        held = { token, reply, until: askedAt + goodMs };
      }
    } catch {}
    later(goodMs, signal);
  }

  function later(delayMs: number, signal: AbortSignal): void {
    signal.addEventListener(
      'abort',
      after(delayMs, () => void renew(signal)),
    );
  }

  return {
    take(token) {
      const taken = held;
      held = undefined;
      return taken?.token === token && now() < taken.until ? taken.reply : undefined;
    },
    keep: (signal) => later(SETTLE_MS, signal),
    forget() {
      held = undefined;
    },
  };
}

function goodFor(seconds = LIFETIME_SECONDS): number {
  return (seconds - Math.min(MAX_MARGIN_SECONDS, seconds / 3)) * 1000;
}
