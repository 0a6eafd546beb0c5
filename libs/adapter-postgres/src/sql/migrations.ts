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

export const migrations: readonly Migration[] = [createAuditLog, renameDeadLetters];
