import {
  type AuditLog,
  type ControlEntry,
  controlEntrySchema,
  isInForce,
  type RequestReply,
  type Running,
  type StoreClock,
} from '@admit-one/core';
import {
  type ControlHistoryReply,
  ControlHistoryRequest,
  controlSubjects,
  createGuard,
} from '@admit-one/ticket-client';
import { Type } from 'typebox';

export interface ControlHistoryOptions {
  readonly requests: RequestReply;
  readonly auditLog: Pick<AuditLog, 'query'>;
  readonly clock: StoreClock;
}

/** Of control entries: well below the largest reply on the bus. */
const PAGE = 500;
const types = ['admit.session.revoked', 'admit.control.changed'];

const isRequest = createGuard(ControlHistoryRequest);
const isEntry = createGuard(Type.Unsafe<ControlEntry>(controlEntrySchema));

/** Answers ticket-services whose store has lost the control entries: with every change of those that are not over yet. */
export function serveControlHistory({ requests, auditLog, clock }: ControlHistoryOptions): Promise<Running> {
  return requests.serve(controlSubjects.history, async (body): Promise<ControlHistoryReply> => {
    if (!isRequest(body))
      throw new TypeError('a request for the history of control entries is not of its form');
    const { cursor } = body;
    const facts = { type: { include: types } };
    const page = await auditLog.query(
      { facts },
      { limit: PAGE, order: 'asc', ...(cursor === null ? {} : { cursor }) },
    );
    const entries = page.events
      .map(({ data }): unknown => data)
      .filter(isEntry)
      .filter((entry) => entry.undone || isInForce(entry, clock.now()));
    return { entries, next: page.end ? null : page.next };
  });
}
