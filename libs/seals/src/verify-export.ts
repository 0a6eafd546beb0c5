import { comparePositions, type StoredEvent } from '@admit-one/core';
import { trackForgotten } from './forgotten.ts';
import { createSealContents, digestOfSeal, LEAF, positionIn, type Seal, type SealContents } from './seal.ts';
import { SealError, verifySeal } from './sign.ts';

/** Someone who saw a seal when it was made: a line of the log, or an event. */
export interface Witness {
  readonly number: number;
  readonly digest: string;
}

export interface VerifyOptions {
  /** Every event between two positions, in their order. */
  readonly events: AsyncIterable<StoredEvent> | Iterable<StoredEvent>;
  /** Signed seals in the order of their numbers, without a gap. */
  readonly seals: readonly string[];
  /** The public keys that may have signed them, as a JWK Set. */
  readonly keys: { readonly keys: readonly object[] };
  readonly witnesses?: readonly Witness[];
  /** Behind which position the events begin: seals that begin before it are not compared. */
  readonly since?: string;
  /** The first day that is kept, `2026-01-31`: events of earlier days may be missing, by whole days. */
  readonly keptFrom?: string;
}

export interface VerifyReport {
  /** What is wrong, as sentences; empty where everything is as it was sealed. */
  readonly problems: readonly string[];
  /** How many seals were valid. */
  readonly seals: number;
  /** How many events were compared with a seal. */
  readonly sealed: number;
  /** How many events lie outside of the seals that were compared: nothing is said of them. */
  readonly unsealed: number;
  /** How many of the compared events have values that were forgotten. */
  readonly forgotten: number;
  /** The days that are not kept any more, with how many events were sealed. */
  readonly droppedDays: Readonly<Record<string, number>>;
  /** The keys that signed. */
  readonly kids: readonly string[];
}

/**
 * Compares events with the seals over them. Each event is looked at once; those of one seal are in memory, as hashes.
 * Problems never throw; an error of `events` does.
 */
export async function verifyExport(options: VerifyOptions): Promise<VerifyReport> {
  const { events, since, keptFrom = '', witnesses = [] } = options;
  const problems: string[] = [];
  const chain = await verifyChain(options, problems);
  checkWitnesses(chain.seals, witnesses, problems);
  const begin = since === undefined ? undefined : positionIn(since);
  const seals = chain.seals.filter(({ after }) => !begin || comparePositions(positionIn(after), begin) >= 0);
  const droppedDays: Record<string, number> = {};
  let [sealed, unsealed, next] = [0, 0, 0];
  let contents = contentsOf(seals[0]);
  let last: string | undefined;

  function finish(seal: Seal): void {
    compareDays(seal, contents, { keptFrom, droppedDays, problems });
    next += 1;
    contents = contentsOf(seals[next]);
  }

  const forgotten = trackForgotten();
  for await (const event of events) {
    const position = positionIn(event.position);
    if (last !== undefined && comparePositions(position, positionIn(last)) <= 0) {
      problems.push(
        `the event at ${event.position} is behind the one at ${last}: the order is not that of positions`,
      );
      continue;
    }
    last = event.position;
    for (
      let seal = seals[next];
      seal && comparePositions(position, positionIn(seal.to)) > 0;
      seal = seals[next]
    )
      finish(seal);
    const seal = seals[next];
    if (!seal || comparePositions(position, positionIn(seal.after)) <= 0) {
      unsealed += 1;
      forgotten.note(event);
      continue;
    }
    sealed += 1;
    contents.add(event);
    forgotten.add(event);
  }
  for (let seal = seals[next]; seal; seal = seals[next]) finish(seal);
  problems.push(...forgotten.problems());
  return {
    ...{ problems, seals: chain.seals.length, sealed, unsealed, forgotten: forgotten.count },
    ...{ droppedDays, kids: chain.kids },
  };
}

/** What is collected to be compared with a seal, in its form. */
function contentsOf(seal: Seal | undefined): SealContents {
  return createSealContents(seal?.leaf ?? 1);
}

/** The seals up to the first that is not valid: what follows it proves nothing. */
async function verifyChain(
  { seals: signed, keys, since }: Pick<VerifyOptions, 'seals' | 'keys' | 'since'>,
  problems: string[],
): Promise<{ readonly seals: readonly SealWithDigest[]; readonly kids: readonly string[] }> {
  const seals: SealWithDigest[] = [];
  const kids = new Set<string>();
  for (const jws of signed) {
    const before = seals.at(-1);
    const name = `the seal behind number ${before?.number ?? 0}`;
    try {
      const { seal, kid } = await verifySeal(jws, keys);
      if ((seal.leaf ?? 1) > LEAF) throw new SealError('a later version made it: use that one to verify');
      const isNext =
        !before ||
        (seal.number === before.number + 1 && seal.previous === before.digest && seal.after === before.to);
      if (!isNext) throw new SealError('it does not continue the one before');
      if (!before && seal.number !== 1 && since === undefined)
        problems.push(`the seals begin with number ${seal.number}: what was sealed before is missing`);
      seals.push({ ...seal, digest: digestOfSeal(jws) });
      kids.add(kid);
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      problems.push(`${name} is not valid: ${error.message}`);
      break;
    }
  }
  return { seals, kids: [...kids] };
}

type SealWithDigest = Seal & { readonly digest: string };

function checkWitnesses(
  seals: readonly SealWithDigest[],
  witnesses: readonly Witness[],
  problems: string[],
): void {
  const digests = new Map(seals.map(({ number, digest }) => [number, digest]));
  const last = seals.at(-1)?.number ?? 0;
  for (const { number, digest } of witnesses) {
    const own = digests.get(number);
    if (number > last) problems.push(`seal ${number} was witnessed and is not here: the end is missing`);
    else if (own !== undefined && own !== digest)
      problems.push(`seal ${number} is another than the one that was witnessed`);
  }
}

interface Comparing {
  readonly keptFrom: string;
  readonly droppedDays: Record<string, number>;
  readonly problems: string[];
}

function compareDays(
  seal: Seal,
  contents: SealContents,
  { keptFrom, droppedDays, problems }: Comparing,
): void {
  const here = new Map(contents.days().map((day) => [day.day, day]));
  const where = `seal ${seal.number} (behind ${seal.after} to ${seal.to})`;
  for (const { day, events, root } of seal.days) {
    const found = here.get(day);
    here.delete(day);
    if (!found && day < keptFrom) droppedDays[day] = (droppedDays[day] ?? 0) + events;
    else if (found?.events !== events)
      problems.push(`${where} has ${events} events of ${day}, and here are ${found?.events ?? 0}`);
    else if (found.root !== root)
      problems.push(`${where}: its ${events} events of ${day} are not those that were sealed`);
  }
  for (const { day, events } of here.values())
    problems.push(`${where} has no events of ${day}, and here are ${events}`);
}
