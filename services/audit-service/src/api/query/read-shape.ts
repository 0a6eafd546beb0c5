import { type EventShape, eventShapes } from '../formats/export-formats.ts';
import { invalidQuery, type QueryParameters, singleValue } from './parameters.ts';

/** @throws {RejectionError} where `format` is unknown */
export function readShape(parameters: QueryParameters): EventShape {
  const format = singleValue(parameters, 'format') ?? 'cloudevents';
  const shape = eventShapes.find((name) => name === format);
  if (shape) return shape;
  throw invalidQuery(
    `format must be one of ${eventShapes.join(', ')}, such as ocsf; Accept chooses JSON, JSON lines or CSV.`,
  );
}
