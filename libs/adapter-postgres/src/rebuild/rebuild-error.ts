/** A rebuild is not possible. The message says why, for an operator. */
export class RebuildError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RebuildError';
  }
}
