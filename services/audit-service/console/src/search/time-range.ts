import { timeText, type Zone } from '../ui/time-text.ts';

/** What a search covers, as the audit API takes it: RFC 3339, or before now, such as `-1h`. */
export interface TimeRange {
  /** Null: from the beginning. */
  readonly from: string | null;
  /** Null: until now, and what comes. */
  readonly to: string | null;
}

export const defaultRange: TimeRange = { from: '-1h', to: null };

/** Ranges until now, with their names. */
export const presets = [
  ['-15m', '15 min'],
  ['-1h', '1 h'],
  ['-24h', '24 h'],
  ['-7d', '7 d'],
] as const;

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const RELATIVE = /^[-−–]?\s*(\d{1,6})\s*(s|m|min|h|d|w)$/i;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?$/;

/** How far a chart of the whole log goes back. */
const LONGEST_MS = 30 * UNIT_MS.d;

/** A time that someone typed, as the audit API takes it; null where it is no time. Without a zone, it is of the zone shown. */
export function parseTime(text: string, zone: Zone, now: number): string | null {
  const trimmed = text.trim();
  const [, amount, unit = ''] = RELATIVE.exec(trimmed) ?? [];
  if (amount !== undefined) return `-${amount}${unit.toLowerCase().charAt(0)}`;
  const [, clockHours, clockMinutes, clockSeconds] = CLOCK.exec(trimmed) ?? [];
  if (clockHours !== undefined) {
    const today = timeText(new Date(now).toISOString(), zone, 'date-time').slice(0, 10);
    return parseTime(`${today} ${clockHours}:${clockMinutes}:${clockSeconds ?? '00'}`, zone, now);
  }
  const [, ...parts] = DATE.exec(trimmed) ?? [];
  if (parts.length > 0) {
    const [year = 0, month = 1, day = 1, hours = 0, minutes = 0, seconds = 0] = parts.map((part) =>
      Number(part ?? 0),
    );
    const ms =
      zone === 'utc'
        ? Date.UTC(year, month - 1, day, hours, minutes, seconds)
        : new Date(year, month - 1, day, hours, minutes, seconds).getTime();
    return isoOf(ms);
  }
  return /^\d{4}-.*(Z|[+-]\d{2}:\d{2})$/i.test(trimmed) ? isoOf(Date.parse(trimmed)) : null;
}

function isoOf(ms: number): string | null {
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** Unix milliseconds of a time as the audit API takes it; null where it is no time. */
export function msOf(text: string, now: number): number | null {
  if (text === 'now') return now;
  const [, amount, unit] = /^-(\d+)([smhdw])$/.exec(text) ?? [];
  if (unit !== undefined) return now - Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

export interface Span {
  /** Unix milliseconds, inclusive. */
  readonly from: number;
  /** Unix milliseconds, exclusive. */
  readonly to: number;
}

/** The span that a chart of the range shows. One of the whole log goes 30 days back. */
export function spanOf({ from, to }: TimeRange, now: number): Span {
  const end = to === null ? now : (msOf(to, now) ?? now);
  const begin = from === null ? end - LONGEST_MS : (msOf(from, now) ?? end - UNIT_MS.h);
  return { from: Math.min(begin, end), to: end };
}

export const isoSpan = ({ from, to }: Span) => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});

/** What the boxes of a range show for a time that is no preset. */
export function timeInputText(text: string | null, zone: Zone): string {
  if (text === null) return '';
  return /^\d{4}-/.test(text) ? timeText(text, zone, 'date-time') : text;
}
