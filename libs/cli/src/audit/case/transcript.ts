import type { AuditApi } from '../api/audit-api.ts';

/** A request to the audit API, and whether it was answered. */
export interface TranscriptLine {
  /** RFC 3339, by the clock of this machine. */
  readonly at: string;
  readonly request: string;
  readonly body?: object;
  readonly answered: boolean;
}

/** An API that notes what it is asked for JSON, and the notes. */
export function recorded(api: AuditApi): {
  readonly api: AuditApi;
  readonly transcript: readonly TranscriptLine[];
} {
  const transcript: TranscriptLine[] = [];
  return {
    transcript,
    api: {
      ...api,
      async json(path, members, options = {}) {
        const { parameters = [], body } = options;
        const query = new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString();
        const request = `${body ? 'POST' : 'GET'} /api/v1/audit/${path}${query && `?${query}`}`;
        const note = { at: new Date().toISOString(), request, ...(body && { body }) };
        try {
          const reply = await api.json<never>(path, members as readonly never[], options);
          transcript.push({ ...note, answered: true });
          return reply;
        } catch (error) {
          transcript.push({ ...note, answered: false });
          throw error;
        }
      },
    },
  };
}
