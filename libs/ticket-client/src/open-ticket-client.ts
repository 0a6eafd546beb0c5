import { createStoreClock } from '@admit-one/core';
import { startClockSync } from './clock-sync.ts';
import { createTicketClient, type TicketClient, type TicketClientOptions } from './ticket-client.ts';

/** A ticket client with a clock sync. */
export interface OpenTicketClient extends TicketClient {
  /** Whether a ticket-service ever answered: before that, every ticket is rejected with 503. For readiness checks. */
  readonly ready: boolean;
  /** Stops the clock sync. The bus stays open. */
  close(): void;
}

/** Opens a ticket client on a bus, even if no ticket-service is available yet: it keeps trying. */
export async function openTicketClient({
  requests,
  budgets,
}: Pick<TicketClientOptions, 'requests' | 'budgets'>): Promise<OpenTicketClient> {
  const clock = createStoreClock();
  const client = createTicketClient({ requests, clock, ...(budgets && { budgets }) });
  const close = await startClockSync(client);
  return {
    ...client,
    get ready() {
      return clock.synchronized;
    },
    close,
  };
}
