import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesObject } from '../../deploy/kubernetes/src/manifest.ts';
import { moduleOf } from './models.ts';
import { root } from './tools.ts';

/**
 * Which objects have a member that their type does not have, or a value that it does not allow, with what TypeScript says.
 * The schemas let unknown members pass; the types of the same packages, which are made of the same OpenAPI documents,
 * refuse them in a literal at any depth.
 */
export function typeErrors(objects: readonly KubernetesObject[]): ReadonlyMap<number, string> {
  const folder = join(root, 'node_modules/.admit-one', `kubernetes-types-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, 'objects.ts'), objects.map(declaration).join('\n'));
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--types', '', '--target', 'es2023'];
    const resolution = ['--module', 'nodenext', '--moduleResolution', 'nodenext', '--ignoreConfig'];
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [tsc, ...options, ...resolution, '--pretty', 'false', 'objects.ts'],
      { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
    );
    const errors = [...stdout.matchAll(/^objects\.ts\((\d+),\d+\): (error .*)$/gm)];
    if (errors.length === 0 && stdout + stderr !== '') throw new Error(stdout + stderr);
    return new Map(errors.map(([, line, error = '']) => [Number(line) - 1, error]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One line for each object. */
function declaration(object: KubernetesObject, at: number): string {
  return `export const object${at}: import('${moduleOf(object)}').I${object.kind} = ${JSON.stringify(object)};`;
}
