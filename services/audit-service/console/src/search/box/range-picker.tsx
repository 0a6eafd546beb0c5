import { type FormEvent, useEffect, useState } from 'react';
import { usePreferences } from '../../app/preferences.ts';
import { Button } from '../../ui/button.tsx';
import { zoneName } from '../../ui/time-text.ts';
import { parseTime, presets, type TimeRange, timeInputText } from '../time-range.ts';

export interface RangePickerProps {
  readonly range: TimeRange;
  readonly onRange: (range: TimeRange) => void;
}

/** The range of a search: a preset until now, or two times, each relative or absolute. */
export function RangePicker({ range, onRange }: RangePickerProps) {
  const { zone } = usePreferences();
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [wrong, setWrong] = useState<'from' | 'to' | null>(null);

  useEffect(() => {
    setFrom(timeInputText(range.from, zone));
    setTo(timeInputText(range.to, zone));
    setWrong(null);
  }, [range.from, range.to, zone]);

  function submit(event: FormEvent): void {
    event.preventDefault();
    const now = Date.now();
    const begin = from.trim() === '' ? null : parseTime(from, zone, now);
    const end = ['', 'now'].includes(to.trim()) ? null : parseTime(to, zone, now);
    const wrongBegin = begin === null && from.trim() !== '';
    const wrongEnd = end === null && !['', 'now'].includes(to.trim());
    setWrong(wrongBegin ? 'from' : wrongEnd ? 'to' : null);
    if (!wrongBegin && !wrongEnd) onRange({ from: begin, to: end });
  }

  return (
    <form className="range-picker" aria-label="Range" onSubmit={submit}>
      <div className="presets">
        {presets.map(([text, name]) => (
          <Button
            key={text}
            kind="quiet"
            aria-pressed={range.from === text && range.to === null}
            onClick={() => onRange({ from: text, to: null })}
          >
            {name}
          </Button>
        ))}
        <Button
          kind="quiet"
          aria-pressed={range.from === null && range.to === null}
          onClick={() => onRange({ from: null, to: null })}
        >
          All
        </Button>
      </div>
      <label>
        from
        <input
          value={from}
          placeholder="the beginning"
          aria-invalid={wrong === 'from'}
          aria-describedby="range-zone"
          onChange={(event) => setFrom(event.target.value)}
        />
      </label>
      <label>
        to
        <input
          value={to}
          placeholder="now"
          aria-invalid={wrong === 'to'}
          aria-describedby="range-zone"
          onChange={(event) => setTo(event.target.value)}
        />
      </label>
      <Button kind="quiet" type="submit">
        Apply
      </Button>
      <p id="range-zone" className={wrong === null ? 'note' : 'note bad'} role="status">
        {wrong === null
          ? `Times are in ${zoneName(zone)}`
          : `"${wrong}" must be a time such as 14:30, 2026-01-31 14:30 or -2h.`}
      </p>
    </form>
  );
}
