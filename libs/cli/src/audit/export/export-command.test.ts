import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '@admit-one/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type AuditReply, apiEvent, problem, startAuditServer } from '../audit-server.fixture.ts';

const scannedTo = '2026-01-31T12:00:00.000Z';
const event = (sequence: number) => apiEvent(sequence, 'admit.ticket.issued', { principal: { user: 'Zoë' } });
const ndjson = (sequence: number) => `${JSON.stringify(event(sequence))}\n`;
const ocsf = (sequence: number) => `{"class_uid":3002,"unmapped":{"position":"1.${sequence}.0"}}\n`;
const last = (end: boolean, next: string) => `${JSON.stringify({ end, next, scannedTo })}\n`;
const HEAD = 'position,time,type,id,data\r\n';
const csv = (sequence: number) => `1.${sequence}.0,${scannedTo},admit.ticket.issued,p00.1,"{""a"":1,2}"\r\n`;
const csvLast = (type: string, next: string) => `,${scannedTo},${type},${next},\r\n`;

/** A reply of these lines, cut within them. */
function lines(...parts: readonly string[]): AuditReply {
  return (response) => {
    const bytes = Buffer.from(parts.join(''));
    const middle = Math.floor(bytes.length / 2);
    response.write(bytes.subarray(0, middle), () => response.end(bytes.subarray(middle)));
  };
}

async function newFile(): Promise<string> {
  const directory = await temporaryDirectory();
  onTestFinished(() => directory.remove());
  return join(directory.path, 'events');
}

describe('admit audit export', () => {
  it.each([
    ['ndjson', 'application/x-ndjson', undefined, [ndjson(1), ndjson(2)], ndjson(3), last],
    ['ocsf', 'application/x-ndjson', 'ocsf', [ocsf(1), ocsf(2)], ocsf(3), last],
    [
      'csv',
      'text/csv',
      undefined,
      [csv(1), csv(2)],
      csv(3),
      (end: boolean, next: string) => csvLast(end ? 'end' : 'more', next),
    ],
  ] as const)(
    'writes %s reply after reply, events alone',
    async (format, accept, name, first, second, end) => {
      const head = format === 'csv' ? [HEAD] : [];
      const server = await startAuditServer(
        lines(...head, ...first, end(false, '1.2.0')),
        lines(...head, second, end(true, '1.9.0')),
      );
      const words = ['export', 'route=chat', '--format', format];
      const { code, stdout, stderr } = await server.admit(words).ended;
      expect({ code, stdout }).toEqual({ code: 0, stdout: [...head, ...first, second].join('') });
      expect(stderr).toBe(
        `[admit] 3 events exported, complete to ${scannedTo}. To continue, run it again with since=1.9.0\n`,
      );
      const shape = name === undefined ? {} : { format: name };
      expect(server.requests).toMatchObject([
        { path: 'events', headers: { accept } },
        { headers: { accept } },
      ]);
      expect(server.requests.map(({ parameters }) => Object.fromEntries(parameters))).toEqual([
        { route: 'chat', ...shape, since: '0.0.0' },
        { route: 'chat', ...shape, since: '1.2.0' },
      ]);
    },
  );

  it('goes on after the last whole event where the reply ends early', async () => {
    const server = await startAuditServer(
      lines(ndjson(1), ndjson(2), ndjson(3).slice(0, 50)),
      problem(503, 'AUDIT_UNAVAILABLE', 'The audit log does not answer.'),
      lines(ndjson(3), last(true, '1.3.0')),
    );
    const { code, stdout } = await server.admit(['export']).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: [1, 2, 3].map(ndjson).join('') });
    expect(server.requests.map(({ parameters }) => parameters)).toEqual([
      [['since', '0.0.0']],
      [['since', '1.2.0']],
      [['since', '1.2.0']],
    ]);
  });

  it('ends with 4 and the position where it cannot go on, and continues there', async () => {
    const file = await newFile();
    const server = await startAuditServer(
      lines(HEAD, csv(1), csv(2)),
      problem(403, 'INSUFFICIENT_SCOPE', 'The scope is gone.'),
      lines(HEAD, csv(3), csvLast('end', '1.3.0')),
    );
    const words = ['export', '--format', 'csv', '--out', file];
    const { code, stdout, stderr } = await server.admit(words).ended;
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toContain('INSUFFICIENT_SCOPE');
    expect(stderr).toContain('Not complete: 2 events exported. To continue, run it again with since=1.2.0');
    expect(await readFile(file, 'utf8')).toBe(HEAD + csv(1) + csv(2));

    expect((await server.admit([...words, 'since=1.2.0']).ended).code).toBe(0);
    expect(await readFile(file, 'utf8')).toBe(HEAD + csv(1) + csv(2) + csv(3));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('ends with 4 on Ctrl-C', async () => {
    const server = await startAuditServer((response) => void response.write(ndjson(1)));
    const run = server.admit(['export']);
    await expect.poll(() => run.printed.stdout).toBe(ndjson(1));
    run.interrupt();
    const { code, stderr } = await run.ended;
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining('since=1.1.0') });
  });

  it('ends with 3 where there is nothing, with an empty file', async () => {
    const file = await newFile();
    const server = await startAuditServer(lines(last(true, '1.9.0')));
    expect((await server.admit(['export', '--out', file]).ended).code).toBe(3);
    expect(await readFile(file, 'utf8')).toBe('');
  });

  it('leaves no file where the server rejects the request', async () => {
    const file = await newFile();
    const server = await startAuditServer(problem(400, 'INVALID_REQUEST', 'reason must be one of …'));
    const { code, stderr } = await server.admit(['export', 'reason=x', '--out', file]).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('reason must be one of') });
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it('does not overwrite a file', async () => {
    const file = await newFile();
    await writeFile(file, 'precious');
    const server = await startAuditServer(lines(ndjson(1), last(true, '1.1.0')));
    const { code, stderr } = await server.admit(['export', '--out', file]).ended;
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('is not overwritten') });
    expect(await readFile(file, 'utf8')).toBe('precious');
  });

  it('says where it cannot write', async () => {
    const server = await startAuditServer(lines(ndjson(1), last(true, '1.1.0')));
    const { code, stderr } = await server.admit(['export', '--out', '/dev/null/events']).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('cannot be written') });
  });

  it.each(['order=desc', 'cursor=c', 'limit=5', 'format=ocsf'])('has no %s', async (word) => {
    const server = await startAuditServer();
    const { code, stderr } = await server.admit(['export', word]).ended;
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Leave out') });
    expect(server.requests).toEqual([]);
  });

  it('is not of a server that answers something else', async () => {
    const server = await startAuditServer(lines('<html>\n', '</html>\n'));
    const { code, stdout } = await server.admit(['export']).ended;
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  });

  it('escapes what it writes to a terminal', async () => {
    const server = await startAuditServer(
      lines(`{"position":"1.1.0","agent":"\u009b2J\u202e"}\n`, last(true, '1.1.0')),
    );
    const { stdout } = await server.admit(['export'], { isTTY: true }).ended;
    expect(stdout).toBe('{"position":"1.1.0","agent":"\\u009b2J\\u202e"}\n');
  });
});
