import { describe, expect, test } from 'vitest';
import { parametersOf } from './parameters.ts';
import { readExplain } from './read-explain.ts';
import { readSummary } from './read-summary.ts';

const now = Date.parse('2026-01-31T12:00:00Z');
const lastHour = { from: '2026-01-31T11:00:00.000Z', to: '2026-01-31T12:00:00.000Z' };
const everything = { types: undefined, reasons: undefined };
const minutes = { interval: '1m', intervalSeconds: 60 };

describe('summary', () => {
  test.each<[object, object]>([
    [{}, { by: ['type', 'reason'], dimension: undefined }],
    [{ by: 'reason' }, { by: ['reason'], dimension: undefined }],
    [{ by: 'reason,route' }, { by: ['reason', 'route'], dimension: 'route' }],
    [{ by: ['prefix', 'reason'] }, { by: ['prefix', 'reason'], dimension: 'prefix' }],
    [{ by: 'attribute.plan' }, { by: ['attribute.plan'], dimension: 'attribute.plan' }],
    [
      { by: 'reason', interval: '15m' },
      { by: ['reason'], dimension: undefined, interval: '15m', intervalSeconds: 900 },
    ],
    [
      { by: 'reason', interval: '2h' },
      { by: ['reason'], dimension: undefined, interval: '2h', intervalSeconds: 7_200 },
    ],
    [
      { by: 'reason', reason: ['rate_limited', 'overloaded'] },
      { by: ['reason'], dimension: undefined, reasons: ['rate_limited', 'overloaded'] },
    ],
    [
      { by: 'reason', type: 'admit.ticket.issued', from: '-30d', interval: '1d' },
      {
        by: ['reason'],
        dimension: undefined,
        types: ['admit.ticket.issued'],
        from: '2026-01-01T12:00:00.000Z',
        interval: '1d',
        intervalSeconds: 86_400,
      },
    ],
  ])('%j', (query, expected) => {
    expect(readSummary(parametersOf(query), now)).toEqual({
      ...everything,
      ...lastHour,
      ...minutes,
      ...expected,
    });
  });

  const by =
    'by must be a list of type, reason, route, edge, origin, pathway, carrier, agent, client, issuer, kid, prefix and attribute.<name>, such as by=reason,route.';
  const interval = 'interval must be whole minutes, hours or days, such as 1m, 15m, 1h or 1d.';

  test.each<[object, string]>([
    [{ by: 'session' }, by],
    [{ by: 'reason,' }, by],
    [{ by: 'attribute.' }, by],
    [{ by: '' }, 'by must not be empty.'],
    [{ by: 'reason,reason' }, 'by must name each dimension once.'],
    [
      { by: 'route,origin' },
      'by must have at most one dimension with type and reason, such as by=reason,route.',
    ],
    [{ interval: '30s' }, interval],
    [{ interval: '0m' }, interval],
    [{ interval: '1' }, interval],
    [{ interval: ['1m', '2m'] }, 'interval must be given once.'],
    [
      { from: '-2d' },
      'interval must be longer: 1m divides the range from 2026-01-29T12:00:00.000Z to 2026-01-31T12:00:00.000Z into more than 1500 intervals.',
    ],
    [
      { from: '0001-01-01T00:00:00Z', interval: '9d' },
      'interval must be longer: 9d divides the range from 0001-01-01T00:00:00Z to 2026-01-31T12:00:00.000Z into more than 1500 intervals.',
    ],
    [{ reason: 'x' }, expect.stringMatching(/^reason must be one of ticket_missing, /)],
    [{ to: '-2h' }, 'from must not be after to (got 2026-01-31T11:00:00.000Z and 2026-01-31T10:00:00.000Z).'],
  ])('%j is rejected with what is wrong', (query, detail) => {
    expect(() => readSummary(parametersOf(query), now)).toThrow(
      expect.objectContaining({ reason: 'request_invalid', detail }),
    );
  });
});

describe('explain', () => {
  test.each<[object, object]>([
    [{}, { ...lastHour, baselineFrom: '2026-01-31T10:00:00.000Z' }],
    [
      { from: '-15m', reason: 'origin_blocked' },
      {
        ...lastHour,
        from: '2026-01-31T11:45:00.000Z',
        baselineFrom: '2026-01-31T10:45:00.000Z',
        reasons: ['origin_blocked'],
      },
    ],
    [
      { from: '0001-01-01T00:00:00Z', to: '0001-01-01T01:00:00Z' },
      { from: '0001-01-01T00:00:00Z', to: '0001-01-01T01:00:00Z', baselineFrom: '0001-01-01T00:00:00Z' },
    ],
  ])('%j', (query, expected) => {
    expect(readExplain(parametersOf(query), now)).toEqual({ ...everything, ...expected });
  });

  test.each<[object, string]>([
    [
      { from: '-8d' },
      'The range from 2026-01-23T12:00:00.000Z to 2026-01-31T12:00:00.000Z must be at most 7 days.',
    ],
    [{ from: 'x' }, expect.stringMatching(/^from must be a date/)],
  ])('%j is rejected with what is wrong', (query, detail) => {
    expect(() => readExplain(parametersOf(query), now)).toThrow(
      expect.objectContaining({ reason: 'request_invalid', detail }),
    );
  });
});
