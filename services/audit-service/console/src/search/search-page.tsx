import { Empty } from '../ui/states.tsx';

export function SearchPage() {
  return <Empty>There is nothing here yet.</Empty>;
}
