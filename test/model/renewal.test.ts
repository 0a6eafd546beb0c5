import { describe, expect, it } from 'vitest';
import { allRenewalGuards, exploreRenewal, type RenewalGuards } from './renewal.ts';

describe('a renewal that meets the revocation of its token', () => {
  it('does not outlive it, in whatever order things happen', () => {
    expect(exploreRenewal(allRenewalGuards)).toBeGreaterThan(20);
  });

  it.each([
    ['fromStore', 'is accepted'],
    ['version', 'keeps a connection open'],
    ['lastToken', 'keeps a connection open'],
  ] satisfies [keyof RenewalGuards, string][])('needs its guard: %s', (guard, failure) => {
    expect(() => exploreRenewal({ ...allRenewalGuards, [guard]: false })).toThrow(failure);
  });
});
