import { parseEnv } from 'node:util';
import { misspelledVariables } from '@admit-one/config';
import { describe, expect, test } from 'vitest';
import { publicPaths } from '../../deploy/kubernetes/src/paths.ts';
import { keyFilesFor, readers } from '../deployment/service-variables.ts';
import { type Block, readTerraform, type ServiceName, servicesOf } from './terraform.ts';

/** Of Cloud Run: from SIGTERM to SIGKILL, and how long a request may last. */
const LIMITS = { stopSeconds: 10, requestSeconds: 3600, concurrency: 1000 } as const;

const keys = keyFilesFor('redis');
const terraform = await readTerraform();
const services = servicesOf(terraform);

/** The only block of a name. */
function inner(block: Block | undefined, name: string): Block {
  const blocks = block?.[name] as readonly Block[];
  expect(blocks, name).toHaveLength(1);
  return blocks[0] as Block;
}

const service = terraform.resource.google_cloud_run_v2_service?.admit?.[0];
const template = inner(service, 'template');

describe('deploy/cloud-run', () => {
  test.each(Object.keys(readers) as ServiceName[])('%s gets an environment that it accepts', (name) => {
    const { env, secrets, port, metrics_port } = services[name];
    const file = keys.find((one) => one.name === `${name}.env`)?.text ?? '';
    const values = parseEnv(file);
    expect([...secrets].sort()).toEqual(Object.keys(values).sort());
    expect(misspelledVariables(env)).toEqual([]);
    // Cloud Run sets PORT to the port of the container.
    const variables = readers[name]({ ...env, ...values, PORT: `${port}` });
    const known = new Set(Object.keys(variables));
    expect(Object.keys(env).filter((variable) => !known.has(variable))).toEqual([]);
    expect(variables).toMatchObject({ METRICS_PORT: metrics_port, METRICS_HOST: '127.0.0.1' });
    expect(variables.SHUTDOWN_SECONDS).toBeLessThan(LIMITS.stopSeconds);
    expect(readers[name]({ ...env, ...values })).toMatchObject({ PORT: port });
  });

  test('an edge closes connections by plan, before Cloud Run does and while it is still there', () => {
    const { CONNECTION_LIFETIME_SECONDS, DRAIN_SECONDS, MAX_CONNECTIONS } = readers['ws-edge']({
      ...services['ws-edge'].env,
      NATS_URL: 'nats://nats:4222',
    });
    // At 90 to 100 % of it: 55 ± 5 minutes.
    expect(0.9 * CONNECTION_LIFETIME_SECONDS).toBeGreaterThanOrEqual(50 * 60);
    expect(CONNECTION_LIFETIME_SECONDS).toBeLessThan(LIMITS.requestSeconds);
    expect(DRAIN_SECONDS).toBeLessThanOrEqual(LIMITS.stopSeconds / 2);
    expect(MAX_CONNECTIONS).toBe(LIMITS.concurrency);
    expect(template).toMatchObject({
      timeout: `${LIMITS.requestSeconds}s`,
      max_instance_request_concurrency: LIMITS.concurrency,
    });
  });

  test('a container works between requests, and speaks HTTP/1', () => {
    const [own] = template.containers as readonly Block[];
    expect(inner(own, 'resources')).toMatchObject({ cpu_idle: false, startup_cpu_boost: true });
    expect(inner(own, 'ports')).toMatchObject({ name: 'http1' });
    expect(inner(template, 'vpc_access')).toMatchObject({ egress: 'PRIVATE_RANGES_ONLY' });
    expect(service).toMatchObject({ ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER' });
  });

  test('the load balancer has the public paths, no time limit, and no log of what edges are asked', () => {
    const backend = terraform.resource.google_compute_backend_service?.admit?.[0];
    expect(backend).not.toHaveProperty('timeout_sec');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Terraform
    expect(inner(backend, 'log_config')).toEqual({ enable: '${each.key != "ws-edge"}' });

    const matcher = inner(terraform.resource.google_compute_url_map?.admit?.[0], 'path_matcher');
    const rules = (matcher.path_rule as readonly { service: string; paths: readonly string[] }[]).map(
      ({ service: backendOf, paths }) => [/\["([\w-]+)"\]/.exec(backendOf)?.[1], [...paths].sort()] as const,
    );
    const expected = Object.entries(publicPaths).map(
      ([name, paths]) =>
        [
          name,
          paths.flatMap(({ type, value }) => (type === 'Exact' ? [value] : [value, `${value}/*`])).sort(),
        ] as const,
    );
    expect(Object.fromEntries(rules)).toEqual(Object.fromEntries(expected));
  });
});
