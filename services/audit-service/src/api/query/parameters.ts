import { RejectionError } from '@admit-one/runtime';
import { withoutCredentials } from '@admit-one/text';

/** The parameters of a URL's query, each with its values. */
export type QueryParameters = ReadonlyMap<string, readonly string[]>;

const MAX_LENGTH = 512;
const MAX_VALUES = 50;
const CONTROL = /\p{Cc}|\p{Cs}/u;

/** @param query as the framework has parsed it */
export function parametersOf(query: unknown): QueryParameters {
  const given = Object.entries(query as Readonly<Record<string, string | string[]>>);
  return new Map(given.map(([name, value]) => [name, [value].flat()]));
}

/** A rejection of a query, with the sentence that says why. What was given is in it by `shownName` at most. */
export function invalidQuery(detail: string, cause?: unknown): RejectionError {
  return new RejectionError('request_invalid', { detail, cause });
}

/** The name of a parameter as a rejection repeats it. The cut comes last, so that it can't leave a part of a secret. */
function shownName(name: string): string {
  return withoutCredentials(name).slice(0, 64);
}

/** The rejection of a parameter that is not known. */
export function unknownParameter(name: string, known: readonly string[], cause?: unknown): RejectionError {
  const shown = JSON.stringify(shownName(name));
  return invalidQuery(`There is no parameter ${shown} here, only ${known.join(', ')}.`, cause);
}

/**
 * The parameters of a query that may have these.
 * @param query as the framework has parsed it
 * @param known by name; those of negations are not listed in the rejection
 * @param isKnown for further names
 * @throws {RejectionError} where a parameter is not known
 */
export function readParameters(
  query: unknown,
  known: Readonly<Record<string, unknown>>,
  isKnown: (name: string) => boolean = () => false,
): QueryParameters {
  const parameters = parametersOf(query);
  for (const name of parameters.keys()) {
    if (Object.hasOwn(known, name) || isKnown(name)) continue;
    throw unknownParameter(
      name,
      Object.keys(known).filter((other) => !other.endsWith('!')),
    );
  }
  return parameters;
}

/**
 * The value of a parameter that may be given once.
 * @throws {RejectionError} where it is given more than once, or its text is not valid
 */
export function singleValue(
  parameters: QueryParameters,
  name: string,
  maxLength = MAX_LENGTH,
): string | undefined {
  const values = parameters.get(name) ?? [];
  if (values.length > 1) throw invalidQuery(`${shownName(name)} must be given once.`);
  return values.map((value) => validText(name, value, maxLength))[0];
}

/**
 * The values of a parameter that may be given several times.
 * @throws {RejectionError} where there are too many, or a text is not valid
 */
export function severalValues(parameters: QueryParameters, name: string): readonly string[] {
  const values = parameters.get(name) ?? [];
  if (values.length > MAX_VALUES)
    throw invalidQuery(`${shownName(name)} must have at most ${MAX_VALUES} values.`);
  return values.map((value) => validText(name, value, MAX_LENGTH));
}

function validText(name: string, value: string, maxLength: number): string {
  if (value === '') throw invalidQuery(`${shownName(name)} must not be empty.`);
  if (value.length > maxLength)
    throw invalidQuery(`${shownName(name)} must have at most ${maxLength} characters.`);
  if (CONTROL.test(value))
    throw invalidQuery(
      `${shownName(name)} must not contain control characters, such as line breaks and NUL.`,
    );
  return value;
}
