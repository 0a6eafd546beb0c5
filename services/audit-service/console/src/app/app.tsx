import { Empty, Loading } from '../ui/states.tsx';
import { pages } from './pages.ts';
import { usePlace } from './router.tsx';
import { SessionProvider } from './session.tsx';
import { Shell } from './shell.tsx';

export function App() {
  const { path } = usePlace();
  const page = pages.find((known) => known.path === path);
  return (
    <SessionProvider checking={<Loading />}>
      <Shell title={page?.title ?? 'Not found'}>
        {page === undefined ? <Empty>There is no such page.</Empty> : <page.content />}
      </Shell>
    </SessionProvider>
  );
}
