import { useCallback, useMemo } from 'react';
import { navigate, usePlace } from '../app/router.tsx';
import { type Opened, type SearchView, urlOfView, viewOf } from './view.ts';

/** Changes the view. @param replace whether "back" skips the view that is left */
export type ShowView = (change: Partial<SearchView>, replace?: boolean) => void;

/** The view that the URL holds. */
export function useSearchView() {
  const { query } = usePlace();
  const view = useMemo(() => viewOf(query), [query]);
  const show: ShowView = useCallback(
    (change, replace = false) => navigate(urlOfView({ ...view, ...change }), { replace }),
    [view],
  );
  const hrefOf = useCallback((story: Opened) => urlOfView({ ...view, opened: story }), [view]);
  return { view, show, hrefOf };
}
