import {
  type AuditLog,
  AuditLogError,
  BEHIND_ALL_INDEX,
  comparePositions,
  positionText,
  type StoredEvent,
  type StoredSeal,
} from '@admit-one/core';
import { covers, type InclusionProof, positionIn, proveInclusion, type Seal } from '@admit-one/seals';

export interface Proofs {
  /** With their salts, as they were sealed; those that the audit log has up to the horizon, in the order of positions. */
  readonly events: readonly StoredEvent[];
  /** For each event that is sealed. */
  readonly proofs: readonly InclusionProof[];
  /** Those that the proofs are of. */
  readonly seals: readonly StoredSeal[];
}

type Reader = Pick<AuditLog, 'query' | 'seals'>;

const PAGE = 1_000;

/** Proves that the events at some positions are in their seals. Reads all events of each seal. */
export async function prove(auditLog: Reader, positions: readonly string[]): Promise<Proofs> {
  const left = new Set(positions);
  const events: StoredEvent[] = [];
  const proofs: InclusionProof[] = [];
  const seals: StoredSeal[] = [];
  for (const position of positions.toSorted(byPosition)) {
    if (!left.has(position)) continue;
    const stored = await auditLog.seals.covering(position);
    const seal = stored && sealOf(stored);
    if (!stored || !seal || !covers(seal, position)) {
      left.delete(position);
      events.push(...(await eventAt(auditLog, position)));
      continue;
    }
    const proven = await proveInclusion(seal, eventsOf(auditLog, seal), left);
    for (const wanted of left) if (covers(seal, wanted)) left.delete(wanted);
    if (proven.length > 0) seals.push(stored);
    events.push(...proven.map(({ event }) => event));
    proofs.push(...proven.map(({ proof }) => proof));
  }
  return { events, proofs, seals };
}

/** The signature is not verified here: the reader of the proofs does that. */
function sealOf({ jws }: StoredSeal): Seal {
  return JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as Seal;
}

async function* eventsOf(auditLog: Reader, { after, to }: Seal): AsyncGenerator<StoredEvent> {
  for (let cursor = after; ; ) {
    const page = await auditLog.query({}, { order: 'position', limit: PAGE, cursor, salts: true });
    for (const event of page.events) {
      if (byPosition(event.position, to) > 0) return;
      yield event;
    }
    if (page.end) return;
    cursor = page.next;
  }
}

/** None where the log has not come to the position: the audit log places its own events ahead. */
async function eventAt(auditLog: Reader, position: string): Promise<readonly StoredEvent[]> {
  const { generation, sequence, index } = positionIn(position);
  const before =
    index > 0 ? { sequence, index: index - 1 } : { sequence: sequence - 1, index: BEHIND_ALL_INDEX };
  const cursor = positionText({ generation, ...before });
  try {
    const page = await auditLog.query({}, { order: 'position', limit: 1, cursor, salts: true });
    return page.events.filter((event) => event.position === position);
  } catch (error) {
    if (error instanceof AuditLogError && error.code === 'bad_cursor') return [];
    throw error;
  }
}

function byPosition(one: string, other: string): number {
  return comparePositions(positionIn(one), positionIn(other));
}
