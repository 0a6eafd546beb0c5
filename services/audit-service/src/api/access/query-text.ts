import type { AuditFilter, FactCondition } from '@admit-one/core';
import { withoutCredentials } from '@admit-one/text';

/** The longest `query` of `admit.audit.accessed`. */
export const MAX_QUERY_LENGTH = 2_000;

/**
 * A filter as `admit.audit.accessed` has it. What could be a ticket or a token is left out, also within a value or
 * the name of an attribute: a ticket that was searched for is there as its id.
 */
export function queryText(filter: AuditFilter): string {
  const { facts = {}, attributes = {}, anyOf = [], from, to } = filter;
  const conditions = [
    ...Object.entries(facts).flatMap(([fact, condition]) => conditionTexts(fact, condition)),
    ...Object.entries(attributes).flatMap(([name, condition]) =>
      conditionTexts(`attribute.${name}`, condition),
    ),
    ...(anyOf.length > 0 ? [anyOf.map(({ fact, value }) => `${fact}=${value}`).join('|')] : []),
    ...(from === undefined ? [] : [`from=${from}`]),
    ...(to === undefined ? [] : [`to=${to}`]),
  ];
  return withoutCredentials(conditions.join(' ')).slice(0, MAX_QUERY_LENGTH);
}

function conditionTexts(name: string, { include, exclude }: FactCondition = {}): readonly string[] {
  return [
    ...(include ? [`${name}=${include.join(',')}`] : []),
    ...(exclude ? [`${name}!=${exclude.join(',')}`] : []),
  ];
}
