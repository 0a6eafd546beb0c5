import {
  type ControlCopy,
  type ControlEntry,
  type ControlStore,
  isInForce,
  type RequestReply,
} from '@admit-one/core';
import { ControlHistoryReply, controlSubjects, createGuard } from '@admit-one/ticket-client';

const REQUEST_MS = 5_000;
/** Where the copy has the entries too, the audit log only adds what this process may have missed. */
const REQUEST_WITH_COPY_MS = 1_000;

const isHistory = createGuard(ControlHistoryReply);

/**
 * Restores the entries in a store that has lost them: from this process's copy and the audit log, or without a copy from
 * the audit log alone.
 * @throws {BusError} where there is no copy, or it lacks log-outs that have left the list, and no audit-service answers
 */
export async function restoreControl(
  store: ControlStore,
  copy: ControlCopy,
  requests: RequestReply,
  now: number,
): Promise<readonly ControlEntry[]> {
  const known = copy.version ? copy.all() : null;
  // The copy lacks log-outs that have left the list.
  const isWhole = known !== null && copy.unlistedUntil === 0;
  const history = await readHistory(requests, isWhole ? REQUEST_WITH_COPY_MS : REQUEST_MS).catch((error) => {
    if (isWhole) return [];
    throw error;
  });
  const latest = new Map<string, ControlEntry>();
  for (const entry of [...history, ...(known ?? [])]) {
    const other = latest.get(entry.id);
    if (!other || other.changedAt <= entry.changedAt) latest.set(entry.id, entry);
  }
  const entries = [...latest.values()].filter((entry) => isInForce(entry, now));
  await store.restore(entries);
  return entries;
}

async function readHistory(requests: RequestReply, timeoutMs: number): Promise<readonly ControlEntry[]> {
  const entries: ControlEntry[] = [];
  for (let cursor: string | null = null; ; ) {
    const reply: unknown = await requests.request(controlSubjects.history, { cursor }, timeoutMs);
    if (!isHistory(reply))
      throw new TypeError('a reply on the history of control entries is not of its form');
    entries.push(...reply.entries);
    if (reply.next === null) return entries;
    cursor = reply.next;
  }
}
