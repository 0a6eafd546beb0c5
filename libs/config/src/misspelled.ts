import { distance } from 'fastest-levenshtein';
import type { EnvironmentVariables } from './read-variables.ts';
import { standaloneVariables } from './standalone.ts';

/** A variable that no service reads, and the one that it resembles. */
export interface MisspelledVariable {
  readonly variable: string;
  readonly nearest: string;
}

/** Shorter names resemble those of other programs: `HOME`, `PATH`. */
const MIN_LENGTH = 6;
/** From this length on, two letters may differ: those of a transposition. */
const LONG = 8;

/** The HTTP client reads these too. */
const LOWER_CASE: ReadonlySet<string> = new Set(['http_proxy', 'https_proxy', 'no_proxy']);

/** The variables of an environment that are probably meant for a service and that none reads: `NATS_ULR`. */
export function misspelledVariables(environment: EnvironmentVariables): readonly MisspelledVariable[] {
  const known = Object.keys(standaloneVariables);
  return Object.keys(environment)
    .filter((variable) => !known.includes(variable) && !LOWER_CASE.has(variable))
    .flatMap((variable) => {
      const nearest = known.find((name) => resembles(variable.toUpperCase(), name));
      return nearest === undefined ? [] : [{ variable, nearest }];
    });
}

function resembles(variable: string, name: string): boolean {
  if (name.length < MIN_LENGTH || variable[0] !== name[0]) return false;
  return distance(variable, name) <= (name.length < LONG ? 1 : 2);
}
