export type Zone = 'local' | 'utc';

/** `time` has milliseconds, `minute` has neither date nor seconds. */
export type TimeStyle = 'date-time' | 'time' | 'minute' | 'day-minute';

const two = (value: number) => String(value).padStart(2, '0');

/**
 * A time as the console shows it: year-month-day, 24 hours.
 * @param at RFC 3339; what is no time is shown as it is
 */
export function timeText(at: string, zone: Zone, style: TimeStyle): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return at;
  // A local time is read as UTC from here on.
  const shown = zone === 'utc' ? time : new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  const date = `${shown.getUTCFullYear()}-${two(shown.getUTCMonth() + 1)}-${two(shown.getUTCDate())}`;
  const minute = `${two(shown.getUTCHours())}:${two(shown.getUTCMinutes())}`;
  const seconds = two(shown.getUTCSeconds());
  switch (style) {
    case 'date-time':
      return `${date} ${minute}:${seconds}`;
    case 'time':
      return `${minute}:${seconds}.${String(shown.getUTCMilliseconds()).padStart(3, '0')}`;
    case 'minute':
      return minute;
    case 'day-minute':
      return `${date.slice(5)} ${minute}`;
    default:
      throw style satisfies never;
  }
}

/** A span of Unix milliseconds; the date of its end is left out where it is the same day. */
export function spanText({ from, to }: { readonly from: number; readonly to: number }, zone: Zone): string {
  const [begin, end] = [from, to].map((ms) =>
    timeText(new Date(ms).toISOString(), zone, 'date-time').slice(0, 16),
  );
  const sameDay = begin?.slice(0, 10) === end?.slice(0, 10);
  return `${begin} – ${sameDay ? end?.slice(11) : end}`;
}

/** The name of the zone that times are shown in, such as `Europe/Berlin (UTC+2)`. */
export function zoneName(zone: Zone, now = new Date()): string {
  if (zone === 'utc') return 'UTC';
  const minutes = -now.getTimezoneOffset();
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  const offset = `UTC${minutes < 0 ? '−' : '+'}${hours}${rest === 0 ? '' : `:${two(rest)}`}`;
  return `${Intl.DateTimeFormat().resolvedOptions().timeZone} (${offset})`;
}
