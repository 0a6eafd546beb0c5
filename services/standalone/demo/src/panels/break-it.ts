import { byId, make, onPress } from '../dom.ts';
import { shortId } from '../format.ts';
import { isActive, type Model } from '../model.ts';
import { errorText, post } from '../request.ts';
import { type SocketOutcome, type SpendTwiceResult, spendTwice } from '../spend-twice.ts';

export interface BreakItOptions {
  /** The session's token. */
  readonly token: () => string | null;
  /** Simulates a browser without a network. */
  readonly goOffline: (forMs: number) => void;
}

const OFFLINE_MS = 4_000;

const NOTHING_YET = 'Connect, press one of them, and watch the client and the audit log.';

/** Three ways to break something, and the result of the last one. */
export function createBreakIt({ token, goOffline }: BreakItOptions): {
  show(model: Model): void;
  clear(): void;
} {
  const outcome = byId('outcome');
  const drop = byId('drop', HTMLButtonElement);
  const kill = byId('kill', HTMLButtonElement);
  const spend = byId('spend', HTMLButtonElement);

  function showOutcome(...parts: (Node | string)[]): void {
    outcome.replaceChildren(...parts);
  }

  function onBreak(button: HTMLElement, action: (token: string) => Promise<void>): void {
    onPress(button, async () => {
      const current = token();
      if (current === null) return;
      await action(current).catch((error: unknown) =>
        showOutcome(make('p', { className: 'bad' }, errorText(error))),
      );
    });
  }

  onBreak(drop, async (current) => {
    goOffline(OFFLINE_MS);
    const { cut } = await post<{ cut: number }>('/demo/drop-network', current);
    showOutcome(
      make(
        'p',
        {},
        `${connections(cut)} cut without a close frame. The client waits for the network, then connects with a new ticket.`,
      ),
    );
  });
  onBreak(kill, async (current) => {
    const { cut, outageSeconds } = await post<{ cut: number; outageSeconds: number }>(
      '/demo/kill-edge',
      current,
    );
    showOutcome(
      make(
        'p',
        {},
        `${connections(cut)} cut. Every upgrade fails for ${outageSeconds} s. Each attempt uses a new ticket.`,
      ),
    );
  });
  onBreak(spend, async (current) => {
    showOutcome(make('p', {}, 'Two WebSockets present the same ticket …'));
    showOutcome(...resultLines(await spendTwice(current)));
  });

  function clear(): void {
    showOutcome(make('p', { className: 'empty' }, NOTHING_YET));
  }

  clear();
  return {
    show({ login, client }) {
      drop.disabled = login === null || !isActive(client);
      kill.disabled = login === null || !isActive(client);
      spend.disabled = login === null;
    },
    clear,
  };
}

function connections(count: number): string {
  return count === 1 ? '1 connection' : `${count} connections`;
}

function resultLines({ ticketId, outcomes, rejection }: SpendTwiceResult): readonly Node[] {
  const sockets = outcomes.map((outcome, n) =>
    outcomeLine(n === 0 ? 'First socket' : 'Second socket', outcome),
  );
  const reason = make(
    'p',
    {},
    'Reason, visible to the ticket’s own session only: ',
    make('code', {}, rejection ?? 'no rejection'),
    ', ticket ',
    make('code', {}, shortId(ticketId)),
  );
  return [make('ul', { className: 'results' }, ...sockets), reason];
}

function outcomeLine(socket: string, outcome: SocketOutcome): HTMLElement {
  const words = outcome.kind === 'admitted' ? 'admitted' : 'rejected';
  const code =
    outcome.kind === 'admitted' ? [] : [' ', make('code', {}, `${outcome.code} ${outcome.reason}`.trim())];
  return make(
    'li',
    { className: outcome.kind === 'admitted' ? 'good' : 'bad' },
    `${socket}: `,
    make('strong', {}, words),
    ...code,
  );
}
