import type { AdmitSocket } from '@admit-one/client';
import { byId, keepAtEnd, make } from '../dom.ts';
import { roughDuration } from '../format.ts';
import { isActive, type Model } from '../model.ts';

/** A sent message without an echo yet. */
interface Pending {
  readonly sentAt: number;
  readonly line: HTMLElement;
  readonly note: HTMLElement;
}

const MAX_LINES = 100;

/** Sends messages and shows their echoes. */
export interface Echo {
  show(model: Model): void;
  /** Sets the socket to send with. */
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
    const note = make('span', { className: 'note' }, waits ? 'waiting for the connection' : 'sent');
    const line = make('p', { className: 'said' }, make('span', {}, text), note);
    try {
      to.send(text);
      pending.push({ sentAt: performance.now(), line, note });
    } catch {
      note.textContent = 'not sent: the buffer is full';
    }
    keepAtEnd(messages, () => {
      empty.hidden = true;
      messages.append(line);
      if (messages.childElementCount > MAX_LINES) messages.children[1]?.remove();
    });
  }

  function onEcho(): void {
    const first = pending.shift();
    if (!first) return;
    first.line.dataset.result = 'echoed';
    first.note.textContent = `echoed in ${roughDuration(performance.now() - first.sentAt)}`;
  }

  /** The client never sends a message again: only the application knows whether that is safe. */
  function onConnectionLost(): void {
    for (const { line, note } of pending) {
      line.dataset.result = 'lost';
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
      next.addEventListener('message', onEcho);
      next.addEventListener('close', onConnectionLost);
    },
    clear() {
      socket = undefined;
      pending = [];
      empty.hidden = false;
      messages.replaceChildren(empty);
    },
  };
}
