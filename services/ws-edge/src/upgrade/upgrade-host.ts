import type {
  AdmissionRules,
  createUpgradeAnswerer,
  HandshakeContext,
  HandshakeRules,
} from '@admit-one/gate';
import type { ClientAddress, Logger, Telemetry } from '@admit-one/runtime';
import type { Rejection, TicketClient } from '@admit-one/ticket-client';
import type { ConnectionPlaces } from '../connection/connection-places.ts';
import type { Connections } from '../connection/connections.ts';
import type { EdgeMetrics } from '../connection/edge-metrics.ts';
import type { EdgeControl } from '../control/edge-control.ts';
import type { Route } from '../routes/types.ts';
import type { Acceptor } from './acceptor.ts';

/** A route, and how it sends the 101. */
export interface RouteEndpoint {
  readonly route: Route;
  readonly accept: Acceptor;
}

/** What the upgrades of an edge share. */
export interface UpgradeHost {
  readonly client: TicketClient;
  /** By the names of their routes. */
  readonly endpoints: ReadonlyMap<string, RouteEndpoint>;
  readonly handshakeRules: HandshakeRules;
  readonly rules: AdmissionRules<Rejection>;
  readonly connections: Connections;
  readonly places: ConnectionPlaces;
  readonly draining: () => boolean;
  readonly control: Pick<EdgeControl, 'rejectionOf' | 'watchHandshake'>;
  readonly clientAddress: ClientAddress;
  readonly answer: ReturnType<typeof createUpgradeAnswerer>;
  readonly telemetry: Telemetry;
  readonly metrics: Pick<EdgeMetrics, 'handshakeEnded' | 'jwtPresented'>;
  readonly log: Logger;
  /** Called once for each upgrade. */
  readonly onEnded: (handshake: HandshakeContext, rejection: Rejection | null) => void;
}
