import type { IEnvVar } from 'kubernetes-models/v1/EnvVar';
import type { Environment } from './settings.ts';

/**
 * What stands for a setting where objects become templates of the chart: its kind and its path. The functions that make
 * objects pass settings on as they are, except by the functions of this file.
 */
export function placeholder(kind: PlaceholderKind, path: string): string {
  return `⟪${kind}:${path}⟫`;
}

export type PlaceholderKind = 'text' | 'number' | 'block' | 'env' | 'optional' | 'release';

const WHOLE = /^⟪\w+:(.+)⟫$/;

function changed(value: unknown, kind: PlaceholderKind): string | undefined {
  const path = typeof value === 'string' ? WHOLE.exec(value)?.[1] : undefined;
  return path === undefined ? undefined : placeholder(kind, path);
}

/** Variables as a container has them, by name. */
export function environmentOf(env: Environment): IEnvVar[] {
  const template = changed(env, 'env') as unknown as IEnvVar[] | undefined;
  return (
    template ??
    Object.keys(env)
      .sort()
      .map((name) => ({ name, value: env[name] ?? '' }))
  );
}

/** A value that is left out if it is empty. */
export function unlessEmpty<Value extends string | object>(value: Value): Value | undefined {
  const template = changed(value, 'optional') as Value | undefined;
  if (template !== undefined) return template;
  return (typeof value === 'string' ? value === '' : Object.keys(value).length === 0) ? undefined : value;
}
