import type { Alert } from '@admit-one/audit-service/api-types';
import { Chip } from '../ui/chip.tsx';

/** Whether an alert wakes somebody up. */
export function Severity({ of }: { readonly of: Alert['severity'] }) {
  return <Chip tone={of === 'page' ? 'bad' : 'warn'}>{of}</Chip>;
}
