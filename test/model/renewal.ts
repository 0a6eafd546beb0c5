import { exploreWorlds } from './explore-worlds.ts';

/** What keeps a renewal from outliving a revocation. Each can be taken away, to see that the model finds out. */
export interface RenewalGuards {
  /** A ticket-service reads the entries from the store for each renewal, and does not trust its copy. */
  readonly fromStore: boolean;
  /** An edge does not renew where it has applied later entries than the token was compared with. */
  readonly version: boolean;
  /** An edge compares entries with the token that renewed a connection, too. */
  readonly lastToken: boolean;
}

export const allRenewalGuards: RenewalGuards = { fromStore: true, version: true, lastToken: true };

/**
 * One connection, whose admission an entry does not cover, and one renewal with a token that it does. The numbers are
 * versions: 0 without the entry, 1 with it.
 */
interface World {
  readonly store: 0 | 1;
  /** What the ticket-service knew before the renewal. */
  readonly copy: 0 | 1;
  /** What the edge has applied. */
  readonly edge: 0 | 1;
  /** What the token was compared with, while the renewal is on its way to the edge. */
  readonly compared: 0 | null;
  readonly renewal: 'waiting' | 'under way' | 'done' | 'rejected';
  readonly connection: 'open' | 'renewed' | 'closed';
  /** With or without the edge's confirmation. */
  readonly acknowledged: boolean;
}

/**
 * Explores every order of the steps of a renewal and of a revocation of its token.
 * @returns how many worlds there are
 * @throws {Error} with the steps to an edge that lets a connection live on by a token though it knows that this is revoked,
 * or to a token that is accepted after its revocation was acknowledged
 */
export function exploreRenewal(guards: RenewalGuards): number {
  const start: World = {
    ...{ store: 0, copy: 0, edge: 0, compared: null },
    ...{ renewal: 'waiting', connection: 'open', acknowledged: false },
  };
  return exploreWorlds(
    start,
    (world) => stepsOf(world, guards),
    (world, next) => {
      if (next.edge === 1 && next.connection === 'renewed') return 'a revoked token keeps a connection open';
      return world.acknowledged && world.renewal === 'waiting' && next.renewal === 'under way'
        ? 'a revoked token is accepted'
        : null;
    },
  );
}

function* stepsOf(world: World, guards: RenewalGuards): Generator<readonly [string, World]> {
  const { store, copy, edge, compared, renewal, connection, acknowledged } = world;
  if (store === 0) yield ['the store has the entry', { ...world, store: 1 }];
  if (store === 1 && copy === 0) yield ['the ticket-service hears of the entry', { ...world, copy: 1 }];
  if (store === 1 && edge === 0) {
    const closes = connection === 'renewed' && guards.lastToken;
    yield ['the edge applies the entry', { ...world, edge: 1, connection: closes ? 'closed' : connection }];
  }
  if (store === 1 && !acknowledged)
    yield ['the revocation is acknowledged', { ...world, acknowledged: true }];

  if (renewal === 'waiting') {
    const known = guards.fromStore ? store : copy;
    yield known === 1
      ? ['the token is rejected', { ...world, renewal: 'rejected' }]
      : ['the token is accepted', { ...world, renewal: 'under way', compared: 0 }];
  }
  if (renewal === 'under way' && compared !== null) {
    const outdated = guards.version && edge > compared;
    yield outdated
      ? ['the edge has later entries', { ...world, renewal: 'waiting', compared: null }]
      : ['the edge renews', { ...world, renewal: 'done', compared: null, connection: 'renewed' }];
  }
}
