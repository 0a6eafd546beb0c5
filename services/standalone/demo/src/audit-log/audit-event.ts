/** The members of a CloudEvent that this page reads. */
export interface AuditEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  /** RFC 3339. */
  readonly time: string;
  readonly partitionkey: string;
  readonly sequence: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The id of the ticket of an event; null if it has none. */
export function ticketIdOf({ type, subject, data }: AuditEvent): string | null {
  if (typeof data.ticketId === 'string') return data.ticketId;
  return type.startsWith('admit.ticket.') ? subject : null;
}

/** The order of the audit log. */
export function compareEvents(a: AuditEvent, b: AuditEvent): number {
  return (
    compare(a.time, b.time) || compare(a.partitionkey, b.partitionkey) || compare(a.sequence, b.sequence)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
