/** A URL's user information, as far as the last `@` before a space or the next URL of a list. */
const USER_INFORMATION = /([a-z][\w+.-]*:\/\/)(?:(?!,[a-z][\w+.-]*:\/\/)\S)*@/gi;
/** What follows a URL's path: PostgreSQL's may give the password there. */
const QUERY = /([a-z][\w+.-]*:\/\/[^\s?#]*)[?#]\S*/gi;

/** A text whose URLs have lost what may be secret in them: user, password and query. */
export function withoutSecrets(text: string): string {
  return text.replace(USER_INFORMATION, '$1').replace(QUERY, '$1');
}
