import { post } from './request.ts';

/** A session without a login, and the token that proves it. */
export interface Login {
  readonly token: string;
  readonly sessionId: string;
}

/** Who this tab is. A reload keeps it; another tab is somebody else. */
export interface Session {
  readonly login: Login | null;
  /** Begins a new session. @throws {AskError} */
  begin(): Promise<Login>;
  end(): void;
  /** The token, a new one of a new session where the old one will not do; null where nobody is logged in. */
  token(fresh: boolean): Promise<string | null>;
}

const KEY = 'admit-one-demo';

/** @param onChange called when somebody else is logged in, or nobody any more */
export function openSession(storage: Storage, onChange: () => void): Session {
  let login = stored(storage);

  function become(next: Login | null): void {
    login = next;
    if (next) storage.setItem(KEY, JSON.stringify(next));
    else storage.removeItem(KEY);
    onChange();
  }

  async function begin(): Promise<Login> {
    const { token, sessionId } = await post<Login>('/api/v1/auth/token', null);
    const begun = { token, sessionId };
    become(begun);
    return begun;
  }

  return {
    get login() {
      return login;
    },
    begin,
    end: () => become(null),
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
