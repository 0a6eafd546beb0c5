import { isReason, reasonRow } from '@admit-one/core';
import { type ApiEvent, factsOfReply } from '../api/replies.ts';
import type { Cell, CellStyle, Column } from './table.ts';

/** The columns of a table of events. The widths are usual ones: in a live view, rows come one by one. */
export const eventColumns: readonly Column[] = [
  { title: 'time', width: 24 },
  { title: 'event', width: 18 },
  { title: 'reason', width: 16 },
  { title: 'ticket', width: 10 },
  { title: 'user', width: 10 },
  { title: 'session', width: 10 },
  { title: 'address', width: 15 },
  { title: 'route', width: 7 },
];

/** As many characters of a ticket id as a support code has. */
export const SUPPORT_CODE_LENGTH = 10;

/** A row for `eventColumns`. A folded event shows how many it stands for. */
export function eventRow(event: ApiEvent): readonly Cell[] {
  const facts = factsOfReply(event);
  const reason = facts?.reason ?? '';
  const times = facts !== null && facts.count > 1 ? ` ×${facts.count}` : '';
  return [
    { text: textOf(event.time), style: 'dim' },
    { text: shortType(event), style: styleOfType(event) },
    { text: `${reason}${times}`, style: styleOfReason(reason) },
    { text: (facts?.ticket ?? '').slice(0, SUPPORT_CODE_LENGTH) },
    { text: facts?.user ?? '' },
    { text: facts?.session ?? '' },
    { text: facts?.address ?? '' },
    { text: facts?.route ?? '' },
  ];
}

/** The type without its prefix: `ticket.issued`. */
function shortType({ type }: ApiEvent): string {
  return textOf(type).replace(/^admit\./, '');
}

/** The colour of a reason: red for what is ours to act on. */
export function styleOfReason(reason: string): CellStyle {
  if (!isReason(reason)) return 'plain';
  switch (reasonRow(reason).fault) {
    case 'attack':
    case 'infrastructure':
      return 'bad';
    case 'policy':
      return 'warning';
    case 'client':
      return 'plain';
  }
}

function styleOfType({ type }: ApiEvent): CellStyle {
  return type === 'admit.ticket.consumed' ? 'good' : 'plain';
}

/** A member of a reply as text: replies are not checked. */
export function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : value === undefined || value === null
      ? ''
      : JSON.stringify(value);
}
