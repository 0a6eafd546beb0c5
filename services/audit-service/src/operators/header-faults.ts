import type { OperatorVariables } from './config.ts';
import { AUTHORIZATION } from './token-of-request.ts';

/** A field name of HTTP (RFC 9110, section 5.1). */
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;

const variables = [
  'OPERATOR_TOKEN_HEADER',
  'OPERATOR_PROXY_USER_HEADER',
  'OPERATOR_PROXY_GROUPS_HEADER',
] as const;

/** What is wrong with the names of headers: each must be one, and a header of its own. */
export function headerIssues(given: Partial<OperatorVariables>): readonly string[] {
  const names = variables.map((variable) => [variable, given[variable]?.toLowerCase()] as const);
  return names.flatMap(([variable, name], index) => {
    if (name === undefined) return [];
    if (!FIELD_NAME.test(name))
      return [`${variable}: ${JSON.stringify(name)} is not the name of an HTTP header.`];
    if (variable !== 'OPERATOR_TOKEN_HEADER' && name === AUTHORIZATION)
      return [`${variable}: the ${AUTHORIZATION} header is for tokens.`];
    const same = names.slice(0, index).find(([, other]) => other === name);
    return same ? [`${variable}: is the same header as ${same[0]}.`] : [];
  });
}
