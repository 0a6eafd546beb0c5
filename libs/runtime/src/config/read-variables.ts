import envSchema from 'env-schema';
import { type Static, type TObject, Type } from 'typebox';
import { ConfigError } from '../errors.ts';

/** The environment of a process, as Node gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Further checks, across variables; those that failed on their own are missing here. */
export type Check<Schema extends TObject> = (variables: Partial<Static<Schema>>) => readonly string[];

/** A variable whose value is never shown, not even in a fault. */
export const SECRET = { writeOnly: true } as const;

/** A variable that holds a list, separated by commas; spaces around the items do not count. */
export function listVariable(options: { description: string; default: string; examples?: string[] }) {
  return Type.Unsafe<string[]>({ type: 'string', separator: ',', ...options });
}

/**
 * Reads the variables of a schema from the environment: trims, takes an empty value for none, fills in defaults,
 * and checks each by its schema.
 * @throws {ConfigError} with every fault at once, each once
 */
export function readVariables<Schema extends TObject>(
  schema: Schema,
  environment: Environment,
  check: Check<Schema> = () => [],
): Static<Schema> {
  const given = givenOf(schema, environment);
  const faults = new Map<string, string>();
  let variables = attempt(schema, given, faults);
  if (!variables) {
    const read = attempt({ ...schema, required: [] as string[] }, without(faults, given), new Map());
    variables = without(faults, read ?? {});
  }
  const all = new Set([...faults.values(), ...check(variables as Partial<Static<Schema>>)]);
  if (all.size > 0) throw new ConfigError([...all]);
  return variables as Static<Schema>;
}

function without<T>(faults: ReadonlyMap<string, string>, variables: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !faults.has(name)));
}

function givenOf(schema: TObject, environment: Environment): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.properties)) {
    const value = environment[name]?.trim();
    if (value) given[name] = value;
  }
  return given;
}

function attempt(
  schema: TObject,
  given: Record<string, string>,
  faults: Map<string, string>,
): Record<string, unknown> | undefined {
  try {
    const read = envSchema<Record<string, unknown>>({
      schema: structuredClone(schema),
      data: given,
      env: false,
    });
    return trimLists(read);
  } catch (error) {
    for (const fault of ajvFaultsOf(error)) {
      const name = fault.instancePath.slice(1) || String(fault.params.missingProperty);
      if (!faults.has(name)) faults.set(name, `${name}: ${explain(schema, name, given[name], fault)}`);
    }
    return undefined;
  }
}

interface AjvFault {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

function ajvFaultsOf(error: unknown): readonly AjvFault[] {
  const { errors } = error as { errors?: readonly AjvFault[] };
  if (!errors) throw error;
  return errors;
}

function explain(schema: TObject, name: string, value: string | undefined, fault: AjvFault): string {
  const property = schema.properties[name] as { writeOnly?: boolean; description?: string } | undefined;
  if (fault.keyword === 'required') return `is not set. ${property?.description ?? ''}`.trimEnd();
  const allowed = fault.params.allowedValues;
  const rule = Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : fault.message;
  return property?.writeOnly ? `${rule} (the value is not shown)` : `${rule}, not ${JSON.stringify(value)}`;
}

function trimLists(variables: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((item) => String(item).trim()).filter((item) => item !== '') : value,
    ]),
  );
}
