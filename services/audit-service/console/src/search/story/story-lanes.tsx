import { useWidth } from '../chart/use-width.ts';
import type { Lane } from './lanes.ts';

const LANE = 58;
const LINE = 34;
const SIDE = 12;
/** The width that a label of a mark takes, and that of a duration. */
const LETTER = 6.6;

/** The lanes of a story as a drawing. The list below has the same facts, so that this one is hidden from screen readers. */
export function StoryLanes({ lanes }: { readonly lanes: readonly Lane[] }) {
  const [ref, width] = useWidth();
  const inner = Math.max(0, width - 2 * SIDE);
  return (
    <div className="lanes" ref={ref}>
      {width > 0 && (
        <svg width={width} height={lanes.length * LANE + 6} aria-hidden="true">
          {lanes.map((lane, row) => (
            <g key={`${lane.kind} ${lane.id}`} transform={`translate(${SIDE} ${row * LANE})`}>
              <text className="lane-name" y={12}>
                {lane.kind === 'other' ? 'before a ticket' : `${lane.kind} ${lane.id.slice(0, 10)}`}
              </text>
              <line className="lane-line" x1={0} x2={inner} y1={LINE} y2={LINE} />
              {lane.stretches.map(({ from, to, text, kind }) => (
                <g key={`${from} ${to}`}>
                  <line className={`stretch ${kind}`} x1={from * inner} x2={to * inner} y1={LINE} y2={LINE} />
                  {(to - from) * inner > text.length * LETTER + 12 && (
                    <text className="stretch-text" x={((from + to) / 2) * inner} y={LINE - 5}>
                      {text}
                    </text>
                  )}
                </g>
              ))}
              {labelled(lane.marks, inner).map(({ mark, anchor, fits }) => (
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
      )}
    </div>
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
