import { Empty } from '../ui/states.tsx';

export function SettingsPage() {
  return <Empty>There is nothing here yet.</Empty>;
}
