import { type FormEvent, useState } from 'react';
import type { SignInProps } from '../app/session.tsx';
import { Button } from '../ui/button.tsx';

/** Signs in with a token that the operator has, such as a break-glass token. */
export function SignIn({ why, onToken }: SignInProps) {
  const [token, setToken] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() !== '') onToken(token.trim());
  };
  return (
    <main className="sign-in">
      <h1>Admit One console</h1>
      {why !== null && <p role="alert">{why}</p>}
      <form onSubmit={submit}>
        <label htmlFor="token">Token of an operator</label>
        <input
          id="token"
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={token}
          onChange={(event) => setToken(event.target.value)}
        />
        <p className="note">
          It is kept in the memory of this page alone. <code>npx @admit-one/cli token --operator</code> prints
          one.
        </p>
        <Button kind="primary" type="submit">
          Sign in
        </Button>
      </form>
    </main>
  );
}
