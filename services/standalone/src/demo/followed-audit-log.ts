import type { AuditLog, ReceivedEvent } from '@admit-one/core';

/** Hears of events that were new to the audit log, once they are stored. Must not throw. */
export type Follower = (stored: readonly ReceivedEvent[]) => void;

/** An audit log that tells what comes into it. */
export interface FollowedAuditLog extends AuditLog {
  /** Returns the way out. What others store in the same database is not heard. */
  follow(follower: Follower): () => void;
}

/** Puts followers behind an audit log. */
export function followed(auditLog: AuditLog): FollowedAuditLog {
  const followers = new Set<Follower>();
  return {
    ...auditLog,
    async append(events) {
      const stored = await auditLog.append(events);
      if (stored.length > 0) for (const follower of followers) follower(stored);
      return stored;
    },
    follow(follower) {
      followers.add(follower);
      return () => followers.delete(follower);
    },
  };
}
