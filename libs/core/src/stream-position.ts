import type { StreamReport } from './ports/audit-completeness.ts';

/** Where an event is in the event stream. */
export interface StreamPosition {
  readonly generation: number;
  readonly sequence: number;
  readonly index: number;
}

/** Above the index of any event in its message. */
export const BEHIND_ALL_INDEX = 999_999_999;

const POSITION = /^(\d{1,9})\.(\d{1,15})\.(\d{1,9})$/;

export function positionText({ generation, sequence, index }: StreamPosition): string {
  return `${generation}.${sequence}.${index}`;
}

/** Null where the text is not a position. */
export function parsePosition(text: string): StreamPosition | null {
  const numbers = POSITION.exec(text)?.slice(1).map(Number);
  if (!numbers) return null;
  const [generation = 0, sequence = 0, index = 0] = numbers;
  return { generation, sequence, index };
}

/** Above 0 where the first is behind the second. */
export function comparePositions(one: StreamPosition, other: StreamPosition): number {
  return one.generation - other.generation || one.sequence - other.sequence || one.index - other.index;
}

/** The position behind everything that the horizon covers; undefined where the audit log has seen no stream yet. */
export function horizonPosition([newest]: readonly StreamReport[]): string | undefined {
  return (
    newest &&
    positionText({ generation: newest.generation, sequence: newest.horizon, index: BEHIND_ALL_INDEX })
  );
}
