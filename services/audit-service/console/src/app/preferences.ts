import { useSyncExternalStore } from 'react';

/** What an operator has chosen for this browser. Nothing in it is secret. */
export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  readonly zone: 'local' | 'utc';
}

const KEY = 'admit-one-console';
const defaults: Preferences = { theme: 'system', zone: 'local' };
const listeners = new Set<() => void>();
let preferences: Preferences | undefined;

function current(): Preferences {
  preferences ??= { ...defaults, ...stored() };
  return preferences;
}

function stored(): Partial<Preferences> {
  try {
    return JSON.parse(window.localStorage.getItem(KEY) ?? '{}');
  } catch {
    return {};
  }
}

export function changePreferences(change: Partial<Preferences>): void {
  preferences = { ...current(), ...change };
  try {
    window.localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Storage may be switched off: the choice lasts until the page is closed.
  }
  applyTheme();
  for (const listener of listeners) listener();
}

/** The root's `data-theme` chooses the colours. Without it, the system does. */
export function applyTheme(): void {
  const { theme } = current();
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function usePreferences(): Preferences {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, current);
}
