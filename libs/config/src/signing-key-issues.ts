import { KeyError, parseSigningKey } from '@admit-one/identity';

/** The issues of a variable with a private key for ES256. */
export function signingKeyIssues(variable: string, key: string | undefined): readonly string[] {
  if (key === undefined) return [];
  try {
    parseSigningKey(key);
    return [];
  } catch (error) {
    if (error instanceof KeyError) return [`${variable}: ${error.message}.`];
    throw error;
  }
}
