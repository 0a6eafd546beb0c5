import { type Static, type TObject, type TSchema, Type } from 'typebox';
import { Errors } from 'typebox/schema';
import { coerceMembers } from './coerce-members.ts';

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
  const read = coerceMembers(schema, given);
  const properties = Object.entries(schema.properties);
  const missing = schema.required?.filter((name) => read[name] === undefined) ?? [];
  for (const name of missing)
    invalid.set(name, [`${name}: is not set.`, ...adviceOn(name, schema.properties[name])].join(' '));
  // Each by itself, since TypeBox lists eight issues at most.
  for (const [name, property] of properties) {
    const rule = read[name] === undefined ? undefined : brokenRuleOf(property, read[name]);
    if (rule !== undefined) invalid.set(name, `${name}: ${rule}${shownValue(property, given[name])}`);
  }
  return invalid.size === 0 ? splitLists(schema, read) : undefined;
}

/** What a value must be, where it is not. */
function brokenRuleOf(schema: TSchema, value: unknown): string | undefined {
  const [, [issue]] = Errors(schema, value);
  return issue?.keyword === 'enum'
    ? `must be one of ${issue.params.allowedValues.join(', ')}`
    : issue?.message;
}

function shownValue({ writeOnly }: VariableAnnotations, value: string | undefined): string {
  return writeOnly ? ' (the value is not shown)' : `, not ${JSON.stringify(value)}`;
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

/** Lists come as texts, which their schemas give a separator. */
function splitLists(schema: TObject, variables: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, splitList(schema.properties[name], value)]),
  );
}

function splitList(schema: { readonly separator?: string } = {}, value: unknown): unknown {
  return schema.separator === undefined
    ? value
    : String(value)
        .split(schema.separator)
        .map((item) => item.trim())
        .filter((item) => item !== '');
}
