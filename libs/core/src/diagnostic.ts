/** The result of one check. `remedy` is an imperative sentence: what to do where the level is not `ok`. */
export interface Diagnostic {
  readonly level: 'ok' | 'warning' | 'error';
  readonly message: string;
  readonly remedy?: string;
}
