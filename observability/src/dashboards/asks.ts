import type { Ask } from './panel.ts';

/** The times of the dashboard as the audit API takes them; Grafana fills them in. */
const RANGE = `from=\${__from:date:iso}&to=\${__to:date:iso}`;

/** The questions that panels lead to, for `admit` and for the audit API. */
export const asks = {
  rejections: {
    command: 'npx @admit-one/cli audit explain from=-1h',
    api: `explain?${RANGE}`,
  },
  infrastructure: {
    command: 'npx @admit-one/cli audit summary by=reason interval=1m from=-1h type=admit.handshake.rejected',
    api: `summary?${RANGE}&by=reason&type=admit.handshake.rejected`,
  },
  admissions: {
    command: 'npx @admit-one/cli audit summary by=pathway interval=1m from=-1h type=admit.ticket.consumed',
    api: `summary?${RANGE}&by=pathway&type=admit.ticket.consumed`,
  },
  replays: {
    command: 'npx @admit-one/cli audit search reason=ticket_replayed from=-1h',
    api: `events?${RANGE}&reason=ticket_replayed&order=desc`,
  },
  blockedOrigins: {
    command: 'npx @admit-one/cli audit explain from=-1h reason=origin_blocked',
    api: `explain?${RANGE}&reason=origin_blocked`,
  },
  closes: {
    command: 'npx @admit-one/cli audit search type=admit.connection.closed from=-1h',
    api: `events?${RANGE}&type=admit.connection.closed&order=desc`,
  },
  lostEdges: {
    command: 'npx @admit-one/cli audit search reason=edge_lost from=-1d',
    api: `events?${RANGE}&reason=edge_lost&order=desc`,
  },
  unconfirmed: {
    command: 'npx @admit-one/cli audit search type=admit.control.unconfirmed from=-1d',
    api: `events?${RANGE}&type=admit.control.unconfirmed&order=desc`,
  },
  unpresented: {
    command: 'npx @admit-one/cli audit search type=admit.ticket.issued from=-1h',
    api: `cohorts?${RANGE}`,
  },
  services: {
    command: 'npx @admit-one/cli audit search type=admit.service.started from=-1d',
    api: `events?${RANGE}&type=admit.service.started&order=desc`,
  },
  epochs: {
    command: 'npx @admit-one/cli audit search type=admit.store.started from=-1d',
    api: `events?${RANGE}&type=admit.store.started&order=desc`,
  },
  completeness: { command: 'npx @admit-one/cli audit completeness', api: 'completeness' },
  clients: {
    command: 'npx @admit-one/cli audit summary by=client interval=1h from=-1d type=admit.ticket.consumed',
    api: `summary?${RANGE}&by=client&type=admit.ticket.consumed`,
  },
  doctor: { command: 'npx @admit-one/cli doctor' },
} as const satisfies Readonly<Record<string, Ask>>;
