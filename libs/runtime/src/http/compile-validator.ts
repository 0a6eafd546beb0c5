import { coerceMembers } from '@admit-one/config';
import type {
  FastifySchemaCompiler,
  FastifySchemaValidationError,
  FastifySerializerCompiler,
  FastifyServerOptions,
} from 'fastify';
import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/schema';

/**
 * Validates a part of a request by its schema. A query, path or header comes as text, and is read as the types in its
 * schema; a JSON body has types, so that a list is not taken for its only element. Reports the first issue only.
 *
 * A schema is compiled at the first request that needs it, which makes the start of a process shorter.
 */
const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  let validator: Validator | undefined;
  return (given) => {
    validator ??= Compile(schema);
    const value = httpPart === 'body' ? given : coerceMembers(schema, given);
    if (validator.Check(value)) return { value };
    return { error: [firstIssueOf(validator, value)] };
  };
};

function firstIssueOf(validator: Validator, value: unknown): FastifySchemaValidationError {
  const [, issues] = validator.Errors(value);
  // Of each member too many, TypeBox says first that its schema is false, and it stops at eight issues.
  const issue = issues.find(({ keyword }) => keyword !== 'boolean') ?? issues[0];
  if (!issue) throw new Error('A value that is not valid has no issue');
  switch (issue.keyword) {
    case 'required': {
      const [missing] = issue.params.requiredProperties;
      return { ...issue, params: { ...issue.params }, message: `must have required property '${missing}'` };
    }
    case 'boolean': {
      const unknown = issue.instancePath.slice(issue.instancePath.lastIndexOf('/') + 1);
      return { ...issue, keyword: 'additionalProperties', params: { additionalProperties: [unknown] } };
    }
    default:
      return issue as FastifySchemaValidationError;
  }
}

/** Handlers decide what a response has: its schema is for the OpenAPI document. */
const compileSerializer: FastifySerializerCompiler<TSchema> = () => JSON.stringify;

/** Validation by TypeBox for Fastify, whose types know its own compilers only. */
export const schemaController = {
  compilersFactory: { buildValidator: () => compileValidator, buildSerializer: () => compileSerializer },
} as unknown as NonNullable<FastifyServerOptions['schemaController']>;
