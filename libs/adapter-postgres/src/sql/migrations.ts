/** A step of the schema. Steps are numbered from 1 by their place in the list; one that was released never changes. */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}

/**
 * Text is compared by code point (`COLLATE "C"`), as readers of the audit log do.
 *
 * `event.event` is the ReceivedEvent's JSON as text: PostgreSQL's JSON types reject U+0000 and deep nesting, and jsonb
 * does not give back what it got. The columns before it are what it is found by.
 */
const createAuditLog: Migration = {
  name: 'create the audit log',
  statements: [
    `CREATE TABLE event (
       id text COLLATE "C" PRIMARY KEY,
       time timestamptz NOT NULL,
       partition_key text COLLATE "C" NOT NULL,
       sequence bigint NOT NULL,
       type text COLLATE "C" NOT NULL,
       source text NOT NULL,
       subject text NOT NULL,
       ticket text COLLATE "C",
       issuer text,
       session text COLLATE "C",
       user_id text COLLATE "C",
       connection text COLLATE "C",
       reason text COLLATE "C",
       count integer NOT NULL,
       event text NOT NULL,
       stored_at timestamptz NOT NULL DEFAULT now()
     )`,
    'CREATE INDEX event_by_order ON event (time, partition_key, sequence)',
    'CREATE INDEX event_by_type ON event (type, time, partition_key, sequence)',
    ...['ticket', 'session', 'user_id', 'connection', 'reason'].map(
      (fact) =>
        `CREATE INDEX event_by_${fact} ON event (${fact}, time, partition_key, sequence) WHERE ${fact} IS NOT NULL`,
    ),
    // Rows that are updated all the time: with room on their pages, updates need no index entry and no vacuum.
    `CREATE TABLE event_total (
       type text COLLATE "C" NOT NULL,
       reason text COLLATE "C",
       count bigint NOT NULL,
       UNIQUE NULLS NOT DISTINCT (type, reason)
     ) WITH (fillfactor = 50)`,
    `CREATE TABLE partition_sequence (
       partition_key text COLLATE "C" PRIMARY KEY,
       received int8multirange NOT NULL,
       seen_at timestamptz NOT NULL,
       incomplete boolean NOT NULL
         GENERATED ALWAYS AS (received <> int8multirange(range_merge(received))) STORED
     ) WITH (fillfactor = 50)`,
    'CREATE INDEX partition_sequence_incomplete ON partition_sequence (partition_key) WHERE incomplete',
    `CREATE TABLE poison_message (
       digest bytea PRIMARY KEY,
       subject text NOT NULL,
       fault text NOT NULL,
       body bytea NOT NULL,
       stored_at timestamptz NOT NULL DEFAULT now()
     )`,
  ],
};

const renameDeadLetters: Migration = {
  name: 'rename the table of dead letters',
  statements: [
    'ALTER TABLE poison_message RENAME TO dead_letter',
    'ALTER TABLE dead_letter RENAME COLUMN fault TO issue',
  ],
};

/** The store's partition keys, `pNN.<epoch>`; SQL on a column `partition_key`. */
export const STORE_KEY = `partition_key ~ '^p(0[0-9]|1[0-5])\\.'`;

/**
 * An event is its place. Of several at one place, the first that was stored stays, and the others are kept aside. What
 * was received follows from the events: earlier versions noted the sequences of events that they dropped.
 */
const identifyEventsByPlace: Migration = {
  name: 'identify events by partition key and sequence',
  statements: [
    `CREATE TABLE event_conflict (
       partition_key text COLLATE "C" NOT NULL,
       sequence bigint NOT NULL,
       digest bytea NOT NULL,
       event text NOT NULL,
       stored_at timestamptz NOT NULL DEFAULT now(),
       PRIMARY KEY (partition_key, sequence, digest)
     )`,
    `WITH conflicting AS (
       DELETE FROM event WHERE id IN (
         SELECT id FROM (
           SELECT id, row_number() OVER (PARTITION BY partition_key, sequence ORDER BY stored_at, id) AS number
           FROM event
         ) AS numbered WHERE number > 1
       ) RETURNING *
     ), kept AS (
       INSERT INTO event_conflict (partition_key, sequence, digest, event, stored_at)
       SELECT partition_key, sequence, sha256(convert_to(event, 'UTF8')), event, stored_at FROM conflicting
       ON CONFLICT DO NOTHING
     )
     UPDATE event_total SET count = event_total.count - dropped.count
     FROM (SELECT type, reason, sum(count) AS count FROM conflicting GROUP BY type, reason) AS dropped
     WHERE event_total.type = dropped.type AND event_total.reason IS NOT DISTINCT FROM dropped.reason`,
    'ALTER TABLE event DROP CONSTRAINT event_pkey',
    'ALTER TABLE event ADD PRIMARY KEY (partition_key, sequence)',
    `UPDATE partition_sequence SET received = stored.received
     FROM (
       SELECT partition_key, range_agg(int8range(sequence, sequence, '[]')) AS received
       FROM event GROUP BY partition_key
     ) AS stored
     WHERE stored.partition_key = partition_sequence.partition_key`,
  ],
};

/** What is known of the end of each numbering. An edge's connections are open until their end was stored. */
const knowTheEnds: Migration = {
  name: 'know the ends of numberings and the open connections',
  statements: [
    'ALTER TABLE partition_sequence DROP COLUMN incomplete',
    `ALTER TABLE partition_sequence
       ADD COLUMN announced bigint NOT NULL DEFAULT 0,
       ADD COLUMN final bigint,
       ADD COLUMN began_at timestamptz,
       ADD COLUMN silent_since timestamptz`,
    `ALTER TABLE partition_sequence
       ADD COLUMN incomplete boolean NOT NULL GENERATED ALWAYS AS (
         received <> int8multirange(range_merge(received)) OR announced >= coalesce(upper(received), 1)
       ) STORED,
       ADD COLUMN closed boolean NOT NULL GENERATED ALWAYS AS (
         coalesce(upper(received) > final, false)
       ) STORED`,
    'CREATE INDEX partition_sequence_incomplete ON partition_sequence (partition_key) WHERE incomplete',
    'CREATE INDEX partition_sequence_unclosed ON partition_sequence (partition_key) WHERE NOT closed',
    `CREATE INDEX partition_sequence_epochs ON partition_sequence (left(partition_key, 4), began_at) WHERE ${STORE_KEY}`,
    `CREATE TABLE open_connection (
       connection text COLLATE "C" PRIMARY KEY,
       edge text COLLATE "C" NOT NULL,
       partition_key text COLLATE "C" NOT NULL,
       sequence bigint NOT NULL
     )`,
    'CREATE INDEX open_connection_by_edge ON open_connection (edge, connection)',
    // Events of earlier versions: their ends are in their text.
    `UPDATE partition_sequence SET final = stopped.sequence
     FROM (
       SELECT partition_key, max(sequence) AS sequence FROM event
       WHERE type = 'admit.service.stopped' GROUP BY partition_key
     ) AS stopped
     WHERE stopped.partition_key = partition_sequence.partition_key`,
    `UPDATE partition_sequence SET final = ended.last, announced = ended.last
     FROM (
       SELECT left(partition_key, 4) || substring(event FROM '"previousEpoch":"([A-Za-z0-9_-]+)"') AS partition_key,
              max(substring(event FROM '"lastSequence":([0-9]{1,15})')::bigint) AS last
       FROM event WHERE type = 'admit.store.started' GROUP BY 1
     ) AS ended
     WHERE ended.partition_key = partition_sequence.partition_key AND ended.last > 0`,
    `UPDATE partition_sequence SET began_at = started.time
     FROM (
       SELECT partition_key, min(time) AS time FROM event WHERE type = 'admit.store.started' GROUP BY partition_key
     ) AS started
     WHERE started.partition_key = partition_sequence.partition_key`,
  ],
};

/** The text of an event as JSON that PostgreSQL can read: its types reject U+0000 and lone surrogates. */
const READABLE = `regexp_replace(event, '\\\\u(0000|d[89a-f][0-9a-f]{2})', '?', 'gi')::json`;

/**
 * Events by day, with all facts that are asked for as columns, and counts by minute and dimension. Events of earlier versions
 * get a position in generation 0, in the order of readers; their minutes are not counted by dimension.
 */
const partitionByDay: Migration = {
  name: 'partition events by day, with positions, and count them by minute',
  statements: [
    'ALTER TABLE event RENAME TO event_before',
    'ALTER TABLE event_before DROP CONSTRAINT event_pkey',
    ...['order', 'type', 'ticket', 'session', 'user_id', 'connection', 'reason'].map(
      (name) => `DROP INDEX event_by_${name}`,
    ),
    `CREATE TABLE event (
       time timestamptz NOT NULL,
       partition_key text COLLATE "C" NOT NULL,
       sequence bigint NOT NULL,
       generation integer NOT NULL,
       stream_sequence bigint NOT NULL,
       batch_index integer NOT NULL,
       type text COLLATE "C" NOT NULL,
       source text COLLATE "C" NOT NULL,
       ticket text COLLATE "C",
       issuer text COLLATE "C",
       kid text COLLATE "C",
       session text COLLATE "C",
       user_id text COLLATE "C",
       connection text COLLATE "C",
       reason text COLLATE "C",
       origin text COLLATE "C",
       route text COLLATE "C",
       edge text COLLATE "C",
       pathway text COLLATE "C",
       carrier text COLLATE "C",
       agent text COLLATE "C",
       client text COLLATE "C",
       address inet,
       prefix cidr,
       trace uuid,
       attributes jsonb,
       count integer NOT NULL,
       event text NOT NULL,
       stored_at timestamptz NOT NULL DEFAULT now(),
       PRIMARY KEY (time, partition_key, sequence)
     ) PARTITION BY RANGE (time)`,
    'CREATE TABLE event_outside PARTITION OF event DEFAULT',
    'CREATE INDEX event_by_position ON event (generation, stream_sequence, batch_index)',
    ...['ticket', 'connection', 'trace'].map(
      (fact) => `CREATE INDEX event_by_${fact} ON event (${fact}) WHERE ${fact} IS NOT NULL`,
    ),
    ...['session', 'user_id', 'prefix'].map(
      (fact) => `CREATE INDEX event_by_${fact} ON event (${fact}, time) WHERE ${fact} IS NOT NULL`,
    ),
    `INSERT INTO event (
       time, partition_key, sequence, generation, stream_sequence, batch_index, type, source, ticket, issuer, kid,
       session, user_id, connection, reason, origin, route, edge, pathway, carrier, agent, count, event, stored_at
     )
     SELECT time, partition_key, sequence, 0, row_number() OVER (ORDER BY time, partition_key, sequence), 0, type, source,
            ticket, issuer, data #>> '{principal,kid}', session, user_id, connection, reason,
            data #>> '{context,origin}', coalesce(data #>> '{context,route}', data ->> 'route'),
            data #>> '{context,edge}', data ->> 'pathway', data #>> '{context,carrier}', data #>> '{context,agent}',
            count, event, stored_at
     FROM (SELECT *, ${READABLE} -> 'data' AS data FROM event_before) AS readable`,
    'DROP TABLE event_before',
    'ALTER TABLE open_connection ADD COLUMN time timestamptz',
    `UPDATE open_connection SET time = event.time FROM event
     WHERE (event.partition_key, event.sequence) = (open_connection.partition_key, open_connection.sequence)`,
    `CREATE TABLE stream_generation (
       generation integer PRIMARY KEY,
       name text COLLATE "C" NOT NULL UNIQUE,
       baseline bigint NOT NULL,
       first bigint NOT NULL,
       received int8multirange NOT NULL,
       began_at timestamptz NOT NULL DEFAULT now(),
       horizon_at timestamptz NOT NULL DEFAULT clock_timestamp(),
       acknowledged int8multirange NOT NULL DEFAULT '{}'
     ) WITH (fillfactor = 50)`,
    `CREATE TABLE rollup (
       dimension text COLLATE "C" NOT NULL,
       value text COLLATE "C" NOT NULL,
       minute timestamptz NOT NULL,
       type text COLLATE "C" NOT NULL,
       reason text COLLATE "C" NOT NULL,
       events integer NOT NULL,
       count bigint NOT NULL,
       PRIMARY KEY (dimension, value, minute, type, reason)
     ) WITH (fillfactor = 70)`,
    'CREATE INDEX rollup_by_minute ON rollup (dimension, minute)',
    // Searches are guided by these counts. Attributes, prefixes and cohorts are counted from now on.
    `INSERT INTO rollup (dimension, value, minute, type, reason, events, count)
     SELECT dimension, value, date_trunc('minute', time), CASE WHEN dimension = 'all' THEN '' ELSE type END,
            CASE WHEN dimension = 'all' THEN '' ELSE coalesce(reason, '') END, count(*), sum(count)
     FROM event CROSS JOIN LATERAL (
       VALUES ('all', ''), ('type', type), ('reason', reason), ('route', route), ('edge', edge), ('origin', origin),
              ('pathway', pathway), ('carrier', carrier), ('agent', agent), ('issuer', issuer), ('kid', kid)
     ) AS counted_by (dimension, value)
     WHERE octet_length(value) <= 256 GROUP BY 1, 2, 3, 4, 5`,
    // One row: events before `kept_from` are counted, not stored.
    `CREATE TABLE retention (
       one boolean PRIMARY KEY DEFAULT true CHECK (one),
       kept_from timestamptz NOT NULL DEFAULT '-infinity',
       rollup_from timestamptz NOT NULL DEFAULT '-infinity',
       last_run_at timestamptz
     )`,
    'INSERT INTO retention DEFAULT VALUES',
    `ALTER TABLE partition_sequence
       ADD COLUMN hole_since timestamptz,
       ADD COLUMN acknowledged int8multirange NOT NULL DEFAULT '{}',
       ADD COLUMN tail_acknowledged_at timestamptz`,
    'UPDATE partition_sequence SET hole_since = seen_at',
    'ALTER TABLE partition_sequence ALTER COLUMN hole_since SET NOT NULL',
    'ALTER TABLE event_conflict ADD COLUMN acknowledged_at timestamptz',
    'ALTER TABLE dead_letter ADD COLUMN acknowledged_at timestamptz',
    `CREATE TABLE acknowledgement (
       id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
       kind text NOT NULL,
       name text NOT NULL,
       reason text NOT NULL,
       operator text NOT NULL,
       acknowledged_at timestamptz NOT NULL DEFAULT now()
     )`,
  ],
};

/** `true` or null. The events of probes are new with it. */
const knowSynthetic: Migration = {
  name: 'know synthetic events',
  statements: ['ALTER TABLE event ADD COLUMN synthetic text COLLATE "C"'],
};

/** The state of the alerts, the history that their conditions look back on, and the instance that evaluates: one row. */
const keepAlerts: Migration = {
  name: 'keep the state of alerts',
  statements: [
    `CREATE TABLE alert (
       name text COLLATE "C" PRIMARY KEY,
       status text NOT NULL,
       value double precision,
       detail text,
       reported boolean NOT NULL,
       notified boolean NOT NULL,
       since timestamptz,
       held_at timestamptz,
       evaluated_at timestamptz NOT NULL,
       fired_at timestamptz,
       resolved_at timestamptz
     ) WITH (fillfactor = 50)`,
    'CREATE TABLE alert_sample (at timestamptz PRIMARY KEY, "values" jsonb NOT NULL)',
    `CREATE TABLE alert_leader (
       one boolean PRIMARY KEY DEFAULT true CHECK (one),
       instance text COLLATE "C",
       renewed_at timestamptz NOT NULL DEFAULT '-infinity'
     ) WITH (fillfactor = 50)`,
    'INSERT INTO alert_leader DEFAULT VALUES',
  ],
};

/**
 * Counters since the log began, by day, and what they need: which tickets have not expired yet, and which service a
 * partition key is of. Events of earlier versions are not counted; a rebuild counts them.
 */
const countForMetrics: Migration = {
  name: 'count events for metrics',
  statements: [
    // Rows that are updated all the time, as those of event_total.
    `CREATE TABLE log_count (
       counter text COLLATE "C" NOT NULL,
       day date NOT NULL,
       count bigint NOT NULL,
       PRIMARY KEY (counter, day)
     ) WITH (fillfactor = 50)`,
    `CREATE TABLE live_ticket (
       ticket text COLLATE "C" PRIMARY KEY,
       pathway text NOT NULL,
       issued_at timestamptz,
       ends_at timestamptz NOT NULL,
       presented boolean NOT NULL,
       revoked boolean NOT NULL,
       counted_in xid8
     ) WITH (fillfactor = 50)`,
    'CREATE INDEX live_ticket_by_end ON live_ticket (ends_at)',
    'ALTER TABLE open_connection ADD COLUMN synthetic boolean NOT NULL DEFAULT false',
    'ALTER TABLE partition_sequence ADD COLUMN service text',
  ],
};

/** How long connections stay is told by pathway. */
const knowPathwaysOfConnections: Migration = {
  name: 'know the pathways of open connections',
  statements: ["ALTER TABLE open_connection ADD COLUMN pathway text NOT NULL DEFAULT 'ticket'"],
};

/** Seals stay when their events are dropped, and the public keys with them. */
const keepSeals: Migration = {
  name: 'keep seals over the audit log',
  statements: [
    `CREATE TABLE seal (
       number bigint PRIMARY KEY,
       sealed_to text COLLATE "C" NOT NULL,
       sealed_at timestamptz NOT NULL,
       kid text COLLATE "C" NOT NULL,
       jws text COLLATE "C" NOT NULL
     )`,
    `CREATE TABLE seal_key (
       kid text COLLATE "C" PRIMARY KEY,
       jwk text NOT NULL,
       first_seal bigint NOT NULL
     )`,
  ],
};

/**
 * Personal values of an event are hashed with its salt in a seal, and removed with it when they are forgotten. Events of earlier
 * versions have no salt. `leaf` is how a seal's leaves are formed.
 */
const forgetUsers: Migration = {
  name: 'keep salts of events, to forget users',
  statements: [
    'ALTER TABLE event ADD COLUMN salt uuid, ADD COLUMN forgotten_at timestamptz',
    'ALTER TABLE seal ADD COLUMN leaf integer NOT NULL DEFAULT 1',
    "CREATE INDEX seal_by_end ON seal ((string_to_array(sealed_to, '.')::bigint[]))",
  ],
};

/** Break-glass tokens live for a day at most, and few are ever withdrawn: these stay. */
const withdrawTokens: Migration = {
  name: 'withdraw break-glass tokens',
  statements: [
    `CREATE TABLE withdrawn_token (
       token_id text COLLATE "C" PRIMARY KEY,
       reason text NOT NULL,
       operator text NOT NULL,
       withdrawn_at timestamptz NOT NULL DEFAULT now()
     )`,
  ],
};

export const migrations: readonly Migration[] = [
  createAuditLog,
  renameDeadLetters,
  identifyEventsByPlace,
  knowTheEnds,
  partitionByDay,
  knowSynthetic,
  keepAlerts,
  countForMetrics,
  knowPathwaysOfConnections,
  keepSeals,
  forgetUsers,
  withdrawTokens,
];
