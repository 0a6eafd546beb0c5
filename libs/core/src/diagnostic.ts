/** One thing that an inspection has looked at: how it is, and what to do where it should not be so. */
export interface Diagnostic {
  readonly level: 'ok' | 'warning' | 'error';
  readonly message: string;
  readonly remedy?: string;
}
