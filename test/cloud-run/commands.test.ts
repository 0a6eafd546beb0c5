import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryDirectory } from '@admit-one/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { createKeyFiles } from '../../libs/cli/src/keys/key-files.ts';
import { readTerraform, root, servicesOf } from './terraform.ts';

/** Writes what it would upload into a file with the name of the secret. */
const GCLOUD = '#!/bin/sh\n[ "$1 $2 $3 $5" = "secrets versions add --data-file=-" ] && cat > "uploaded/$4"\n';

test('the commands of docs/deployment.md upload each secret that a service of Cloud Run reads', async () => {
  const page = await readFile(join(root, 'docs/deployment.md'), 'utf8');
  const [, block = ''] = /^```sh\n(.*?)^```/ms.exec(page.slice(page.indexOf('## Cloud Run'))) ?? [];
  const commands = block.trim().split('\n');
  // Terraform is not here.
  const others = commands.filter((command) => !command.startsWith('terraform -chdir=deploy/cloud-run '));
  expect(others).toHaveLength(1);

  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  for (const folder of ['keys', 'bin', 'uploaded']) await mkdir(join(path, folder));
  const addresses = { nats: 'nats:4222', redis: 'redis:6379', postgres: 'postgres:5432', tls: true };
  const files = createKeyFiles(addresses).filter(({ name }) => name.endsWith('.env'));
  for (const { name, text } of files) await writeFile(join(path, 'keys', name), text);
  await writeFile(join(path, 'bin/gcloud'), GCLOUD);
  await chmod(join(path, 'bin/gcloud'), 0o755);
  const env = { PATH: `${join(path, 'bin')}:${process.env.PATH}` };
  await promisify(execFile)('sh', ['-ec', others.join('\n')], { cwd: path, env });

  const expected = Object.entries(servicesOf(await readTerraform())).flatMap(([name, { secrets }]) =>
    secrets.map((variable) => `${name}-${variable}`),
  );
  expect((await readdir(join(path, 'uploaded'))).sort()).toEqual(expected.sort());
  for (const secret of expected) {
    const [, service = '', variable = ''] = /^(.+)-([A-Z_]+)$/.exec(secret) ?? [];
    const file = files.find(({ name }) => name === `${service}.env`)?.text ?? '';
    const uploaded = await readFile(join(path, 'uploaded', secret), 'utf8');
    expect(file.split('\n')).toContain(`${variable}=${uploaded}`);
  }
});
