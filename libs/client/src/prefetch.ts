import type { Environment } from './environment.ts';
import type { TicketReply } from './options.ts';

/** A ticket with the token that it was issued to. */
export interface Pair {
  readonly token: string;
  readonly reply: TicketReply;
}

/** One unspent ticket, kept ready while a connection is open. */
export interface Prefetch {
  /** Hands the ticket out, once, to the token that it belongs to. */
  readonly take: (token: string) => TicketReply | null;
  /** Begins to keep one ready. */
  readonly keep: () => void;
  /** Keeps none ready any longer; the one at hand stays good. */
  readonly pause: () => void;
  /** Forgets the one at hand too. */
  readonly clear: () => void;
}

/** Long enough that connections that fail at once cost no tickets. */
const SETTLE_MS = 10_000;
const MAX_MARGIN_MS = 30_000;
const DEFAULT_LIFETIME_MS = 30_000;

/** @param ask yields a token, and a new ticket for it */
export function createPrefetch(
  { now, after }: Pick<Environment, 'now' | 'after'>,
  ask: (signal: AbortSignal) => Promise<Pair>,
): Prefetch {
  let held: (Pair & { readonly until: number }) | null = null;
  let keeping = new AbortController();
  let cancel = () => {};

  function pause(): void {
    keeping.abort();
    cancel();
  }

  /** Asks again shortly before the ticket expires; after a failure, as if there were a ticket of the usual lifetime. */
  async function renew(signal: AbortSignal): Promise<void> {
    const askedAt = now();
    const pair = await ask(signal).catch(() => null);
    if (signal.aborted) return;
    const lifetimeMs = (pair?.reply.expiresInSeconds ?? 0) * 1000 || DEFAULT_LIFETIME_MS;
    const goodMs = lifetimeMs - Math.min(MAX_MARGIN_MS, lifetimeMs / 3);
    held = pair && { ...pair, until: askedAt + goodMs };
    cancel = after(goodMs, () => void renew(signal));
  }

  return {
    take(token) {
      const taken = held;
      held = null;
      return taken?.token === token && now() < taken.until ? taken.reply : null;
    },
    keep() {
      pause();
      keeping = new AbortController();
      const { signal } = keeping;
      cancel = after(SETTLE_MS, () => void renew(signal));
    },
    pause,
    clear() {
      pause();
      held = null;
    },
  };
}
