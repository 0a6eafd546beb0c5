import { byId, make, onPress } from '../dom.ts';
import { shortId } from '../format.ts';
import { isActive, type Model } from '../model.ts';
import { errorText, post } from '../request.ts';
import { type SocketOutcome, type SpendTwiceResult, spendTwice } from '../spend-twice.ts';

export interface BreakItOptions {
  /** The session's token. */
  readonly token: () => string | null;
  /** Has the client believe that there is no network. */
  readonly goOffline: (forMs: number) => void;
}

const OFFLINE_MS = 4_000;

/** Three ways to put the client and its tickets to the test, and what came of the last one. */
export function createBreakIt({ token, goOffline }: BreakItOptions): {
  show(model: Model): void;
  clear(): void;
} {
  const outcome = byId('outcome');
  const drop = byId('drop', HTMLButtonElement);
  const kill = byId('kill', HTMLButtonElement);
  const spend = byId('spend', HTMLButtonElement);

  function say(...parts: (Node | string)[]): void {
    outcome.replaceChildren(...parts);
  }

  function onBreak(button: HTMLElement, act: (token: string) => Promise<void>): void {
    onPress(button, async () => {
      const current = token();
      if (current === null) return;
      await act(current).catch((error: unknown) => say(make('p', { className: 'bad' }, errorText(error))));
    });
  }

  onBreak(drop, async (current) => {
    goOffline(OFFLINE_MS);
    const { cut } = await post<{ cut: number }>('/demo/drop-network', current);
    say(
      make(
        'p',
        {},
        `${connections(cut)} cut without a word. The client waits for the network, and then takes a new ticket.`,
      ),
    );
  });
  onBreak(kill, async (current) => {
    const { cut, outageSeconds } = await post<{ cut: number; outageSeconds: number }>(
      '/demo/kill-edge',
      current,
    );
    say(
      make(
        'p',
        {},
        `${connections(cut)} ended. For ${outageSeconds} s every upgrade fails: watch the attempts, each with a ticket of its own.`,
      ),
    );
  });
  onBreak(spend, async (current) => {
    say(make('p', {}, 'Two sockets present the same ticket …'));
    say(...spendingLines(await spendTwice(current)));
  });

  return {
    show({ login, client }) {
      drop.disabled = login === null || !isActive(client);
      kill.disabled = login === null || !isActive(client);
      spend.disabled = login === null;
    },
    clear: () => say(),
  };
}

function connections(count: number): string {
  return count === 1 ? '1 connection' : `${count} connections`;
}

function spendingLines({ ticketId, outcomes: fates, rejection }: SpendTwiceResult): readonly Node[] {
  const sockets = fates.map((fate, n) => fateLine(n === 0 ? 'First socket' : 'Second socket', fate));
  const reason = make(
    'p',
    {},
    'Its session may know why: ',
    make('code', {}, rejection ?? 'no rejection'),
    ' of ticket ',
    make('code', {}, shortId(ticketId)),
  );
  return [make('ul', { className: 'fates' }, ...sockets), reason];
}

function fateLine(socket: string, fate: SocketOutcome): HTMLElement {
  const words = fate.kind === 'admitted' ? 'admitted' : 'refused';
  const code = fate.kind === 'admitted' ? [] : [' ', make('code', {}, `${fate.code} ${fate.reason}`.trim())];
  return make(
    'li',
    { className: fate.kind === 'admitted' ? 'good' : 'bad' },
    `${socket}: `,
    make('strong', {}, words),
    ...code,
  );
}
