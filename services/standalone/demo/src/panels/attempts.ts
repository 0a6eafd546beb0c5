import type { ClientStatus } from '@admit-one/client';
import { byId, make } from '../dom.ts';
import { clockText, roughDuration, shortId } from '../format.ts';

interface AttemptRow {
  readonly row: HTMLElement;
  readonly ticket: HTMLElement;
  readonly result: HTMLElement;
  readonly note: HTMLElement;
  openedAt: number | null;
}

const MAX_ROWS = 12;

/** The client's attempts, newest first. */
export interface AttemptsPanel {
  update(status: ClientStatus): void;
  clear(): void;
}

export function createAttempts(): AttemptsPanel {
  const list = byId('attempts');
  const empty = byId('attempts-empty');
  let current: AttemptRow | undefined;

  function begin(): AttemptRow {
    const ticket = make('code', { className: 'attempt-ticket' });
    const result = make('span', { className: 'result' });
    const note = make('span', { className: 'note' });
    const time = make('time', {}, clockText(Date.now()));
    const row = make('li', {}, time, result, note, ticket);
    list.prepend(row);
    if (list.childElementCount > MAX_ROWS) list.lastElementChild?.remove();
    empty.hidden = true;
    return { row, ticket, result, note, openedAt: null };
  }

  function setResult(
    attempt: AttemptRow,
    result: string,
    kind: 'busy' | 'good' | 'bad' | 'ended',
    note = '',
  ): void {
    attempt.row.dataset.result = kind;
    attempt.result.textContent = result;
    attempt.note.textContent = note;
  }

  function end(attempt: AttemptRow, { reason, nextRetryAt }: ClientStatus): void {
    const lasted = attempt.openedAt === null ? null : roughDuration(performance.now() - attempt.openedAt);
    const next = nextRetryAt === null ? '' : `next in ${roughDuration(nextRetryAt - Date.now())}`;
    const open = lasted === null ? '' : `open for ${lasted}`;
    const note = [open, next].filter((part) => part !== '').join(', ');
    setResult(attempt, reason ?? 'ended', reason === 'CLOSED' || reason === null ? 'ended' : 'bad', note);
  }

  return {
    update(status) {
      const { state, ticketId } = status;
      if (state === 'authenticating') {
        current = begin();
        return setResult(current, 'requesting a ticket', 'busy');
      }
      if (!current) return;
      if (ticketId !== null) current.ticket.textContent = shortId(ticketId);
      switch (state) {
        case 'idle':
          return;
        case 'connecting':
          return setResult(current, 'connecting', 'busy');
        case 'open':
          current.openedAt = performance.now();
          return setResult(current, 'admitted', 'good');
        case 'waiting':
        case 'stopped':
          end(current, status);
          current = undefined;
          return;
        default:
          return state satisfies never;
      }
    },
    clear() {
      current = undefined;
      list.replaceChildren();
      empty.hidden = false;
    },
  };
}
