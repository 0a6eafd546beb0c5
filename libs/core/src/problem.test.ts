import { describe, expect, it } from 'vitest';
import { problemOf } from './problem.ts';
import { publicCodes, type Reason, reasonRow, reasons } from './reasons.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const all = Object.keys(reasons) as Reason[];
const shared = all.flatMap((one) =>
  all.filter((other) => one < other && sameRow(one, other)).map((other) => [one, other] as const),
);

function sameRow(one: Reason, other: Reason): boolean {
  const [a, b] = [reasonRow(one), reasonRow(other)];
  return a.code === b.code && a.http === b.http;
}

describe('the problem document', () => {
  it.each(all)('of %s derives from its row', (reason) => {
    const { code, http } = reasonRow(reason);
    expect(problemOf(reason, traceId)).toEqual({
      type: expect.stringMatching(/^urn:admit-one:problem:[a-z-]+$/),
      title: expect.stringMatching(/^[A-Z][a-z ]+$/),
      status: http ?? 500,
      detail: publicCodes[code],
      code,
      traceId,
    });
  });

  it.each(all)('of %s does not name the exact reason, nor say what it means', (reason) => {
    const { code, meaning } = reasonRow(reason);
    const text = JSON.stringify(problemOf(reason, traceId)).toLowerCase();
    expect(text).not.toContain(meaning.toLowerCase());
    if (reason.toUpperCase() !== code) expect(text).not.toContain(`"${reason}"`);
  });

  it.each(shared)('of %s is that of %s, for they share a public code', (one, other) => {
    expect(problemOf(one, traceId)).toEqual(problemOf(other, traceId));
  });

  it('keeps every rejection of a ticket under one code', () => {
    const ofTickets = all.filter((reason) => reasonRow(reason).code === 'NOT_AUTHORIZED');
    expect(ofTickets.length).toBeGreaterThan(6);
    expect(new Set(ofTickets.map((reason) => JSON.stringify(problemOf(reason, traceId)))).size).toBe(1);
  });

  it('may have a more exact detail and status', () => {
    expect(problemOf('request_invalid', traceId, { detail: 'No body.', status: 415 })).toMatchObject({
      code: 'INVALID_REQUEST',
      detail: 'No body.',
      status: 415,
    });
  });
});
