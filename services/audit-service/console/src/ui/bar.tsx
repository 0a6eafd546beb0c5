/** A bar for a share of 0 to 1. The number beside it says the same. */
export function Bar({
  share,
  tone,
}: {
  readonly share: number;
  readonly tone: 'good' | 'warn' | 'bad' | 'plain';
}) {
  return (
    <svg className={`bar ${tone}`} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect className="bar-whole" width="100" height="8" />
      <rect width={100 * Math.min(1, Math.max(0, share))} height="8" />
    </svg>
  );
}
