import {
  type AuditPage,
  type AuditSearchPage,
  BEHIND_ALL_INDEX,
  comparePositions,
  positionText,
  type StreamPosition,
} from '@admit-one/core';
import { badCursor, positionOf } from './cursor.ts';
import { exceedsBudget, indexedPartOf } from './indexed-part.ts';
import type { ConditionOf, Parameters } from './parameters.ts';
import { type Found, type OrderedScan, type Search, scanInOrder, searchPart } from './scan.ts';
import { horizonOf } from './streams.ts';

const BEFORE_ALL: StreamPosition = { generation: 0, sequence: 0, index: 0 };

/**
 * In the order of the stream, up to the horizon.
 * @throws {AuditLogError} `bad_cursor`, where the log has not come to the position: nothing would follow it for long
 */
export async function followPage(
  search: Search,
  { cursor, salts }: Pick<AuditPage, 'cursor' | 'salts'>,
): Promise<AuditSearchPage> {
  const since = cursor === undefined ? BEFORE_ALL : positionOf(cursor);
  const { last: newest, ...horizon } = await horizonOf(search.sql);
  // A search by time gives positions beyond the horizon too, up to the last message that was received.
  const received = { generation: horizon.generation, sequence: newest, index: BEHIND_ALL_INDEX };
  if (comparePositions(since, received) > 0) throw badCursor();
  const { found, last } = await foundBetween(search, since, { ...horizon, index: BEHIND_ALL_INDEX });
  const isFull = found.length > search.limit;
  const page = found.slice(0, search.limit);
  const scanned = (isFull ? null : last) ?? page.at(-1);
  return {
    events: page.map(({ event, salt }) => (salts ? { ...event, salt: salt ?? undefined } : event)),
    next: positionText(scanned?.position ?? since),
    scannedTo: new Date(isFull || last ? (scanned?.place.time ?? 0) : Date.now()).toISOString(),
    end: !isFull && last === null,
  };
}

/**
 * The position is compared behind an index of a fact, and generation by generation: of a comparison of rows, the planner only
 * weighs the first column, and would take what is left of a stream for few events.
 */
async function foundBetween(
  search: Search,
  since: StreamPosition,
  horizon: StreamPosition,
): Promise<OrderedScan> {
  const indexed = indexedPartOf(search.filter);
  if (indexed && !(await exceedsBudget(search, indexed))) {
    const between: ConditionOf = (parameters) =>
      `${POSITION} > ${row(since, parameters)} AND ${POSITION} <= ${row(horizon, parameters)}`;
    return { found: await searchPart(search, indexed.condition, between), last: null };
  }
  const found: Found[] = [];
  for (let generation = since.generation; generation <= horizon.generation; generation += 1) {
    const { sequence, index } = generation === since.generation ? since : BEFORE_ALL;
    const part: ConditionOf = (parameters) => {
      const first = parameters.add(sequence, 'bigint');
      return [
        `generation = ${parameters.add(generation, 'integer')} AND stream_sequence >= ${first}`,
        `(stream_sequence, batch_index) > (${first}, ${parameters.add(index, 'integer')})`,
        ...(generation === horizon.generation
          ? [`stream_sequence <= ${parameters.add(horizon.sequence, 'bigint')}`]
          : []),
      ].join(' AND ');
    };
    const scan = await scanInOrder({ ...search, limit: search.limit - found.length }, part);
    found.push(...scan.found);
    if (scan.last || found.length > search.limit) return { found, last: scan.last };
  }
  return { found, last: null };
}

const POSITION = '(generation, stream_sequence, batch_index)';

function row({ generation, sequence, index }: StreamPosition, parameters: Parameters): string {
  return `(${parameters.add(generation, 'integer')}, ${parameters.add(sequence, 'bigint')}, ${parameters.add(index, 'integer')})`;
}
