import { describe, expect, it } from 'vitest';
import { problem, startAuditServer } from './audit-server.fixture.ts';

describe('admit audit explain', () => {
  const item = {
    dimension: 'origin',
    value: 'https://new.example',
    count: 1200,
    share: 0.97,
    baselineShare: 0.02,
    lift: 48.5,
    known: 1230,
  };
  const reply = {
    total: 1234,
    baselineTotal: 50,
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
      'dimension  value                count  share  before    lift  known',
      'origin     https://new.example   1200   97 %     2 %  48.5 ×   1230',
      'route      https://new.example   1200   97 %     2 %     new   1230',
      'List the origin.',
      'Restart.',
      '',
    ]);
  });

  it('says that there is nothing to compare with, and gives no numbers of it', async () => {
    const server = await startAuditServer({ ...reply, baselineTotal: 0, findings: [item], runbook: null });
    expect((await server.admit(['explain', 'reason=origin_blocked']).ended).stdout.split('\n')).toEqual([
      '1234 rejections. There are no events in the hour before to compare with. What they have in common:',
      'dimension  value                count  share  before  lift  known',
      'origin     https://new.example   1200   97 %                 1230',
      '',
    ]);
  });

  it('lists the reasons first, where not one of them was asked for', async () => {
    const row = { time: '2026-01-31T12:00:00Z', reason: 'ticket_expired', count: 2 };
    const server = await startAuditServer(
      { total: 14, findings: [item], runbook: 'origin_blocked: List the origin.' },
      {
        interval: '1d',
        by: ['reason'],
        rows: [
          row,
          { ...row, reason: null },
          { ...row, reason: 'origin_blocked', count: 9 },
          { ...row, count: 3 },
        ],
      },
    );
    const { code, stdout } = await server.admit(['explain', 'from=-2d', 'type=admit.ticket.rejected']).ended;
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      '14 rejections:',
      'reason          count',
      'origin_blocked      9',
      'ticket_expired      5',
      'What they have in common, against the hour before:',
      expect.stringMatching(/^dimension/),
      expect.stringMatching(/^origin/),
      'origin_blocked: List the origin.',
      '',
    ]);
    expect(server.requests[1]).toMatchObject({
      path: 'summary',
      parameters: [
        ['from', '-2d'],
        ['type', 'admit.ticket.rejected'],
        ['by', 'reason'],
        ['interval', '1d'],
      ],
    });
  });

  it('says so where they have nothing in common', async () => {
    const server = await startAuditServer(
      { total: 1, findings: [], runbook: null },
      { interval: '1d', by: ['reason'], rows: [] },
    );
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
  const whole = { partitionkey: 'p00.e', state: 'open', missingCount: 0, conflictCount: 0, since: null };
  const stream = { generation: 1, state: 'current', missingCount: 0, lostCount: 0, since: null };
  const since = '2026-01-31T12:00:00Z';
  const complete = {
    horizon: '1.48213.0',
    partitions: [],
    streams: [stream],
    conflicts: 0,
    deadLetters: 0,
    deadLetterSubjects: [],
    acknowledgements: [],
  };

  it('ends with 0 where nothing is missing', async () => {
    const server = await startAuditServer(complete);
    expect(await server.admit(['completeness']).ended).toEqual({
      code: 0,
      stdout:
        'The audit log is complete.\nFollowers and exports are complete up to the position 1.48213.0.\n',
      stderr: '',
    });
    expect(server.requests).toMatchObject([{ path: 'completeness', parameters: [] }]);
  });

  it.each<[string, object, readonly string[]]>([
    [
      '3 events missing',
      { partitions: [{ ...whole, missingCount: 3, since }] },
      [
        'partition key  state  missing  conflicts  since',
        `p00.e          open         3          0  ${since}`,
      ],
    ],
    [
      'the last event of 1 partition key is unknown',
      { partitions: [{ ...whole, state: 'tail_unknown' }] },
      ['tail_unknown'],
    ],
    [
      '5 messages of the event stream missing',
      { streams: [stream, { ...stream, generation: 2, missingCount: 3, lostCount: 2, since }] },
      ['generation  state    missing  lost  since', `         2  current        3     2  ${since}`],
    ],
    ['1 conflict', { conflicts: 1, partitions: [{ ...whole, conflictCount: 1 }] }, ['p00.e']],
    ['2 dead letters', { deadLetters: 2, deadLetterSubjects: ['a', 'b'] }, ['of the subjects a, b']],
  ])('ends with 4 where it has %s', async (words, members, lines) => {
    const server = await startAuditServer({ ...complete, ...members });
    const { code, stdout } = await server.admit(['completeness']).ended;
    expect({ code, stdout }).toEqual({ code: 4, stdout: expect.stringContaining(`not complete: ${words}.`) });
    for (const line of lines) expect(stdout).toContain(line);
  });

  it('lists everything with --all, and what is acknowledged', async () => {
    const acknowledgement = {
      kind: 'stream',
      name: '1',
      reason: 'INC-7',
      operator: 'ann',
      acknowledgedAt: since,
    };
    const server = await startAuditServer({
      ...complete,
      partitions: [whole],
      acknowledgements: [acknowledgement],
    });
    const { code, stdout } = await server.admit(['completeness', '--all']).ended;
    expect(code).toBe(0);
    expect(server.requests[0]?.parameters).toEqual([['all', 'true']]);
    for (const text of ['p00.e', 'current', `${since}  stream  1     ann       INC-7`])
      expect(stdout).toContain(text);
  });

  it('is complete while the log is empty', async () => {
    const server = await startAuditServer({ ...complete, horizon: null, streams: [] });
    expect(await server.admit(['completeness']).ended).toMatchObject({
      code: 0,
      stdout: 'The audit log is complete.\n',
    });
  });
});

describe('admit audit withdraw', () => {
  it('sends which token, and why', async () => {
    const body = { tokenId: '6f0c1f2e-id', reason: 'INC-7: on a lost phone' };
    const server = await startAuditServer({ tokenId: body.tokenId, operator: 'ann' });
    const words = ['withdraw', body.tokenId, '--reason', body.reason];
    const { code, stderr } = await server.admit(words).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: `[admit] withdrew ${body.tokenId} as ann\n` });
    expect(server.requests).toMatchObject([{ method: 'POST', path: 'break-glass/withdrawals' }]);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual(body);
  });

  it('asks for the reason', async () => {
    const server = await startAuditServer();
    const { code, stderr } = await server.admit(['withdraw', 'id']).ended;
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("'--reason <text>' not") });
  });
});

describe('admit audit acknowledge', () => {
  it('sends what is known, and why', async () => {
    const body = { kind: 'partition', name: '-R4wbIpQoG9sXhN1kzDkAx', reason: 'INC-7: its disk was lost' };
    const server = await startAuditServer({ ...body, operator: 'ann' });
    const words = ['acknowledge', body.kind, body.name, '--reason', body.reason];
    const { code, stderr } = await server.admit(words).ended;
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `[admit] acknowledged partition ${body.name} as ann\n`,
    });
    expect(server.requests).toMatchObject([{ method: 'POST', path: 'completeness/acknowledgements' }]);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual(body);
  });

  it('acknowledges several, up to the first that is not wrong', async () => {
    const reply = (name: string) => ({ kind: 'conflicts', name, reason: 'INC-7', operator: 'ann' });
    const nothing = problem(400, 'INVALID_REQUEST', 'Nothing is in conflict');
    const server = await startAuditServer(reply('p00'), reply('p01'), nothing);
    const words = ['acknowledge', 'conflicts', 'p00', 'p01', 'p02', 'p03', '--reason', 'INC-7'];
    const { code, stderr } = await server.admit(words).ended;
    expect(code).not.toBe(0);
    expect(stderr).toMatch(
      /acknowledged conflicts p00 as ann\n.*acknowledged conflicts p01 as ann\n.*Nothing is in conflict/,
    );
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    [['everything', 'x', '--reason', 'r'], 'partition, conflicts, dead_letters, stream'],
    [['partition', 'x'], "'--reason <text>' not specified"],
  ])('rejects %j', async (words, message) => {
    const server = await startAuditServer();
    const { code, stderr } = await server.admit(['acknowledge', ...words]).ended;
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });
});
