import { type AdmitSocket, type ClientStatus, connect } from '@admit-one/client';
import { streamAuditEvents } from './audit-log/stream-audit-events.ts';
import { byId } from './dom.ts';
import { type Model, NO_CLIENT, nextPhase, type Phase } from './model.ts';
import { createNetworkSwitch } from './network-switch.ts';
import { createAttempts } from './panels/attempts.ts';
import { createAuditLogPanel } from './panels/audit-log-panel.ts';
import { createBreakIt } from './panels/break-it.ts';
import { createEcho } from './panels/echo.ts';
import { createStatusBar } from './panels/status-bar.ts';
import { createTicketCard } from './panels/ticket-card.ts';
import { errorText } from './request.ts';
import { openSession } from './session.ts';
import { phaseLabels, statusText } from './state-texts.ts';

const BUFFERED_BYTES = 16_384;

const network = createNetworkSwitch();
const session = openSession(sessionStorage, onLogin);
const auditLog = createAuditLogPanel();
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
let phase: Phase = 'idle';
let stopStream: (() => void) | undefined;

onLogin();

function connectClient(): void {
  if (socket) {
    socket.resume();
    return;
  }
  const opened = connect({
    url: '/ws',
    getToken: ({ fresh }) => session.token(fresh),
    bufferedBytes: BUFFERED_BYTES,
    environment: network.environment,
  });
  socket = opened;
  opened.addEventListener('statechange', ({ detail }) => opened === socket && onStatus(detail));
  echo.use(opened);
  onStatus(opened);
}

function onStatus({ state, reason, nextRetryAt, ticketId }: ClientStatus): void {
  client = { state, reason, nextRetryAt, ticketId };
  phase = nextPhase(phase, state);
  attempts.update(client);
  auditLog.markCurrent(ticketId);
  const model = show();
  announcer.textContent = `${phaseLabels[phase]}. ${statusText(model)}`;
}

/** Shows the audit log of the current session. */
function onLogin(): void {
  stopStream?.();
  stopStream = undefined;
  auditLog.clear();
  const { login } = session;
  auditLog.showStreamState(null);
  if (login)
    stopStream = streamAuditEvents({
      token: login.token,
      onEvents: auditLog.add,
      onStateChange: auditLog.showStreamState,
      onTokenRejected: logOut,
    });
  show();
}

function logOut(): void {
  socket?.close(1000);
  socket = undefined;
  client = NO_CLIENT;
  phase = 'idle';
  session.end();
  for (const panel of [attempts, echo, breakIt]) panel.clear();
  show();
}

function show(): Model {
  const model = { login: session.login, client, phase };
  for (const panel of [card, statusBar, echo, breakIt]) panel.show(model);
  return model;
}
