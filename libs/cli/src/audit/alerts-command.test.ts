import { expect, test } from 'vitest';
import { startAuditServer } from './audit-server.fixture.ts';

const prefix = {
  ...{
    alert: 'AdmitPrefixRejected',
    severity: 'ticket',
    status: 'firing',
    since: '2026-01-31T12:00:00.000Z',
  },
  ...{ value: 412.4567, detail: 'prefix 198.51.100.0/24: 412', inhibitedBy: null },
  ...{ summary: 'One network is rejected again and again', runbook: 'runbooks/AdmitPrefixRejected.md' },
};
const replayed = {
  ...{ ...prefix, alert: 'AdmitTicketsReplayed', status: 'pending', value: null, detail: null },
  inhibitedBy: 'AdmitPrefixRejected',
};

test('lists the alerts, what is wrong with those that fire, and how fresh that is', async () => {
  const server = await startAuditServer({
    evaluatedAt: '2026-01-31T12:05:00.000Z',
    alerts: [prefix, replayed],
  });
  const { code, stdout, stderr } = await server.admit(['alerts']).ended;
  expect(code).toBe(0);
  expect(server.requests).toMatchObject([{ method: 'GET', path: 'alerts' }]);
  expect(stdout.split('\n')).toEqual([
    '1 alert firing.',
    'alert                 severity  status   since                     value  detail                       explained by',
    'AdmitPrefixRejected   ticket    firing   2026-01-31T12:00:00.000Z    412  prefix 198.51.100.0/24: 412',
    'AdmitTicketsReplayed  ticket    pending  2026-01-31T12:00:00.000Z                                      AdmitPrefixRejected',
    'One network is rejected again and again. Runbook: runbooks/AdmitPrefixRejected.md',
    '',
  ]);
  expect(stderr).toBe('[admit] last evaluated at 2026-01-31T12:05:00.000Z\n');
});

test('says that no alert fires, and that nobody evaluates them', async () => {
  const server = await startAuditServer({ evaluatedAt: null, alerts: [] });
  const { code, stdout, stderr } = await server.admit(['alerts']).ended;
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: 'No alert fires.\n',
    stderr: '[admit] no audit-service has evaluated the alerts yet\n',
  });
});

test('says of an alert whose condition is over until when it keeps firing', async () => {
  const alerts = [{ ...prefix, resolvesAt: '2026-01-31T12:10:00.000Z' }];
  const server = await startAuditServer({ evaluatedAt: null, alerts });
  const { stdout } = await server.admit(['alerts']).ended;
  expect(stdout).toContain('  firing until 12:10:00Z, condition over  2026-01-31T12:00:00.000Z');
});

test('prints the reply as JSON', async () => {
  const reply = { evaluatedAt: null, alerts: [prefix] };
  const server = await startAuditServer(reply);
  expect(JSON.parse((await server.admit(['alerts', '--json']).ended).stdout)).toEqual(reply);
});
