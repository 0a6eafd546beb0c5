import type { Span } from '../time-range.ts';
import type { Bar } from './counts.ts';

/** The bars that are selected: from the one where the selection began to the one where it is now, both inclusive. */
export interface Selection {
  readonly anchor: number;
  readonly focus: number;
}

const PAGE = 10;

/**
 * The selection after a key: an arrow moves it by a bar, with Shift it extends it. Null after Escape.
 * @returns undefined for a key that means nothing here
 */
export function afterKey(
  selection: Selection | null,
  { key, shiftKey }: { readonly key: string; readonly shiftKey: boolean },
  count: number,
): Selection | null | undefined {
  if (key === 'Escape') return selection === null ? undefined : null;
  const focus = focusAfter(key, selection, count);
  if (focus === undefined || count === 0) return undefined;
  const place = Math.max(0, Math.min(count - 1, focus));
  return { anchor: shiftKey && selection ? selection.anchor : place, focus: place };
}

function focusAfter(key: string, selection: Selection | null, count: number): number | undefined {
  // The newest bar is what an operator asks about first.
  const current = selection?.focus ?? count;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return current - 1;
    case 'ArrowRight':
    case 'ArrowUp':
      return selection === null ? count - 1 : current + 1;
    case 'PageDown':
      return current - PAGE;
    case 'PageUp':
      return current + PAGE;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

export function selectedBars(bars: readonly Bar[], { anchor, focus }: Selection): readonly Bar[] {
  return bars.slice(Math.min(anchor, focus), Math.max(anchor, focus) + 1);
}

export function spanOfSelection(bars: readonly Bar[], selection: Selection): Span | null {
  const selected = selectedBars(bars, selection);
  const [first] = selected;
  const last = selected.at(-1);
  return first && last ? { from: first.from, to: last.to } : null;
}

/** The bars that a span covers, also in part; null where it covers none. The end of it is where the selection is now. */
export function selectionOf(bars: readonly Bar[], span: Span | null): Selection | null {
  if (span === null) return null;
  const anchor = bars.findIndex((bar) => bar.to > span.from);
  const focus = bars.findLastIndex((bar) => bar.from < span.to);
  return anchor === -1 || focus < anchor ? null : { anchor, focus };
}
