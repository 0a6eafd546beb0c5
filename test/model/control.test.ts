import { describe, expect, it } from 'vitest';
import { allControlGuards, type ControlGuards, exploreControl } from './control.ts';

describe('a revocation that meets an upgrade at each of two edges', () => {
  it('leaves no connection open once it is acknowledged, in whatever order things happen', () => {
    expect(exploreControl(allControlGuards)).toBeGreaterThan(1_000);
  });

  it.each(Object.keys(allControlGuards) as (keyof ControlGuards)[])('needs its guard: %s', (guard) => {
    expect(() => exploreControl({ ...allControlGuards, [guard]: false })).toThrow('is open after');
  });
});
