import { type AdmitSocket, type ClientStatus, connect } from '@admit-one/client';
import { streamAuditEvents } from './audit-log/stream-audit-events.ts';
import { byId } from './dom.ts';
import { type Model, NO_CLIENT } from './model.ts';
import { createNetworkSwitch } from './network-switch.ts';
import { createAttempts } from './panels/attempts.ts';
import { createAuditLogPanel } from './panels/audit-log-panel.ts';
import { createBreakIt } from './panels/break-it.ts';
import { createEcho } from './panels/echo.ts';
import { createStatusBar } from './panels/status-bar.ts';
import { createTicketCard } from './panels/ticket-card.ts';
import { errorText } from './request.ts';
import { openSession } from './session.ts';
import { stateLabels, statusText } from './state-texts.ts';

/** What may wait for a connection, in bytes. */
const BUFFERED_BYTES = 16_384;

const network = createNetworkSwitch();
const session = openSession(sessionStorage, onLogin);
const trail = createAuditLogPanel();
const attempts = createAttempts();
const echo = createEcho();
const breakIt = createBreakIt({
  token: () => session.login?.token ?? null,
  goOffline: network.goOffline,
});
const card = createTicketCard({
  logIn: async () => {
    await session.begin().catch((error: unknown) => card.showError(errorText(error)));
  },
  logOut,
  connect: connectClient,
  disconnect: () => socket?.close(1000),
});
const statusBar = createStatusBar();
const announcer = byId('announcer');

let socket: AdmitSocket | undefined;
let client: ClientStatus = NO_CLIENT;
let stopFollowing: (() => void) | undefined;

onLogin();

function connectClient(): void {
  if (socket) {
    socket.resume();
    return;
  }
  const begun = connect({
    url: '/ws',
    getToken: ({ fresh }) => session.token(fresh),
    bufferedBytes: BUFFERED_BYTES,
    environment: network.environment,
  });
  socket = begun;
  begun.addEventListener('statechange', ({ detail }) => begun === socket && onStatus(detail));
  echo.use(begun);
  onStatus(begun);
}

function onStatus({ state, reason, nextRetryAt, ticketId }: ClientStatus): void {
  client = { state, reason, nextRetryAt, ticketId };
  attempts.update(client);
  trail.markCurrent(ticketId);
  const model = show();
  announcer.textContent = `${stateLabels[state]}. ${statusText(model)}`;
}

/** Another session has another trail. */
function onLogin(): void {
  stopFollowing?.();
  stopFollowing = undefined;
  trail.clear();
  const { login } = session;
  trail.showStreamState(null);
  if (login)
    stopFollowing = streamAuditEvents({
      token: login.token,
      onEvents: trail.add,
      onStateChange: trail.showStreamState,
      onTokenRejected: logOut,
    });
  show();
}

function logOut(): void {
  socket?.close(1000);
  socket = undefined;
  client = NO_CLIENT;
  session.end();
  for (const panel of [attempts, echo, breakIt]) panel.clear();
  show();
}

function show(): Model {
  const model = { login: session.login, client };
  for (const panel of [card, statusBar, echo, breakIt]) panel.show(model);
  return model;
}
