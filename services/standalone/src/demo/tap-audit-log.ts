import type { AuditLog, ReceivedEvent } from '@admit-one/core';

export interface TappedAuditLog extends AuditLog {
  /**
   * Calls the listener with each new event after it is stored through this object. The listener must not throw.
   * Returns `unsubscribe`.
   */
  tap(listener: (stored: readonly ReceivedEvent[]) => void): () => void;
}

export function tapAuditLog(auditLog: AuditLog): TappedAuditLog {
  const listeners = new Set<(stored: readonly ReceivedEvent[]) => void>();

  function notify(stored: readonly ReceivedEvent[]): void {
    if (stored.length > 0) for (const listener of listeners) listener(stored);
  }

  return {
    ...auditLog,
    async append(events) {
      const appended = await auditLog.append(events);
      notify(appended.stored);
      return appended;
    },
    async closeLostConnections(lost) {
      const stored = await auditLog.closeLostConnections(lost);
      notify(stored);
      return stored;
    },
    tap(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
