/** The context of a command of which nothing is known. */
export const nowhere = {
  address: null,
  origin: null,
  agent: null,
  route: null,
  carrier: null,
  edge: null,
  traceparent: null,
} as const;
