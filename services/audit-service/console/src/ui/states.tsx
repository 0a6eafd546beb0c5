import type { ReactNode } from 'react';
import { failureOf } from '../api/api-error.ts';
import type { Asked } from '../api/use-answer.ts';
import { Button } from './button.tsx';

/** What is shown where there is nothing to show. */
export function Empty({ children }: { readonly children: ReactNode }) {
  return <p className="empty">{children}</p>;
}

export function Loading({ what = 'Loading' }: { readonly what?: string }) {
  return (
    <p className="loading" role="status">
      {what}…
    </p>
  );
}

/** What failed, what to do about it, and a button to try again. */
export function Failure({ error, again }: { readonly error: unknown; readonly again?: () => void }) {
  const { what, whatToDo } = failureOf(error);
  return (
    <div className="failure" role="alert">
      <p>
        <strong>{what}</strong> {whatToDo}
      </p>
      {again !== undefined && <Button onClick={again}>Try again</Button>}
    </div>
  );
}

export interface AnswerProps<Value> {
  readonly of: Asked<Value>;
  readonly children: (value: Value) => ReactNode;
}

/** An answer of the API, or how it stands with it. What was loaded stays in sight when asking again fails. */
export function Answer<Value>({ of: { value, error, again }, children }: AnswerProps<Value>) {
  return (
    <>
      {error !== undefined && <Failure error={error} again={again} />}
      {value !== undefined ? children(value) : error === undefined && <Loading />}
    </>
  );
}
