import type {
  Alerts,
  CohortsAnswer,
  Completeness,
  EventsAnswer,
  Explanation,
  FoundStory,
  StoryKind,
  SummaryAnswer,
} from '@admit-one/audit-service/api-types';
import { apiErrorOf } from './api-error.ts';

const BASE = '/api/v1/audit';

/** Parameters of a request, as `URLSearchParams` takes them: one that is given several times has several pairs. */
export type Query = URLSearchParams | Readonly<Record<string, string>> | readonly (readonly string[])[];

export interface ApiOptions {
  /** The bearer token; null where a proxy in front vouches for the operator. */
  readonly token: string | null;
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
  alerts = (signal?: AbortSignal) => this.get<Alerts>('/alerts', {}, signal);
  completeness = (signal?: AbortSignal) => this.get<Completeness>('/completeness', {}, signal);
  story = (kind: StoryKind, id: string, signal?: AbortSignal) =>
    this.get<FoundStory>(`/${kind}s/${encodeURIComponent(id)}`, {}, signal);

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
    const { token, onRejected } = this.#options;
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
