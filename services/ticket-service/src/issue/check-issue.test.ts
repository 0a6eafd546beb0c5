import type { Principal, Reason } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import { expect, test, vi } from 'vitest';
import { createCheckIssue } from './issue-ticket.ts';

const principal = { issuer: 'main', session: 's-1', user: null } as Principal;
const context = { address: '192.0.2.1', origin: null, agent: null, route: null, carrier: null };

/** What control state says where nothing is decided. */
const calm = { restored: true, isBlocked: false, isPaused: false, isRevoked: false };

test.each<[Reason | null, Partial<typeof calm>]>([
  [null, {}],
  ['store_unavailable', { restored: false }],
  ['address_blocked', { isBlocked: true }],
  ['issuing_paused', { isPaused: true }],
  ['session_revoked', { isRevoked: true }],
])(
  '%s where %j: a request that is rejected by control state takes nothing of the limits',
  async (reason, decided) => {
    const { restored, isBlocked, isPaused, isRevoked } = { ...calm, ...decided };
    const limit = vi.fn(async () => {});
    const check = createCheckIssue({
      commands: { now: async () => 0 } as never,
      control: {
        restored,
        blocked: { has: () => isBlocked } as never,
        copy: { isPaused: () => isPaused, revocationOf: () => (isRevoked ? {} : undefined) } as never,
      },
      limit,
    });
    const outcome = await check(principal, { ...context, edge: null, traceparent: null }).catch(
      (error) => error,
    );
    expect(outcome instanceof RejectionError ? outcome.reason : (outcome ?? null)).toBe(reason);
    expect(limit).toHaveBeenCalledTimes(reason === null ? 1 : 0);
  },
);
