import type { FoundStory } from '@admit-one/audit-service/api-types';
import type { StoredEvent } from '@admit-one/core';
import { visibleText } from '../../ui/visible-text.ts';
import { typeWords, wordsOf } from '../list/event-words.ts';

/** A value from the log in a cell: nothing in it is markup, ends the cell, or turns the text around. */
function cell(value: string | null): string {
  return visibleText(value ?? '').replace(/[\\`*_{}[\]<>#|~&]/g, '\\$&');
}

function table(head: readonly string[], rows: readonly (readonly (string | null)[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))];
  return lines.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** The listed events as a Markdown table, times in UTC. */
export function eventsMarkdown(events: readonly StoredEvent[], title: string): string {
  const rows = events.map((event) => {
    const { reason, count, who, from, to } = wordsOf(event);
    return [
      event.time,
      typeWords(event.type),
      reason,
      count > 1 ? String(count) : null,
      who,
      from.join(' '),
      to,
    ];
  });
  return `# ${cell(title)}\n\n${table(['time (UTC)', 'event', 'reason', 'count', 'who', 'from', 'to'], rows)}\n`;
}

/** A story as Markdown. */
export function storyMarkdown({ kind, id, verdict, whatToDo, events }: FoundStory): string {
  const rows = events.map((event) => {
    const { reason, from } = wordsOf(event as unknown as StoredEvent);
    return [event.time, `${event.sinceMs} ms`, typeWords(event.type), reason, from.join(' ')];
  });
  const advice = whatToDo === null ? '' : `What to do: ${cell(whatToDo)}\n\n`;
  return `# Story of ${kind} ${cell(id)}\n\n${cell(verdict)}\n\n${advice}${table(['time (UTC)', 'after', 'event', 'reason', 'from'], rows)}\n`;
}
