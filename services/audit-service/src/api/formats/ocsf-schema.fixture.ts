/**
 * An extract of the Open Cybersecurity Schema Framework 1.3.0 (https://schema.ocsf.io/1.3.0, Apache License 2.0) as JSON
 * Schema: the attributes that we use of the classes Authentication (3002) and Base Event (0), with their types, enums,
 * requirements and constraints. Attributes that are not in it are invalid, so that a misspelt one is found.
 */
const text = { type: 'string' } as const;
const integer = { type: 'integer' } as const;
const timestamp = { type: 'integer', minimum: 0 } as const;

function objectOf(properties: Record<string, unknown>, rules: object = {}) {
  return { type: 'object', properties, additionalProperties: false, ...rules };
}

const atLeastOne = (...names: string[]) => ({ anyOf: names.map((name) => ({ required: [name] })) });

const metadata = objectOf(
  {
    version: { const: '1.3.0' },
    product: objectOf({ name: text, vendor_name: text, version: text }, { required: ['vendor_name'] }),
    uid: text,
    event_code: text,
    original_time: text,
    correlation_uid: text,
  },
  { required: ['product', 'version'] },
);

const baseAttributes = {
  activity_name: text,
  category_name: text,
  class_name: text,
  type_name: text,
  time: timestamp,
  message: text,
  severity_id: { enum: [0, 1, 2, 3, 4, 5, 6, 99] },
  severity: text,
  status_id: { enum: [0, 1, 2, 99] },
  status: text,
  status_code: text,
  status_detail: text,
  count: { type: 'integer', minimum: 1 },
  start_time: timestamp,
  end_time: timestamp,
  metadata,
  unmapped: { type: 'object' },
};

const baseRequired = [
  'activity_id',
  'category_uid',
  'class_uid',
  'type_uid',
  'time',
  'severity_id',
  'metadata',
];

const authentication = objectOf(
  {
    ...baseAttributes,
    category_uid: { const: 3 },
    class_uid: { const: 3002 },
    activity_id: { enum: [0, 1, 2, 3, 4, 5, 6, 99] },
    type_uid: { enum: [300200, 300201, 300202, 300203, 300204, 300205, 300206, 300299] },
    user: objectOf({ uid: text, name: text, type_id: integer }, atLeastOne('account', 'name', 'uid')),
    session: objectOf({ uid: text, issuer: text }),
    service: objectOf({ name: text, uid: text }, atLeastOne('name', 'uid')),
    dst_endpoint: objectOf({ instance_uid: text, ip: text }, atLeastOne('instance_uid', 'ip')),
    src_endpoint: objectOf({ ip: { anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }] } }, atLeastOne('ip')),
    http_request: objectOf({
      user_agent: text,
      http_headers: {
        type: 'array',
        items: objectOf({ name: text, value: text }, { required: ['name', 'value'] }),
      },
    }),
    auth_protocol_id: { enum: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99] },
    auth_protocol: text,
    logon_type_id: { enum: [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 99] },
    is_remote: { type: 'boolean' },
  },
  { required: [...baseRequired, 'user'], ...atLeastOne('service', 'dst_endpoint') },
);

const baseEvent = objectOf(
  {
    ...baseAttributes,
    category_uid: { const: 0 },
    class_uid: { const: 0 },
    activity_id: { enum: [0, 99] },
    type_uid: { enum: [0, 99] },
  },
  { required: baseRequired },
);

export const ocsfSchema = { anyOf: [authentication, baseEvent] };
