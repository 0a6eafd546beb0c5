import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, temporaryDirectory } from '@admit-one/testkit';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { serve } from '../connect/server.fixture.ts';
import { admit } from '../terminal.fixture.ts';

describe('admit drill', () => {
  let trace: string;
  /** A folder without the operator token that `npm start` leaves in this one. */
  let env: Readonly<Record<string, string>>;

  beforeEach(async () => {
    const folder = await temporaryDirectory();
    onTestFinished(folder.remove);
    env = { DATA_DIR: folder.path };
    trace = join(folder.path, 'trace');
    await writeFile(trace, '');
  });

  /** Which of the commands ran, in their order. */
  const ran = async () => (await readFile(trace, 'utf8')).trim().split('\n').join(' ');

  async function start(breaking: string, ...more: readonly string[]) {
    const { url, seen } = await serve();
    const commands = ['--break', `echo broken >> ${trace}; ${breaking}`, '--undo', `echo undone >> ${trace}`];
    return { seen, ...admit(['drill', 'redis', '--url', url, ...commands, ...more], { env }) };
  }

  it('says what it would do, and does nothing without --yes', async () => {
    const { seen, ended } = await start('true');
    const { code, stderr } = await ended;
    expect({ code, seen, ran: await ran() }).toEqual({ code: 0, seen: [], ran: '' });
    for (const words of ['for 60 s', 'break: echo', 'undo: echo', 'REDIS_UNAVAILABLE', 'Add --yes'])
      expect(stderr).toContain(words);
  });

  it('runs the other command where the one that breaks fails', async () => {
    const { ended } = await start('echo no docker >&2; exit 3', '--yes');
    const { code, stderr } = await ended;
    expect({ code, ran: await ran() }).toEqual({ code: 1, ran: 'broken undone' });
    expect(stderr).toContain('The command of --break failed (3): no docker');
  });

  it('runs it on Ctrl-C, and judges nothing', async () => {
    const { printed, interrupt, ended } = await start('true', '--yes');
    await eventually(() => expect(printed.stdout).toContain('new connection'), { what: 'a connection' });
    interrupt();
    const { code, stdout, stderr } = await ended;
    expect({ code, ran: await ran() }).toEqual({ code: 1, ran: 'broken undone' });
    expect(stderr).toContain('nothing is judged');
    expect(stdout).not.toMatch(/^held/m);
  });

  it('breaks nothing where nobody gets in before it', async () => {
    const commands = ['--break', `echo broken >> ${trace}`, '--undo', `echo undone >> ${trace}`, '--yes'];
    const { url } = await serve({ rejection: { status: 503, body: '{"code":"UNAVAILABLE"}' } });
    const { code } = await admit(['drill', 'nats', '--url', url, ...commands], { env }).ended;
    expect({ code, ran: await ran() }).toEqual({ code: 12, ran: '' });
  });
});
