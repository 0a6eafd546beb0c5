import { Type } from 'typebox';
import { SECRET } from './read-variables.ts';

const tracesSamplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

export type TracesSampler = (typeof tracesSamplers)[number];

/** OpenTelemetry's own variables for traces. */
export const tracingVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    Type.String({
      ...SECRET,
      description:
        'URL of an OpenTelemetry collector: traces are exported to `/v1/traces` below it, with OTLP over HTTP. Unset: no traces. The exporter also reads its other standard variables, such as `OTEL_EXPORTER_OTLP_HEADERS`.',
      examples: ['http://collector:4318'],
    }),
  ),
  OTEL_TRACES_SAMPLER: Type.Enum([...tracesSamplers], {
    default: 'parentbased_always_on',
    description:
      'Which traces are exported. `parentbased_…`: one that a trusted proxy has begun, as its `traceparent` says.',
  }),
  OTEL_TRACES_SAMPLER_ARG: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 1,
    description: 'The share of traces that `traceidratio` and `parentbased_traceidratio` export.',
  }),
};

/** The issues of `tracingVariables` that their schemas can't express. */
export function tracingIssues({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
}: {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
}): readonly string[] {
  if (endpoint === undefined || (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)))
    return [];
  return ['OTEL_EXPORTER_OTLP_ENDPOINT: is not an http(s) URL (the value is not shown)'];
}

/** Which traces are exported, and where to. */
export interface TracingConfig {
  /** The URL that takes traces. */
  readonly endpoint: string;
  readonly sampler: TracesSampler;
  readonly ratio: number;
}

/** The configuration in `tracingVariables` without issues; null where traces are off. */
export function tracingConfigOf(variables: {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_TRACES_SAMPLER: TracesSampler;
  readonly OTEL_TRACES_SAMPLER_ARG: number;
}): TracingConfig | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG } = variables;
  if (base === undefined) return null;
  const endpoint = `${base.replace(/\/$/, '')}/v1/traces`;
  return { endpoint, sampler: OTEL_TRACES_SAMPLER, ratio: OTEL_TRACES_SAMPLER_ARG };
}
