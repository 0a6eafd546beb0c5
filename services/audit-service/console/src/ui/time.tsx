import { usePreferences } from '../app/preferences.ts';
import { type TimeStyle, timeText } from './time-text.ts';

/** A time of the log, in the zone that the operator has chosen. The title has it in UTC. */
export function Time({ at, style = 'date-time' }: { readonly at: string; readonly style?: TimeStyle }) {
  const { zone } = usePreferences();
  return (
    <time dateTime={at} title={at}>
      {timeText(at, zone, style)}
    </time>
  );
}
