import { PROBLEM_TYPE, publicCodes } from '@admit-one/core';
import { Type } from 'typebox';

const ProblemDocument = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  code: Type.Enum(Object.keys(publicCodes), { description: 'What clients decide by.' }),
  traceId: Type.String(),
});

/** The schema of a response that is a problem document (RFC 9457), for the OpenAPI document. */
export function problemResponse(description: string) {
  return { description, content: { [PROBLEM_TYPE]: { schema: ProblemDocument } } };
}
