import { Empty } from '../ui/states.tsx';

export function NowPage() {
  return <Empty>There is nothing here yet.</Empty>;
}
