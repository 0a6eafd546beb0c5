import type { TSchema } from 'typebox';
import { createRedact } from './secrets.ts';

/** One variable of a process, for people. */
export interface Setting {
  readonly name: string;
  readonly description: string;
  /** Its effective value as the variable would have it; null where it is not set, `***` for a secret. */
  readonly value: string | null;
  readonly isDefault: boolean;
  readonly isSecret: boolean;
}

/** A variable's schema, with what `readVariables` knows of it. */
interface Variable extends TSchema {
  readonly description?: string;
  readonly default?: unknown;
  readonly separator?: string;
  readonly writeOnly?: boolean;
}

const HIDDEN = '***';

/**
 * The effective settings of a process, in the order of their schemas. Values of secrets are left out, and so are passwords
 * and private keys in other values.
 */
export function settingsOf(
  schemas: Readonly<Record<string, TSchema>>,
  variables: Readonly<Record<string, unknown>>,
): readonly Setting[] {
  const redact = createRedact(variables);
  return Object.entries(schemas).map(([name, schema]) => {
    const {
      description = '',
      default: standard,
      separator,
      writeOnly: isSecret = false,
    } = schema as Variable;
    const value = textOf(variables[name], separator);
    const isDefault = value === textOf(standard, separator);
    const shown = value === null ? null : redact(value);
    return { name, description, value: isSecret && shown ? HIDDEN : shown, isDefault, isSecret };
  });
}

/** Null where a variable is not set, and where its list is empty. */
function textOf(value: unknown, separator: string | undefined): string | null {
  if (value === undefined || value === '') return null;
  return Array.isArray(value) ? value.join(separator) || null : String(value);
}
