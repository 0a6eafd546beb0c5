import { Compile } from 'typebox/compile';
import type { IssuerMembers, IssuerSetting, IssuerSettings } from './settings.ts';

/** An entry of a list of issuers. */
export interface ListedIssuer {
  /** What it is called in faults: `JWT_ISSUERS[0]`. */
  readonly name: string;
  /** What it says; what has not the right form is undefined here. */
  readonly settings: IssuerSettings;
}

export interface IssuerList {
  readonly issuers: readonly ListedIssuer[];
  /** What has not the right form, each led by its path. */
  readonly faults: readonly string[];
}

const REQUIRED = ['issuer', 'alias'] as const satisfies readonly IssuerSetting[];

type Entry = Readonly<Record<string, unknown>>;

/** Reads a list of issuers, a JSON array of objects, from the variable of that name. */
export function readIssuerList(json: string, variable: string, members: IssuerMembers): IssuerList {
  const entries = parse(json);
  if (entries === undefined) return { issuers: [], faults: [`${variable}: is not a JSON array of objects.`] };
  if (entries.length === 0) return { issuers: [], faults: [`${variable}: is an empty list.`] };
  const read = entries.map((entry, index) => readEntry(entry, `${variable}[${index}]`, members));
  return {
    issuers: read.map(({ issuer }) => issuer),
    faults: read.flatMap(({ faults }) => faults),
  };
}

function parse(json: string): readonly Entry[] | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) && value.every(isObject) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readEntry(entry: Entry, name: string, members: IssuerMembers) {
  const settings: Record<string, unknown> = {};
  const faults = REQUIRED.filter((member) => !Object.hasOwn(entry, member)).map(
    (member) => `${name}.${member}: is not set.`,
  );
  const known = new Map(Object.entries(members));
  for (const [member, value] of Object.entries(entry)) {
    const schema = known.get(member);
    if (!schema) {
      faults.push(`${name}: ${unknownMember(member, [...known.keys()])}`);
      continue;
    }
    const isSound = Compile(schema).Check(value);
    settings[member] = isSound ? settingOf(member, value) : undefined;
    if (!isSound) faults.push(`${name}.${member}: must be ${schema.description}.`);
  }
  return { issuer: { name, settings }, faults };
}

function settingOf(member: string, value: unknown): unknown {
  if (member === 'audience' && typeof value === 'string') return [value];
  return member === 'jwks' ? JSON.stringify(value) : value;
}

const SHORTEST_LIKENESS = 3;

/** Shows the name, never the value: that may be a key. */
function unknownMember(name: string, known: readonly string[]): string {
  const likenesses = known.map((candidate) => likeness(candidate, name));
  const best = Math.max(...likenesses);
  const hint = best < SHORTEST_LIKENESS ? '' : ` Did you mean ${known[likenesses.indexOf(best)]}?`;
  return `${JSON.stringify(name.slice(0, 64))} is no member of an issuer.${hint}`;
}

/** How many letters and digits two names have in common at their start. */
function likeness(one: string, other: string): number {
  const [a = '', b = ''] = [one, other].map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, ''));
  const differs = [...a].findIndex((letter, index) => letter !== b[index]);
  return differs < 0 ? a.length : differs;
}
