import { navigate, urlOf, usePlace } from '../app/router.tsx';
import { FiringAlerts } from './firing-alerts.tsx';
import { Funnel } from './funnel.tsx';
import { Objectives } from './objectives.tsx';
import { Rejections } from './rejections.tsx';

const ranges = [
  { value: '15m', text: '15 min' },
  { value: '1h', text: '1 h' },
] as const;

/** Whether rightful users get in: the last minutes, the error budget, alerts, and why others were rejected. */
export function NowPage() {
  const { query } = usePlace();
  const range = ranges.find(({ value }) => value === query.get('range')) ?? ranges[0];
  const from = `-${range.value}`;
  return (
    <div className="now">
      <fieldset className="switch">
        <legend className="visually-hidden">Range</legend>
        {ranges.map(({ value, text }) => (
          <button
            key={value}
            type="button"
            className="button quiet"
            aria-pressed={value === range.value}
            onClick={() =>
              navigate(urlOf('', value === ranges[0].value ? {} : { range: value }), { replace: true })
            }
          >
            Last {text}
          </button>
        ))}
      </fieldset>
      <Objectives from={from} rangeText={range.text} />
      <div className="columns">
        <Funnel from={from} />
        <FiringAlerts />
      </div>
      <Rejections from={from} />
    </div>
  );
}
