import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import type { Bar } from './counts.ts';
import { afterKey, type Selection, selectedBars } from './selection.ts';

export interface BrushProps {
  readonly bars: readonly Bar[];
  /** Where the bars are, in pixels. */
  readonly place: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
  readonly selection: Selection | null;
  /** What a screen reader says of bars. */
  readonly textOf: (bars: readonly Bar[]) => string;
  /** @param done false while the pointer is still down */
  readonly onSelect: (selection: Selection | null, done: boolean) => void;
}

/** Selects bars: by dragging, or with the arrow keys; Shift extends, Escape clears. */
export function Brush({ bars, place, selection, textOf, onSelect }: BrushProps) {
  const anchor = useRef<number | null>(null);
  const step = place.width / Math.max(1, bars.length);

  function barAt(event: PointerEvent<HTMLDivElement>): number {
    const left = event.currentTarget.getBoundingClientRect().left;
    return Math.max(0, Math.min(bars.length - 1, Math.floor((event.clientX - left) / step)));
  }
  function begin(event: PointerEvent<HTMLDivElement>): void {
    if (event.button !== 0 || bars.length === 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const focus = barAt(event);
    anchor.current = event.shiftKey && selection ? selection.anchor : focus;
    onSelect({ anchor: anchor.current, focus }, false);
  }
  function move(event: PointerEvent<HTMLDivElement>): void {
    if (anchor.current !== null) onSelect({ anchor: anchor.current, focus: barAt(event) }, false);
  }
  function end(event: PointerEvent<HTMLDivElement>): void {
    if (anchor.current === null) return;
    onSelect({ anchor: anchor.current, focus: barAt(event) }, true);
    anchor.current = null;
  }
  function press(event: KeyboardEvent): void {
    const next = afterKey(selection, event, bars.length);
    if (next === undefined) return;
    event.preventDefault();
    onSelect(next, true);
  }

  const selected = selection ? selectedBars(bars, selection) : [];
  const first = selection ? Math.min(selection.anchor, selection.focus) : 0;
  return (
    <div
      className="brush"
      style={place}
      role="slider"
      tabIndex={0}
      aria-label="Selected range. Arrow keys move it, Shift extends it, Escape clears it"
      aria-valuemin={1}
      aria-valuemax={Math.max(1, bars.length)}
      aria-valuenow={(selection?.focus ?? bars.length - 1) + 1}
      aria-valuetext={selected.length > 0 ? textOf(selected) : 'nothing selected'}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={() => {
        anchor.current = null;
      }}
      onKeyDown={press}
    >
      {selected.length > 0 && (
        <div className="selected" style={{ left: first * step, width: selected.length * step }} />
      )}
    </div>
  );
}
