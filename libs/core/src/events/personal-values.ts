import { hash } from 'node:crypto';
import type { JsonSchema } from '../json-schema.ts';
import { eventRow, eventTypes } from './catalogue.ts';
import type { ReceivedEvent } from './cloud-event.ts';

type Path = readonly [string, ...string[]];

/** Where events of each type have personal values, as the catalogue marks them. */
const personalPaths: ReadonlyMap<string, readonly Path[]> = new Map(
  eventTypes.map((type) => {
    const { data, subject } = eventRow(type);
    // The id of a control entry is a digest of what it is about.
    const envelope: readonly Path[] = subject === 'control' ? [['subject']] : [];
    return [type, [...envelope, ...markedIn(data, ['data'])]];
  }),
);

function markedIn(schema: JsonSchema, path: Path): readonly Path[] {
  if (schema['x-personal']) return [path];
  const inner = [
    ...(schema.anyOf ?? []).flatMap((branch) => markedIn(branch, path)),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, member]) => markedIn(member, [...path, name])),
  ];
  return [...new Map(inner.map((found) => [found.join('.'), found])).values()];
}

const COMMITMENT = /^forgotten:[\w-]{43}$/;

/** Whether a value was forgotten: its commitment is in its place. */
export function isForgotten(value: string): boolean {
  return COMMITMENT.test(value);
}

/**
 * Replaces each personal value of an event by a commitment to it: SHA-256, base64url, over the JSON of the array of salt, path
 * and value, behind `forgotten:`. Members keep their order. Without the salt, which is random, nobody can try out values.
 */
export function commitPersonalValues<Event extends ReceivedEvent>(event: Event, salt: string): Event {
  const paths = personalPaths.get(event.type) ?? [];
  return paths.reduce((changed, path) => changedAt(changed, path, path, salt) as Event, event);
}

function changedAt(value: unknown, [name, ...rest]: readonly string[], path: Path, salt: string): unknown {
  if (typeof value !== 'object' || value === null || name === undefined || !Object.hasOwn(value, name))
    return value;
  const inner = (value as Readonly<Record<string, unknown>>)[name];
  const next = rest.length > 0 ? changedAt(inner, rest, path, salt) : committed(inner, path, salt);
  return { ...value, [name]: next };
}

/** Of an object, each text in it. */
function committed(value: unknown, path: Path, salt: string): unknown {
  if (typeof value === 'string')
    return `forgotten:${hash('sha256', JSON.stringify([salt, path.join('.'), value]), 'base64url')}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, committed(inner, [...path, name], salt)]),
  );
}

/** Whether personal values of an event were forgotten. */
export function hasForgotten(event: ReceivedEvent): boolean {
  return (personalPaths.get(event.type) ?? []).some((path) => isAnyForgotten(valueAt(event, path)));
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (inner as Record<string, unknown> | null | undefined)?.[name],
    value,
  );
}

function isAnyForgotten(value: unknown): boolean {
  if (typeof value === 'string') return isForgotten(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(isAnyForgotten);
}
