import type { ClientState } from '@admit-one/client';
import { byId, onPress } from '../dom.ts';
import { isActive, type Model } from '../model.ts';
import { phaseLabels, statusText } from '../state-texts.ts';
import { createCountdown } from './countdown.ts';

export interface TicketCardActions {
  logIn(): Promise<void>;
  logOut(): void;
  connect(): void;
  disconnect(): void;
}

const steps = ['ticket', 'handshake', 'admitted'] as const;

/** The completed steps of an attempt in each state, and whether the next one is in progress. */
const progress: Readonly<Record<ClientState, { readonly done: number; readonly busy: boolean }>> = {
  idle: { done: 0, busy: false },
  authenticating: { done: 0, busy: true },
  connecting: { done: 1, busy: true },
  open: { done: 3, busy: false },
  waiting: { done: 0, busy: false },
  stopped: { done: 0, busy: false },
};

/** The card with the client's state and the next actions. */
export interface TicketCard {
  show(model: Model): void;
  /** Shows an error until the next change of state. */
  showError(sentence: string): void;
}

export function createTicketCard(actions: TicketCardActions): TicketCard {
  const card = byId('client');
  const word = byId('state-word');
  const reason = byId('state-reason');
  const sentence = byId('state-sentence');
  const code = byId('support-code');
  const copy = byId('copy-code');
  const logIn = byId('log-in');
  const connect = byId('connect');
  const disconnect = byId('disconnect');
  const logOut = byId('logout');
  const countdown = createCountdown();

  onPress(logIn, actions.logIn);
  onPress(logOut, actions.logOut);
  onPress(connect, actions.connect);
  onPress(disconnect, actions.disconnect);
  onPress(copy, async () => {
    await navigator.clipboard.writeText(code.textContent ?? '');
    copy.textContent = 'Copied';
    setTimeout(() => {
      copy.textContent = 'Copy';
    }, 1_500);
  });

  /** A button that replaces another one takes over its focus. */
  function showActions({ login, client }: Model): void {
    const focused = [logIn, connect, disconnect, logOut].find((button) => button === document.activeElement);
    logIn.hidden = login !== null;
    connect.hidden = login === null || isActive(client);
    disconnect.hidden = !isActive(client);
    byId('login').hidden = login === null;
    if (focused?.offsetParent === null) [logIn, connect, disconnect].find(({ hidden }) => !hidden)?.focus();
  }

  return {
    show(model) {
      const { login, client, phase } = model;
      card.dataset.state = client.state;
      card.dataset.phase = phase;
      word.textContent = phaseLabels[phase];
      reason.textContent = client.reason ?? '';
      reason.hidden = client.reason === null || client.state === 'open';
      sentence.textContent = statusText(model);
      for (const [n, step] of steps.entries()) showStep(`step-${step}`, n, client.state);
      countdown.show(client);

      code.textContent = client.ticketId ?? 'no ticket yet';
      copy.hidden = client.ticketId === null || !('clipboard' in navigator);
      showActions(model);
      byId('login-session').textContent = login?.sessionId ?? '';
    },
    showError(text) {
      sentence.textContent = text;
    },
  };
}

function showStep(id: string, n: number, state: ClientState): void {
  const { done, busy } = progress[state];
  const step = byId(id);
  step.dataset.step = n < done ? 'done' : n === done && busy ? 'busy' : 'todo';
  if (n === done && busy) step.setAttribute('aria-current', 'step');
  else step.removeAttribute('aria-current');
}
