import { Empty } from '../ui/states.tsx';

export function CompletenessPage() {
  return <Empty>There is nothing here yet.</Empty>;
}
