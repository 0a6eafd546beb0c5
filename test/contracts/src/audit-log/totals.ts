import type { AuditLog, EventType } from '@admit-one/core';
import { expect } from 'vitest';
import { appendEvents, cloudEvent, unique } from '../sample-events.ts';
import type { AuditLogTests } from './subject.ts';

async function totalOf(log: AuditLog, type: EventType, reason: string | null): Promise<number> {
  const rows = (await log.totals()).filter((row) => row.type === type && row.reason === reason);
  expect(rows.length).toBeLessThanOrEqual(1);
  return rows[0]?.count ?? 0;
}

export const totalTests: AuditLogTests = {
  'adds up by type and reason, folded events as often as they say': async ({ log }) => {
    const [reason, other] = [unique('reason'), unique('reason')];
    const type = 'admit.handshake.rejected';
    await appendEvents(log, [
      cloudEvent({ type, data: { reason, count: 5 } }),
      cloudEvent({ type, data: { reason, count: 1 } }),
      cloudEvent({ type, data: { reason: other, count: 3 } }),
    ]);
    await appendEvents(log, [cloudEvent({ type, data: { reason } }), cloudEvent({ data: { reason } })]);
    expect(await totalOf(log, type, reason)).toBe(7);
    expect(await totalOf(log, type, other)).toBe(3);
    expect(await totalOf(log, 'admit.connection.closed', reason)).toBe(1);
  },

  'counts a repeated event once, and one that is kept aside not at all': async ({ log }) => {
    const reason = unique('reason');
    const event = cloudEvent({ type: 'admit.issuance.rejected', data: { reason, count: 4 } });
    await appendEvents(log, [event, event]);
    await appendEvents(log, [event]);
    await appendEvents(log, [{ ...event, data: { ...event.data, count: 7 } }]);
    expect(await totalOf(log, 'admit.issuance.rejected', reason)).toBe(4);
  },

  'counts events without a reason': async ({ log }) => {
    const before = await totalOf(log, 'admit.audit.sealed', null);
    await appendEvents(log, [
      cloudEvent({ type: 'admit.audit.sealed' }),
      cloudEvent({ type: 'admit.audit.sealed', data: { reason: null } }),
    ]);
    expect(await totalOf(log, 'admit.audit.sealed', null)).toBe(before + 2);
  },
};
