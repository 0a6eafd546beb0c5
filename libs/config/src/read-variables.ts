import envSchema from 'env-schema';
import { type Static, type TObject, Type } from 'typebox';

/** The environment of a process, as Node provides it. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** Checks across variables; returns one line per issue. Variables that are invalid by themselves are missing here. */
export type Check<Schema extends TObject> = (variables: Partial<Static<Schema>>) => readonly string[];

/** The environment is not usable. The message lists every issue, one per line, and says where examples are. */
export class ConfigError extends Error {
  /** One line each, led by the name of the variable. */
  readonly issues: readonly string[];

  constructor(issues: readonly string[]) {
    const lines = issues.map((issue) => `  ${issue}`);
    super(['The configuration is not usable:', ...lines, EXAMPLES].join('\n'));
    this.name = 'ConfigError';
    this.issues = issues;
  }
}

const EXAMPLES = 'docs/deployment.md has complete examples, docs/configuration.md every variable.';

/** Marks a variable whose value is never shown, not even in an issue. */
export const SECRET = { writeOnly: true } as const;

/** A comma-separated list. Items are trimmed; empty items are dropped. */
export function listVariable(options: { description: string; default: string; examples?: string[] }) {
  return Type.Unsafe<string[]>({ type: 'string', separator: ',', ...options });
}

/** What `tryVariables` read. */
export interface VariablesReading<Schema extends TObject> {
  /** The variables that are valid by themselves, defaults included; all of them where `issues` is empty. */
  readonly variables: Partial<Static<Schema>>;
  readonly issues: readonly string[];
}

/**
 * Reads the variables of a schema from the environment: trims values, treats an empty value as unset, applies
 * defaults, and checks each variable by its schema and all of them by `check`.
 * @throws {ConfigError} with all issues
 */
export function readVariables<Schema extends TObject>(
  schema: Schema,
  environment: EnvironmentVariables,
  check?: Check<Schema>,
): Static<Schema> {
  const { variables, issues } = tryVariables(schema, environment, check);
  if (issues.length > 0) throw new ConfigError(issues);
  return variables as Static<Schema>;
}

/** Reads variables as `readVariables` does, and returns what is valid together with all issues. */
export function tryVariables<Schema extends TObject>(
  schema: Schema,
  environment: EnvironmentVariables,
  check: Check<Schema> = () => [],
): VariablesReading<Schema> {
  const given = givenOf(schema, environment);
  const invalid = new Map<string, string>();
  let read = parse(schema, given, invalid);
  if (!read) {
    const optional = { ...schema, required: [] as string[] };
    read = without(invalid, parse(optional, without(invalid, given), new Map()) ?? {});
  }
  const variables = read as Partial<Static<Schema>>;
  return { variables, issues: [...new Set([...invalid.values(), ...check(variables)])] };
}

function without<T>(invalid: ReadonlyMap<string, string>, variables: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !invalid.has(name)));
}

function givenOf(schema: TObject, environment: EnvironmentVariables): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.properties)) {
    const value = environment[name]?.trim();
    if (value) given[name] = value;
  }
  return given;
}

/** The typed values; undefined where some are invalid, which are added to `invalid` by name. */
function parse(
  schema: TObject,
  given: Record<string, string>,
  invalid: Map<string, string>,
): Record<string, unknown> | undefined {
  try {
    const read = envSchema<Record<string, unknown>>({
      schema: structuredClone(schema),
      data: given,
      env: false,
    });
    return trimLists(read);
  } catch (error) {
    for (const issue of validationErrorsOf(error)) {
      const name = issue.instancePath.slice(1) || String(issue.params.missingProperty);
      if (!invalid.has(name)) invalid.set(name, `${name}: ${explain(schema, name, given[name], issue)}`);
    }
    return undefined;
  }
}

/** A validation error of Ajv. */
interface ValidationError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

function validationErrorsOf(error: unknown): readonly ValidationError[] {
  const { errors } = error as { errors?: readonly ValidationError[] };
  if (!errors) throw error;
  return errors;
}

function explain(schema: TObject, name: string, value: string | undefined, issue: ValidationError): string {
  const property = schema.properties[name] as VariableAnnotations | undefined;
  if (issue.keyword === 'required') return ['is not set.', ...adviceOn(name, property)].join(' ');
  const allowed = issue.params.allowedValues;
  const rule = Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : issue.message;
  return property?.writeOnly ? `${rule} (the value is not shown)` : `${rule}, not ${JSON.stringify(value)}`;
}

/** What a variable's schema says of it in addition to what is valid. */
interface VariableAnnotations {
  readonly writeOnly?: boolean;
  readonly description?: string;
  readonly examples?: readonly string[];
}

function adviceOn(name: string, { description, examples = [] }: VariableAnnotations = {}): readonly string[] {
  const example = examples[0] === undefined ? [] : [`Example: ${name}=${examples[0]}`];
  return [...(description ? [description] : []), ...example];
}

function trimLists(variables: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((item) => String(item).trim()).filter((item) => item !== '') : value,
    ]),
  );
}
