/** One thing that an inspection has looked at: how it is, and what to do where it should not be so. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'fault';
  readonly what: string;
  readonly remedy?: string;
}
