import { auditServiceVariables, ticketServiceVariables, wsEdgeVariables } from '@admit-one/config';
import { defaults } from '../../../deploy/kubernetes/src/overlays.ts';
import { freeForm } from '../../../deploy/kubernetes/src/settings.ts';

const variables: Readonly<Record<string, object>> = {
  ticketService: ticketServiceVariables,
  wsEdge: wsEdgeVariables,
  auditService: auditServiceVariables,
};

/** Lists that may be empty. An empty list of peers is not one: to a NetworkPolicy it is everybody. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(['imagePullSecrets', 'tls', 'volumes', 'volumeMounts']);

/** The JSON schema of the chart's values: to helm, a value or a variable that nothing reads is an error. */
export function valuesSchema() {
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...schemaOf(defaults, []) };
}

function schemaOf(value: unknown, path: readonly string[]): object {
  const name = path.at(-1) ?? '';
  if (name === 'env') return environmentSchema(path.at(-2) ?? '');
  if (Array.isArray(value)) return { type: 'array', ...(MAY_BE_EMPTY.has(name) ? {} : { minItems: 1 }) };
  if (typeof value !== 'object' || value === null) return { type: typeOf(value) };
  if (freeForm.has(name)) return { type: 'object' };
  const properties = Object.fromEntries(
    Object.entries(value).map(([member, inner]) => [member, schemaOf(inner, [...path, member])]),
  );
  return { type: 'object', additionalProperties: false, properties };
}

/** As strings, for a number above a million would be written with an exponent. */
function environmentSchema(service: string) {
  const known = Object.keys(variables[service] ?? {}).sort();
  return {
    type: 'object',
    propertyNames: { anyOf: [{ enum: known }, { pattern: '^(NODE|OTEL)_' }] },
    additionalProperties: { type: 'string' },
  };
}

function typeOf(value: unknown): string {
  return typeof value === 'number' ? 'integer' : typeof value;
}
