import type { ClientStatus } from '@admit-one/client';
import { byId, make } from '../dom.ts';
import { clockText, durationText, shortId } from '../format.ts';

interface AttemptRow {
  readonly row: HTMLElement;
  readonly ticket: HTMLElement;
  readonly fate: HTMLElement;
  readonly note: HTMLElement;
  openedAt: number | null;
}

const MAX_ROWS = 12;

/** The history of the client's attempts, the newest first. */
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
    const fate = make('span', { className: 'fate' });
    const note = make('span', { className: 'note' });
    const time = make('time', {}, clockText(Date.now()));
    const row = make('li', {}, time, fate, note, ticket);
    list.prepend(row);
    if (list.childElementCount > MAX_ROWS) list.lastElementChild?.remove();
    empty.hidden = true;
    return { row, ticket, fate, note, openedAt: null };
  }

  function say(attempt: AttemptRow, fate: string, kind: 'busy' | 'good' | 'bad' | 'over', note = ''): void {
    attempt.row.dataset.fate = kind;
    attempt.fate.textContent = fate;
    attempt.note.textContent = note;
  }

  function end(attempt: AttemptRow, { reason, nextRetryAt }: ClientStatus): void {
    const lasted = attempt.openedAt === null ? null : durationText(performance.now() - attempt.openedAt);
    const next = nextRetryAt === null ? '' : `next in ${durationText(nextRetryAt - Date.now())}`;
    const open = lasted === null ? '' : `open for ${lasted}`;
    const note = [open, next].filter((part) => part !== '').join(', ');
    say(attempt, reason ?? 'ended', reason === 'CLOSED' || reason === null ? 'over' : 'bad', note);
  }

  return {
    update(status) {
      const { state, ticketId } = status;
      if (state === 'authenticating') {
        current = begin();
        return say(current, 'asking for a ticket', 'busy');
      }
      if (!current) return;
      if (ticketId !== null) current.ticket.textContent = shortId(ticketId);
      switch (state) {
        case 'idle':
          return;
        case 'connecting':
          return say(current, 'connecting', 'busy');
        case 'open':
          current.openedAt = performance.now();
          return say(current, 'admitted', 'good');
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
