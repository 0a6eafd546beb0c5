import { expect, test } from 'vitest';
import { type AlertState, nextAlertState } from './alert-state.ts';

const inactive: AlertState = { status: 'inactive' };
const pending = (since: number): AlertState => ({ status: 'pending', since });
const firing = (since: number, heldAt: number): AlertState => ({ status: 'firing', since, heldAt });
const delays = { forMs: 100, keepFiringForMs: 50 };
const none = { forMs: 0, keepFiringForMs: 0 };

test.each([
  ['stays inactive', inactive, false, 1_000, delays, inactive],
  ['waits for the condition to hold long enough', inactive, true, 1_000, delays, pending(1_000)],
  ['fires at once where no time is asked for', inactive, true, 1_000, none, firing(1_000, 1_000)],
  ['waits on', pending(1_000), true, 1_099, delays, pending(1_000)],
  [
    'starts again where the condition did not hold in between',
    pending(1_000),
    false,
    1_050,
    delays,
    inactive,
  ],
  ['fires when the time is over', pending(1_000), true, 1_100, delays, firing(1_100, 1_100)],
  ['goes on firing since then', firing(1_100, 1_100), true, 1_200, delays, firing(1_100, 1_200)],
  ['keeps firing for a while', firing(1_100, 1_200), false, 1_249, delays, firing(1_100, 1_200)],
  ['holds again meanwhile', firing(1_100, 1_200), true, 1_249, delays, firing(1_100, 1_249)],
  ['resolves after that', firing(1_100, 1_200), false, 1_250, delays, inactive],
  ['resolves at once where it need not be kept', firing(1_100, 1_200), false, 1_201, none, inactive],
] as const)('an alert %s', (_name, state, holds, now, given, expected) => {
  expect(nextAlertState(state, holds, now, given)).toEqual(expected);
});
