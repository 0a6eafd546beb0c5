import { ConfigError, type Environment, readVariables } from '@admit-one/runtime';
import type { Static, TObject } from 'typebox';

export interface TokenSettings<Schema extends TObject> {
  /** Those that are good by themselves. */
  readonly variables: Static<Schema>;
  /** What keeps a service from starting. */
  readonly faults: readonly string[];
  /** Whether issuers can be made of them all the same. */
  readonly isUsable: boolean;
}

/**
 * Reads the variables that tokens are judged by, and no others. Without an audience a service does not start; but a token
 * can be looked at, and tell what to set.
 */
export function readTokenSettings<Schema extends TObject>(
  schema: Schema,
  environment: Environment,
  faultsOf: (variables: Partial<Static<Schema>>) => readonly string[],
  anyAudience: Partial<Static<Schema>>,
): TokenSettings<Schema> {
  let variables: Partial<Static<Schema>> = {};
  let faults: readonly string[] = [];
  try {
    readVariables(schema, environment, (read) => {
      variables = read;
      return faultsOf(read);
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    faults = error.issues;
  }
  const isWhole = Object.keys(schema.properties).every(
    (name) => Object.hasOwn(variables, name) || !schema.required?.includes(name),
  );
  const isUsable = isWhole && faultsOf({ ...variables, ...anyAudience }).length === 0;
  return { variables: variables as Static<Schema>, faults, isUsable };
}
