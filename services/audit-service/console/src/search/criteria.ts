import type { FilterFact } from '@admit-one/core';

/** The facts that a search can ask for, in the order in which help lists them. */
const factNames = [
  ...(['ticket', 'session', 'user', 'connection', 'address', 'origin', 'trace', 'reason', 'type'] as const),
  ...([
    'route',
    'edge',
    'issuer',
    'kid',
    'pathway',
    'carrier',
    'agent',
    'client',
    'source',
    'synthetic',
  ] as const),
] as const satisfies readonly FilterFact[];

/** A condition of a search, as a parameter of the audit API: a fact, an attribute, or `q` for a text that may be several. */
export interface Criterion {
  readonly name: string;
  readonly value: string;
  readonly negated: boolean;
}

const names: ReadonlySet<string> = new Set<string>([...factNames, 'q']);

export function isCriterionName(name: string): boolean {
  return names.has(name) || /^attribute\../.test(name);
}

export function criterion(name: string, value: string, negated = false): Criterion {
  return { name, value, negated };
}

/** The name of its parameter: a negated one ends with `!`. */
export const parameterOf = ({ name, negated }: Criterion): string => `${name}${negated ? '!' : ''}`;

export function criteriaOf(query: URLSearchParams): readonly Criterion[] {
  return [...query].flatMap(([parameter, value]) => {
    const negated = parameter.endsWith('!');
    const name = negated ? parameter.slice(0, -1) : parameter;
    return isCriterionName(name) && value !== '' ? [{ name, value, negated }] : [];
  });
}

function isSame(one: Criterion, other: Criterion): boolean {
  return one.value === other.value && parameterOf(one) === parameterOf(other);
}

export function without(criteria: readonly Criterion[], gone: Criterion): readonly Criterion[] {
  return criteria.filter((one) => !isSame(one, gone));
}

/** Adds criteria. There is one `q` at most, and the newest wins. */
export function withCriteria(
  before: readonly Criterion[],
  added: readonly Criterion[],
): readonly Criterion[] {
  const hasText = added.some(({ name }) => name === 'q');
  const kept = before.filter(
    (old) => !(hasText && old.name === 'q') && !added.some((one) => isSame(one, old)),
  );
  return [...kept, ...added];
}

/** What an instance reports about itself all the time. A search shows it only when it is asked for. */
const housekeepingTypes = ['admit.service.alive', 'admit.audit.accessed', 'admit.audit.sealed'] as const;

/** The parameters of the audit API for these criteria. */
export function filterQuery(criteria: readonly Criterion[], housekeeping: boolean): URLSearchParams {
  const query = new URLSearchParams(criteria.map((one) => [parameterOf(one), one.value]));
  if (!housekeeping && !query.has('type')) for (const type of housekeepingTypes) query.append('type!', type);
  return query;
}
