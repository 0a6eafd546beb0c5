/** How often a page asks again. */
export const EVERY_MS = 10_000;
