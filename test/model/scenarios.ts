import type { PassOptions, Scenario } from './scenario.ts';
import { END_TICK } from './ticket-machine.ts';
import { phase } from './world.ts';

const upgrade = (handshake: string, edge: number): PassOptions => ({ kind: 'upgrade', handshake, edge });
const exchange = (handshake: string, edge: number): PassOptions => ({ kind: 'exchange', handshake, edge });
const redeem = (handshake: string, edge: number): PassOptions => ({ kind: 'redeem', handshake, edge });

const alone = [upgrade('H', 0)];
const rivals = [upgrade('H', 0), upgrade('G', 1)];
const twoPasses = [upgrade('H', 0), upgrade('H', 1)];
const everybody = [upgrade('H', 0), upgrade('H', 1), upgrade('G', 1)];
const redeemers = [redeem('H', 0), redeem('H', 1)];
const withJwt = [exchange('H', 0)];
/** Only the edge of an exchange knows its ticket: the rival stands for one who found it out. */
const withJwtAndRival = [exchange('H', 0), upgrade('G', 1)];

const common = { copies: 1, ticks: END_TICK };
const impatient = { ...common, copies: 2, impatient: true, losses: 1 };

/** What a quarter of a minute allows. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'one handshake, whose answers get lost, in time',
    passes: alone,
    copies: 2,
    losses: 1,
    ticks: 0,
    inTheEnd: (phases) => phases.every((one) => one === phase.admitted || one === phase.closed),
  },
  { name: 'one impatient handshake', ...common, passes: alone, copies: 2, impatient: true, losses: 1 },
  { name: 'two handshakes', ...common, passes: rivals, copies: 2, losses: 1, crashes: 1 },
  { name: 'two passes of one handshake', ...common, passes: twoPasses, copies: 2, losses: 1, crashes: 1 },
  { name: 'two passes and a rival', ...common, passes: everybody },
  { name: 'two passes, a rival and a crash', ...common, passes: everybody, crashes: 1, ticks: 3 },
  {
    name: 'two passes and a rival, whose answers get lost',
    passes: everybody,
    copies: 2,
    losses: 1,
    ticks: 3,
  },
  { name: 'two passes, a rival and a revoke', ...common, passes: everybody, revoke: 'ticket', ticks: 4 },
  {
    name: 'two passes, a rival and an older copy of the store',
    ...common,
    passes: everybody,
    fallbacks: 1,
    ticks: 4,
  },
  {
    name: 'two handshakes and a revoke, whose answers get lost',
    ...common,
    passes: rivals,
    copies: 2,
    losses: 1,
    revoke: 'ticket',
  },
  { name: 'two handshakes and a revoke', ...common, passes: rivals, revoke: 'ticket', losses: 1 },
  { name: 'two passes and a revoke', ...common, passes: twoPasses, revoke: 'ticket', crashes: 1 },
  { name: 'two handshakes and an older copy of the store', ...common, passes: rivals, fallbacks: 1 },
  { name: 'two passes and an older copy of the store', ...common, passes: twoPasses, fallbacks: 2 },
  {
    name: 'two handshakes, an older copy and a revoke',
    ...common,
    passes: rivals,
    fallbacks: 1,
    revoke: 'ticket',
  },
  { name: 'redemptions', ...common, passes: redeemers, copies: 2, losses: 1 },
  { name: 'redemptions and a revoke', ...common, passes: redeemers, copies: 2, revoke: 'ticket' },
  {
    name: 'a redemption and an upgrade of one handshake',
    ...common,
    passes: [redeem('H', 0), upgrade('H', 1)],
  },
  { name: 'redemptions and a rival', ...common, passes: [...redeemers, upgrade('G', 1)], crashes: 1 },
  {
    name: 'redemptions, a rival and a revoke',
    ...common,
    passes: [...redeemers, upgrade('G', 1)],
    revoke: 'ticket',
    crashes: 1,
  },
  { name: 'redemptions by two', ...common, passes: [...redeemers, redeem('G', 1)], fallbacks: 1 },
  { name: 'redemptions and a log-out', ...common, passes: redeemers, copies: 2, revoke: 'session' },
  { name: 'two handshakes and a log-out', ...common, passes: rivals, losses: 1, revoke: 'session' },
  {
    name: 'one handshake with a JWT, whose answers get lost, in time',
    passes: withJwt,
    copies: 2,
    losses: 1,
    ticks: 0,
    inTheEnd: (phases) => phases.every((one) => one === phase.admitted || one === phase.closed),
  },
  { name: 'a JWT and a rival', ...common, passes: withJwtAndRival, copies: 2, losses: 1, crashes: 1 },
  { name: 'two passes with a JWT', ...common, passes: [...withJwt, exchange('H', 1)], copies: 2, losses: 1 },
  { name: 'an impatient JWT and a log-out', ...impatient, passes: withJwt, revoke: 'session' },
  { name: 'an impatient JWT and a revoke', ...impatient, losses: 0, passes: withJwt, revoke: 'ticket' },
  { name: 'a JWT, a rival and a log-out', ...common, passes: withJwtAndRival, copies: 2, revoke: 'session' },
  { name: 'a JWT, a rival and a revoke', ...common, passes: withJwtAndRival, copies: 2, revoke: 'ticket' },
  {
    name: 'a JWT, an older copy of the store and a log-out',
    ...common,
    passes: withJwt,
    copies: 2,
    fallbacks: 2,
    revoke: 'session',
  },
];

/** What a minute allows: with `ADMIT_ONE_LONG=true`, also. */
export const longScenarios: readonly Scenario[] = [
  { name: 'one very impatient handshake', ...common, passes: alone, copies: 3, impatient: true, losses: 1 },
  { name: 'two impatient handshakes', ...common, passes: rivals, copies: 2, impatient: true, ticks: 2 },
];

/** What an evening allows: with `MODEL=long`, also. */
export const longestScenarios: readonly Scenario[] = [
  { name: 'everybody, and losses', ...common, passes: everybody, copies: 2, losses: 1, crashes: 1 },
  {
    name: 'one handshake, very impatient and unlucky',
    ...common,
    passes: alone,
    copies: 3,
    impatient: true,
    losses: 2,
  },
  { name: 'two impatient handshakes, to the end', ...common, passes: rivals, copies: 2, impatient: true },
  { name: 'everybody, and a revoke', ...common, passes: everybody, revoke: 'ticket', crashes: 1 },
  { name: 'everybody, and an older copy', ...common, passes: everybody, fallbacks: 1, crashes: 1 },
];
