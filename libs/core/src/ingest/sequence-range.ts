import type { ReceivedEvent } from '../events/cloud-event.ts';
import { sequenceClaimsOf } from '../events/sequence-claims.ts';
import type { AuditLog } from '../ports/audit-log.ts';

/** How far a sequence may be from those that the audit log has under its key: about as many events as can be lost. */
export const MAX_SEQUENCE_JUMP = 1_000_000;

/** How many keys are remembered; those of running processes are a few dozen. */
const MAX_KEYS = 10_000;

export interface SequenceRange {
  /**
   * The events whose own sequence, or one that they name, is more than `MAX_SEQUENCE_JUMP` away from what the audit log has
   * of that key, with what is wrong. Such an event is forged or a bug: stored, it would be a hole of any size. A key that
   * the log doesn't have may begin anywhere, and is named at most up to `MAX_SEQUENCE_JUMP`.
   */
  outside(events: readonly ReceivedEvent[]): Promise<ReadonlyMap<ReceivedEvent, string>>;
}

interface Seen {
  readonly first: number;
  readonly last: number;
}

/**
 * Remembers a part of what the log has: a sequence that is within reach of that part is within reach of the whole.
 * Anything else is looked up, since other replicas store events too.
 */
export function createSequenceRange(auditLog: Pick<AuditLog, 'sequences'>): SequenceRange {
  const seen = new Map<string, Seen>();

  return {
    async outside(events) {
      await lookUp(new Set(events.flatMap(keysBeyondReach)));
      const found = new Map<ReceivedEvent, string>();
      for (const event of events) {
        const issue = issueOf(event);
        if (issue === undefined) see(event.partitionkey, Number(event.sequence));
        else found.set(event, issue);
      }
      return found;
    },
  };

  async function lookUp(keys: ReadonlySet<string>): Promise<void> {
    if (keys.size === 0) return;
    if (seen.size + keys.size > MAX_KEYS) seen.clear();
    const reports = await auditLog.sequences({ partitionkeys: [...keys] });
    for (const { partitionkey, first, last } of reports)
      if (last > 0) {
        see(partitionkey, first);
        see(partitionkey, last);
      }
  }

  function see(key: string, sequence: number): void {
    const { first, last } = seen.get(key) ?? { first: sequence, last: sequence };
    seen.set(key, { first: Math.min(first, sequence), last: Math.max(last, sequence) });
  }

  function keysBeyondReach(event: ReceivedEvent): readonly string[] {
    const sequences = [{ partitionkey: event.partitionkey, lastSequence: Number(event.sequence) }];
    return [...sequences, ...sequenceClaimsOf(event)]
      .filter(({ partitionkey, lastSequence }) => {
        const known = seen.get(partitionkey);
        return !known || !isWithinReach(lastSequence, known);
      })
      .map(({ partitionkey }) => partitionkey);
  }

  function issueOf(event: ReceivedEvent): string | undefined {
    const { partitionkey, sequence } = event;
    const known = seen.get(partitionkey);
    if (known && !isWithinReach(Number(sequence), known)) return tooFar(partitionkey, sequence, known);
    for (const claim of sequenceClaimsOf(event)) {
      const own = claim.partitionkey === partitionkey;
      const base = seen.get(claim.partitionkey) ?? { first: 0, last: own ? Number(sequence) : 0 };
      if (claim.lastSequence > base.last + MAX_SEQUENCE_JUMP)
        return tooFar(claim.partitionkey, claim.lastSequence, base);
    }
    return undefined;
  }
}

function isWithinReach(sequence: number, { first, last }: Seen): boolean {
  return sequence >= first - MAX_SEQUENCE_JUMP && sequence <= last + MAX_SEQUENCE_JUMP;
}

function tooFar(key: string, sequence: string | number, { first, last }: Seen): string {
  return `sequence ${Number(sequence)} of ${key} is more than ${MAX_SEQUENCE_JUMP} away from the known ${first} to ${last}`;
}
