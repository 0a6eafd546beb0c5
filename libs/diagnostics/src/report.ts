import type { Redact } from '@admit-one/config';
import type { Diagnostic } from '@admit-one/core';

/** A diagnostic and what it is about, such as `Redis redis://redis:6379`. Contains no credentials. */
export interface GroupedDiagnostic extends Diagnostic {
  readonly group: string;
}

/**
 * Adds the group to diagnostics, and removes from their texts the secrets of the settings, and the credentials of all other
 * URLs.
 */
export function grouped(
  group: string,
  diagnostics: readonly Diagnostic[],
  redact: Redact,
): readonly GroupedDiagnostic[] {
  const shown = (text: string) => withoutSecrets(redact(text));
  return diagnostics.map(({ level, message, remedy }) => ({
    group: shown(group),
    level,
    message: shown(message),
    ...(remedy !== undefined && { remedy: shown(remedy) }),
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
