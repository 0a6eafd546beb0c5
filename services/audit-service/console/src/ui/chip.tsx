import type { ReactNode } from 'react';

export interface ChipProps {
  /** What the value is, such as `reason`. */
  readonly label?: string | undefined;
  readonly children: ReactNode;
  readonly tone?: 'plain' | 'good' | 'warn' | 'bad';
  /** What its remove button says; without it, the chip stays. */
  readonly removeLabel?: string;
  readonly onRemove?: () => void;
}

export function Chip({ label, children, tone = 'plain', removeLabel, onRemove }: ChipProps) {
  return (
    <span className={`chip ${tone}`}>
      {label !== undefined && <span className="chip-label">{label}</span>}
      <bdi className="chip-value">{children}</bdi>
      {onRemove !== undefined && (
        <button type="button" className="chip-remove" aria-label={removeLabel} onClick={onRemove}>
          <span aria-hidden="true">×</span>
        </button>
      )}
    </span>
  );
}
