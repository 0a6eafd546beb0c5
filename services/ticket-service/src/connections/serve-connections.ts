import { publicCodes, type RequestReply, type Running, reasonRow } from '@admit-one/core';
import type { RejectionLog } from '@admit-one/runtime';
import { connectionSubjects, createGuard } from '@admit-one/ticket-client';
import { rejectionErrorOf } from '../http/rejection-error-of.ts';
import type { ConnectionActions } from './connection-actions.ts';
import { CloseBody, ListBody, SendBody } from './connection-schemas.ts';

export interface ServeConnectionsOptions {
  readonly requests: RequestReply;
  readonly actions: ConnectionActions;
  readonly rejectionLog: Pick<RejectionLog, 'write'>;
}

/** Answers backends on the bus as `connectionRoutes` does over HTTP; who may ask is a matter of NATS permissions. */
export async function serveConnections(options: ServeConnectionsOptions): Promise<Running> {
  const { requests, actions, rejectionLog } = options;
  const isList = createGuard(ListBody);
  const isSend = createGuard(SendBody);
  const isClose = createGuard(CloseBody);

  async function answer(carryOut: () => Promise<object> | null): Promise<object> {
    try {
      return (
        (await carryOut()) ?? errorOf('request_invalid', 'The body is not of the form in docs/bridge.md.')
      );
    } catch (error) {
      const { reason, detail, cause: err } = rejectionErrorOf(error);
      rejectionLog.write(reasonRow(reason).severity, { reason, err }, 'connection_request_failed', null);
      return errorOf(reason, detail);
    }
  }

  const served = await Promise.all([
    requests.serve(connectionSubjects.list, (body) =>
      answer(() => (isList(body) ? actions.list(body) : null)),
    ),
    requests.serve(connectionSubjects.send, (body) =>
      answer(() => (isSend(body) ? actions.send(body) : null)),
    ),
    requests.serve(connectionSubjects.close, (body) =>
      answer(() => (isClose(body) ? actions.close(body) : null)),
    ),
  ]);
  return {
    async stop() {
      await Promise.all(served.map((running) => running.stop()));
    },
  };
}

function errorOf(reason: Parameters<typeof reasonRow>[0], detail: string | undefined) {
  const { code } = reasonRow(reason);
  return { error: { code, detail: detail ?? publicCodes[code] } };
}
