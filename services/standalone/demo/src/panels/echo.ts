import type { AdmitSocket } from '@admit-one/client';
import { byId, keepAtEnd, make } from '../dom.ts';
import { durationText } from '../format.ts';
import { isActive, type Model } from '../model.ts';

/** A message that has been sent and has not come back. */
interface Pending {
  readonly sentAt: number;
  readonly line: HTMLElement;
  readonly note: HTMLElement;
}

const MAX_LINES = 100;

/** Sends messages, and shows when each has come back. */
export interface Echo {
  show(model: Model): void;
  /** Has the messages go through this socket. */
  use(socket: AdmitSocket): void;
  clear(): void;
}

export function createEcho(): Echo {
  const messages = byId('messages');
  const empty = byId('messages-empty');
  const input = byId('message', HTMLInputElement);
  const button = byId('send-button', HTMLButtonElement);
  let socket: AdmitSocket | undefined;
  let pending: Pending[] = [];

  byId('send').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = input.value.trim() || input.placeholder;
    input.value = '';
    if (socket) send(socket, text);
  });

  function send(to: AdmitSocket, text: string): void {
    const waits = to.readyState !== to.OPEN;
    const note = make('span', { className: 'note' }, waits ? 'waits for the connection' : 'on its way');
    const line = make('p', { className: 'said' }, make('span', {}, text), note);
    try {
      to.send(text);
      pending.push({ sentAt: performance.now(), line, note });
    } catch {
      note.textContent = 'not sent: too many wait already';
    }
    keepAtEnd(messages, () => {
      empty.hidden = true;
      messages.append(line);
      if (messages.childElementCount > MAX_LINES) messages.children[1]?.remove();
    });
  }

  function cameBack(): void {
    const first = pending.shift();
    if (!first) return;
    first.line.dataset.fate = 'echoed';
    first.note.textContent = `came back in ${durationText(performance.now() - first.sentAt)}`;
  }

  /** What was on its way when a connection was lost is never sent again: only the application knows whether it may be. */
  function lost(): void {
    for (const { line, note } of pending) {
      line.dataset.fate = 'lost';
      note.textContent = 'lost with the connection';
    }
    pending = [];
  }

  return {
    show({ client }) {
      const possible = socket !== undefined && isActive(client);
      input.disabled = !possible;
      button.disabled = !possible;
    },
    use(next) {
      socket = next;
      next.addEventListener('message', cameBack);
      next.addEventListener('close', lost);
    },
    clear() {
      socket = undefined;
      pending = [];
      empty.hidden = false;
      messages.replaceChildren(empty);
    },
  };
}
