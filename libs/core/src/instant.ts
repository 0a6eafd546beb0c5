const RFC_3339 =
  /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

const SHORTEST_MONTH = 28;

const EARLIEST_MS = Date.parse('0001-01-01T00:00:00Z');

/** The last instant, Unix milliseconds. */
export const LATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** Whether a value is an instant in Unix milliseconds: of the years 0001 to 9999 in UTC, which every engine can store. */
export function isInstant(value: unknown): value is number {
  return Number.isInteger(value) && EARLIEST_MS <= (value as number) && (value as number) <= LATEST_MS;
}

/**
 * Parses a date and time of RFC 3339 to Unix milliseconds; what is finer is cut off. Null where it is not one, and where
 * it is not an instant: leap seconds are not, as neither JavaScript nor PostgreSQL has them.
 */
export function parseInstant(text: string): number | null {
  const time = text.toUpperCase();
  if (!RFC_3339.test(time)) return null;
  const ms = Date.parse(time);
  return isInstant(ms) && isDay(time.slice(0, 'yyyy-mm-dd'.length)) ? ms : null;
}

/** `Date.parse` takes 30 February for 2 March; a database does not. */
function isDay(day: string): boolean {
  return (
    Number(day.slice('yyyy-mm-'.length)) <= SHORTEST_MONTH || new Date(day).toISOString().startsWith(day)
  );
}
