import { Empty } from '../ui/states.tsx';

export function AlertsPage() {
  return <Empty>There is nothing here yet.</Empty>;
}
