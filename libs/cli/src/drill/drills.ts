/** What may be broken. */
export const drillNames = ['redis', 'nats', 'postgres', 'edge'] as const;

export type DrillName = (typeof drillNames)[number];

/** What docs/operations.md promises while something is away. */
export interface Drill {
  /** What users notice, as a sentence. */
  readonly says: string;
  /** The public codes that new connections are rejected with; none: they are admitted all the same. */
  readonly rejectedWith: readonly string[];
  /** How long nobody may get in, and a lost connection may stay lost, milliseconds. Zero: not at all. */
  readonly gapMs: number;
  /** The alert that tells operators, and after how many seconds at the latest. */
  readonly alert: { readonly name: string; readonly afterSeconds: number };
}

export const drills: Readonly<Record<DrillName, Drill>> = {
  redis: {
    says: 'New connections are rejected with REDIS_UNAVAILABLE. Open connections stay.',
    rejectedWith: ['REDIS_UNAVAILABLE'],
    gapMs: 0,
    alert: { name: 'AdmitStoreDown', afterSeconds: 90 },
  },
  nats: {
    says: 'New connections are rejected with UNAVAILABLE. Open connections stay.',
    rejectedWith: ['UNAVAILABLE'],
    gapMs: 0,
    alert: { name: 'AdmitBusDown', afterSeconds: 60 },
  },
  postgres: {
    says: 'Users notice nothing. The audit log cannot be searched, and catches up afterwards.',
    rejectedWith: [],
    gapMs: 0,
    alert: { name: 'AdmitAuditLogStalled', afterSeconds: 150 },
  },
  edge: {
    says: 'Its connections are lost, and come back at another edge within 10 s.',
    rejectedWith: [],
    gapMs: 10_000,
    alert: { name: 'AdmitEdgeLost', afterSeconds: 60 },
  },
};

/** When users get in again at the latest, after the end of an outage. */
export const RECOVERY_MS = 15_000;
