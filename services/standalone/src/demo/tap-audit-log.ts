import type { AuditLog, CloudEvent } from '@admit-one/core';

/** Hears of events that were new to the audit log, once they are stored. Must not throw. */
export type AppendListener = (stored: readonly CloudEvent[]) => void;

/** An audit log that tells what comes into it. */
export interface TappedAuditLog extends AuditLog {
  /** Returns the way out. What others store in the same database is not heard. */
  tap(follower: AppendListener): () => void;
}

/** Puts followers behind an audit log. */
export function tapAuditLog(auditLog: AuditLog): TappedAuditLog {
  const followers = new Set<AppendListener>();
  return {
    ...auditLog,
    async append(events) {
      const stored = await auditLog.append(events);
      if (stored.length > 0) for (const follower of followers) follower(stored);
      return stored;
    },
    tap(follower) {
      followers.add(follower);
      return () => followers.delete(follower);
    },
  };
}
