import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Refuse } from '@admit-one/gate';
import type { EdgeMetrics, HandshakeOutcome } from '../edge-metrics.ts';
import type { Admit } from './admit.ts';
import { type Attempt, type AttemptOptions, beginAttempt } from './attempt.ts';
import { type Account, rejectionBy } from './rejections.ts';
import { refusedBecause, type ScreeningRules, screenUpgrade, type Verdict } from './screen-upgrade.ts';

/**
 * Hears of a reset by the client, which would otherwise end the process; the socket's 'close' follows. Made within a
 * handshake, it would keep the request and all that belongs to it for as long as the connection lasts.
 */
function expectClose(): void {}

/** Takes upgrade requests and makes connections of them. */
export interface Handshakes {
  /** A listener for the `upgrade` event of an HTTP server. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** How many wait for their ticket. */
  readonly inFlight: number;
  /** Resolves when those under way now have ended. */
  settled(): Promise<void>;
}

export interface HandshakesOptions {
  readonly maxConnections: number;
  readonly maxHandshakes: number;
  readonly rules: ScreeningRules;
  readonly attempts: AttemptOptions;
  readonly connections: { readonly count: number };
  readonly draining: () => boolean;
  readonly admit: Admit;
  readonly refuse: Refuse;
  readonly account: Account;
  readonly metrics: Pick<EdgeMetrics, 'handshakeEnded'>;
}

/** Makes the door: what the edge refuses by itself ends here, the rest goes on to `admit`. */
export function createHandshakes(options: HandshakesOptions): Handshakes {
  const { rules, attempts, maxConnections, maxHandshakes, connections, metrics } = options;
  const { draining, admit, refuse, account } = options;
  const underWay = new Set<Promise<void>>();

  function handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', expectClose);
    const screened = screenUpgrade(request, rules);
    const attempt = beginAttempt({ request, socket, head }, screened, attempts);
    const verdict = draining() ? refusedBecause('draining') : limited(screened.verdict);
    if (verdict.kind === 'refused') {
      refuse(attempt, verdict.reason, verdict.detail);
      account(attempt, rejectionBy(verdict.reason));
      ended(attempt, verdict.reason);
      return;
    }

    const { ticket, entrance } = verdict;
    const handshake = admit(attempt, ticket, entrance).then((outcome) => {
      underWay.delete(handshake);
      ended(attempt, outcome);
    });
    underWay.add(handshake);
  }

  function limited(verdict: Verdict): Verdict {
    if (verdict.kind === 'refused') return verdict;
    if (underWay.size >= maxHandshakes) return refusedBecause('overloaded');
    if (connections.count + underWay.size >= maxConnections) return refusedBecause('too_many_connections');
    return verdict;
  }

  function ended({ startedAt }: Attempt, outcome: HandshakeOutcome): void {
    metrics.handshakeEnded(outcome, (performance.now() - startedAt) / 1000);
  }

  return {
    handleUpgrade,
    get inFlight() {
      return underWay.size;
    },
    async settled() {
      await Promise.all(underWay);
    },
  };
}
