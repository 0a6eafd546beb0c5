import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, readFrontendOrigins } from '@admit-one/config';
import { captureLogs, temporaryDirectory } from '@admit-one/testkit';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openFrontendOrigins } from './frontend-origins.ts';
import { createLogger } from './logging.ts';

const FIXED = 'https://fixed.example';
const OLD = 'https://old.example';
const NEW = 'https://new.example';
/** Longer than any test. */
const NEVER_MS = 3_600_000;

let directory: string;
let file: string;

beforeEach(async () => {
  const temporary = await temporaryDirectory();
  onTestFinished(() => temporary.remove());
  directory = temporary.path;
  file = join(directory, 'origins');
  await writeFile(file, `${OLD}\n`);
});

function open({ pollMs = NEVER_MS, withFile = true } = {}) {
  const logs = captureLogs();
  const origins = openFrontendOrigins({
    variables: { FRONTEND_ORIGINS: [FIXED], FRONTEND_ORIGINS_FILE: withFile ? file : undefined },
    loopback: false,
    log: createLogger({ level: 'info', service: 'test', instance: 'test-1', destination: logs }),
    pollMs,
  });
  onTestFinished(() => origins.close());
  const admitted = () => [FIXED, OLD, NEW].filter(origins.policy);
  return { ...origins, logs, admitted };
}

describe('the list of origins at the start', () => {
  it('is that of both variables', () => {
    expect(open().admitted()).toEqual([FIXED, OLD]);
    expect(open({ withFile: false }).admitted()).toEqual([FIXED]);
  });

  it('has the issues of both', async () => {
    await writeFile(file, `${OLD}\nold.example\n`);
    const variables = { FRONTEND_ORIGINS: ['*'], FRONTEND_ORIGINS_FILE: file };
    expect(readFrontendOrigins(variables).issues).toEqual([
      expect.stringMatching(/^FRONTEND_ORIGINS: "\*" /),
      expect.stringMatching(/^FRONTEND_ORIGINS_FILE: line 2: "old.example" /),
    ]);
    expect(() => open()).toThrow(ConfigError);
  });

  it.each([
    ['is not there', (): string => join(directory, 'nothing'), /cannot be read: ENOENT/],
    ['is a directory', (): string => directory, /cannot be read: EISDIR/],
  ])('has an issue where its file %s', (_, path, issue) => {
    expect(readFrontendOrigins({ FRONTEND_ORIGINS_FILE: path() }).issues).toEqual([
      expect.stringMatching(issue),
    ]);
  });
});

describe('the list of origins, read again', () => {
  it('is the current content of the file, and changes are logged', async () => {
    const { reread, admitted, logs } = open();
    await writeFile(file, `${NEW}, https://*.new.example`);
    await reread();
    expect(admitted()).toEqual([FIXED, NEW]);
    expect(logs.named('origins_reloaded')).toMatchObject([
      { severity: 'INFO', origins: 3, added: [NEW, 'https://*.new.example'], removed: [OLD] },
    ]);
  });

  it('is logged after a reload on request even without changes or a file', async () => {
    for (const withFile of [true, false]) {
      const { reread, logs } = open({ withFile });
      await reread();
      expect(logs.named('origins_reloaded')).toMatchObject([{ added: [], removed: [] }]);
    }
  });

  it.each([
    ['invalid', () => writeFile(file, `${NEW}\nnull\n`), /^FRONTEND_ORIGINS_FILE: line 2: "null"/],
    ['gone', () => rm(file), /^FRONTEND_ORIGINS_FILE: cannot be read: ENOENT/],
  ])('is the last good one where the file is %s', async (_, damage, issue) => {
    const { reread, admitted, logs } = open();
    await damage();
    await reread();
    expect(admitted()).toEqual([FIXED, OLD]);
    expect(logs.named('origins_invalid')).toMatchObject([
      { severity: 'ERROR', origins: 2, issues: [expect.stringMatching(issue)] },
    ]);
    await writeFile(file, NEW);
    await reread();
    expect(admitted()).toEqual([FIXED, NEW]);
  });

  it('is the newest, however many readings are under way', async () => {
    const { reread, admitted } = open();
    for (const text of [NEW, OLD, NEW]) {
      await writeFile(file, text);
      void reread();
    }
    await reread();
    expect(admitted()).toEqual([FIXED, NEW]);
  });
});

describe('a file that is watched', () => {
  const pollMs = 5;

  /** All at once, so that no reading finds half of it. */
  async function replaceWith(text: string): Promise<void> {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  }

  it('is read again when it has changed', async () => {
    const { admitted, logs } = open({ pollMs });
    await replaceWith(NEW);
    await expect.poll(admitted).toEqual([FIXED, NEW]);
    await replaceWith(OLD);
    await expect.poll(admitted).toEqual([FIXED, OLD]);
    expect(logs.named('origins_reloaded').at(-1)).toMatchObject({ added: [OLD], removed: [NEW] });
  });

  it('may be behind links that are swapped, as Kubernetes does with a ConfigMap', async () => {
    for (const [version, origin] of Object.entries({ one: OLD, two: NEW })) {
      await mkdir(join(directory, version));
      await writeFile(join(directory, version, 'origins'), origin);
    }
    await rm(file);
    await symlink('one', join(directory, '..data'));
    await symlink('..data/origins', file);
    const { admitted } = open({ pollMs });
    expect(admitted()).toEqual([FIXED, OLD]);
    await symlink('two', join(directory, '..data_tmp'));
    await rename(join(directory, '..data_tmp'), join(directory, '..data'));
    await expect.poll(admitted).toEqual([FIXED, NEW]);
  });

  it('logs each issue once, and when it is fixed', async () => {
    const { logs } = open({ pollMs });
    const issues = () => logs.named('origins_invalid').length;
    await replaceWith('null');
    await expect.poll(issues).toBe(1);
    await replaceWith('*');
    await expect.poll(issues).toBe(2);
    await replaceWith(OLD);
    await expect.poll(() => logs.named('origins_reloaded').length).toBe(1);
    expect(issues()).toBe(2);
  });

  it('is left alone when it is closed', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { close, admitted, reread } = open({ pollMs });
    expect(vi.getTimerCount()).toBe(1);
    close();
    expect(vi.getTimerCount()).toBe(0);
    await replaceWith(NEW);
    await reread();
    expect(admitted()).toEqual([FIXED, OLD]);
  });
});
