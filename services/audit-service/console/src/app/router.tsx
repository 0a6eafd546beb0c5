import { type AnchorHTMLAttributes, type MouseEvent, useMemo, useSyncExternalStore } from 'react';

/** Where the console is served. */
export const BASE = '/console';

/** What a view shows is in its URL: the path names the page, the query says what of it. */
export interface Place {
  /** Behind `/console`, without a slash at its end: '' is the first page. */
  readonly path: string;
  readonly query: URLSearchParams;
}

const CHANGED = 'admit-one:place';

function subscribe(onChange: () => void): () => void {
  window.addEventListener('popstate', onChange);
  window.addEventListener(CHANGED, onChange);
  return () => {
    window.removeEventListener('popstate', onChange);
    window.removeEventListener(CHANGED, onChange);
  };
}

const currentUrl = () => `${window.location.pathname}${window.location.search}`;

export function usePlace(): Place {
  const url = useSyncExternalStore(subscribe, currentUrl);
  return useMemo(() => placeOf(url), [url]);
}

export function placeOf(url: string): Place {
  const { pathname, searchParams } = new URL(url, 'http://console.invalid');
  const path = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : pathname;
  return { path: path.replace(/\/+$/, ''), query: searchParams };
}

/** The URL of a place, as links have it. Colons and slashes stay readable. */
export function urlOf(path: string, query?: URLSearchParams | Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(query).toString().replaceAll('%3A', ':').replaceAll('%2F', '/');
  return `${BASE}${path || '/'}${text && `?${text}`}`;
}

/** @param replace whether "back" skips the place that is left: for what is typed and dragged */
export function navigate(url: string, { replace = false } = {}): void {
  if (url === currentUrl()) return;
  if (replace) window.history.replaceState(null, '', url);
  else window.history.pushState(null, '', url);
  window.dispatchEvent(new Event(CHANGED));
}

/** A link within the console: it opens without loading the page again. */
export function Link({ href = '', onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement>) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const forBrowser = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.defaultPrevented || forBrowser) return;
    event.preventDefault();
    navigate(href);
  };
  return <a href={href} onClick={follow} {...rest} />;
}
