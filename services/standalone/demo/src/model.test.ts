import type { ClientState } from '@admit-one/client';
import { expect, test } from 'vitest';
import { nextPhase, type Phase } from './model.ts';

test.each<{ states: readonly ClientState[]; phases: readonly Phase[] }>([
  {
    states: ['authenticating', 'connecting', 'open', 'stopped'],
    phases: ['connecting', 'connecting', 'connected', 'disconnected'],
  },
  {
    states: ['open', 'waiting', 'authenticating', 'connecting', 'open'],
    phases: ['connected', 'reconnecting', 'reconnecting', 'reconnecting', 'connected'],
  },
  { states: ['open', 'authenticating'], phases: ['connected', 'reconnecting'] },
  { states: ['stopped', 'authenticating'], phases: ['disconnected', 'connecting'] },
])('a client that is $states in turn is shown as $phases', ({ states, phases }) => {
  let phase: Phase = 'idle';
  expect(
    states.map((state) => {
      phase = nextPhase(phase, state);
      return phase;
    }),
  ).toEqual(phases);
});
