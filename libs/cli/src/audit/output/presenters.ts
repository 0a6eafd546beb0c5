import { type ApiEvent, factsOfReply, type StoryReply } from '../api/replies.ts';
import { counted } from './numbers.ts';

/** How many are listed; the events below them, or `--json`, have all. */
const MAX_PRESENTERS = 10;
/** The longest value in a line: long enough for the agents of browsers. */
const MAX_VALUE = 120;

/** Who presented the tickets of a story: a line for each admission and each second use, equal ones once. */
export function presenterLines({ events }: Pick<StoryReply, 'events'>): readonly string[] {
  const counts = new Map<string, number>();
  for (const event of events) {
    const [line, count] = presenterOf(event) ?? [];
    if (line !== undefined && count !== undefined) counts.set(line, (counts.get(line) ?? 0) + count);
  }
  const lines = [...counts].map(([line, count]) => (count > 1 ? `${line} ×${count}` : line));
  const others = lines.length - MAX_PRESENTERS;
  return others > 0 ? [...lines.slice(0, MAX_PRESENTERS), `and ${counted(others, 'other')}`] : lines;
}

function presenterOf(event: ApiEvent): readonly [line: string, count: number] | null {
  const facts = factsOfReply(event);
  const what = facts && useOf(event, facts.reason);
  if (!what) return null;
  const { address, agent, origin, edge, count } = facts;
  const from = [address ?? 'an unknown address', agent, origin, edge && `edge ${edge}`];
  const known = from.filter((value) => value !== null).map(shown);
  return [`${what}: ${known.join(', ')}`, count];
}

function useOf({ type }: ApiEvent, reason: string | null): string | null {
  if (type === 'admit.ticket.consumed') return 'admitted';
  if (reason === 'ticket_replayed') return 'replayed';
  return reason === 'ticket_in_use' ? 'presented while in use' : null;
}

/** A value cannot look like several: one with a comma is in quotes. */
function shown(value: string): string {
  const short = value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE - 1)}…` : value;
  return /[,"]/.test(short) ? JSON.stringify(short) : short;
}
