import { useEffect, useMemo, useState } from 'react';
import { type Span, spanOf, type TimeRange } from './time-range.ts';

const MINUTE = 60_000;

/** The span of a range. One until now moves on with each minute, as the counts do. */
export function useSpan({ from, to }: TimeRange): Span {
  const [minute, setMinute] = useState(() => Math.ceil(Date.now() / MINUTE));
  useEffect(() => {
    if (to !== null) return undefined;
    const timer = setInterval(() => setMinute(Math.ceil(Date.now() / MINUTE)), 5_000);
    return () => clearInterval(timer);
  }, [to]);
  return useMemo(() => spanOf({ from, to }, minute * MINUTE), [from, to, minute]);
}
