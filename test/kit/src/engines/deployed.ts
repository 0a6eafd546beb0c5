import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The path of a file in `deploy`. */
export function deployed(...path: readonly string[]): string {
  const file = join('deploy', ...path);
  // A bundle of this package lies elsewhere, and is started in the project's folder.
  const beside = join(import.meta.dirname, '..', '..', '..', '..', file);
  return existsSync(beside) ? beside : resolve(file);
}
