import { describe, expect, it } from 'vitest';
import { startAuditServer } from './audit-server.fixture.ts';

describe('admit audit explain', () => {
  const item = {
    dimension: 'origin',
    value: 'https://new.example',
    count: 1200,
    share: 0.97,
    baselineShare: 0.02,
    lift: 48.5,
  };
  const reply = {
    total: 1234,
    findings: [item, { ...item, dimension: 'route', lift: null }],
    runbook: 'List the origin.\nRestart.',
  };

  it('prints what the rejections have in common, and the runbook', async () => {
    const server = await startAuditServer(reply);
    const { code, stdout } = await server.admit(['explain', 'reason=origin_blocked']).ended;
    expect(code).toBe(0);
    expect(server.requests).toMatchObject([
      {
        path: 'explain',
        parameters: [['reason', 'origin_blocked']],
      },
    ]);
    expect(stdout.split('\n')).toEqual([
      '1234 rejections. What they have in common, against the hour before:',
      'dimension  value                count  share  before    lift',
      'origin     https://new.example   1200   97 %     2 %  48.5 ×',
      'route      https://new.example   1200   97 %     2 %     new',
      'List the origin.',
      'Restart.',
      '',
    ]);
  });

  it('says so where they have nothing in common', async () => {
    const server = await startAuditServer({ total: 1, findings: [], runbook: null });
    const { code, stdout } = await server.admit(['explain', 'from=-2h']).ended;
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^1 rejection\. They have nothing/),
    });
    expect(server.requests[0]?.parameters).toEqual([['from', '-2h']]);
  });

  it.each([[[]], [['--json']]])('ends with 3 where there are none %j', async (options) => {
    const server = await startAuditServer({ total: 0, findings: [], runbook: null });
    expect((await server.admit(['explain', ...options]).ended).code).toBe(3);
  });
});

describe('admit audit summary', () => {
  const rows = [
    { time: '2026-01-31T12:00:00Z', type: 'admit.ticket.rejected', reason: 'ticket_replayed', count: 20 },
    { time: '2026-01-31T12:01:00Z', type: 'admit.ticket.issued', reason: null, route: 'chat', count: 5 },
  ];

  it('prints a table with a bar', async () => {
    const server = await startAuditServer({ interval: '1m', by: ['route'], rows });
    const { code, stdout, stderr } = await server.admit(['summary', 'by=route', 'interval=1m']).ended;
    expect(code).toBe(0);
    expect(server.requests).toMatchObject([
      {
        path: 'summary',
        parameters: [
          ['by', 'route'],
          ['interval', '1m'],
        ],
      },
    ]);
    expect(stdout.split('\n')).toEqual([
      'time                  type                   reason           route  count',
      `2026-01-31T12:00:00Z  admit.ticket.rejected  ticket_replayed            20  ${'█'.repeat(30)}`,
      `2026-01-31T12:01:00Z  admit.ticket.issued                     chat       5  ${'█'.repeat(8)}`,
      '',
    ]);
    expect(stderr).toBe('[admit] 25 events, by intervals of 1m\n');
  });

  it('ends with 3 where there are none', async () => {
    const server = await startAuditServer({ interval: '1m', by: ['route'], rows: [] });
    expect((await server.admit(['summary']).ended).code).toBe(3);
  });
});

describe('admit audit completeness', () => {
  const whole = { partitionkey: 'p00.e', state: 'open', missingCount: 0, since: null };
  const complete = { horizon: '1.48213.0', partitions: [whole], conflicts: 0, deadLetters: 0 };
  const missing = { partitionkey: 'p01.e', state: 'open', missingCount: 3, since: '2026-01-31T12:00:00Z' };

  it('ends with 0 where nothing is missing', async () => {
    const server = await startAuditServer(complete);
    expect(await server.admit(['completeness']).ended).toEqual({
      code: 0,
      stdout: 'The audit log is complete.\nNothing can appear any more up to the position 1.48213.0.\n',
      stderr: '',
    });
  });

  it.each<[string, object]>([
    ['3 events missing', { partitions: [whole, missing] }],
    ['the last event unknown of 1 partition key', { partitions: [{ ...whole, state: 'tail_unknown' }] }],
    ['1 conflict', { conflicts: 1 }],
    ['2 dead letters', { deadLetters: 2 }],
  ])('ends with 4 where it has %s', async (words, members) => {
    const server = await startAuditServer({ ...complete, ...members });
    const { code, stdout } = await server.admit(['completeness']).ended;
    expect({ code, stdout }).toEqual({ code: 4, stdout: expect.stringContaining(`not complete: ${words}.`) });
  });

  it('lists what is not complete', async () => {
    const server = await startAuditServer({ ...complete, partitions: [whole, missing] });
    const { stdout } = await server.admit(['completeness']).ended;
    expect(stdout).toContain(
      'partition key  state  missing  since\np01.e          open         3  2026-01-31T12:00:00Z\n',
    );
    expect(stdout).not.toContain('p00.e');
  });
});
