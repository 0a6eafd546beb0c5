import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, startBrowser } from '@admit-one/testkit';
import { publint } from 'publint';
import { type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeInBrowser } from '../browser/describe-in-browser.ts';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';
import { type InstalledApp, installApp } from './install.ts';

let app: InstalledApp;

beforeAll(async () => {
  app = await installApp();
});
afterAll(() => app.remove());

/** What Vite makes of an entry: its scripts as one text. */
async function bundle(config: string): Promise<string> {
  await writeFile(join(app.path, 'vite.config.js'), `export default ${config}`);
  await app.run('vite/bin/vite.js', 'build');
  const assets = join(app.path, 'dist', 'assets');
  const scripts = (await readdir(assets)).filter((file) => file.endsWith('.js'));
  return (await Promise.all(scripts.map((file) => readFile(join(assets, file), 'utf8')))).join('\n');
}

describe('what is installed', () => {
  test('is what was built, and says what it is', async () => {
    const files = await readdir(app.client, { recursive: true, withFileTypes: true });
    const names = files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name).slice(app.client.length + 1));
    const others = names.filter((name) => !name.startsWith('dist/'));
    expect(others.sort()).toEqual(['README.md', 'package.json']);
    expect(names.filter((name) => /\.(test|fixture)\.|(?<!\.d)\.tsx?$/.test(name))).toEqual([]);
    expect(names).toContain('dist/react/index.js');
  });

  test('needs nothing but React, and that for its hook only', async () => {
    const { dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
      await readFile(join(app.client, 'package.json'), 'utf8'),
    );
    expect({ dependencies, peerDependencies, peerDependenciesMeta }).toEqual({
      dependencies: undefined,
      peerDependencies: { react: '>=18' },
      peerDependenciesMeta: { react: { optional: true } },
    });
  });

  test('has nothing that linters of packages complain of', async () => {
    const { messages } = await publint({ pkgDir: app.client, pack: false });
    // The sources are where the workspace has them; no one else sets that condition.
    const complaints = messages.filter(({ path }) => !path.includes('@admit-one/source'));
    expect(complaints).toEqual([]);
  });

  test('is marked for clients where it has hooks', async () => {
    const text = await readFile(join(app.client, 'dist', 'react', 'index.js'), 'utf8');
    expect(text).toMatch(/^'use client';/);
  });
});

describe.each([
  { module: 'ESNext', moduleResolution: 'Bundler' },
  { module: 'Node16', moduleResolution: 'Node16' },
])('types with $moduleResolution', (resolution) => {
  test('resolve at every export', async () => {
    const compilerOptions = {
      ...{ strict: true, noEmit: true, target: 'ES2022', lib: ['ES2023', 'DOM'], types: [] },
      ...{ jsx: 'react-jsx', skipLibCheck: false, ...resolution },
    };
    const config = { compilerOptions, include: ['src'] };
    await writeFile(join(app.path, 'tsconfig.json'), JSON.stringify(config));
    expect(await app.run('typescript/bin/tsc', '-p', '.')).toBe('');
  });
});

test('in Node it is imported without a browser, and without React where that is not asked for', async () => {
  const script = join(app.path, 'import.mjs');
  const doors = ['', '/compat', '/testing', '/react'].map(
    (path) => `await import('@admit-one/client${path}');`,
  );
  await writeFile(script, doors.join('\n'));
  expect(await app.run(script)).toBe('');
});

const CONNECT_ONLY = `{
  build: { rollupOptions: { input: 'src/connect-only.ts' }, modulePreload: false },
}`;

describe('built with Vite', () => {
  test('a page that only connects has no React', async () => {
    const page = await bundle('{}');
    expect(page).toContain('useSyncExternalStore');
    const only = await bundle(CONNECT_ONLY);
    expect(only).toContain('admit.v1');
    expect(only).not.toMatch(/react|useSyncExternalStore|TicketError/i);
  });
});

describeInBrowser('in a browser', [], () => {
  let server: PreviewServer;
  let origin: string;
  let stack: EmbeddedStack;
  let browser: Browser;

  beforeAll(async () => {
    await bundle('{}');
    server = await preview({
      root: app.path,
      configFile: false,
      logLevel: 'silent',
      preview: { host: '127.0.0.1', port: 0 },
    });
    origin = new URL(server.resolvedUrls?.local[0] ?? '').origin;
    [stack, browser] = await Promise.all([startEmbedded({ FRONTEND_ORIGINS: origin }), startBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await stack.stop();
    await server.close();
  });

  test('the React application connects, once, and hears its own message', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    const upgrades: string[] = [];
    page.on('console', (line) => complaints.push(line.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('websocket', (socket) => upgrades.push(socket.url()));
    await page.goto(`${origin}/?server=${stack.tickets}`);
    await expect.poll(() => page.locator('output').textContent()).toBe('open');
    expect(await page.locator('code').textContent()).toMatch(/^[\w-]{43}$/);
    await page.getByRole('button', { name: 'Send' }).click();
    await expect.poll(() => page.locator('p').textContent()).toBe('hello');
    expect(upgrades).toHaveLength(1);
    expect(complaints).toEqual([]);
  });
});
