import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startNginx } from './nginx.ts';
import { childrenOf, isGone } from './process-tree.ts';
import { missingEngines } from './programs.ts';

const missing = missingEngines('nginx');

it.skipIf(missing)(`answers as it is configured, and leaves nothing behind ${missing ?? ''}`, async () => {
  const nginx = await startNginx({
    config: (listen) => `server { listen ${listen}; access_log access.log; include parts/*.conf; }`,
    files: { 'parts/hello.conf': 'location / { return 200 hello; }' },
  });
  onTestFinished(() => nginx.stop());
  expect(await (await fetch(nginx.url)).text()).toBe('hello');
  expect(await readFile(join(nginx.folder, 'access.log'), 'utf8')).toContain('GET / HTTP/1.1');
  expect(childrenOf(nginx.pid)).toEqual([]);
  await nginx.stop();
  expect(isGone(nginx.pid)).toBe(true);
  expect(existsSync(nginx.folder)).toBe(false);
});

it.skipIf(missing)(`says what is wrong with its configuration ${missing ?? ''}`, async () => {
  await expect(startNginx({ config: () => 'listen nowhere;' })).rejects.toThrow('"listen" directive');
});
