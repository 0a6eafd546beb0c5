import { describe, expect, it } from 'vitest';
import { explore } from './explore.ts';
import { createModel } from './protocol.ts';
import { longestScenarios, longScenarios, scenarios } from './scenarios.ts';

const { ADMIT_ONE_LONG, MODEL } = process.env;
const explored = [
  ...scenarios,
  ...(ADMIT_ONE_LONG === 'true' || MODEL === 'long' ? longScenarios : []),
  ...(MODEL === 'long' ? longestScenarios : []),
];

describe('the protocol, in every order of events', () => {
  it.each(explored)(
    'keeps its promises to $name',
    (scenario) => {
      const { states, steps, seconds, violation } = explore(createModel(scenario));
      process.stdout.write(`${scenario.name}: ${states} states, ${steps} steps, ${seconds.toFixed(1)} s\n`);
      expect(violation).toBeNull();
    },
    3_600_000,
  );
});
