import { visibleText } from './visible-text.ts';

/** A value from the log, as text. What is too long is cut by the style and whole in the title. */
export function Code({ children, whole = false }: { readonly children: string; readonly whole?: boolean }) {
  return (
    <code className={whole ? 'value whole' : 'value'} title={visibleText(children)}>
      <bdi>{visibleText(children)}</bdi>
    </code>
  );
}
