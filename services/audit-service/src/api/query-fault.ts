import type { FastifyError } from 'fastify';

type ValidationFault = NonNullable<FastifyError['validation']>[number];

/** Says what is wrong with a query, by the name of the parameter, as a sentence. */
export function queryIssueOf(fault: ValidationFault, schema: unknown): string {
  const { instancePath, keyword, params, message } = fault;
  const name = instancePath.split('/')[1] ?? '';
  switch (keyword) {
    case 'additionalProperties': {
      const { properties } = schema as { readonly properties: object };
      const unknown = JSON.stringify(String(params.additionalProperty).slice(0, 64));
      return `There is no parameter ${unknown} here, only ${Object.keys(properties).join(', ')}.`;
    }
    case 'enum':
      return `${name} must be one of ${[params.allowedValues].flat().join(', ')}.`;
    case 'format':
      return notAnInstant(name);
    default:
      return `${name} ${message}.`;
  }
}

/** Says what a time must look like. */
export function notAnInstant(name: string): string {
  return `${name} must be a date and time of RFC 3339, such as 2026-01-31T12:00:00Z; in a URL, + is %2B.`;
}
