import {
  type NatsUser,
  type NatsUserName,
  natsPasswordVariable,
  natsUsers,
} from '../../libs/adapter-nats/src/users.ts';
import { redisAcl } from '../../libs/adapter-redis/src/users.ts';

/** `deploy/nats/nats.conf`, made of the table of users. */
export function natsConfig(): string {
  const users = Object.entries(natsUsers as Readonly<Record<NatsUserName, NatsUser>>).map(([name, user]) =>
    natsUser(name as NatsUserName, user),
  );
  return `# NATS for Admit One: one user per role, each with the subjects that it needs and no others. Made of
# libs/adapter-nats/src/users.ts by \`npm run generate\`.
#
#   NATS_STORE_DIR=/var/lib/nats NATS_TICKET_SERVICE_PASSWORD=… … nats-server -c nats.conf
#
# \`admit keys\` makes the passwords. nats-server reads a password as a value of this file: one of your own begins with a
# letter, or is a bcrypt hash (\`nats server passwd\`).

port: 4222

# A client that hangs is disconnected after 10 to 15 s. Until then it gets its share of the requests, and each of those
# waits for a second copy to another instance.
ping_interval: "5s"
ping_max: 2

jetstream {
  store_dir: $NATS_STORE_DIR
  # With nats-server 2.10 or later, which production needs: acknowledged events survive a power failure.
  # sync_interval: always
}

authorization {
  users: [
${users.join('\n')}
  ]
}
`;
}

function natsUser(name: NatsUserName, { purpose, publish, subscribe, replies }: NatsUser): string {
  const lines = [
    ...wrapped(purpose, 112).map((line) => `# ${line}`),
    '{',
    `  user: ${name}`,
    `  password: $${natsPasswordVariable(name)}`,
    '  permissions: {',
    ...subjectList('publish', publish),
    ...subjectList('subscribe', [`_INBOX.${name}.>`, ...subscribe]),
    ...(replies ? ['    allow_responses: { max: 1, expires: "1m" }'] : []),
    '  }',
    '}',
  ];
  return lines.map((line) => `    ${line}`).join('\n');
}

function subjectList(operation: string, subjects: readonly string[]): readonly string[] {
  return [`    ${operation}: [`, ...subjects.map((subject) => `      "${subject}"`), '    ]'];
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** `deploy/redis/users.acl`, whose users have no passwords yet. */
export function redisUsersFile(): string {
  return redisAcl({});
}
