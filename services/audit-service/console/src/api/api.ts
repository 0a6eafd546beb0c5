import type {
  Alerts,
  CohortsAnswer,
  Completeness,
  EventsAnswer,
  Explanation,
  Fleet,
  FoundStory,
  ObjectivesAnswer,
  SessionAnswer,
  Settings,
  StoryKind,
  SummaryAnswer,
} from '@admit-one/audit-service/api-types';

import { apiErrorOf } from './api-error.ts';

const BASE = '/api/v1/audit';

/** Parameters of a request, as `URLSearchParams` takes them: one that is given several times has several pairs. */
export type Query = URLSearchParams | Readonly<Record<string, string>> | readonly (readonly string[])[];

export interface ApiOptions {
  /** The bearer token at the time of a request; null where a proxy in front vouches for the operator. */
  readonly token: () => string | null;
  /** The token is not accepted any more. */
  readonly onRejected?: () => void;
}

/** The audit API, as the operator who has signed in. Its methods reject with `ApiError`, or as `fetch` does. */
export class Api {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  events = (query: Query, signal?: AbortSignal) => this.get<EventsAnswer>('/events', query, signal);
  summary = (query: Query, signal?: AbortSignal) => this.get<SummaryAnswer>('/summary', query, signal);
  explain = (query: Query, signal?: AbortSignal) => this.get<Explanation>('/explain', query, signal);
  cohorts = (query: Query, signal?: AbortSignal) => this.get<CohortsAnswer>('/cohorts', query, signal);
  settings = (signal?: AbortSignal) => this.get<Settings>('/settings', {}, signal);
  fleet = (signal?: AbortSignal) => this.get<Fleet>('/fleet', {}, signal);
  objectives = (query: Query, signal?: AbortSignal) =>
    this.get<ObjectivesAnswer>('/objectives', query, signal);
  alerts = (signal?: AbortSignal) => this.get<Alerts>('/alerts', {}, signal);
  completeness = (signal?: AbortSignal) => this.get<Completeness>('/completeness', {}, signal);
  story = (kind: StoryKind, id: string, signal?: AbortSignal) =>
    this.get<FoundStory>(`/${kind}s/${encodeURIComponent(id)}`, {}, signal);

  /** Who asks, how people sign in, and how long the token is good for; null behind a proxy. */
  async session(signal?: AbortSignal): Promise<SessionAnswer & { readonly lifetimeMs: number | null }> {
    const response = await this.open('/session', {}, { signal });
    const answer = (await response.json()) as SessionAnswer;
    const { expiresAt = null } = answer.operator ?? {};
    // By the clock of the audit-service: the browser's may be wrong.
    const now = Date.parse(response.headers.get('date') ?? '');
    return { ...answer, lifetimeMs: expiresAt === null ? null : Date.parse(expiresAt) - (now || Date.now()) };
  }

  /** @param path behind `/api/v1/audit` */
  async get<Answer>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> {
    const response = await this.open(path, query, { signal });
    return (await response.json()) as Answer;
  }

  /** The response itself, for streams and exports. */
  async open(
    path: string,
    query: Query,
    { signal, accept = 'application/json' }: { signal?: AbortSignal | undefined; accept?: string },
  ): Promise<Response> {
    const text = parametersOf(query).toString();
    return this.#fetch(`${BASE}${path}${text && `?${text}`}`, {
      headers: { accept },
      ...(signal && { signal }),
    });
  }

  async post<Answer>(path: string, body: object, signal?: AbortSignal): Promise<Answer> {
    const response = await this.#fetch(`${BASE}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });
    return (await response.json()) as Answer;
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const { onRejected } = this.#options;
    const token = this.#options.token();
    const headers = { ...init.headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
    const response = await fetch(url, { ...init, headers, cache: 'no-store', credentials: 'same-origin' });
    if (response.ok) return response;
    if (response.status === 401) onRejected?.();
    throw await apiErrorOf(response);
  }
}

function parametersOf(query: Query): URLSearchParams {
  return new URLSearchParams(
    Array.isArray(query) ? query.map((pair) => [...pair]) : (query as URLSearchParams),
  );
}
