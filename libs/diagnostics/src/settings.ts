import {
  createRedact,
  type EnvironmentVariables,
  type MisspelledVariable,
  misspelledVariables,
  type Redact,
} from '@admit-one/config';
import type { Diagnostic } from '@admit-one/core';
import { adviceOn } from './advice.ts';
import { readers, type ServiceName, type ValidVariables } from './services.ts';

export interface Settings {
  readonly diagnostics: readonly Diagnostic[];
  readonly valid: ValidVariables;
  /** Removes the secrets of the environment from texts. */
  readonly redact: Redact;
}

/** Reads the environment as the services do. An issue that several services share is reported once. */
export function readSettings(names: readonly ServiceName[], environment: EnvironmentVariables): Settings {
  const readings = names.map((name) => ({ name, ...readers[name](environment) }));
  const valid: ValidVariables = Object.assign({}, ...readings.map(({ variables }) => variables));
  const distinct = new Set(readings.flatMap(({ issues }) => issues));
  return {
    valid,
    redact: createRedact(environment),
    diagnostics: [
      ...readings.filter(({ issues }) => issues.length === 0).map(({ name }) => usable(name)),
      ...[...distinct].map((issue) => {
        const affected = readings.filter(({ issues }) => issues.includes(issue)).map(({ name }) => name);
        return settingsError(issue, affected);
      }),
      ...misspelledVariables(environment).map(misspelling),
      ...adviceOn(valid, names),
    ],
  };
}

function usable(name: ServiceName): Diagnostic {
  return { level: 'ok', message: `the settings of ${name} are usable` };
}

function misspelling({ variable, nearest }: MisspelledVariable): Diagnostic {
  return {
    level: 'warning',
    message: `${variable} is set, and no service reads it`,
    remedy: `Correct its name, probably to ${nearest}, or remove it.`,
  };
}

/** @param services those that do not start with this issue */
export function settingsError(issue: string, services: readonly ServiceName[]): Diagnostic {
  return {
    level: 'error',
    message: issue,
    remedy: `Fix it in the environment of ${services.join(', ')}.`,
  };
}
