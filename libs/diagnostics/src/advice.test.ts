import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '@admit-one/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adviceOnOrigins } from './advice.ts';
import { readSettings } from './settings.ts';

function adviceOn(...FRONTEND_ORIGINS: string[]) {
  return adviceOnOrigins({ FRONTEND_ORIGINS });
}

async function fileOf(text: string): Promise<string> {
  const directory = await temporaryDirectory();
  onTestFinished(() => directory.remove());
  const file = join(directory.path, 'origins');
  await writeFile(file, text);
  return file;
}

describe('the advice on origins', () => {
  it('lists them as they are parsed', () => {
    expect(adviceOn('https://Bücher.example/', 'capacitor://localhost')).toEqual([
      {
        level: 'ok',
        message: 'FRONTEND_ORIGINS allows the pages of https://xn--bcher-kva.example, capacitor://localhost',
      },
    ]);
  });

  it('lists the first of many', () => {
    const [{ message } = { message: '' }] = adviceOn(
      ...Array.from({ length: 30 }, (_, n) => `https://a${n}.example`),
    );
    expect(message).toMatch(/https:\/\/a19\.example and 10 more$/);
  });

  it('lists those of the file too', async () => {
    const file = await fileOf('https://b.example');
    const settings = { FRONTEND_ORIGINS: ['https://a.example'], FRONTEND_ORIGINS_FILE: file };
    expect(adviceOnOrigins(settings)).toEqual([
      {
        level: 'ok',
        message: `FRONTEND_ORIGINS with ${file} allows the pages of https://a.example, https://b.example`,
      },
    ]);
  });

  it('warns where no browser can connect', async () => {
    const file = await fileOf('# none yet');
    expect(adviceOn()).toMatchObject([
      { level: 'warning', message: expect.stringMatching(/^FRONTEND_ORIGINS is empty/) },
    ]);
    expect(adviceOnOrigins({ FRONTEND_ORIGINS_FILE: file })).toMatchObject([{ level: 'warning' }]);
  });

  it.each([
    'http://app.example.com',
    'http://*.example.com',
    'http://localhost.example.com',
    'http://10.0.0.1',
  ])('warns of pages that are not encrypted: %s', (origin) => {
    expect(adviceOn(origin)).toContainEqual({
      level: 'warning',
      message: expect.stringContaining(`${origin} is not encrypted`),
      remedy: expect.stringContaining(`list ${origin.replace('http', 'https')};`),
    });
  });

  it.each(['http://localhost:5173', 'http://127.0.0.1', 'http://[::1]:8080', 'http://*.localhost:3000'])(
    'does not warn of pages of this machine: %s',
    (origin) => {
      expect(adviceOn(origin).filter(({ level }) => level !== 'ok')).toEqual([]);
    },
  );

  it('says what a wildcard means', () => {
    expect(adviceOn('https://*.preview.example.com')).toContainEqual({
      level: 'ok',
      message: expect.stringContaining('every page under preview.example.com'),
    });
  });
});

it('reports an unreadable file as an issue of the settings, and not as empty', () => {
  const environment = { NATS_URL: 'nats://localhost', FRONTEND_ORIGINS_FILE: '/nowhere/origins' };
  const { diagnostics } = readSettings(['ws-edge'], environment);
  expect(diagnostics.filter(({ level }) => level !== 'ok')).toEqual([
    {
      level: 'error',
      message: expect.stringMatching(/^FRONTEND_ORIGINS_FILE: cannot be read: ENOENT/),
      remedy: 'Fix it in the environment of ws-edge.',
    },
  ]);
});
