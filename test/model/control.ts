import { exploreWorlds } from './explore-worlds.ts';

/** What keeps a revoked session out. Each can be taken away, to see that the model finds out. */
export interface ControlGuards {
  /** The store grants nothing that a marker covers. */
  readonly marker: boolean;
  /** The marker is written before edges are told. */
  readonly markerFirst: boolean;
  /** An edge compares a new connection with the entries that came during its handshake. */
  readonly watch: boolean;
  /** An edge confirms a version after it has applied its entry, not when it hears of it. */
  readonly confirmAfterApply: boolean;
  /** An edge that missed a message asks for the difference before it confirms. */
  readonly fetch: boolean;
}

export const allControlGuards: ControlGuards = {
  marker: true,
  markerFirst: true,
  watch: true,
  confirmAfterApply: true,
  fetch: true,
};

type Upgrade = 'waiting' | 'reserving' | 'reserved' | 'granted' | 'open' | 'closed' | 'rejected';

/** One edge with one upgrade of the revoked session. */
interface EdgeState {
  readonly upgrade: Upgrade;
  /** Whether the entry came while the handshake was under way. */
  readonly missed: boolean;
  /** Whether the edge has applied the entry. */
  readonly applied: boolean;
  /** The broadcast on its way to the edge, and the confirmation on its way back. */
  readonly told: 'no' | 'sent' | 'lost' | 'heard';
  readonly confirmed: boolean;
}

interface World {
  readonly marker: boolean;
  readonly edges: readonly EdgeState[];
  readonly acknowledged: boolean;
}

const HANDSHAKE: ReadonlySet<Upgrade> = new Set(['reserving', 'reserved', 'granted']);

/**
 * Explores every order of an upgrade's steps at each of two edges and the steps of a revocation, whose messages may get lost.
 * @returns how many worlds there are
 * @throws {Error} with the steps to a connection that is open after the revocation was acknowledged
 */
export function exploreControl(guards: ControlGuards): number {
  const start: World = { marker: false, edges: [fresh(), fresh()], acknowledged: false };
  return exploreWorlds(
    start,
    (world) => stepsOf(world, guards),
    (_, next) =>
      next.acknowledged && next.edges.some(({ upgrade }) => upgrade === 'open')
        ? 'a revoked connection is open after the acknowledgement'
        : null,
  );
}

function fresh(): EdgeState {
  return { upgrade: 'waiting', missed: false, applied: false, told: 'no', confirmed: false };
}

function* stepsOf(world: World, guards: ControlGuards): Generator<readonly [string, World]> {
  const { marker, edges, acknowledged } = world;
  if (!marker) yield ['the store has the marker', { ...world, marker: true }];
  if (marker && !acknowledged && edges.every(({ confirmed }) => confirmed))
    yield ['the revocation is acknowledged', { ...world, acknowledged: true }];
  for (const [n, edge] of edges.entries())
    for (const [step, next] of edgeSteps(edge, marker, guards))
      yield [`edge ${n}: ${step}`, { ...world, edges: edges.with(n, next) }];
}

function* edgeSteps(
  edge: EdgeState,
  marker: boolean,
  guards: ControlGuards,
): Generator<readonly [string, EdgeState]> {
  const { upgrade, missed, applied, told, confirmed } = edge;
  const blocked = marker && guards.marker;
  if (upgrade === 'waiting') yield ['an upgrade begins', { ...edge, upgrade: 'reserving' }];
  if (upgrade === 'reserving')
    yield ['the store decides the reserve', { ...edge, upgrade: blocked ? 'rejected' : 'reserved' }];
  if (upgrade === 'reserved')
    yield ['the store decides the confirm', { ...edge, upgrade: blocked ? 'rejected' : 'granted' }];
  if (upgrade === 'granted')
    yield ['the connection is registered', { ...edge, upgrade: missed && guards.watch ? 'closed' : 'open' }];

  if (told === 'no' && (marker || !guards.markerFirst))
    yield ['the broadcast is sent', { ...edge, told: 'sent' }];
  if (told === 'sent') {
    yield ['the broadcast arrives', { ...edge, told: 'heard' }];
    yield ['the broadcast is lost', { ...edge, told: 'lost' }];
  }
  if (told === 'lost') yield ['a repeat arrives', { ...edge, told: guards.fetch ? 'heard' : 'lost' }];
  if (told === 'heard' && !applied)
    yield [
      'the entry is applied',
      {
        ...edge,
        applied: true,
        missed: missed || HANDSHAKE.has(upgrade),
        upgrade: upgrade === 'open' ? 'closed' : upgrade,
      },
    ];
  const hasHeard = told === 'heard' || (told === 'lost' && !guards.fetch);
  if (hasHeard && !confirmed && (applied || !guards.confirmAfterApply || !guards.fetch))
    yield ['the confirmation arrives', { ...edge, confirmed: true }];
}
