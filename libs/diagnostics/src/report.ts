import type { Diagnostic } from '@admit-one/core';

/** A diagnostic and what it is about, such as `Redis redis://redis:6379`. Contains no credentials. */
export interface GroupedDiagnostic extends Diagnostic {
  readonly group: string;
}

/** Adds the group to diagnostics, and removes the credentials from the URLs in their texts. */
export function grouped(group: string, diagnostics: readonly Diagnostic[]): readonly GroupedDiagnostic[] {
  return diagnostics.map(({ level, message, remedy }) => ({
    group: withoutSecrets(group),
    level,
    message: withoutSecrets(message),
    ...(remedy !== undefined && { remedy: withoutSecrets(remedy) }),
  }));
}

/** The user information of a URL, up to the last `@` before a space or the next URL of a list. */
const USER_INFORMATION = /([a-z][\w+.-]*:\/\/)(?:(?!,[a-z][\w+.-]*:\/\/)\S)*@/gi;
/** Query and fragment of a URL: PostgreSQL accepts the password there. */
const QUERY = /([a-z][\w+.-]*:\/\/[^\s?#]*)[?#]\S*/gi;

/** Removes user, password and query from the URLs in a text. */
export function withoutSecrets(text: string): string {
  return text.replace(USER_INFORMATION, '$1').replace(QUERY, '$1');
}

/**
 * The message of the innermost cause. `fetch` wraps the cause, and a connection attempt to several addresses wraps one
 * error for each.
 */
export function rootMessageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return rootMessageOf(error.errors[0]);
  if (error instanceof Error && error.cause !== undefined) return rootMessageOf(error.cause);
  return (error instanceof Error && error.message) || String(error);
}
