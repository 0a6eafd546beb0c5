import { type ReactNode, useEffect, useRef } from 'react';
import { zoneName } from '../ui/time-text.ts';
import { LogDelay } from './log-delay.tsx';
import { pages } from './pages.ts';
import { changePreferences, type Preferences, usePreferences } from './preferences.ts';
import { Link, urlOf, usePlace } from './router.tsx';
import { useSession } from './session.tsx';

/** The header with the navigation, around each page. */
export function Shell({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const { path } = usePlace();
  const { signOut, operator } = useSession();
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(path);

  // A reader who follows a link by keyboard or screen reader begins at the top of the new page.
  useEffect(() => {
    document.title = `${title} · Admit One console`;
    if (shown.current === path) return;
    shown.current = path;
    heading.current?.focus();
    window.scrollTo(0, 0);
  }, [path, title]);

  return (
    <>
      <a className="skip" href="#content">
        Skip to the page
      </a>
      <header className="top">
        <Link className="brand" href={urlOf('')}>
          <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
            <path d="M3 8a2 2 0 0 1 2-2h22a2 2 0 0 1 2 2v4.5a3.5 3.5 0 0 0 0 7V24a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4.5a3.5 3.5 0 0 0 0-7z" />
          </svg>
          <span className="brand-name">Admit One</span>
        </Link>
        <nav aria-label="Pages">
          <ul>
            {pages.map((page) => (
              <li key={page.path}>
                <Link href={urlOf(page.path)} aria-current={page.path === path ? 'page' : undefined}>
                  {page.title}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="top-end">
          <LogDelay />
          <PreferencesMenu operator={operator.subject} onSignOut={signOut} />
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </main>
    </>
  );
}

function PreferencesMenu({
  operator,
  onSignOut,
}: {
  readonly operator: string;
  readonly onSignOut: (() => void) | null;
}) {
  const { theme, zone } = usePreferences();
  return (
    <div className="preferences">
      <button
        type="button"
        className="button quiet"
        aria-pressed={zone === 'utc'}
        title={`Times are shown in ${zoneName(zone)}`}
        onClick={() => changePreferences({ zone: zone === 'utc' ? 'local' : 'utc' })}
      >
        UTC
      </button>
      <label>
        <span className="visually-hidden">Theme</span>
        <select
          value={theme}
          onChange={(event) => changePreferences({ theme: event.target.value as Preferences['theme'] })}
        >
          <option value="system">System</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      </label>
      <bdi className="operator" title={`Signed in as ${operator}`}>
        {operator}
      </bdi>
      {onSignOut !== null && (
        <button type="button" className="button quiet" onClick={onSignOut}>
          Sign out
        </button>
      )}
    </div>
  );
}
