import { post } from './request.ts';

/** An anonymous session and its token. */
export interface Login {
  readonly token: string;
  readonly sessionId: string;
}

/** The session of this tab. It survives a reload. */
export interface Session {
  readonly login: Login | null;
  /** Starts a new session. @throws {RequestError} */
  begin(): Promise<Login>;
  end(): void;
  /** The token; with `fresh`, that of a new session. Null if nobody is logged in. */
  token(fresh: boolean): Promise<string | null>;
}

const KEY = 'admit-one-demo';

/** @param onChange called after a log-in or log-out */
export function openSession(storage: Storage, onChange: () => void): Session {
  let login = stored(storage);

  function setLogin(next: Login | null): void {
    login = next;
    if (next) storage.setItem(KEY, JSON.stringify(next));
    else storage.removeItem(KEY);
    onChange();
  }

  async function begin(): Promise<Login> {
    const { token, sessionId } = await post<Login>('/api/v1/auth/token', null);
    const created = { token, sessionId };
    setLogin(created);
    return created;
  }

  return {
    get login() {
      return login;
    },
    begin,
    end: () => setLogin(null),
    async token(fresh) {
      if (login === null) return null;
      return fresh ? (await begin()).token : login.token;
    },
  };
}

function stored(storage: Storage): Login | null {
  try {
    const { token, sessionId } = JSON.parse(storage.getItem(KEY) ?? '{}') as Partial<Login>;
    return token && sessionId ? { token, sessionId } : null;
  } catch {
    return null;
  }
}
