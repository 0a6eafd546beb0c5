import { Empty } from '../ui/states.tsx';

export function FleetPage() {
  return <Empty>There is nothing here yet.</Empty>;
}
