import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../../deploy/kubernetes/src/manifest.ts';
import { runProgram } from '../stack/program.ts';
import { helm, kubectl, missingTools, root } from './tools.ts';

const missing = missingTools();
const page = readFileSync(join(root, 'docs/deployment.md'), 'utf8');
const section = page.slice(page.indexOf('## Kubernetes'), page.indexOf('## Cloud Run'));
const commands = [...section.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
);
const beginning = (text: string) => commands.filter((command) => command.startsWith(text));
const words = (command: string) => command.split(' ');

/** The commands that need what is not here: a cluster, an image builder, the repositories of charts. */
const NOT_RUN = [
  'k3d ',
  'docker build ',
  'helm repo add ',
  'kubectl -n admit-one rollout status ',
  'kubectl -n admit-one exec ',
  'npx @admit-one/cli connect ',
];

interface Secret extends KubernetesObject {
  readonly data: Readonly<Record<string, string>>;
}

describe.skipIf(missing)(`docs/deployment.md: Kubernetes${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let keys: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeAll(async () => {
    keys = await temporaryDirectory();
    const [, , ...args] = words(beginning('npx @admit-one/cli keys ')[0] ?? '');
    const placed = args.map((arg, at) => (args[at - 1] === '--out' ? `${keys.path}/${arg}` : arg));
    const program = runProgram('libs/cli/bin/admit.js', placed, {});
    expect(await program.ended, program.stderr()).toBe(0);
  });
  afterAll(() => keys?.remove());

  test('makes each Secret that a pod refers to', async () => {
    const secrets = await Promise.all(
      beginning('kubectl -n admit-one create secret ').map(async (command) => {
        const args = words(command).slice(1);
        const placed = args.map((arg) => arg.replace('=keys/', `=${keys.path}/keys/`));
        return parse(await kubectl(...placed, '--dry-run=client', '--output=yaml')) as Secret;
      }),
    );
    const made = new Map(secrets.map((secret) => [secret.metadata?.name, Object.keys(secret.data)]));
    expect(made.get('ws-edge')).toEqual(['NATS_URL', 'PROXY_SIGNING_KEY']);
    expect(made.get('valkey-users')).toEqual(['redis-users.acl']);
    expect(made.get('postgres-sql')).toEqual(['postgres.sql']);

    const overlay = await kubectl('kustomize', 'deploy/kubernetes/overlays/dev');
    const charts = ['nats', 'valkey'].map((name) =>
      readFileSync(join(root, `deploy/kubernetes/charts/${name}.yaml`), 'utf8'),
    );
    const references = [
      ...`${overlay}${charts[0]}`.matchAll(/secretRef:\s+name: (\S+)|secretName: (\S+)/g),
      ...(charts[1] ?? '').matchAll(/extraValkeySecrets:\s+- name: (\S+)/g),
    ].map(([, one, other]) => one ?? other);
    expect([...new Set(references)].sort()).toEqual([...made.keys()].sort());
  });

  test('renders what it applies and installs', async () => {
    for (const command of beginning('kubectl apply -k ')) {
      const objects = parseAllDocuments(await kubectl('kustomize', words(command).at(-1) ?? ''));
      expect(objects.length, command).toBeGreaterThan(10);
    }
    const install = beginning('helm install admit-one ');
    expect(install).toHaveLength(1);
    for (const command of install)
      expect(await helm('template', ...words(command).slice(2))).toContain('https://chat.example.org');
    for (const command of [...beginning('kubectl apply -f '), ...beginning('helm install ')])
      for (const file of words(command).filter(
        (word) => word.startsWith('deploy/') && word.endsWith('.yaml'),
      ))
        expect(parse(readFileSync(join(root, file), 'utf8')), file).toBeTruthy();
  });

  test('has no other command than these and those that need a cluster', () => {
    const run = [
      'npx @admit-one/cli keys ',
      'kubectl -n admit-one create secret ',
      'kubectl apply -',
      'helm install ',
    ];
    const others = commands.filter(
      (command) => ![...run, ...NOT_RUN].some((known) => command.startsWith(known)),
    );
    expect(others).toEqual([]);
  });
});
