import { problemResponse } from '@admit-one/runtime';

/** What every route of the audit API may answer instead. */
export const problems = {
  400: problemResponse('INVALID_REQUEST: a parameter is unknown or invalid.'),
  401: problemResponse('INVALID_TOKEN: the token is missing or invalid.'),
  403: problemResponse('INSUFFICIENT_SCOPE: the operator may not read the audit log.'),
  429: problemResponse(
    'RATE_LIMITED: too many requests or streams of the operator. Try again after Retry-After.',
  ),
  503: problemResponse('AUDIT_UNAVAILABLE or ISSUER_UNAVAILABLE: try again.'),
};
