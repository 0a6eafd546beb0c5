import { hasForgotten, type StoredEvent } from '@admit-one/core';
import { type InclusionProof, isBeforeEnd, isIncluded } from './inclusion.ts';
import { digestOfSeal, LEAF, type Seal } from './seal.ts';
import { SealError, verifySeal } from './sign.ts';
import type { Witness } from './verify-export.ts';

/** Some events of the audit log, with what proves them. */
export interface Case {
  readonly events: readonly StoredEvent[];
  /** At most one for each event. */
  readonly proofs: readonly InclusionProof[];
  /** Signed seals, with their numbers. */
  readonly seals: readonly { readonly number: number; readonly jws: string }[];
  /** The public keys that may have signed them, as a JWK Set. */
  readonly keys: { readonly keys: readonly object[] };
  readonly witnesses?: readonly Witness[];
}

export interface CaseReport {
  /** What is wrong, as sentences; empty where every proof is valid. */
  readonly problems: readonly string[];
  readonly proven: number;
  /** The positions of events without a proof. */
  readonly unproven: readonly string[];
  /** How many of the events have values that were forgotten. */
  readonly forgotten: number;
  /** How many seals were valid. */
  readonly seals: number;
  /** The keys that signed. */
  readonly kids: readonly string[];
}

/** Verifies that events are as they were sealed. It says nothing of events that are not here. Problems never throw. */
export async function verifyCase(contents: Case): Promise<CaseReport> {
  const { events, proofs } = contents;
  const problems: string[] = [];
  const { seals, kids } = await verifySeals(contents, problems);
  const proofOf = new Map<string, InclusionProof>();
  for (const proof of proofs) {
    if (proofOf.has(proof.position)) problems.push(`there are two proofs for ${proof.position}`);
    proofOf.set(proof.position, proof);
  }
  const unproven: string[] = [];
  const seen = new Set<string>();
  for (const event of events) {
    const { position } = event;
    if (seen.has(position)) problems.push(`there are two events at ${position}`);
    seen.add(position);
    const proof = proofOf.get(position);
    if (proof) problems.push(...problemsOf(event, proof, seals));
    // Seals follow each other: what is before the end of one is in it, or in one before.
    else if ([...seals.values()].some((seal) => isBeforeEnd(seal, position)))
      problems.push(`the event at ${position} is in a sealed range, and its proof is missing`);
    else unproven.push(position);
  }
  for (const position of proofOf.keys())
    if (!seen.has(position)) problems.push(`the event at ${position} is missing: its proof is here`);
  return {
    ...{ problems, unproven, seals: seals.size, kids },
    proven: seen.size - unproven.length,
    forgotten: events.filter((event) => event.salt === undefined && hasForgotten(event)).length,
  };
}

function problemsOf(
  event: StoredEvent,
  proof: InclusionProof,
  seals: ReadonlyMap<number, Seal>,
): readonly string[] {
  const seal = seals.get(proof.seal);
  if (!seal)
    return [`seal ${proof.seal}, which the event at ${event.position} is in, is missing or not valid`];
  if (isIncluded(event, proof, seal)) return [];
  return [
    `the event at ${event.position} is not the one that seal ${proof.seal} has, or its proof is another's`,
  ];
}

async function verifySeals(
  { seals: signed, keys, witnesses = [] }: Case,
  problems: string[],
): Promise<{ readonly seals: ReadonlyMap<number, Seal>; readonly kids: readonly string[] }> {
  const seals = new Map<number, Seal>();
  const kids = new Set<string>();
  const digests = new Map(witnesses.map(({ number, digest }) => [number, digest]));
  for (const { number, jws } of signed) {
    try {
      const { seal, kid } = await verifySeal(jws, keys);
      if (seal.number !== number) throw new SealError(`it is number ${seal.number}`);
      if ((seal.leaf ?? 1) > LEAF) throw new SealError('a later version made it: use that one to verify');
      if ((digests.get(number) ?? digestOfSeal(jws)) !== digestOfSeal(jws))
        throw new SealError('it is another than the one that was witnessed');
      seals.set(number, seal);
      kids.add(kid);
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      problems.push(`seal ${number} is not valid: ${error.message}`);
    }
  }
  return { seals, kids: [...kids] };
}
