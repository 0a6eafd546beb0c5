import { isDeepStrictEqual } from 'node:util';
import { expectOf, type Operation, type Result } from './operations.ts';
import type { Reference, Told } from './reference.ts';

/** A operation that is done: when it was begun and when it had ended, as moments of one count. */
export interface Done {
  readonly operation: Operation;
  readonly result: Result;
  readonly begunAt: number;
  readonly endedAt: number;
}

/**
 * Whether the reference has these outcomes and this audit log in some order in which nothing is done before what had ended
 * when it was begun: linearizability, by trying every order.
 */
export function isSomeOrderOf(
  reference: Reference,
  done: readonly Done[],
  auditLog: readonly Told[],
): boolean {
  const changes = auditLog.filter(isChange);

  function continues(before: Reference, left: readonly Done[], told: readonly Told[]): boolean {
    if (left.length === 0) return isDeepStrictEqual(told, changes);
    return left.some((next) => {
      if (left.some(({ endedAt }) => endedAt < next.begunAt)) return false;
      const after = before.copy();
      const expected = expectOf(after, next.operation, next.result);
      if (!isDeepStrictEqual(next.result.outcome, expected?.outcome ?? null)) return false;
      const events = expected?.events.filter(isChange) ?? [];
      return continues(
        after,
        left.filter((one) => one !== next),
        [...told, ...events],
      );
    });
  }

  return continues(reference, done, []);
}

/**
 * Whether the audit log tells of every rejected command, once. A rejection is recorded after it was decided, so the order says
 * nothing; and of copies that were rejected for different reasons it tells one.
 */
export function tellsEveryRejection(done: readonly Done[], auditLog: readonly Told[]): boolean {
  const rejected = done.flatMap(({ operation, result: { outcome } }) =>
    operation.kind === 'command' && outcome?.kind === 'rejected' && outcome.reason !== 'deadline_exceeded'
      ? [{ id: operation.command.id, reason: outcome.reason }]
      : [],
  );
  const told = auditLog.filter((event) => !isChange(event)).map(({ data }) => data.reason);
  const commands = new Set(rejected.map(({ id }) => id));
  return (
    told.length === commands.size && told.every((told) => rejected.some(({ reason }) => reason === told))
  );
}

function isChange({ type }: Told): boolean {
  return type !== 'admit.ticket.rejected';
}
