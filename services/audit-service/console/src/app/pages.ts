import type { ComponentType } from 'react';
import { AlertsPage } from '../alerts/alerts-page.tsx';
import { CompletenessPage } from '../completeness/completeness-page.tsx';
import { FleetPage } from '../fleet/fleet-page.tsx';
import { NowPage } from '../now/now-page.tsx';
import { SearchPage } from '../search/search-page.tsx';
import { SettingsPage } from '../settings/settings-page.tsx';

export interface Page {
  /** Behind `/console`. */
  readonly path: string;
  readonly title: string;
  readonly content: ComponentType;
}

/** The pages, in the order of the navigation. */
export const pages: readonly Page[] = [
  { path: '', title: 'Now', content: NowPage },
  { path: '/search', title: 'Search', content: SearchPage },
  { path: '/alerts', title: 'Alerts', content: AlertsPage },
  { path: '/fleet', title: 'Fleet', content: FleetPage },
  { path: '/completeness', title: 'Completeness', content: CompletenessPage },
  { path: '/settings', title: 'Settings', content: SettingsPage },
];
