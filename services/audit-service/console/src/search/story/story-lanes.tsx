import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Time } from '../../ui/time.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import { useWidth } from '../chart/use-width.ts';
import type { Lane, Stretch, Visit } from './lanes.ts';

const LANE = 58;
const LINE = 34;
const SIDE = 12;
/** The width that a label of a mark takes, and that of a duration. */
const LETTER = 6.6;

/** So many visits are drawn at first, the newest of them. */
const FEW = 4;

/** The visits of a story as drawings. The list below has the same facts, so that these are hidden from screen readers. */
export function StoryLanes({ visits }: { readonly visits: readonly Visit[] }) {
  const [ref, width] = useWidth();
  const [all, setAll] = useState(false);
  const newest = visits.toReversed();
  return (
    <div className="lanes" ref={ref}>
      {width > 0 &&
        (all ? newest : newest.slice(0, FEW)).map((visit) => (
          <figure key={visit.id} className="visit" aria-hidden="true">
            {visits.length > 1 && (
              <figcaption>
                <Time at={visit.at} />
              </figcaption>
            )}
            <VisitLanes lanes={visit.lanes} width={width} />
          </figure>
        ))}
      {visits.length > FEW && !all && (
        <Button kind="quiet" onClick={() => setAll(true)}>
          Draw all {visits.length} visits
        </Button>
      )}
    </div>
  );
}

function VisitLanes({ lanes, width }: { readonly lanes: readonly Lane[]; readonly width: number }) {
  const inner = Math.max(0, width - 2 * SIDE);
  return (
    <svg width={width} height={lanes.length * LANE} aria-hidden="true">
      {lanes.map(({ kind, id, stretches, marks }, row) => (
        <g key={`${kind} ${id}`} transform={`translate(${SIDE} ${row * LANE})`}>
          <text className="lane-name" y={12}>
            {kind === 'other' ? 'before a ticket' : `${kind} ${visibleText(id.slice(0, 10))}`}
          </text>
          <line className="lane-line" x1={0} x2={inner} y1={LINE} y2={LINE} />
          {stretches.map((stretch) => (
            <StretchLine key={stretch.from} {...stretch} inner={inner} />
          ))}
          {labelled(marks, inner).map(({ mark, anchor, fits }) => (
            <g key={mark.event.id} transform={`translate(${mark.x * inner} ${LINE})`}>
              <circle className={`mark tone-${mark.tone}`} r={5} />
              {fits && (
                <text className={`mark-text tone-${mark.tone}`} y={18} textAnchor={anchor}>
                  {mark.label}
                </text>
              )}
            </g>
          ))}
        </g>
      ))}
    </svg>
  );
}

function StretchLine({ from, to, text, kind, inner }: Stretch & { readonly inner: number }) {
  return (
    <>
      <line className={`stretch ${kind}`} x1={from * inner} x2={to * inner} y1={LINE} y2={LINE} />
      {(to - from) * inner > text.length * LETTER + 12 && (
        <text className="stretch-text" x={((from + to) / 2) * inner} y={LINE - 6}>
          {text}
        </text>
      )}
    </>
  );
}

/** Which marks have room for their label; a rejection's is the most important. */
function labelled(marks: Lane['marks'], inner: number) {
  const taken: (readonly [number, number])[] = [];
  const room = (from: number, to: number) => taken.every(([left, right]) => to < left || from > right);
  const order = [...marks].sort((one, other) => Number(other.tone === 'bad') - Number(one.tone === 'bad'));
  const placed = order.map((mark) => {
    const length = mark.label.length * LETTER;
    const x = mark.x * inner;
    const anchor = x < length / 2 ? 'start' : x > inner - length / 2 ? 'end' : 'middle';
    const from = anchor === 'start' ? x : anchor === 'end' ? x - length : x - length / 2;
    const fits = room(from, from + length + 6);
    if (fits) taken.push([from, from + length + 6]);
    return { mark, anchor, fits } as const;
  });
  return placed.sort((one, other) => one.mark.x - other.mark.x);
}
