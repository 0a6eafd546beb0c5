import type { AuditFilter, FactCondition, FilterFact } from '@admit-one/core';
import { classifyText } from './classify-text.ts';
import { factParameters, readFact } from './fact-parameters.ts';
import { invalidQuery, type QueryParameters, severalValues, singleValue } from './parameters.ts';
import { readRange } from './read-time.ts';

const facts = Object.keys(factParameters) as readonly FilterFact[];

const ATTRIBUTE = 'attribute.';
const MAX_ATTRIBUTES = 20;

const fixedNames: ReadonlySet<string> = new Set([
  ...facts.flatMap((fact) => [fact, `${fact}!`]),
  'q',
  'from',
  'to',
]);

/** Whether a filter is made of this parameter. */
export function isFilterName(name: string): boolean {
  return fixedNames.has(name) || name.startsWith(ATTRIBUTE);
}

/**
 * The filter of a query: every given parameter must hold.
 * @param now Unix milliseconds, for relative times
 * @throws {RejectionError} with what is wrong
 */
export function readFilter(parameters: QueryParameters, now: number): AuditFilter {
  const conditions = facts.flatMap((fact) => {
    const condition = readCondition(parameters, fact, (text) => readFact(fact, text));
    return condition ? [[fact, condition] as const] : [];
  });
  const ofFacts: AuditFilter['facts'] = Object.fromEntries(conditions);
  const attributes = readAttributes(parameters);
  return {
    facts: ofFacts,
    ...(attributes.length > 0 ? { attributes: Object.fromEntries(attributes) } : {}),
    ...readPasted(parameters, ofFacts),
    ...readRange(parameters, now),
  };
}

function readCondition(
  parameters: QueryParameters,
  name: string,
  read: (text: string) => string,
): FactCondition | undefined {
  const include = severalValues(parameters, name).map(read);
  const exclude = severalValues(parameters, `${name}!`).map(read);
  if (include.length + exclude.length === 0) return undefined;
  return { ...(include.length > 0 ? { include } : {}), ...(exclude.length > 0 ? { exclude } : {}) };
}

function readAttributes(parameters: QueryParameters): readonly (readonly [string, FactCondition])[] {
  const given = [...parameters.keys()].filter((name) => name.startsWith(ATTRIBUTE));
  const names = new Set(given.map((name) => name.slice(ATTRIBUTE.length).replace(/!$/, '')));
  if (names.size > MAX_ATTRIBUTES)
    throw invalidQuery(`There must be conditions on at most ${MAX_ATTRIBUTES} attributes.`);
  if (names.has('')) throw invalidQuery('attribute. must be followed by a name, such as attribute.plan=pro.');
  return [...names].flatMap((name) => {
    const condition = readCondition(parameters, `${ATTRIBUTE}${name}`, (text) => text);
    return condition ? [[name, condition] as const] : [];
  });
}

/** What `q` recognizes is an ordinary condition, unless there is one on the same fact already. */
function readPasted(
  parameters: QueryParameters,
  given: NonNullable<AuditFilter['facts']>,
): Pick<AuditFilter, 'facts' | 'anyOf'> {
  const text = singleValue(parameters, 'q')?.trim();
  if (text === undefined) return {};
  if (text === '') throw invalidQuery('q must not be empty.');
  const anyOf = classifyText(text);
  const [recognized, ...others] = anyOf;
  if (!recognized || others.length > 0 || given[recognized.fact]) return { anyOf };
  return { facts: { ...given, [recognized.fact]: { include: [recognized.value] } } };
}
