import { comparePositions, parsePosition, type StoredEvent } from '@admit-one/core';
import { auditPath, rootOfPath } from './merkle-tree.ts';
import { dayOf, leafOf, type Seal } from './seal.ts';

/** That an event is in a seal: its place in the tree of its day, and the hashes beside its way to the root. */
export interface InclusionProof {
  /** The position of the event. */
  readonly position: string;
  /** The number of the seal. */
  readonly seal: number;
  /** From 0, in the tree of the event's day. */
  readonly index: number;
  /** SHA-256 in hex, from below: RFC 6962, section 2.1.1. */
  readonly path: readonly string[];
}

/**
 * Proves that some events are in a seal.
 * @param events all of the seal, with their salts, in the order of their positions
 * @param positions of those that are proven
 */
export async function proveInclusion(
  seal: Seal,
  events: AsyncIterable<StoredEvent> | Iterable<StoredEvent>,
  positions: ReadonlySet<string>,
): Promise<readonly { readonly event: StoredEvent; readonly proof: InclusionProof }[]> {
  const leaves = new Map<string, Buffer[]>();
  const wanted: { event: StoredEvent; day: string; index: number }[] = [];
  for await (const event of events) {
    const day = dayOf(event);
    const ofDay = leaves.get(day) ?? [];
    leaves.set(day, ofDay);
    if (positions.has(event.position)) wanted.push({ event, day, index: ofDay.length });
    ofDay.push(leafOf(event, seal.leaf ?? 1));
  }
  return wanted.map(({ event, day, index }) => {
    const path = auditPath(leaves.get(day) ?? [], index).map((hash) => hash.toString('hex'));
    return { event, proof: { position: event.position, seal: seal.number, index, path } };
  });
}

/** Whether an event is in a seal, as its proof says. */
export function isIncluded(event: StoredEvent, { index, path }: InclusionProof, seal: Seal): boolean {
  const day = seal.days.find((one) => one.day === dayOf(event));
  if (!day || !covers(seal, event.position)) return false;
  const hashes = path.map((hex) => Buffer.from(hex, 'hex'));
  const root = rootOfPath(leafOf(event, seal.leaf ?? 1), index, day.events, hashes);
  return root?.toString('hex') === day.root;
}

/** Whether a position is between those of a seal. */
export function covers(seal: Seal, position: string): boolean {
  const [begin, at] = [seal.after, position].map(parsePosition);
  return !!begin && !!at && comparePositions(at, begin) > 0 && isBeforeEnd(seal, position);
}

/** Whether a position is in a seal or before it. */
export function isBeforeEnd({ to }: Pick<Seal, 'to'>, position: string): boolean {
  const [at, end] = [position, to].map(parsePosition);
  return !!at && !!end && comparePositions(at, end) <= 0;
}
